"""How text is set for whoever reads it: folded at the terminal's width, in bold and one accent.

A pipe gets the text as it is; a terminal whose owner set NO_COLOR gets no bold and no colour.
"""

import os
import secrets
import shutil
import sys
import textwrap
from typing import Final

from clusterqa.characters import shown

WIDEST: Final = 100  # columns; longer lines are hard to read
# What styles stand for until a text is printed: no text can hold them, for none knows the number.
OURS = secrets.token_hex(8)
BOLD, ACCENT, PLAIN = (f"\ue000{OURS}{sign}\ue001" for sign in "bap")
SEQUENCES: Final = {
    BOLD: "\x1b[1m",
    ACCENT: "\x1b[36m",  # cyan, which the terminal's owner chose the shade of
    PLAIN: "\x1b[0m",
}


def takes_colours() -> bool:
    """Whether the output is a terminal that may be written to in colour (no-color.org)."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not unwanted


def bold(text: str) -> str:
    return styled(text, BOLD)


def accented(text: str) -> str:
    return styled(text, ACCENT)


def styled(text: str, style: str) -> str:
    """Each line in a style of its own, so that a pager may begin at any of them."""
    if not takes_colours():
        return text
    return "\n".join(f"{style}{line}{PLAIN}" if line else line for line in text.split("\n"))


def printable(text: str) -> str:
    """The text as it goes to the terminal: visible marks for what would act on it, then styles."""
    text = shown(text)
    for mark, sequence in SEQUENCES.items():
        text = text.replace(mark, sequence)
    return text


def columns() -> int:
    """How wide lines are on this terminal."""
    return min(shutil.get_terminal_size().columns, WIDEST)


def wrapped(text: str, *, hang: str = "") -> str:
    """Lines folded between words for a terminal, the later ones after `hang`; as is when piped."""
    if not sys.stdout.isatty():
        return text
    return "\n".join(folded(line, columns(), hang) for line in text.splitlines())


def folded(line: str, width: int, hang: str = "") -> str:
    """A line folded between words alone: an address or a name with hyphens stays whole."""
    return textwrap.fill(
        line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )
