"""The elements and words of a page that no reader sees, taken out of its tree and counted.

What hides is what CSS 2.2 and its modules say of a screen: no box, no size, no colour of its own,
no place on the page. Where a colour, a length or a rule is not known, the text is taken to be seen.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from clusterqa.parsers.hiding.colours import (
    BLACK,
    LEAST_ALPHA,
    LINK,
    WHITE,
    Colour,
    colour,
    is_unseen,
    over,
)
from clusterqa.parsers.hiding.styles import Styles, declarations
from clusterqa.parsers.omissions import leave_out

SMALLEST = 4.0  # px, 3 pt: the least size of letters that can be read; footnotes of law have 6 pt
FAR = 500.0  # px beyond an edge at which text lies off the screen
NO_SIZE = 1.0  # px, the most that a box may have that is made to hide
UNITS = {"px": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 37.8, "mm": 3.78, "q": 0.945,
         "rem": 16, "vw": 12.8, "vh": 7.2, "vmin": 7.2, "vmax": 12.8}  # fmt: skip
LENGTH = re.compile(r"(?:calc\()?\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*(%|[a-z]+)?\s*\)?")
SIZED = re.compile(
    r"(?:^|\s)((?:\d+\.?\d*|\.\d+)(?:px|pt|pc|in|cm|mm|q|r?em|ex|ch|vw|vh|%)|0)(?=[\s/]|$)"
)
FUNCTION = re.compile(r"([\w-]+)\(([^()]*)\)")
MARKED = etree.XPath(
    "//@style | //@hidden | //@inert | //@aria-hidden | //@color | //@bgcolor | //@background"
    " | //body/@text"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How text is set: its colour and ground (None: not known), size in px, whether it is shown."""

    text: Colour | None = BLACK
    ground: Colour | None = WHITE
    size: float = 16.0
    visible: bool = True
    indented: bool = False
    opacity: float = 1.0

    @property
    def is_seen(self) -> bool:
        return (
            self.visible
            and not self.indented
            and self.size >= SMALLEST
            and not is_unseen(self.text, self.ground)
        )


def take_out_hidden(root: etree._Element) -> None:
    """Take what no reader sees out of a page, and count its words."""
    styles = Styles()
    for sheet in root.iter("style"):
        if (sheet.get("media") or "all").lower() in ("all", "screen", ""):
            styles.add("".join(str(part) for part in sheet.itertext()))
    body = root.find("body")
    if body is None or not (styles.count or any(map(is_suspect, marked(root)))):
        return
    waiting = [(body, Look())]
    while waiting:
        element, around = waiting.pop()
        style = styles.of(element)
        look = look_of(element, style, around)
        if is_gone(element, style, look):
            remove(element)
            continue
        if not look.is_seen:
            mute(element)
        waiting += [(child, look) for child in element if isinstance(child.tag, str)]


def marked(root: etree._Element) -> list[object]:
    """The values of all attributes of a page that may hide something."""
    found = MARKED(root)
    return list(found) if isinstance(found, list) else []


def is_suspect(value: object) -> bool:
    """Whether an attribute may hide something: of a style, whether it declares what can."""
    of: str = getattr(value, "attrname", "")
    return of != "style" or can_hide(str(value))


@lru_cache(maxsize=10_000)
def can_hide(style: str) -> bool:
    return not all(is_harmless(name, value) for name, value, _ in declarations(style))


def is_harmless(name: str, value: str) -> bool:
    """Whether a declaration hides nothing, whatever stands around the element that has it."""
    if name == "display":
        return value != "none"
    if name == "font-size":
        found = length(value, 0) if value.endswith(("px", "pt")) else None
        return found is not None and found >= SMALLEST
    if name.startswith(("margin", "text-indent", "width", "height")):
        found = length(value, 0)
        return found is not None and abs(found) < FAR and (name[0] in "mt" or found > NO_SIZE)
    return False


def remove(element: etree._Element) -> None:
    """Take an element out and leave what follows it; of the body, all that it holds."""
    leave_out(" ".join(str(part) for part in element.itertext()))
    above, before, tail = element.getparent(), element.getprevious(), element.tail
    if above is None or element.tag == "body":
        element.clear()
        return
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        above.text = (above.text or "") + tail
    element.tail = None
    above.remove(element)


