"""Style sheets of a page, as far as they can hide: rules, what they match, what an element gets.

Selectors of names, classes, ids, attributes and their combinations are followed; a rule with any
other, or for anything but a screen of whatever size, is left alone: what is not known is seen.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

# The properties that can hide what an element holds; no other is kept.
RELEVANT = {
    "display", "visibility", "opacity", "filter", "content-visibility", "color", "background",
    "background-color", "background-image", "background-clip", "-webkit-background-clip",
    "-webkit-text-fill-color", "font", "font-size", "position", "left", "right", "top", "bottom",
    "inset", "margin", "margin-left", "margin-top", "text-indent", "clip", "clip-path",
    "-webkit-clip-path", "transform", "scale", "translate", "height", "width", "max-height",
    "max-width", "overflow", "overflow-x", "overflow-y", "zoom",
}  # fmt: skip
COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
MEDIA = re.compile(r"@media\s+(only\s+)?(screen|all)\s*|@(supports|layer)\b.*", re.DOTALL)
PART = re.compile(
    r"\s*(?P<join>[\s>+~])?\s*(?P<tag>\*|[a-z][\w-]*)?(?P<rest>(?:[#.][\w-]+|\[[^\[\]]*\])*)",
    re.IGNORECASE,
)
SIMPLE = re.compile(
    r"([#.])([\w-]+)|\[\s*([\w-]+)\s*(?:(=|~=|\^=|\*=|\$=)\s*[\"']?(.*?)[\"']?\s*)?\]"
)
Declared = tuple[str, str, bool]  # property, value, whether it is important


@dataclass(frozen=True, slots=True)
class Simple:
    """One compound of a selector, and how what stands before it is joined to it."""

    join: str
    tag: str
    id: str
    classes: frozenset[str]
    attributes: tuple[tuple[str, str, str], ...]

    def matches(self, element: etree._Element) -> bool:
        if self.tag not in ("", "*", element.tag):
            return False
        if self.id and element.get("id") != self.id:
            return False
        if self.classes and not self.classes <= set(element.get("class", "").split()):
            return False
        return all(has(element.get(name), sign, value) for name, sign, value in self.attributes)


def has(found: str | None, sign: str, value: str) -> bool:
    """Whether an attribute's value is as a selector wants it."""
    if found is None or not sign:
        return found is not None
    wanted = {
        "=": found == value,
        "~=": value in found.split(),
        "^=": bool(value) and found.startswith(value),
        "$=": bool(value) and found.endswith(value),
        "*=": bool(value) and value in found,
    }
    return wanted[sign]


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector, the last of its compounds first, and what it declares."""

    parts: tuple[Simple, ...]
    declared: tuple[Declared, ...]
    weight: tuple[int, int, int]

    def matches(self, element: etree._Element) -> bool:
        return self.parts[0].matches(element) and preceded(element, self.parts)


def preceded(element: etree._Element, parts: tuple[Simple, ...]) -> bool:
    """Whether what stands around the element is as the selector's other compounds say."""
    if len(parts) == 1:
        return True
    join = parts[0].join
    beside = join in ("+", "~")
    others = element.itersiblings(preceding=True) if beside else element.iterancestors()
    for other in others:
        if parts[1].matches(other) and preceded(other, parts[1:]):
            return True
        if join in (">", "+"):
            return False
    return False


