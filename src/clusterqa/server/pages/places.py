"""The provisions of a work that can be compared, to choose from: by article, newest text first."""

from collections.abc import Sequence
from dataclasses import dataclass

from clusterqa.index import Library
from clusterqa.server.pages.library import present
from clusterqa.types import Document, Work

WHOLE = ("article", "annex")
TITLE_CHARS = 80


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """An article or annex, what it is called, and the labels of what stands right in it.

    `gone`: the newest text does not have it.
    """

    label: str
    title: str
    inner: tuple[str, ...]
    gone: bool


def place_groups(library: Library, work: Work, language: str) -> list[PlaceGroup]:
    """Each article and annex of a work's texts in a language; the newest text's come first."""
    sources = [s for s in present(library, work.sources) if s.language == language]
    found: dict[str, PlaceGroup] = {}
    inner: dict[str, dict[str, None]] = {}
    for age, source in enumerate(reversed(sources)):
        for group in groups_of(library.document(source.id), gone=age > 0):
            found.setdefault(group.label, group)
            inner.setdefault(group.label, {}).update(dict.fromkeys(group.inner))
    return [
        PlaceGroup(one.label, one.title, tuple(inner[one.label]), one.gone)
        for one in found.values()
    ]


def groups_of(document: Document, *, gone: bool) -> list[PlaceGroup]:
    """The articles and annexes of a text, in its order."""
    nodes = document.provisions
    inside: dict[int, list[str]] = {}
    for one in nodes:
        if one.parent is not None and one.label and one.kind not in WHOLE:
            inside.setdefault(one.parent, []).append(one.label)
    return [
        PlaceGroup(one.label, one.title[:TITLE_CHARS], own(one.label, inside.get(n, ())), gone)
        for n, one in enumerate(nodes)
        if one.kind in WHOLE and one.label
    ]


def own(label: str, labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(labels) if one != label)