def mute(element: etree._Element) -> None:
    """Take out the words of an element itself; those of its parts are looked at on their own."""
    leave_out(element.text or "")
    element.text = None
    for child in element:
        leave_out(child.tail or "")
        child.tail = " " if child.tail else None


# -- what an element looks like ----------------------------------------------------------------


def look_of(element: etree._Element, style: Mapping[str, str], around: Look) -> Look:
    """How an element's own text is set, within another."""
    if not style and element.tag not in ("a", "mark") and not element.attrib:
        return around
    ground = ground_of(element, style, around.ground)
    text = text_colour(element, style, around.text)
    if "text" in (style.get("background-clip"), style.get("-webkit-background-clip")):
        text = ground = None  # the letters show the ground
    visibility = style.get("visibility", "")
    indent = length(style.get("text-indent", ""), 0)
    return Look(
        text,
        ground,
        font_size(style, around.size),
        visibility not in ("hidden", "collapse")
        if visibility in ("hidden", "collapse", "visible", "initial")
        else around.visible,
        around.indented if indent is None else abs(indent) >= FAR or is_pushed_out(style),
        around.opacity * opacity(style),
    )


def ground_of(
    element: etree._Element, style: Mapping[str, str], around: Colour | None
) -> Colour | None:
    """The colour behind an element's text; None behind a picture or what is not known."""
    image = style.get("background-image", "none")
    if element.get("background") or image not in ("none", "initial"):
        return None
    said = style.get("background-color") or style.get("background") or element.get("bgcolor")
    if not said:
        return over(colour("yellow") or WHITE, WHITE) if element.tag == "mark" else around
    if "url(" in said or "gradient" in said or "var(" in said:
        return None
    found = next(filter(None, (colour(part) for part in (said, *parts(said)))), None)
    if found is None:
        return around if said in ("none", "inherit", "initial", "unset", "0") else None
    if found.alpha >= 1:
        return found
    return over(found, around) if around else None


def text_colour(
    element: etree._Element, style: Mapping[str, str], around: Colour | None
) -> Colour | None:
    said = style.get("-webkit-text-fill-color") or style.get("color")
    said = said or element.get("color") or (element.get("text") if element.tag == "body" else None)
    if said and said not in ("inherit", "currentcolor", "unset", "initial", "revert"):
        return colour(said.lower())
    if element.tag == "a" and element.get("href") and not said:
        return LINK
    return around


def font_size(style: Mapping[str, str], around: float) -> float:
    """The size of letters in px; that around where it is not said or not known."""
    said = style.get("font-size", "")
    if not said and (short := SIZED.search(style.get("font", ""))):
        said = short[1]
    found = length(said, around, of=around)
    size = around if found is None else found
    zoom = length(style.get("zoom", ""), 1, of=1)
    return size if zoom is None else size * zoom


def opacity(style: Mapping[str, str]) -> float:
    found = length(style.get("opacity", ""), 1, of=1)
    least = 1.0 if found is None else found
    for name, inner in FUNCTION.findall(style.get("filter", "")):
        if name == "opacity":
            least = min(least, length(inner or "1", 1, of=1) or 0)
    return least


def is_pushed_out(style: Mapping[str, str]) -> bool:
    """Whether the first line begins where its box ends, and what sticks out is cut."""
    return style.get("text-indent") == "100%" and is_cut(style)


# -- what hides an element whole -----------------------------------------------------------------


def is_gone(element: etree._Element, style: Mapping[str, str], look: Look) -> bool:
    """Whether nothing that an element holds is seen, whatever its parts say of themselves."""
    if element.get("hidden") is not None or element.get("inert") is not None:
        return True
    if (element.get("aria-hidden") or "").strip().lower() == "true":
        return True
    if is_text_of_image(element):
        return False
    return (
        style.get("display") == "none"
        or style.get("content-visibility") == "hidden"
        or look.opacity <= LEAST_ALPHA
        or is_off_screen(style)
        or is_clipped(style)
        or (is_cut(style) and has_no_size(style))
        or is_folded(style)
    )


def is_text_of_image(element: etree._Element) -> bool:
    """Whether an element holds the words of a form that EUR-Lex shows as an image.

    They open at the link "Text of image", which stands right before them and names them.
    """
    link, name = element.getprevious(), element.get("id")
    return link is not None and bool(name) and link.get("id") == f"textofimagelink_{name}"


