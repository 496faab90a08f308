"""A document in, its outline out: parts, chapters, articles and headings, nested."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from clusterqa.types import Document, Provision

OUTLINED = ("part", "chapter", "section", "article", "annex", "heading")


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading of the outline with what stands under it."""

    provision: Provision
    entries: tuple["OutlineEntry", ...]


def outline(document: Document) -> tuple[OutlineEntry, ...]:
    """Parts, chapters, articles and headings, nested; recitals are one entry, the first."""
    nodes = document.provisions
    recital = next((n for n, p in enumerate(nodes) if p.kind == "recital"), None)
    kept = {n: p for n, p in enumerate(nodes) if p.kind in OUTLINED or n == recital}
    under: dict[int | None, list[int]] = {}
    for number, provision in kept.items():
        under.setdefault(outlined_parent(document, provision, kept), []).append(number)
    return tuple(branch(kept, under, number) for number in under.get(None, ()))


def branch(
    kept: Mapping[int, Provision], under: Mapping[int | None, Sequence[int]], number: int
) -> OutlineEntry:
    inner = tuple(branch(kept, under, child) for child in under.get(number, ()))
    return OutlineEntry(kept[number], inner)


def outlined_parent(document: Document, provision: Provision, kept: Container[int]) -> int | None:
    """The nearest ancestor that the outline shows."""
    parent = provision.parent
    while parent is not None and parent not in kept:
        parent = document.provisions[parent].parent
    return parent
