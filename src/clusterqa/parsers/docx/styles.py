"""Styles and lists of a Word file, which say what is a heading and how items are numbered."""

import re
from dataclasses import dataclass

from lxml import etree

from clusterqa.parsers.docx.looks import RunLook, with_properties
from clusterqa.parsers.docx.markup import W, small, value


@dataclass(slots=True)
class WordStyle:
    """What matters of a paragraph style, inherited from those it is based on."""

    name: str = ""
    level: int | None = None  # of its headings, from 1
    numbering: tuple[str, int] | None = None  # list id, level from 0
    runs: tuple[etree._Element, ...] = ()  # run properties, those of the style itself last
    shades: tuple[etree._Element, ...] = ()  # what may shade its paragraphs, likewise
    shading: bool = False  # whether it shades anything


@dataclass(slots=True)
class Level:
    style: str
    pattern: str
    start: int


def level_in(name: str) -> int | None:
    """The level that a style's name says: "heading 2", "Heading2"."""
    found = re.fullmatch(r"heading ?([1-9])", name, re.IGNORECASE)
    return int(found[1]) if found else None


def outline_level(properties: etree._Element | None) -> int | None:
    """The level of a heading from 1, 0 for what is said to be none, None where nothing is said."""
    found = properties.find(W + "outlineLvl") if properties is not None else None
    number = small(value(found)) if found is not None else None
    return None if number is None else (number + 1 if number < 9 else 0)


def numbering(
    properties: etree._Element | None, inherited: tuple[str, int] | None = None
) -> tuple[str, int] | None:
    """The list and depth that paragraph properties name; list 0 takes a paragraph out of any."""
    found = properties.find(W + "numPr") if properties is not None else None
    if found is None:
        return inherited
    name = value(found.find(W + "numId")) or (inherited[0] if inherited else "")
    depth = small(value(found.find(W + "ilvl")))
    if name in ("", "0"):
        return None
    return name, depth if depth is not None else (inherited[1] if inherited else 0)


def read_styles(root: etree._Element | None) -> dict[str, WordStyle]:
    """Styles by id, each with what it takes from the style it is based on."""
    elements = {e.get(W + "styleId", ""): e for e in (root if root is not None else ())
                if e.tag == W + "style"}  # fmt: skip
    found: dict[str, WordStyle] = {}
    for key in elements:
        chain: list[str] = []
        while key in elements and key not in found and key not in chain:
            chain.append(key)
            key = value(elements[key].find(W + "basedOn"))
        for inner in reversed(chain):
            element = elements[inner]
            base = found.get(value(element.find(W + "basedOn")), WordStyle())
            properties, name = element.find(W + "pPr"), value(element.find(W + "name"))
            level = outline_level(properties)
            named = level_in(name)
            found[inner] = WordStyle(
                name,
                named or (base.level if level is None else (level or None)),
                numbering(properties, base.numbering),
                (*base.runs, *element.findall(W + "rPr")),
                (*base.shades, *element.findall(W + "pPr")),
                base.shading or next(element.iter(W + "shd"), None) is not None,
            )
    return found


def default_style(root: etree._Element | None) -> str:
    """The id of the style of paragraphs that name none; empty where there is none."""
    for style in root.iterfind(W + "style") if root is not None else ():
        if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true"):
            return style.get(W + "styleId", "")
    return ""


def default_look(root: etree._Element | None) -> RunLook:
    """How letters are set where no style says anything."""
    found = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if root is not None else None
    return with_properties(RunLook(), found)


def read_lists(root: etree._Element | None) -> dict[str, tuple[str, dict[int, Level]]]:
    """For each list its counter's name and its levels; lists of one kind count on together."""
    if root is None:
        return {}
    kinds = {
        e.get(W + "abstractNumId", ""): read_levels(e) for e in root.iterfind(W + "abstractNum")
    }
    found = {}
    for e in root.iterfind(W + "num"):
        key, kind = e.get(W + "numId", ""), value(e.find(W + "abstractNumId"))
        levels = dict(kinds.get(kind, {}))
        fresh = False
        for override in e.iterfind(W + "lvlOverride"):
            depth = small(override.get(W + "ilvl", ""))
            start = small(value(override.find(W + "startOverride")))
            if depth in levels and start is not None:
                old = levels[depth]
                levels[depth], fresh = Level(old.style, old.pattern, start), True
        found[key] = (f"list {key}" if fresh else f"kind {kind}", levels)
    return found


def read_levels(abstract: etree._Element) -> dict[int, Level]:
    levels = {}
    for element in abstract.iterfind(W + "lvl"):
        depth, start = small(element.get(W + "ilvl", "")), value(element.find(W + "start"))
        if depth is not None:
            levels[depth] = Level(
                value(element.find(W + "numFmt")) or "decimal",
                value(element.find(W + "lvlText")),
                number if (number := small(start)) is not None else 1,
            )
    return levels
