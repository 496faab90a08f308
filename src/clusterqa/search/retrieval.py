"""A question and a date in, `Hit`s out, best first, from text that applied then
or from versions named by their id: candidates by words and vectors, ranked by `fusion`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from clusterqa.errors import NotFound
from clusterqa.index import Index, Library
from clusterqa.index.encoders import Encoder, Vectors
from clusterqa.languages.analysis import analyzer
from clusterqa.query.understanding import Query
from clusterqa.search.fusion import Sought, Subject, article, ranked
from clusterqa.search.named import asked_by_name
from clusterqa.search.reranker import reranked
from clusterqa.types import Hit, Source, Work

DEPTH = 50  # candidates from each side, or as many as hits wanted
RERANKED = 40  # hits that the reranker sees, however many are wanted; others come behind them
ADDED_WEIGHT = 0.5  # of a word that the glossary adds to a question, against one of its own
LAW_WORDS_WEIGHT = 0.3  # of the question in the law's words, against the question as typed


def retrieve(
    index: Index,
    encoder: Encoder,
    query: Query,
    *,
    subject: Subject = MappingProxyType({}),
    ranking: Mapping[str, float] | None = None,
    k: int = 10,
) -> list[Hit]:
    """The `k` best passages valid on the query's day, from its documents only if it has any.

    A source named by its own id is searched whatever the day. Passages of an article that is the
    `subject` of a conversation gain, and of a work that the question names. Equal texts come once.
    `ranking` are the weights of the reranker, None for the order of the fusion alone.
    Raises `NotFound` for a document the index does not have.
    """
    library, search = index.library, index.search
    sources = searchable_sources(library, query)
    usable = usable_passages(index, sources, query.as_of)
    allowed = np.zeros(search.size, dtype=bool)
    allowed[search.passage_rows[usable]] = True
    if not allowed.any():
        return []
    named = asked_by_name(library, query, sources)
    vector, words = encoded(encoder, query)
    candidates = search.candidates(
        vector,
        query.tokens,
        allowed,
        depth=max(DEPTH, k),
        words=words,
        added=added_tokens(query),
        added_weight=ADDED_WEIGHT,
        named=[row for n in named for row in library.rows_within(n.source, n.start, n.end)],
    )
    first = search.first_passages(usable, candidates.rows)
    works = {work.id for work in query.works}
    sought = Sought(query.wants.figures, named, works, subject)
    passages = library.passages(first.tolist())
    if ranking is None:
        return ranked(index, candidates, passages, sought, k=k)
    found = ranked(index, candidates, passages, sought, k=max(RERANKED, k))
    beyond = [replace(hit, score=0.0) for hit in found[RERANKED:]]
    return [*reranked(found[:RERANKED], ranking), *beyond][:k]


def added_tokens(query: Query) -> list[str]:
    """The stems that the law's words for the question's terms add to its own, each once."""
    law_words = dict.fromkeys(words for use in query.uses for words in use.words)
    found = analyzer(query.stemmed)(" ".join(law_words))
    return [token for token in dict.fromkeys(found) if token not in query.tokens]


def subject_of(hits: Sequence[Hit]) -> Subject:
    """The articles that hits are of, with their scores against the best."""
    found: dict[tuple[str, str], float] = {}
    for hit in hits:
        share = 1.0 if hit.scores.named else min(1.0, hit.score / (hits[0].score or 1))
        found.setdefault(article(hit.passage), share)
    return found


def encoded(encoder: Encoder, query: Query) -> tuple[Vectors, Vectors]:
    """The question's unit vector, drawn towards its law's words, and the vectors of its tokens."""
    law_words = () if query.before else (query.law_words,)
    texts = list(dict.fromkeys((query.encoded, *law_words)))
    (asked, *said), words = encoder.encode_queries(texts)
    vector = sum((LAW_WORDS_WEIGHT * also for also in said), asked * (1 - LAW_WORDS_WEIGHT))
    return np.asarray(vector / np.linalg.norm(vector), np.float32), words[0]


def searchable_sources(library: Library, query: Query) -> set[str]:
    """Sources to search: those named, else each work's version on the day, or its last one."""
    works = {work.id: work for work in library.works}
    documents, as_of = query.documents, query.as_of
    unknown = [d for d in documents if d not in works and d not in library.sources]
    if unknown:
        message = f"document {unknown[0]!r} is not in the index; see: clusterqa corpus status"
        raise NotFound(message, param="documents")
    named = {d for d in documents if library.has(d)}
    chosen = [works[d] for d in documents if d in works] if documents else list(library.works)
    living = [work for work in chosen if is_living(library, work, as_of)]
    return named | {s for w in living for s in applicable(library, w, as_of, query.language)}


def is_living(library: Library, work: Work, as_of: date) -> bool:
    """Whether what a work amends answers on the date: what amends a replaced act says no law."""
    amended = (other for other in library.works if other.id in work.amends)
    return not work.amends or any(
        library.in_force(other, as_of) or library.lapsed(other, as_of) for other in amended
    )


def applicable(library: Library, work: Work, as_of: date, language: str) -> set[str]:
    """The text that answers for a work on the date: in the language, else in English, else any."""
    present = library.texts_read(work, as_of)
    found = [s for wanted in (language, "en") for s in present if s.language == wanted]
    return {s.id for s in (found or present)[:1]}


def usable_passages(index: Index, sources: set[str], as_of: date) -> NDArray[np.bool_]:
    """Mask over the index's passages: text of the sources, and recitals of the acts behind them.

    A consolidation has no recitals; those of the act as adopted go on explaining it.
    """
    known, search = index.library.sources, index.search
    usable = search.of_sources(sources)
    searched = {(known[s][0].id, known[s][1].language) for s in sources}
    acts = [
        source.id
        for work, source in known.values()
        if (work.id, source.language) in searched and explains(source, work, sources, as_of)
    ]
    recitals = (search.passage_kinds == "recital") & search.of_sources(acts)
    return np.asarray(usable | recitals, dtype=bool)


def explains(source: Source, work: Work, sources: set[str], as_of: date) -> bool:
    """Whether an act as adopted stands behind a consolidation that is searched."""
    begun = source.valid_from is None or source.valid_from <= as_of
    return source.authentic and begun and any(s.id in sources for s in work.sources)
