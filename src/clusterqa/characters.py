"""Characters that are no text: what moves a terminal's cursor, what nobody sees, what turns lines.

`readable` is for what is read, searched and quoted: what nobody sees is taken out, what would act
on a terminal becomes a mark. `shown` is for what is printed or logged, where nothing may be lost.
"""

import re

# Default_Ignorable_Code_Point of Unicode 16 (DerivedCoreProperties.txt): soft hyphens, zero width,
# direction, variation selectors, tags; besides them interlinear marks and the empty Braille cell.
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"
INVISIBLE = re.compile(f"[{UNSEEN}]+")
CONTROLS = re.compile(f"[{CONTROL}]")
UNPRINTED = re.compile(f"[{CONTROL}{UNSEEN}\ud800-\udfff]")
BLANKS = dict.fromkeys("\x1c\x1d\x1e\x1f", " ") | dict.fromkeys("\x0b\x0c\r\x85\u2028\u2029", "\n")


def readable(text: str) -> tuple[str, int]:
    """The text without what nobody sees, and how many characters that were; no control is left."""
    ended = text.replace("\r\n", "\n")
    marked = CONTROLS.sub(lambda found: BLANKS.get(found[0]) or mark(found[0]), ended)
    kept = INVISIBLE.sub("", marked)
    return kept, len(marked) - len(kept)


def shown(text: str) -> str:
    """The text as it can be printed: a visible mark for what is none, line ends and tabs kept."""
    return UNPRINTED.sub(lambda found: mark(found[0]), text)


def mark(character: str) -> str:
    """A visible character of the same length: the control's own picture, or the replacement."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