def is_off_screen(style: Mapping[str, str]) -> bool:
    names = ["margin-left", "margin-top"]
    if style.get("position", "static") not in ("static", "initial"):
        names += ["left", "right", "top", "bottom"]
        found = [length(part, 0) for part in parts(style.get("inset", ""))]
        if any(one is not None and abs(one) >= FAR for one in found):
            return True
    lengths = {name: length(style.get(name, ""), 0) for name in names}
    if any(one is not None and abs(one) >= FAR for n, one in lengths.items() if n[0] != "m"):
        return True
    margins = [lengths["margin-left"], lengths["margin-top"]]
    margins += [length(part, 0) for part in parts(style.get("margin", ""))]
    return any(one is not None and one <= -FAR for one in margins)


def is_clipped(style: Mapping[str, str]) -> bool:
    """Whether a clip leaves no area."""
    found = FUNCTION.findall(f"{style.get('clip', '')} {clip_path(style)}")
    return any(leaves_nothing(name, inner) for name, inner in found)


def leaves_nothing(shape: str, inner: str) -> bool:
    """Whether a shape of CSS, with what its brackets hold, has no area."""
    numbers = [(float(number), unit or "") for number, unit in LENGTH.findall(inner)]
    if not numbers:
        return False
    if shape == "rect" and len(numbers) == 4:
        top, right, bottom, left = (number for number, _ in numbers)
        return right - left <= NO_SIZE or bottom - top <= NO_SIZE
    if shape == "inset":
        top, right, bottom, left = four([n if unit == "%" else 0.0 for n, unit in numbers])
        return top + bottom >= 100 or left + right >= 100
    if shape in ("circle", "ellipse"):
        return numbers[0][0] == 0
    return shape == "polygon" and len({point.strip() for point in inner.split(",")}) < 3


def four(sides: list[float]) -> tuple[float, float, float, float]:
    """The values for top, right, bottom and left, of which CSS lets the last be left out."""
    top, right = sides[0], sides[min(1, len(sides) - 1)]
    return top, right, sides[2] if len(sides) > 2 else top, sides[3] if len(sides) > 3 else right


def clip_path(style: Mapping[str, str]) -> str:
    return style.get("clip-path") or style.get("-webkit-clip-path") or ""


def is_cut(style: Mapping[str, str]) -> bool:
    """Whether what does not fit an element's box is not seen."""
    said = " ".join(style.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    return any(word in said for word in ("hidden", "clip", "auto", "scroll"))


def has_no_size(style: Mapping[str, str]) -> bool:
    found = (length(style.get(name, ""), 100) for name in
             ("height", "width", "max-height", "max-width"))  # fmt: skip
    return any(one is not None and 0 <= one <= NO_SIZE for one in found)


def is_folded(style: Mapping[str, str]) -> bool:
    """Whether a transformation leaves no size, shows an edge or moves far away."""
    moved = f"{style.get('transform', '')} translate({style.get('translate', '')})"
    for name, inner in FUNCTION.findall(f"{moved} scale({style.get('scale', '')})"):
        numbers = [(float(n), unit or "") for n, unit in LENGTH.findall(inner)]
        if name.startswith("scale") and any(abs(n) < 0.05 for n, _ in numbers[:2]):
            return True
        if name in ("rotatex", "rotatey") and any(
            n % 180 == 90 for n, unit in numbers if unit == "deg"
        ):
            return True
        if name.startswith("translate"):
            far = (length(f"{n}{unit}", 0) for n, unit in numbers)
            if any(one is not None and abs(one) >= FAR for one in far):
                return True
    return False


def parts(value: str) -> Iterator[str]:
    """The words of a value, functions with their arguments as one."""
    yield from re.findall(r"[^\s(]+(?:\([^()]*\))?", value)


def length(text: str, otherwise: float, *, of: float = 100.0) -> float | None:
    """A length in px, per cent and em being `of` something; None for what is no single length."""
    found = LENGTH.fullmatch(text) if text else None
    if not found:
        return None
    number, unit = float(found[1]), found[2] or ""
    if unit == "%":
        return number / 100 * of
    if unit in ("em", "ex", "ch"):
        return number * (16 if of == 100.0 else of) * (1 if unit == "em" else 0.5)
    if not unit:
        return number
    return number * UNITS[unit] if unit in UNITS else otherwise
