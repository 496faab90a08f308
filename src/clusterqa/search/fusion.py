"""Candidates in, `Hit`s out, best first: their scores, what each brings, and the sum.

BM25, the passage's cosine and its best sentence's are scaled to [0, 1] over the candidates and
added with weights, and so is the likeness to expected questions; a sentence with a figure of the
kind asked for gains. Recitals and footnotes come below the rules they explain, protocols and
declarations below the treaty they are attached to, acts that only amend another below the text
they amend. What is asked for by name gains on top. The weights and their measurement: decision
0032.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from clusterqa.index import Candidates, Index, Library, Sentence
from clusterqa.languages.quantities import Kind, figures
from clusterqa.provisions import article_of
from clusterqa.search.named import Named
from clusterqa.types import Hit, Passage, Scores, Shares

Column = NDArray[np.float32]  # a number for each candidate
Stretch = tuple[int, int]  # start and end in a document
Subject = Mapping[tuple[str, str], float]  # source and article, how much they are talked about


@dataclass(frozen=True, slots=True)
class Weights:
    """What each score counts; the total of the first seven is what a score is measured by."""

    lexical: float = 0.4
    dense: float = 0.3
    sentence: float = 0.3
    expansion: float = 1.0
    expansion_words: float = 0.4
    expansion_covered: float = 0.6
    figure: float = 0.35
    work: float = 0.5  # of being of a work that the question names
    subject: float = 0.2  # of being in an article that the question before was about
    explaining: float = 0.8  # share of its score that a recital or footnote keeps
    attached: float = 0.7  # share that a treaty's protocol, declaration or table keeps
    amending: float = 0.5  # share that an amending act's operative text keeps

    @property
    def text(self) -> float:
        """The weight of what every text can have."""
        return self.lexical + self.dense + self.sentence + self.figure

    @property
    def total(self) -> float:
        """The weight of all that is found in words."""
        expected = self.expansion, self.expansion_words, self.expansion_covered
        return sum((self.lexical, self.dense, self.sentence, *expected, self.figure))


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Sought:
    """What a question asks for beside its words.

    `figures` are the kinds of figure it asks for; `works` are ids of those it names.
    """

    figures: Set[Kind]
    named: Sequence[Named]
    works: Container[str]
    subject: Subject


def ranked(
    index: Index,
    candidates: Candidates,
    passages: Sequence[Passage],
    sought: Sought,
    *,
    k: int,
    weights: Weights = WEIGHTS,
) -> list[Hit]:
    """Hits for the `k` best rows; `passages` are what each row is shown by."""
    found = scores(index, candidates, passages, sought, weights)
    shared = shares(found, weights)
    total = shared.sum(axis=0)
    return [
        Hit(
            passages[i],
            score=rounded(min(1.0, total[i])),
            scores=Scores(*map(rounded, astuple(found[i]))),
            shares=Shares(*map(rounded, shared[:, i])),
            best_sentence=best_span(passages[i], candidates.sentences[i], sought),
            sentences=tuple(
                (*document_span(passages[i], s), s[2]) for s in candidates.sentences[i]
            ),
        )
        for i in np.argsort(-total, kind="stable")[:k].tolist()
    ]


# -- scores -------------------------------------------------------------------------------------


def scores(
    index: Index,
    candidates: Candidates,
    passages: Sequence[Passage],
    sought: Sought,
    weights: Weights,
) -> list[Scores]:
    """What was found of each candidate, and what is known of its passage."""
    library, expanded = index.library, index.search.expanded_sources
    matched = matches(candidates.matches)
    return [
        Scores(
            lexical=candidates.lexical[n],
            dense=candidates.dense[n],
            sentence=cosine(nearest(candidates.sentences[n])),
            expansion=candidates.expansion[n],
            expansion_words=candidates.expansion_words[n],
            expansion_covered=candidates.expansion_covered[n],
            figure=cosine(bearing(passage, candidates.sentences[n], sought)),
            standing=standing(library, passage, weights),
            expanded=float(passage.source in expanded),
            named=asked_span(passage, sought.named)[0],
            work=float(library.sources[passage.source][0].id in sought.works),
            subject=sought.subject.get(article(passage), 0.0),
            matched=matched[n, 0],
            matched_worst=matched[n, 1],
            matched_best=matched[n, 2],
            matched_least=matched[n, 3],
        )
        for n, passage in enumerate(passages)
    ]


def matches(each: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of a row's matches, of the worst and the best quarter, of the least two.

    Shape (rows, 4).
    """
    if not each.size:
        return np.zeros((len(each), 4), np.float32)
    ordered, quarter = np.sort(each, axis=1), max(1, each.shape[1] // 4)
    parts = ordered, ordered[:, :quarter], ordered[:, -quarter:], ordered[:, :2]
    return np.stack([part.mean(axis=1) for part in parts], axis=1)


def nearest(found: Sequence[Sentence]) -> Sentence | None:
    """The sentence nearest to the question, if there is any."""
    return max(found, key=lambda sentence: sentence[2], default=None)


def cosine(sentence: Sentence | None) -> float:
    """The cosine of a sentence, 0 for none and for one that is far."""
    return max(0.0, sentence[2]) if sentence else 0.0


def bearing(passage: Passage, found: Sequence[Sentence], sought: Sought) -> Sentence | None:
    """The nearest of a passage's sentences that hold a figure of the kinds asked for."""
    return nearest(with_figure(passage.text, sought.figures, found))


def with_figure(text: str, wanted: Set[Kind], found: Sequence[Sentence]) -> list[Sentence]:
    """The sentences of a passage that hold a figure of the kinds asked for."""
    if not wanted:
        return []
    held = [(one.start, one.end) for one in figures(text) if one.kind in wanted]
    return [s for s in found if any(s[0] <= start and end <= s[1] for start, end in held)]


def standing(library: Library, passage: Passage, weights: Weights) -> float:
    """The share of its score that a passage keeps: rules before reasons, law before amendments."""
    if passage.kind in ("recital", "footnote"):
        return weights.explaining
    if ATTACHED.match(passage.label):
        return weights.attached
    work, _ = library.sources[passage.source]
    return weights.amending if work.amends else 1.0


ATTACHED = re.compile(r"Protocol|Declaration|Tables of equivalences")


def article(passage: Passage) -> tuple[str, str]:
    return passage.source, article_of(passage.label)


# -- shares -------------------------------------------------------------------------------------


def shares(found: Sequence[Scores], weights: Weights = WEIGHTS) -> Column:
    """What each score brings, shape (fields of `Shares`, candidates); the sums are unbounded."""
    kept, whole = column(s.standing for s in found), column(whole_of(s, weights) for s in found)
    in_words = (
        weights.lexical * scaled(column(s.lexical for s in found)),
        weights.dense * scaled(column(s.dense for s in found)),
        weights.sentence * scaled(column(s.sentence for s in found)),
        weights.expansion * scaled(column(s.expansion for s in found)),
        weights.expansion_words * scaled(column(s.expansion_words for s in found)),
        weights.expansion_covered * column(s.expansion_covered for s in found),  # is a share
        figured(column(s.figure for s in found), weights.figure),
    )
    by_name = (
        column(s.named for s in found),
        weights.work * column(s.work for s in found),
        weights.subject * column(s.subject for s in found),
    )
    brought = [*(share * kept * whole for share in in_words), *by_name]
    return np.asarray(np.stack(brought) / weights.total, np.float32)


def whole_of(found: Scores, weights: Weights) -> float:
    """What makes up, in a text of which no questions are expected, for scores it cannot have."""
    return 1.0 if found.expanded else weights.total / weights.text


def column(values: Iterable[float]) -> Column:
    return np.array(list(values), dtype=np.float32)


def scaled(values: Column) -> Column:
    """Scores stretched to [0, 1]; when they are equal all 1, or all 0 if nothing was found."""
    if not values.size or values.max() == values.min():
        return np.asarray(np.sign(np.maximum(values, 0)), np.float32)
    return np.asarray((values - values.min()) / (values.max() - values.min()), np.float32)


def figured(values: Column, weight: float) -> Column:
    """To have a figure counts half, and what its sentence says the other half."""
    return np.asarray((weight * scaled(values) + weight * np.sign(values)) / 2, np.float32)


def rounded(value: float) -> float:
    """Six decimal places of a number in single precision, in which scores are computed."""
    return round(float(np.float32(value)), 6)


# -- spans --------------------------------------------------------------------------------------


def best_span(passage: Passage, found: Sequence[Sentence], sought: Sought) -> Stretch:
    """The stretch that is asked for by name, else the sentence that bears on the question best."""
    _, stretch = asked_span(passage, sought.named)
    return stretch or document_span(passage, bearing(passage, found, sought) or nearest(found))


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


def document_span(passage: Passage, sentence: Sentence | None) -> Stretch:
    """Where a sentence stands in its document; the whole passage for none."""
    if sentence is None:
        return passage.start, passage.end
    return passage.start + sentence[0], passage.start + sentence[1]