@dataclass(slots=True)
class Styles:
    """The rules of a page by what the last compound of their selector names."""

    rules: dict[str, list[tuple[int, Rule]]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0

    def add(self, sheet: str) -> None:
        for rule in rules_in(COMMENT.sub("", sheet)):
            last = rule.parts[0]
            name = (
                f"#{last.id}" if last.id else f".{min(last.classes)}" if last.classes else last.tag
            )
            self.rules[name].append((self.count, rule))
            self.count += 1

    def of(self, element: etree._Element) -> dict[str, str]:
        """The value of each property for the element: what is important, else own, else last."""
        own = declarations(element.get("style") or "")
        if not self.rules:
            return {name: value for name, value, _ in own}
        found = [
            (important, rule.weight, place, name, value)
            for place, rule in self.candidates(element)
            if rule.matches(element)
            for name, value, important in rule.declared
        ]
        found += [(important, OWN, 0, name, value) for name, value, important in own]
        return {name: value for _, _, _, name, value in sorted(found, key=lambda one: one[:3])}

    def candidates(self, element: etree._Element) -> Iterator[tuple[int, Rule]]:
        names = [str(element.tag), "*", ""]
        names += [f".{name}" for name in element.get("class", "").split()]
        if identity := element.get("id"):
            names.append(f"#{identity}")
        for name in names:
            yield from self.rules.get(name, ())


OWN = (9, 0, 0)  # the weight of an element's own style, above any selector's


@lru_cache(maxsize=10_000)
def declarations(text: str) -> tuple[Declared, ...]:
    """The relevant declarations of a block or attribute, in order, in lower case."""
    if not text:
        return ()
    found = []
    for part in unescaped(COMMENT.sub("", text)).lower().split(";"):
        name, _, value = part.partition(":")
        value, sign, last = value.rpartition("!")
        important = bool(sign) and last.strip() == "important"
        if name.strip() in RELEVANT:
            found.append((name.strip(), " ".join((value if sign else last).split()), important))
    return tuple(found)


def unescaped(text: str) -> str:
    """The text with the characters that CSS lets write by number."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1], 16) if found[1] else 0
        return chr(code) if 0 < code <= 0x10FFFF else (found[2] or "")

    return ESCAPE.sub(character, text) if "\\" in text else text


def rules_in(sheet: str) -> Iterator[Rule]:
    """The rules of a sheet that hold on a screen of any size."""
    place = 0
    while (opening := sheet.find("{", place)) >= 0:
        prelude = sheet[place:opening].rpartition(";")[2].strip()
        closing = end_of_block(sheet, opening)
        block, place = sheet[opening + 1 : closing], closing + 1
        if prelude.startswith("@"):
            if MEDIA.fullmatch(prelude.lower()):
                yield from rules_in(block)
            continue
        declared = declarations(block)
        for selector in prelude.split(",") if declared else ():
            if parts := compounds(selector):
                yield Rule(parts, declared, weight(parts))


BRACE = re.compile(r"[{}]")


def end_of_block(sheet: str, opening: int) -> int:
    """Where the block ends that begins at a brace; the sheet's end for one that does not."""
    depth = 0
    for brace in BRACE.finditer(sheet, opening):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.start()
    return len(sheet)


def compounds(selector: str) -> tuple[Simple, ...]:
    """The compounds of a selector, the last first; none for one that is not followed."""
    selector = unescaped(" ".join(selector.split()))
    found: list[Simple] = []
    place = 0
    while place < len(selector):
        part = PART.match(selector, place)
        if not part or part.end() == place or not (part["tag"] or part["rest"]):
            return ()
        place = part.end()
        found.append(simple(part["join"] or " ", (part["tag"] or "").lower(), part["rest"]))
    return tuple(reversed(found))


def simple(join: str, tag: str, rest: str) -> Simple:
    ids, classes, attributes = "", set(), []
    for sign, name, attribute, comparison, value in SIMPLE.findall(rest):
        if sign == "#":
            ids = name
        elif sign == ".":
            classes.add(name)
        else:
            attributes.append((attribute.lower(), comparison, value))
    return Simple(join.strip() or " ", tag, ids, frozenset(classes), tuple(attributes))


def weight(parts: tuple[Simple, ...]) -> tuple[int, int, int]:
    """The specificity of a selector (Selectors 4, 15)."""
    return (
        sum(bool(part.id) for part in parts),
        sum(len(part.classes) + len(part.attributes) for part in parts),
        sum(part.tag not in ("", "*") for part in parts),
    )
