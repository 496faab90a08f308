"""Hits in, `Reading`s out, best first: how likely each one's words answer the question.

An index with token vectors is read by a small network over what reranker and features see,
trained by `training/reader.py`, which writes reader.json; any other by logistic models over the
features alone (untrained.json, `training/fit_reader.py`). Decisions 0042 and 0022 have the figures.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Protocol

import msgspec

from clusterqa.index import Index
from clusterqa.query.understanding import Query
from clusterqa.search.features import Features, features
from clusterqa.search.named import DEFINING_WEIGHT
from clusterqa.search.reranker import signals
from clusterqa.types import Hit

BY_NAME = 0.9  # probability of a provision asked for by name: 12 of 13 were right (decision 0022)
FARTHEST = 30.0  # logit that is as good as certain
MANY = 3.0  # names that a passage lacks; more count no more
RELATIVE = ("matched", "matched_worst", "matched_least", "dense", "expansion", "score")


@dataclass(frozen=True, slots=True)
class Reading:
    """A hit, the probability in [0, 1] that it answers, and the features that say so.

    `likely` says whether that is enough to quote it, `sure` whether an answer from it is whole.
    """

    hit: Hit
    probability: float
    features: Features
    likely: bool
    sure: bool


class Reader(Protocol):
    """What judges hits.

    `bands` are for bands of probability their lower end, how many answers were measured in them
    out of fold, and how many of those had a right passage; `answered` is the least probability of
    an answer that is not called partial; `foreign` the cosine below which no sentence is of a
    question's field.
    """

    @property
    def bands(self) -> tuple[tuple[float, int, int], ...]: ...

    @property
    def answered(self) -> float: ...

    @property
    def foreign(self) -> float: ...

    def judged(self, index: Index, query: Query, hits: Sequence[Hit]) -> list[Reading]:
        """A reading of each hit, best first."""
        ...


def read(index: Index, query: Query, hits: Sequence[Hit], reader: Reader) -> list[Reading]:
    """The hits as a reader judges them, those that are likely enough first, in its order."""
    readings = reader.judged(index, query, hits)
    return sorted(readings, key=lambda reading: not reading.likely)


def experience_of(reader: Reader, probability: float) -> tuple[int, int]:
    """How many measured answers about as likely as this were right, and how many there were."""
    _, measured, right = max(band for band in reader.bands if band[0] <= probability)
    return right, measured


def by_name(hit: Hit, probability: float) -> float:
    """The probability of a hit; one asked for by name needs no model."""
    return max(probability, BY_NAME) if hit.scores.named >= DEFINING_WEIGHT else probability


# -- the trained reader -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Network:
    """A network with one hidden layer beside a linear one, on standardised inputs.

    `names` are of the inputs; `mean` and `spread` standardise them; `hidden` has a row of weights
    for each unit, its bias last.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    hidden: tuple[tuple[float, ...], ...]
    out: tuple[float, ...]
    direct: tuple[float, ...]
    bias: float

    def probability(self, inputs: Mapping[str, float]) -> float:
        """The probability that a hit with these inputs answers."""
        row = [
            (inputs[name] - mean) / spread
            for name, mean, spread in zip(self.names, self.mean, self.spread, strict=True)
        ]
        units = [math.tanh(dot(unit[:-1], row) + unit[-1]) for unit in self.hidden]
        logit = self.bias + dot(self.direct, row) + dot(self.out, units)
        return 1 / (1 + math.exp(-max(-FARTHEST, min(FARTHEST, logit))))


def dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))


@dataclass(frozen=True, slots=True)
class Trained:
    """The weights of the reranker and the network that judges what it puts first.

    `least` is the least probability of what is quoted.
    """

    ranking: dict[str, float]
    network: Network
    least: float
    answered: float
    bands: tuple[tuple[float, int, int], ...]
    foreign: float = 0.66  # decision 0042

    def judged(self, index: Index, query: Query, hits: Sequence[Hit]) -> list[Reading]:
        """In the reranker's order, which finds more first than the network's (decision 0042).

        The first decides: where it is not likely to answer, none is.
        """
        found = features(index, query, hits)
        readings = [
            self.reading(hit, of_hit, one)
            for hit, of_hit, one in zip(hits, inputs(index, query, hits, found), found, strict=True)
        ]
        answers = bool(readings) and readings[0].likely
        return [replace(reading, likely=reading.likely and answers) for reading in readings]

    def reading(self, hit: Hit, of_hit: Mapping[str, float], found: Features) -> Reading:
        sure = by_name(hit, self.network.probability(of_hit))
        return Reading(hit, sure, found, sure >= self.least, sure >= self.answered)


def inputs(
    index: Index, query: Query, hits: Sequence[Hit], found: Sequence[Features]
) -> list[dict[str, float]]:
    """What the network sees of each hit: signals, how far from the best, what is shared."""
    of_hits = signals(hits)
    best = {name: max((one[name] for one in of_hits), default=0.0) for name in RELATIVE}
    return [
        {
            **of_hit,
            **{f"{name}_behind": best[name] - of_hit[name] for name in RELATIVE},
            "covered": shared.covered,
            "covered_own": shared.covered_own,
            "covered_sentence": shared.covered_sentence,
            "names_missing": min(MANY, shared.names_missing),
            "no_count": shared.no_count,
            "no_limit": shared.no_limit,
            "words": shared.words,
            "same_language": float(language_of(index, hit) == query.language),
        }
        for hit, of_hit, shared in zip(hits, of_hits, found, strict=True)
    ]


def language_of(index: Index, hit: Hit) -> str:
    """The language of a hit's text."""
    return index.library.sources[hit.passage.source][1].language


@cache
def trained() -> Trained:
    """The reader that is part of the program."""
    return msgspec.json.decode(
        files("clusterqa").joinpath("reader.json").read_bytes(), type=Trained
    )


# -- the untrained reader -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Weighing:
    """A logistic model: a weight for each feature; the least probability of what is quoted."""

    intercept: float
    weights: Features
    least: float

    def probability(self, features: Features) -> float:
        """The probability that a hit with these features answers."""
        total = self.intercept + dot(astuple(self.weights), astuple(features))
        return 1 / (1 + math.exp(-total))


@dataclass(frozen=True, slots=True)
class Logistic:
    """Two fitted models: one for texts of which questions are expected, `bare` for all others."""

    expanded: Weighing
    bare: Weighing
    answered: float
    bands: tuple[tuple[float, int, int], ...]
    foreign: float = 0.3

    def judged(self, index: Index, query: Query, hits: Sequence[Hit]) -> list[Reading]:
        found = features(index, query, hits)
        readings = [self.reading(hit, one) for hit, one in zip(hits, found, strict=True)]
        return sorted(readings, key=lambda reading: -reading.probability)

    def reading(self, hit: Hit, found: Features) -> Reading:
        """The hit as the model for its text reads it."""
        model = self.expanded if hit.scores.expanded else self.bare
        sure = by_name(hit, model.probability(found))
        return Reading(hit, sure, found, sure >= model.least, sure >= self.answered)


@cache
def untrained() -> Logistic:
    """The models for an index without token vectors."""
    return msgspec.json.decode(
        files("clusterqa").joinpath("untrained.json").read_bytes(), type=Logistic
    )
