"""A question and a date in, `Hit`s out, best first, from text that applied then
or from versions named by their id.

BM25, the passage's cosine and its best sentence's are scaled to [0, 1] over the candidates and
added with weights, and a sentence with a figure of the kind asked for gains. Recitals and footnotes
come below the rules they explain, protocols and declarations below the treaty they are attached to,
acts that only amend another below the text they amend. Every weight and its measurement:
docs/LOG.md.
"""

import re
from collections.abc import Container, Mapping, Sequence
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from clusterqa.errors import NotFound
from clusterqa.index import Candidates, Index, Library
from clusterqa.index.encoders import Encoder, Vectors
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.identification import question_language
from clusterqa.provisions import article_of
from clusterqa.query.synonyms import wording
from clusterqa.query.understanding import expected_figures, named_works
from clusterqa.search.named import Named, asked_by_name
from clusterqa.types import Hit, Passage, Source, Work

DEPTH = 50  # candidates from each side, or as many as hits wanted
WEIGHTS = {
    "lexical": 0.4, "dense": 0.3, "sentence": 0.3, "asked": 1.0, "asked_words": 0.4,
    "asked_covered": 0.6, "figure": 0.35,
}  # fmt: skip
# What makes up, in a text of which no questions are known, for the parts that it cannot have.
UNASKED = sum(WEIGHTS.values()) / sum(w for n, w in WEIGHTS.items() if not n.startswith("asked"))
ADDED_WEIGHT = 0.5  # of a word that the glossary adds to a question, against one of its own
LAW_WORDS_WEIGHT = 0.3  # of the question in the law's words, against the question as typed
EXPLAINING_WEIGHT = 0.8  # share of its score that a recital or footnote keeps
ATTACHED_WEIGHT = 0.7  # share of its score that a treaty's protocol, declaration or table keeps
WORK_WEIGHT = 0.5  # of being of a work that the question names
SUBJECT_WEIGHT = 0.2  # of being in an article that the question before was about
AMENDING_WEIGHT = 0.5  # share of its score that an amending act's operative text keeps

Stretch = tuple[int, int]  # start and end in a document
Sentence = tuple[int, int, float]  # start and end in the passage, cosine

Subject = Mapping[tuple[str, str], float]  # source and article, how much they are talked about


def retrieve(
    index: Index,
    encoder: Encoder,
    question: str,
    *,
    as_of: date,
    documents: Sequence[str] = (),
    subject: Subject = MappingProxyType({}),
    k: int = 10,
) -> list[Hit]:
    """The `k` best passages valid on `as_of`, from `documents` only if any are named.

    `documents` are source or work ids; a source named by its own id is searched whatever the date.
    Passages of an article that is the `subject` of a conversation gain, and of a work that the
    question names. Equal texts come once.
    Raises `NotFound` for a document the index does not have.
    """
    sources = searchable_sources(index.library, question, as_of=as_of, documents=documents)
    usable = usable_passages(index, sources, as_of)
    allowed = np.zeros(index.search.size, dtype=bool)
    allowed[index.search.passage_rows[usable]] = True
    if not allowed.any():
        return []
    language = question_language(question)
    said, analyze = wording(index.library, language), analyzer(language)
    tokens = analyze(question)
    added = analyze(" ".join(said.expansions(question)))
    named = asked_by_name(index.library, question, sources, as_of)
    candidates = index.search.candidates(
        query_vector(encoder, question, said.in_law_words(question)),
        tokens,
        allowed,
        depth=max(DEPTH, k),
        added=[token for token in dict.fromkeys(added) if token not in tokens],
        added_weight=ADDED_WEIGHT,
        named=[row for n in named for row in index.library.rows_within(n.source, n.start, n.end)],
    )
    figures = expected_figures(question)
    works = {work.id for work in named_works(question, index.library.works, as_of)}
    return ranked(index, candidates, usable, figures, named, works, subject, k)


def subject_of(hits: Sequence[Hit]) -> Subject:
    """The articles that hits are of, with their scores against the best."""
    found: dict[tuple[str, str], float] = {}
    for hit in hits:
        found.setdefault(article(hit.passage), hit.score / (hits[0].score or 1))
    return found


def article(passage: Passage) -> tuple[str, str]:
    return passage.source, article_of(passage.label)


def query_vector(encoder: Encoder, question: str, law_words: str) -> Vectors:
    """The question's unit vector, drawn towards that of the question in the law's words."""
    texts = list(dict.fromkeys((question, law_words)))
    asked, *said = encoder.encode_queries(texts)
    vector = sum((LAW_WORDS_WEIGHT * also for also in said), asked * (1 - LAW_WORDS_WEIGHT))
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def searchable_sources(
    library: Library, question: str, *, as_of: date, documents: Sequence[str]
) -> set[str]:
    """Sources to search: those named, else each work's version on the date."""
    works = {work.id: work for work in library.works}
    unknown = [d for d in documents if d not in works and d not in library.sources]
    if unknown:
        raise NotFound(f"document {unknown[0]!r} is not in the index; see: clusterqa corpus status")
    named = {d for d in documents if library.has(d)}
    chosen = [works[d] for d in documents if d in works] if documents else list(library.works)
    living = [work for work in chosen if is_living(library, work, as_of)]
    language = question_language(question)
    return named | {s for work in living for s in applicable(library, work, as_of, language)}


def is_living(library: Library, work: Work, as_of: date) -> bool:
    """Whether what a work amends applies on the date: what amends a dead act says no law."""
    amended = (other for other in library.works if other.id in work.amends)
    return not work.amends or any(library.in_force(other, as_of) for other in amended)


