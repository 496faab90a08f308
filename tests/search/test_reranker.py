"""The reranker's order: by the sum of weighed signals, what is asked for by name before all."""

import math

import pytest

from clusterqa.search.reader import trained
from clusterqa.search.reranker import reranked, signals
from clusterqa.types import Hit, Passage, Scores


def hit(name: str, **scores: float) -> Hit:
    passage = Passage(
        id=name, source="s", label=name, path=(), kind="paragraph", start=0, end=4, text="text",
        context="",
    )  # fmt: skip
    return Hit(passage, score=0.5, scores=Scores(**scores))


def weights(**chosen: float) -> dict[str, float]:
    (names,) = signals([hit("a")])
    return dict.fromkeys(names, 0.0) | chosen


def test_the_weights_decide() -> None:
    """this test ensures that a signal moves a hit by its weight, and scores are shares of all."""
    hits = [hit("a", matched=0.5), hit("b", matched=0.7), hit("c", matched=0.6, dense=0.3)]
    found = reranked(hits, weights(matched=10.0, dense=10.0))
    assert [h.passage.id for h in found] == ["c", "b", "a"]
    total = math.exp(9) + math.exp(7) + math.exp(5)
    assert found[0].score == pytest.approx(math.exp(9) / total, abs=1e-6)
    assert sum(h.score for h in found) == pytest.approx(1.0, abs=1e-5)


def test_no_score_is_too_large_to_tell_apart() -> None:
    """this test ensures that the order holds where likelihoods round to nothing."""
    hits = [hit("a", matched=0.1), hit("b", matched=0.2), hit("c", matched=0.9)]
    found = reranked(hits, weights(matched=1000.0))
    assert [h.passage.id for h in found] == ["c", "b", "a"]
    assert [h.score for h in found] == [1.0, 0.0, 0.0]


def test_what_is_asked_for_by_name_comes_first() -> None:
    """this test ensures that no weight puts anything before a provision that is asked for."""
    hits = [hit("a", matched=0.9), hit("b", matched=0.1, named=2.0), hit("c", named=0.4)]
    found = reranked(hits, weights(matched=50.0))
    assert [h.passage.id for h in found] == ["b", "a", "c"]


def test_texts_without_expected_questions_are_weighed_by_what_all_have() -> None:
    """this test ensures that the weights for other texts count for those alone."""
    bare, expanded = signals([hit("a", dense=0.5), hit("b", dense=0.5, expanded=1.0)])
    assert (bare["bare_dense"], expanded["bare_dense"]) == (0.5, 0.0)
    assert bare["dense"] == expanded["dense"] == 0.5


def test_bm25_counts_against_the_best_of_the_list() -> None:
    """this test ensures that BM25, which grows with the question, is a share of the best."""
    first, second, third = signals([hit("a", lexical=8.0), hit("b", lexical=2.0), hit("c")])
    assert (first["lexical"], second["lexical"], third["lexical"]) == (1.0, 0.25, 0.0)


def test_the_weights_that_ship_are_for_every_signal() -> None:
    """this test ensures that no signal is without a weight, and no weight without a signal."""
    assert trained().ranking.keys() == signals([hit("a")])[0].keys()


def test_nothing_found_is_nothing_ranked() -> None:
    """this test ensures that an empty list is no error."""
    assert reranked([], weights()) == []
