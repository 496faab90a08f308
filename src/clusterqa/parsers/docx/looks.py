"""How the letters of a Word file are set, and whether a reader sees them.

What a run says of itself stands before its style, that before its paragraph's, that before the
file's defaults; what lies behind it is the nearest shading around it.
"""

import re
from dataclasses import dataclass

from lxml import etree

from clusterqa.parsers.docx.markup import W, switched_on, value
from clusterqa.parsers.hiding.colours import BLACK, WHITE, Colour, colour, is_unseen

SMALLEST = 6  # half-points: 3 pt, as on a page
NARROWEST = 10  # per cent of its width that a letter has at least
FAR = 20_000  # twips, 35 cm: more than a page is wide, and more than it is high
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
FILLS = ("solidFill", "gradFill", "blipFill", "pattFill")
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
EMU = 635  # of them make a twip
PALE = {"background1", "light1", "bg1", "lt1"}  # the theme's colour of paper
GROUNDS = {"black": "000000", "white": "ffffff", "yellow": "ffff00", "lightGray": "c0c0c0",
           "darkGray": "808080", "cyan": "00ffff", "green": "00ff00",
           "magenta": "ff00ff"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunLook:
    """A run's colour and ground (None: not known), size in half-points, width in per cent."""

    text: Colour | None = BLACK
    ground: Colour | None = WHITE
    size: int = 22
    width: int = 100
    hidden: bool = False

    @property
    def is_seen(self) -> bool:
        return not (
            self.hidden
            or self.size < SMALLEST
            or self.width < NARROWEST
            or is_unseen(self.text, self.ground)
        )


def with_properties(look: RunLook, properties: etree._Element | None) -> RunLook:
    """The look with what run properties (`rPr`) say instead."""
    if properties is None or not len(properties):
        return look
    vanish, size = properties.find(W + "vanish"), number(properties, "sz", look.size)
    return RunLook(
        ink(properties, look.text),
        shaded(properties, look.ground),
        size,
        number(properties, "w", look.width),
        look.hidden if vanish is None else switched_on(vanish),
    )


def shaded(properties: etree._Element | None, ground: Colour | None) -> Colour | None:
    """The ground with the shading or highlighting that properties name."""
    if properties is None:
        return ground
    if mark := GROUNDS.get(value(properties.find(W + "highlight"))):
        return colour(mark)
    shade = properties.find(W + "shd")
    if shade is None:
        return ground
    if value(shade) == "solid":
        return colour(shade.get(W + "color", "").lower().replace("auto", "black"))
    fill = shade.get(W + "fill", "auto").lower()
    return ground if fill == "auto" else colour(fill)


def ink(properties: etree._Element, before: Colour | None) -> Colour | None:
    """The colour of the letters."""
    fill = properties.find(W14 + "textFill")
    if fill is not None:
        alpha = fill.find(f".//{W14}alpha")
        if fill.find(W14 + "noFill") is not None:
            return Colour(0, 0, 0, 0)
        if alpha is not None:  # here it is how transparent the letters are
            share = alpha.get(W14 + "val", "0")
            return Colour(0, 0, 0, 1 - int(share) / 100_000) if share.isdigit() else None
    said = properties.find(W + "color")
    if said is None:
        return before
    theme = said.get(W + "themeColor", "")
    if theme in PALE and not said.get(W + "themeShade"):
        return WHITE
    return BLACK if value(said) == "auto" else colour(value(said).lower())


def number(properties: etree._Element, name: str, otherwise: int) -> int:
    found = re.fullmatch(r"(\d{1,6})(?:\.\d+)?%?", value(properties.find(W + name)))
    return int(found[1]) if found else otherwise


def twips(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else 0


def is_out_of_sight(properties: etree._Element | None) -> bool:
    """Whether a paragraph's lines are cut to less than a letter, or lie beside the page."""
    if properties is None:
        return False
    spacing, frame = properties.find(W + "spacing"), properties.find(W + "framePr")
    exact = spacing is not None and spacing.get(W + "lineRule") == "exact"
    if spacing is not None and exact and 0 < twips(spacing.get(W + "line")) < 10 * SMALLEST:
        return True
    indent = properties.find(W + "ind")
    found = [twips(frame.get(W + side)) for side in ("x", "y")] if frame is not None else []
    if indent is not None:
        found += [twips(indent.get(W + s)) for s in ("left", "start", "right", "end", "firstLine")]
    return any(abs(one) >= FAR for one in found)


def is_cut_row(row: etree._Element) -> bool:
    """Whether a row of a table is exactly so high that no letter can be seen."""
    height = row.find(f"{W}trPr/{W}trHeight")
    if height is None or height.get(W + "hRule") != "exact":
        return False
    return twips(height.get(W + "val")) < 10 * SMALLEST


def is_lost_box(box: etree._Element) -> bool:
    """Whether a text box has no size or lies off the page."""
    anchor = next(box.iterancestors(DRAWING + "anchor", DRAWING + "inline"), None)
    if anchor is None:
        return False
    extent = anchor.find(DRAWING + "extent")
    if extent is not None and any(twips(extent.get(side)) < 10 * SMALLEST * EMU and
                                  extent.get(side) for side in ("cx", "cy")):  # fmt: skip
        return True
    places = anchor.iter(DRAWING + "posOffset")
    return any(abs(twips(place.text)) >= FAR * EMU for place in places)


def box_ground(box: etree._Element, ground: Colour | None) -> Colour | None:
    """What lies behind the text of a box: not known where its shape is filled."""
    for around in box.iterancestors():
        if around.get("fillcolor") or (
            around.find(f"{{*}}spPr/{A}noFill") is None
            and any(around.find(f"{{*}}spPr/{A}{kind}") is not None for kind in FILLS)
        ):
            return None
        if around.tag == W + "p":
            break
    return ground
