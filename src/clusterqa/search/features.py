"""A query and hits in, `Features` out: what question and passage share, and what a hit lacks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from clusterqa.index import Index
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.quantities import counts
from clusterqa.query.understanding import Query
from clusterqa.types import Hit

USUAL = 10  # hits of a question, as the models were fitted
FAR = 0.3  # cosine of a sentence that has nothing to do with a question, for hits that are missing


@dataclass(frozen=True, slots=True)
class Features:
    """What the models weigh of a hit, plain numbers; of all but the words a share is in [0, 1].

    `above` is the cosine of its best sentence less that of a middling hit's, `behind` how far its
    score is from the best, `score` its own without what it gains by name. `covered` is the share of
    the question's words, by their rarity, in the passage, what stands around it and its expected
    questions, `covered_own` in the passage alone, `covered_sentence` in its best sentence.
    `names_missing` counts names of the question that it lacks; `no_count` and `no_limit` are 1 if
    it lacks the count or the limit that is asked for. `words` grows with those of the question.
    """

    above: float = 0.0
    dense: float = 0.0
    score: float = 0.0
    behind: float = 0.0
    covered: float = 0.0
    covered_own: float = 0.0
    covered_sentence: float = 0.0
    expansion: float = 0.0
    names_missing: float = 0.0
    no_count: float = 0.0
    no_limit: float = 0.0
    words: float = 0.0


def features(index: Index, query: Query, hits: Sequence[Hit]) -> list[Features]:
    """The features of each hit of a question."""
    if not hits:
        return []
    overlap = Overlap(index, query)
    best = max(hit.score for hit in hits)
    cosines = [hit.scores.sentence for hit in hits]
    middle = sorted([*cosines, *[FAR] * (USUAL - len(cosines))], reverse=True)[USUAL // 2]
    return [overlap.features(hit, best, middle) for hit in hits]


class Overlap:
    """A query, ready to be compared with passages: its stems, their weight, the law's words."""

    def __init__(self, index: Index, query: Query) -> None:
        self.index, self.query = index, query
        self.analyze = analyzer(query.stemmed)
        self.terms = [
            (
                frozenset(self.analyze(use.said)),
                [frozenset(self.analyze(words)) for words in use.words],
            )
            for use in query.uses
        ]
        self.weights = index.search.rarities(query.tokens)

    def features(self, hit: Hit, best: float, middle: float) -> Features:
        """Those of a hit; `best` is the highest score of all, `middle` a middling one's cosine."""
        passage, shares, wants = hit.passage, hit.shares, self.query.wants
        work, _ = self.index.library.sources[passage.source]
        own = frozenset(self.analyze(passage.text))
        around = own | frozenset(
            self.analyze(" ".join((passage.context, *passage.path, work.title, *work.names)))
        )
        covered = self.covered(around)
        expected = self.index.search.expected_words(passage.id, self.weights.keys() - covered)
        start, end = hit.best_sentence
        said = self.analyze(passage.text[max(0, start - passage.start) : end - passage.start])
        return Features(
            above=hit.scores.sentence - middle,
            dense=hit.scores.dense,
            # what is asked about by name does not say whether it answers
            score=hit.score - sum((shares.named, shares.work, shares.subject)),
            behind=best - hit.score,
            covered=share(self.weights, covered | expected),
            covered_own=share(self.weights, self.covered(own)),
            covered_sentence=share(self.weights, self.covered(frozenset(said))),
            expansion=hit.scores.expansion,
            names_missing=float(len(self.query.names - covered)),
            no_count=float(wants.count and not counts(passage.text)),
            no_limit=float(wants.limit is not None and not wants.limit.search(passage.text)),
            words=math.log(1 + len(self.weights)),
        )

    def covered(self, words: frozenset[str]) -> frozenset[str]:
        """The question's stems that are among the words, themselves or in the law's words."""
        said = {t for own, law in self.terms if any(w <= words for w in law) for t in own}
        return frozenset(t for t in self.weights if t in words or t in said)


def share(weights: dict[str, float], covered: frozenset[str]) -> float:
    """The share of a question's weight that is covered, in [0, 1]."""
    total = sum(weights.values())
    return sum(weights[token] for token in covered) / total if total else 0.0
