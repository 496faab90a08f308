"""Readings in, statements with citations out: the few pieces worth quoting, in reading order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from clusterqa.answering.citations import cite
from clusterqa.answering.gate import check_answer, said
from clusterqa.answering.quotes import Piece, Stretch, as_list, increase_after, pieces
from clusterqa.answers import Citation, Facts, Notice, Statement
from clusterqa.index import Library
from clusterqa.query.understanding import Query
from clusterqa.search.reader import Reading
from clusterqa.types import Hit

CLOSE = 0.9  # a further statement needs this share of the best one's probability
MOST = 5  # statements of an answer
FIRST = 3  # readings among which a figure is looked for
NEAR = 0.35  # of the likeliest one's probability, for a reading with a figure to stand in its place

Cited = tuple[Piece, Citation]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Statements with their citations, and what there is to say of them."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    notices: tuple[Notice, ...] = ()


def quoted(
    library: Library, readings: Sequence[Reading], query: Query, parts: Sequence[Reading] = ()
) -> Quoted:
    """The readings worth quoting: the likeliest, and those about as likely. Gate passed.

    `parts` are the likeliest readings of each of several questions, where there were several.
    """
    bearing = with_figures(readings) if query.wants.own_figure else readings
    least = bearing[0].probability * CLOSE
    close = [reading for reading in bearing if reading.probability >= least]
    chosen = [reading.hit for reading in (*parts, *close)][:MOST]
    hits = [reading.hit for reading in readings]
    found = [piece for hit in chosen for piece in placed_pieces(library, hit, hits)]
    ordered = with_markers(in_reading_order(distinct(found)), library)
    cited = [
        (one, cite(n, one, library.document(one.passage.source), library.sources, query.as_of))
        for n, one in enumerate(ordered, start=1)
    ]
    statements = tuple(stated(points) for _, points in groupby(cited, introduction_of))
    citations = tuple(citation for _, citation in cited)
    check_answer(statements, citations, library.document)
    return Quoted(statements, citations, (*partial_lists(cited), *increases(cited, library)))


def placed_pieces(library: Library, hit: Hit, hits: Sequence[Hit]) -> Iterator[Piece]:
    """The pieces to quote of a hit, each with the passage that it begins in."""
    source = hit.passage.source
    for piece in pieces(library.document(source), hit, hits):
        yield replace(piece, passage=library.passage_at(source, piece.start))


def with_markers(found: Sequence[Piece], library: Library) -> Iterator[Piece]:
    """The pieces, with its marker each point that comes with others of its list."""
    for (source, _), group in groupby(found, introduced):
        points = list(group)
        yield from as_list(points, library.document(source).text) if points[1:] else points


def stated(points: Iterable[Cited]) -> Statement:
    """What is said of a list, or of a piece that stands alone."""
    citations = [citation for _, citation in points]
    return Statement(said(*citations), tuple(citation.n for citation in citations))


def introduced(piece: Piece) -> tuple[str, Stretch]:
    """What a piece shares with the points of its list: document and outermost lead-in."""
    return piece.passage.source, (*piece.lead_ins, (piece.start, piece.end))[0]


def introduction_of(cited: Cited) -> tuple[str, Stretch]:
    return introduced(cited[0])


def partial_lists(cited: Sequence[Cited]) -> Iterator[Notice]:
    """A notice for each list that was too long to be quoted whole."""
    for _, points in groupby(cited, introduction_of):
        piece, citation = next(points)
        if piece.points:
            work, label = citation.document.short_title, citation.locator.label
            facts = Facts(work=work, label=label, points=piece.points)
            yield Notice("part_of_list", citation.n, facts)


def increases(cited: Sequence[Cited], library: Library) -> Iterator[Notice]:
    """A notice for each percentage that the next paragraph, not quoted, increases."""
    labels = {(citation.document.id, citation.locator.label) for _, citation in cited}
    for piece, citation in cited:
        document = citation.document
        after = increase_after(library.document(document.id), piece)
        if after and (document.id, after.label) not in labels:
            before = (citation.locator.label,)
            facts = Facts(work=document.short_title, label=after.label, labels=before)
            yield Notice("increase_follows", citation.n, facts)


def with_figures(readings: Sequence[Reading]) -> Sequence[Reading]:
    """Those of the likely readings with a figure of the kind asked for, if there are any."""
    least = readings[0].probability * NEAR
    near = [reading for reading in readings[:FIRST] if reading.probability >= least]
    return [reading for reading in near if reading.hit.scores.figure > 0] or readings


def distinct(pieces: Sequence[Piece]) -> list[Piece]:
    """Each span once, and none that lies in another."""
    once = {(p.passage.source, p.start, p.end): p for p in pieces}
    return [p for p in once.values() if not any(o is not p and holds(o, p) for o in once.values())]


def holds(outer: Piece, inner: Piece) -> bool:
    same = outer.passage.source == inner.passage.source
    return same and outer.start <= inner.start and inner.end <= outer.end


def in_reading_order(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces by document, that of the best first, and then as they stand in it."""
    documents = list(dict.fromkeys(p.passage.source for p in pieces))
    return sorted(pieces, key=lambda p: (documents.index(p.passage.source), p.start))
