"""The last look at a document: no character in it that nobody sees or that acts on a terminal.

Parsers take such characters out as they decode a file; what comes in by another way, from the
glyphs of a PDF or a reference in markup, is taken out here, and every span moves along.
"""

from bisect import bisect_left
from dataclasses import replace

from clusterqa.characters import INVISIBLE, UNPRINTED
from clusterqa.errors import CorpusError
from clusterqa.parsers.omissions import without_unseen
from clusterqa.types import Document, Provision


def readable_document(document: Document) -> Document:
    """The document as it can be read; raises `CorpusError` where nothing of it can."""
    if not UNPRINTED.search(document.text):
        return document
    gone = [place for found in INVISIBLE.finditer(document.text) for place in range(*found.span())]
    text = without_unseen(document.text)
    if not text.strip():
        raise CorpusError(f"{document.source}: the file holds no text; give one that does")

    def moved(place: int) -> int:
        return place - bisect_left(gone, place)

    provisions = tuple(
        replace(
            p,
            label=without_unseen(p.label),
            title=without_unseen(p.title),
            start=moved(p.start),
            end=moved(p.end),
        )
        for p in document.provisions
    )
    pages = tuple(replace(page, start=moved(page.start)) for page in document.pages)
    spans = (replace(a, start=moved(a.start), end=moved(a.end)) for a in document.amendments)
    return replace(
        document,
        text=text,
        provisions=filled(provisions),
        pages=tuple(page for page in pages if page.start < len(text)),
        amendments=tuple(span for span in spans if span.start < span.end),
    )


def filled(provisions: tuple[Provision, ...]) -> tuple[Provision, ...]:
    """Those that still hold text, each below the parent it had; one with text has a parent with."""
    kept = [index for index, p in enumerate(provisions) if p.start < p.end]
    place = {index: new for new, index in enumerate(kept)}
    return tuple(
        replace(p, parent=None if p.parent is None else place.get(p.parent))
        for p in (provisions[index] for index in kept)
    )
