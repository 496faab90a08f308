"""The XML of Word: its namespaces, and what its elements and attributes say."""

import re
from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WRAPPERS = {W + name for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")}


def wrapped(container: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The container's rows or cells, those in content controls and insertions too."""
    for child in container:
        if child.tag == tag:
            yield child
        elif child.tag in WRAPPERS:
            yield from wrapped(child, tag)


def value(element: etree._Element | None) -> str:
    return element.get(W + "val", "") if element is not None else ""


def switched_on(element: etree._Element) -> bool:
    return element.get(W + "val", "true") not in ("0", "false", "off")


def small(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else None
