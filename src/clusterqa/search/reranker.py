"""Hits in, the same in the order of a learned model out: what the search found, weighed together.

A linear model over signals of each hit, learned list by list from questions and the passages that
answer them (ListNet; Cao and others 2007): `training/reader.py` has how, decision 0042 the figures.
What is asked for by name comes first whatever the model says.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from clusterqa.search.named import DEFINING_WEIGHT
from clusterqa.types import Hit, Scores

Signals = dict[str, float]


def signals(hits: Sequence[Hit]) -> list[Signals]:
    """What is weighed of each hit: cosines, shares of the best BM25 among the hits, and kinds.

    What every text can have counts apart (`bare_`) for texts of which no questions are expected.
    """
    lexical = max((hit.scores.lexical for hit in hits), default=0.0) or 1.0
    words = max((hit.scores.expansion_words for hit in hits), default=0.0) or 1.0
    return [of_hit(hit, hit.scores, lexical, words) for hit in hits]


def of_hit(hit: Hit, scores: Scores, lexical: float, words: float) -> Signals:
    every = {
        "matched": scores.matched,
        "matched_worst": scores.matched_worst,
        "matched_best": scores.matched_best,
        "matched_least": scores.matched_least,
        "dense": scores.dense,
        "sentence": scores.sentence,
        "lexical": scores.lexical / lexical,
        "lexical_log": math.log1p(scores.lexical),
        "score": hit.score,
    }
    return {
        **every,
        **{f"bare_{name}": value * (1 - scores.expanded) for name, value in every.items()},
        "expansion": scores.expansion,
        "expansion_words": scores.expansion_words / words,
        "expansion_covered": scores.expansion_covered,
        "expanded": scores.expanded,
        "figure": float(scores.figure > 0),
        "standing": scores.standing,
        "work": scores.work,
    }


def reranked(hits: Sequence[Hit], weights: Mapping[str, float]) -> list[Hit]:
    """The hits of the search, best first; a score is the share of the list's likelihood.

    Scores are in [0, 1] and add up to 1 over the hits: how much likelier each is than the others
    to be the one that answers.
    """
    logits = [sum(weights[name] * value for name, value in one.items()) for one in signals(hits)]
    likelihoods = [math.exp(logit - max(logits)) for logit in logits]
    found = sorted(zip(logits, likelihoods, hits, strict=True), key=in_order)
    return [replace(hit, score=round(one / sum(likelihoods), 6)) for _, one, hit in found]


def in_order(found: tuple[float, float, Hit]) -> tuple[bool, float]:
    logit, _, hit = found
    return hit.scores.named < DEFINING_WEIGHT, -logit
