"""A definition that only points elsewhere in, the provision that it points to out.

Who asks what an SME is and is told "undertakings fulfilling the criteria laid down in Annex I"
wants to see Annex I.
"""

from datetime import date

from clusterqa.index import Library
from clusterqa.law.history import cited_on, find_provision
from clusterqa.law.links import Place, within
from clusterqa.types import Hit, Passage

LONGEST = 250  # chars of a definition that says nothing of its own beside what it points to


def pointed_to(library: Library, passage: Passage, as_of: date) -> Place | None:
    """Where a short definition ends in pointing to; None for any other passage."""
    if len(passage.text) > LONGEST:
        return None
    language = library.sources[passage.source][1].language
    last = passage.start + len(passage.text.rstrip(" ;.,\n"))
    for reference in library.references(passage.source, passage.start, passage.end):
        if reference.end < last:
            continue
        cited = cited_on(library, reference, as_of, language=language)
        if isinstance(cited, tuple) and is_definition(library, passage):
            return place_of(library, *cited)
    return None


def is_definition(library: Library, passage: Passage) -> bool:
    """Whether a term that its document uses is defined in the passage."""
    labels = {label for _, _, label in library.defined_terms([passage.source])}
    return any(within(passage.label, label) for label in labels)


def place_of(library: Library, source: str, label: str) -> Place | None:
    found = find_provision(library.document(source), label)
    return Place(source, label, found.start, found.end) if found else None


def is_inside(hit: Hit, place: Place) -> bool:
    """Whether a hit's passage stands in a place."""
    passage = hit.passage
    return passage.source == place.source and place.start <= passage.start < place.end
