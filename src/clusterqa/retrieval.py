"""A question and a date in, `Hit`s out, best first: only text that applied on that date.

BM25, the passage's cosine and its best sentence's are scaled to [0, 1] over the candidates and
added with weights; acts that only amend another act come below the text they amend. Weights and
their measurement: docs/LOG.md.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from clusterqa.corpus import versions_in_force
from clusterqa.embedding import Encoder, Vectors
from clusterqa.errors import UsageError
from clusterqa.index import Candidates, Index
from clusterqa.lexical import analyzer, question_language
from clusterqa.types import Hit, Source, Work

DEPTH = 200  # candidates from each side
WEIGHTS = {"lexical": 0.4, "dense": 0.3, "sentence": 0.3}
AMENDING_WEIGHT = 0.5  # share of its score that an amending act's operative text keeps


def retrieve(
    index: Index,
    encoder: Encoder,
    question: str,
    *,
    as_of: date,
    documents: Sequence[str] = (),
    k: int = 10,
) -> list[Hit]:
    """The `k` best passages valid on `as_of`, from `documents` only if any are named.

    `documents` are source or work ids; a source named by its own id is searched whatever the date.
    Equal texts come once. Raises `UsageError` for a document the index does not have.
    """
    sources = searchable_sources(index, question, as_of=as_of, documents=documents)
    usable = usable_passages(index, sources, as_of)
    allowed = np.zeros(index.vectors.ntotal, dtype=bool)
    allowed[index.passage_rows[usable]] = True
    if not allowed.any():
        return []
    vector = encoder.encode_query(question)
    tokens = analyzer(question_language(question))(question)
    candidates = index.search(vector, tokens, allowed, depth=DEPTH)
    return ranked(index, candidates, usable, k)


def searchable_sources(
    index: Index, question: str, *, as_of: date, documents: Sequence[str]
) -> set[str]:
    """Sources to search: those named, else each work's version on the date."""
    works = {work.id: work for work in index.works}
    unknown = [d for d in documents if d not in works and d not in index.sources]
    if unknown:
        raise UsageError(
            f"document {unknown[0]!r} is not in the index; see: clusterqa corpus status"
        )
    named = {d for d in documents if d in index.files}
    chosen = [works[d] for d in documents if d in works] if documents else index.works
    language = question_language(question)
    return named | {s for work in chosen for s in applicable(index, work, as_of, language)}


def applicable(index: Index, work: Work, as_of: date, language: str) -> set[str]:
    """A work's indexed version on the date, in the language if there is one, else in another."""
    present = [s for s in versions_in_force(work, as_of) if s.id in index.files]
    preferred = [s for s in present if s.language == language] or present[:1]
    return {s.id for s in preferred}


def usable_passages(index: Index, sources: set[str], as_of: date) -> NDArray[np.bool_]:
    """Mask over the index's passages: text of the sources, and recitals of the acts behind them.

    A consolidation has no recitals; those of the act as adopted go on explaining it.
    """
    usable = np.isin(index.passage_sources, sorted(sources))
    works = {index.sources[s][0].id: index.sources[s][1].language for s in sources}
    acts = [
        source.id
        for work, source in index.sources.values()
        if works.get(work.id) == source.language and explains(source, work, sources, as_of)
    ]
    recitals = (index.passage_kinds == "recital") & np.isin(index.passage_sources, acts)
    return np.asarray(usable | recitals, dtype=bool)


def explains(source: Source, work: Work, sources: set[str], as_of: date) -> bool:
    """Whether an act as adopted stands behind a consolidation that is searched."""
    begun = source.valid_from is None or source.valid_from <= as_of
    return source.authentic and begun and any(s.id in sources for s in work.sources)


def ranked(index: Index, candidates: Candidates, usable: NDArray[np.bool_], k: int) -> list[Hit]:
    """Hits for the best rows, each shown by its first usable passage."""
    parts = {
        "lexical": candidates.lexical,
        "dense": candidates.dense,
        "sentence": candidates.sentence,
    }
    first = first_passages(index, usable, candidates.rows)
    fused = sum((WEIGHTS[name] * scaled(values) for name, values in parts.items()), np.float32(0))
    fused = fused * np.array([weight_of(index, n) for n in first], dtype=np.float32)
    best = np.argsort(-fused, kind="stable")[:k]
    passages = index.passages(index.passage_numbers[first[best]].tolist())
    return [
        Hit(
            passage,
            score=round(float(fused[i]), 6),
            parts={name: round(float(values[i]), 6) for name, values in parts.items()},
            best_sentence=(
                passage.start + int(candidates.spans[i, 0]),
                passage.start + int(candidates.spans[i, 1]),
            ),
        )
        for passage, i in zip(passages, best, strict=True)
    ]


def first_passages(
    index: Index, usable: NDArray[np.bool_], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For each row the position of the first usable passage that has it."""
    positions = np.full(index.vectors.ntotal, -1, dtype=np.int64)
    where = np.flatnonzero(usable)[::-1]
    positions[index.passage_rows[where]] = where
    return np.asarray(positions[rows], dtype=np.int64)


def weight_of(index: Index, position: int) -> float:
    work, _ = index.sources[str(index.passage_sources[position])]
    amending = bool(work.amends) and index.passage_kinds[position] != "recital"
    return AMENDING_WEIGHT if amending else 1.0


def scaled(scores: NDArray[np.float32]) -> Vectors:
    """Scores stretched to [0, 1]; all zero when they are equal."""
    if not scores.size or scores.max() == scores.min():
        return np.zeros_like(scores)
    return np.asarray((scores - scores.min()) / (scores.max() - scores.min()), np.float32)