def applicable(library: Library, work: Work, as_of: date, language: str) -> set[str]:
    """A work's indexed version on the date, in the language if there is one, else in another."""
    present = library.texts_in_force(work, as_of)
    preferred = [s for s in present if s.language == language] or present[:1]
    return {s.id for s in preferred}


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


def ranked(
    index: Index,
    candidates: Candidates,
    usable: NDArray[np.bool_],
    figures: re.Pattern[str] | None,
    named: Sequence[Named],
    works: Container[str],
    subject: Subject,
    k: int,
) -> list[Hit]:
    """Hits for the best rows, each shown by its first usable passage."""
    first = index.search.first_passages(usable, candidates.rows)
    passages = index.library.passages(first.tolist())
    best = [nearest(found) for found in candidates.sentences]
    bearing = [
        nearest(with_figure(passage.text, figures, found))
        for passage, found in zip(passages, candidates.sentences, strict=True)
    ]
    parts = {
        "lexical": candidates.lexical,
        "dense": candidates.dense,
        "sentence": cosines(best),
        "asked": candidates.expansion,
        "asked_words": candidates.expansion_words,
        "asked_covered": candidates.expansion_covered,
        "figure": cosines(bearing),
    }
    weighed = {name: WEIGHTS[name] * scaled(values) for name, values in parts.items()}
    weighed["asked_covered"] = WEIGHTS["asked_covered"] * candidates.expansion_covered  # is a share
    has_one = np.sign(parts["figure"])  # to have a figure counts, and what its sentence says
    weighed["figure"] = (weighed["figure"] + WEIGHTS["figure"] * has_one) / 2
    asked = [asked_span(passage, named) for passage in passages]
    parts["standing"] = np.array([standing(index, p) for p in passages], dtype=np.float32)
    parts["address"] = np.array([weight for weight, _ in asked], dtype=np.float32)
    parts["subject"] = np.array([subject.get(article(p), 0) for p in passages], dtype=np.float32)
    parts["work"] = np.array(
        [index.library.sources[p.source][0].id in works for p in passages], dtype=np.float32
    )
    parts["asked_of"] = np.array(
        [p.source in index.search.expanded_sources for p in passages], np.float32
    )
    whole = np.where(parts["asked_of"], 1, UNASKED).astype(np.float32)
    shares = {name: values * parts["standing"] * whole for name, values in weighed.items()}
    shares["address"] = parts["address"]
    shares["work"] = WORK_WEIGHT * parts["work"]
    shares["subject"] = SUBJECT_WEIGHT * parts["subject"]
    shares = {name: values / sum(WEIGHTS.values()) for name, values in shares.items()}
    score = np.sum(list(shares.values()), axis=0)
    return [
        Hit(
            passages[i],
            score=rounded(min(1.0, score[i])),
            parts={name: rounded(values[i]) for name, values in parts.items()},
            shares={name: rounded(values[i]) for name, values in shares.items()},
            best_sentence=asked[i][1] or document_span(passages[i], bearing[i] or best[i]),
            sentences=tuple(
                (*document_span(passages[i], s), s[2]) for s in candidates.sentences[i]
            ),
        )
        for i in np.argsort(-score, kind="stable")[:k].tolist()
    ]


def rounded(value: float) -> float:
    return round(float(value), 6)


def asked_span(passage: Passage, named: Sequence[Named]) -> tuple[float, Stretch | None]:
    """What a passage gains by being asked for, and the stretch of it if that is what is wanted."""
    found = [
        n
        for n in named
        if n.source == passage.source and n.start < passage.end and passage.start < n.end
    ]
    best = max(found, key=lambda n: n.weight, default=None)
    if best is None:
        return 0.0, None
    stretch = max(best.start, passage.start), min(best.end, passage.end)
    return best.weight, stretch if best.whole else None


def with_figure(
    text: str, figures: re.Pattern[str] | None, found: Sequence[Sentence]
) -> list[Sentence]:
    """The sentences of a passage that hold a figure of the kinds asked for."""
    if figures is None:
        return []
    held = [match.span() for match in figures.finditer(text)]
    return [s for s in found if any(s[0] <= start and end <= s[1] for start, end in held)]


def nearest(found: Sequence[Sentence]) -> Sentence | None:
    """The sentence nearest to the question, if there is any."""
    return max(found, key=lambda sentence: sentence[2], default=None)


def cosines(found: Sequence[Sentence | None]) -> Vectors:
    """The cosine of each sentence, 0 for none."""
    return np.array([max(0.0, s[2]) if s else 0.0 for s in found], dtype=np.float32)


def document_span(passage: Passage, sentence: Sentence | None) -> tuple[int, int]:
    """Where a sentence stands in its document; the whole passage for none."""
    if sentence is None:
        return passage.start, passage.end
    return passage.start + sentence[0], passage.start + sentence[1]


def standing(index: Index, passage: Passage) -> float:
    """The share of its score that a passage keeps: rules before reasons, law before amendments."""
    if passage.kind in ("recital", "footnote"):
        return EXPLAINING_WEIGHT
    if ATTACHED.match(passage.label):
        return ATTACHED_WEIGHT
    work, _ = index.library.sources[passage.source]
    return AMENDING_WEIGHT if work.amends else 1.0


ATTACHED = re.compile(r"Protocol|Declaration|Tables of equivalences")


def scaled(scores: NDArray[np.float32]) -> Vectors:
    """Scores stretched to [0, 1]; when they are equal all 1, or all 0 if nothing was found."""
    if not scores.size or scores.max() == scores.min():
        return np.asarray(np.sign(np.maximum(scores, 0)), np.float32)
    return np.asarray((scores - scores.min()) / (scores.max() - scores.min()), np.float32)
