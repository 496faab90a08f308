"""What a provision is connected with: definitions, references both ways, translations, versions."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from clusterqa.answers import LegalStatus, Neighbour
from clusterqa.corpus.manifest import legal_status
from clusterqa.errors import NotFound
from clusterqa.index import Library
from clusterqa.law.history import history
from clusterqa.law.links import Place, beside
from clusterqa.types import Source

Compared = Literal["same", "different", "absent"]
MOST = 100  # links of one relation


@dataclass(frozen=True, slots=True)
class Version:
    """The same provision in a version of the work in the same language; `wording` compares it."""

    document: str
    valid_from: date | None
    valid_to: date | None
    legal_status: LegalStatus
    wording: Compared


@dataclass(frozen=True, slots=True)
class Connections:
    """Where else to look, at most 100 links of a kind, each as it stood on `as_of`."""

    as_of: date
    definitions: tuple[Neighbour, ...]
    references: tuple[Neighbour, ...]
    referenced_by: tuple[Neighbour, ...]
    translations: tuple[Neighbour, ...]
    versions: tuple[Version, ...]


def connections(library: Library, place: Place, as_of: date) -> Connections:
    links = beside(library, place, as_of, most=MOST)

    def of(relation: str) -> tuple[Neighbour, ...]:
        return tuple(link for link in links if link.relation == relation)

    return Connections(
        as_of=as_of,
        definitions=of("definition"),
        references=of("refers_to"),
        referenced_by=of("referred_by"),
        translations=of("translation"),
        versions=versions(library, place, as_of),
    )


def versions(library: Library, place: Place, as_of: date) -> tuple[Version, ...]:
    """The provision of this label in every version that is here, oldest first, its own among them;
    none for a label that is no provision's.
    """
    work, own = library.sources[place.source]
    try:
        wordings = history(library, work.id, place.label, language=own.language)
    except NotFound:
        return ()
    found = []
    for wording in wordings:
        compared: Compared = "same" if own.id in wording.sources else "different"
        if wording.text is None:
            compared = "absent"
        for id in wording.sources:
            source = library.sources[id][1]
            status = legal_status(work, source, as_of)
            found.append(Version(id, source.valid_from, source.valid_to, status, compared))
    return tuple(found)


def day_for(source: Source, today: date) -> date:
    """A day when the text applied: today if it does, else the last or the first day it did."""
    first, last = source.valid_from or date.min, source.valid_to or date.max
    return max(first, min(today, last))
