"""What a hit's score is made of: where each score comes from, and which way it moves the hit."""

from dataclasses import astuple, fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from clusterqa.assistant import Assistant
from clusterqa.search.fusion import WEIGHTS, shares, standing
from clusterqa.types import Hit, Inquiry, Scores, Shares, Turn

QUESTION = "What share of running costs may Article 3(2) of the Honey Regulation cover?"
BROUGHT = [field.name for field in fields(Shares)]


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=date(2026, 1, 1))


@pytest.fixture(scope="module")
def hits(assistant: Assistant) -> dict[str, Hit]:
    """The hits of the question by the label of their passage."""
    return {hit.passage.label: hit for hit in assistant.search(Inquiry(QUESTION), k=20)}


# -- where a score comes from -------------------------------------------------------------------


def test_the_scores_of_a_named_paragraph(hits: dict[str, Hit]) -> None:
    """this test ensures that each score of a hit is what the search found of its passage."""
    expected = Scores(
        lexical=1.470, dense=0.613, sentence=0.277, figure=0.277, standing=1, named=0.4, work=1
    )  # fmt: skip
    assert astuple(hits["Article 3(2)"].scores) == pytest.approx(astuple(expected), abs=2e-3)
    expected = Scores(lexical=2.590, dense=0.477, sentence=0.435, standing=0.8, work=1)
    assert astuple(hits["Recital (2)"].scores) == pytest.approx(astuple(expected), abs=2e-3)


def test_the_best_sentence_is_scored(hits: dict[str, Hit]) -> None:
    """this test ensures that a passage has its nearest sentence's cosine, and its figure's own."""
    for hit in hits.values():
        nearest = max(cosine for _, _, cosine in hit.sentences)
        assert hit.scores.sentence == pytest.approx(nearest, abs=1e-6)
    assert hits["Article 3(3)"].scores.figure == 0.0  # wages, jars and courses, but no figure
    period = hits["Article 3(1)"]
    assert len(period.sentences) == 2 and "seven years" in period.passage.text
    assert period.scores.figure == 0.0  # years are no share of costs


def test_a_figure_of_the_kind_asked_for(assistant: Assistant) -> None:
    """this test ensures that years count for a question of time, and are the best sentence."""
    found = {
        h.passage.label: h
        for h in assistant.search(Inquiry("For how long may aid be granted?"), k=9)
    }
    hit = found["Article 3(1)"]
    start, end = (position - hit.passage.start for position in hit.best_sentence)
    assert hit.passage.text[start:end] == (
        "The aid shall not be granted for more than seven years."
    )
    assert hit.scores.figure > 0 and found["Article 1"].scores.figure == 0


def test_what_a_passage_keeps_of_its_score(assistant: Assistant) -> None:
    """this test ensures that reasons, attachments and amending acts stand below the rules."""
    library = assistant.library
    article = library.passage_at("02018R9001-20230101", 0)
    article = replace(article, kind="paragraph", label="Article 3(1)")
    recital, note = replace(article, kind="recital"), replace(article, kind="footnote")
    protocol = replace(article, label="Protocol (No 26), Article 1")
    amending = replace(article, source="32020R9002")
    kept = [standing(library, p, WEIGHTS) for p in (article, recital, note, protocol, amending)]
    assert kept == [1.0, 0.8, 0.8, 0.7, 0.5]


def test_the_article_talked_about(assistant: Assistant) -> None:
    """this test ensures that a follow-up's hits know how much the question before was of them."""
    history = [Turn("What share of operating costs does the Honey Regulation allow?")]
    hits = assistant.search(Inquiry("And for how long?", history=tuple(history)), k=5)
    subject = {hit.passage.label: hit.scores.subject for hit in hits}
    assert subject["Article 3(1)"] == subject["Article 3(2)"] == 1.0
    assert subject["Recital (2)"] == 0.0


# -- which way it moves the hit -----------------------------------------------------------------

LOW_AND_HIGH = {
    "lexical": (1.5, 2.5), "dense": (0.45, 0.55), "sentence": (0.4, 0.5), "expansion": (0.2, 0.8),
    "expansion_words": (1.0, 3.0), "expansion_covered": (0.2, 0.9), "figure": (0.05, 0.2),
    "named": (0.4, 2.0), "work": (0.0, 1.0), "subject": (0.1, 0.9),
}  # fmt: skip
FACTORS = ("standing", "expanded")  # of all that is found in words
MATCHES = ("matched", "matched_worst", "matched_best", "matched_least")  # for the reranker alone


def brought(hits: dict[str, Hit], **changed: float) -> np.ndarray:
    """The shares of recital 2 if its scores were others; beside it are candidates as found.

    One of them is of a text with expected questions, the nearest of which is very near.
    """
    found = [replace(hit.scores, **changed) if label == "Recital (2)" else hit.scores
             for label, hit in hits.items()]  # fmt: skip
    near = Scores(expansion=0.9, expansion_words=4.0, expansion_covered=1.0, expanded=1.0)
    return np.asarray(shares([*found, near])[:, list(hits).index("Recital (2)")])


def test_every_score_is_tried() -> None:
    """this test ensures that no score is left out of the tests below."""
    assert {*LOW_AND_HIGH, *FACTORS, *MATCHES} == {field.name for field in fields(Scores)}
    assert list(LOW_AND_HIGH) == BROUGHT


@pytest.mark.parametrize("name", LOW_AND_HIGH)
def test_a_higher_score_brings_more(hits: dict[str, Hit], name: str) -> None:
    """this test ensures that each score raises its own share of the sum and touches no other."""
    low, high = (brought(hits, **{name: value}) for value in LOW_AND_HIGH[name])
    moved = high - low
    assert moved[BROUGHT.index(name)] > 0.005
    assert np.count_nonzero(moved) == 1


def test_standing_and_expansion_scale_what_is_found_in_words(hits: dict[str, Hit]) -> None:
    """this test ensures that a recital keeps .8, and a text without questions is made up for."""
    by_name = slice(BROUGHT.index("named"), None)
    plain = brought(hits, standing=1.0, expanded=1.0, named=1.0, subject=1.0)
    recital = brought(hits, standing=0.8, expanded=1.0, named=1.0, subject=1.0)
    bare = brought(hits, standing=1.0, expanded=0.0, named=1.0, subject=1.0)
    assert recital[:7] == pytest.approx(plain[:7] * 0.8)
    assert bare[:7] == pytest.approx(plain[:7] * 3.35 / 1.35)
    assert plain[:3].min() > 0
    for other in (recital, bare):
        assert other[by_name].tolist() == plain[by_name].tolist()


def test_the_weights(hits: dict[str, Hit]) -> None:
    """this test ensures that each score counts as measured, against a total of 3.35."""
    best = Scores(
        lexical=9.0, dense=0.9, sentence=0.9, expansion=0.9, expansion_words=9.0,
        expansion_covered=0.5, figure=0.9, expanded=1.0, named=2.0, work=1.0, subject=0.5,
    )  # fmt: skip
    table = shares([best, Scores(expanded=1.0), replace(best, figure=0.45)])
    expected = [0.4, 0.3, 0.3, 1.0, 0.4, 0.3, 0.35, 2.0, 0.5, 0.1]
    assert (table * 3.35)[:, 0].tolist() == pytest.approx(expected)
    assert (table * 3.35)[:, 1].tolist() == [0.0] * 10
    assert (table * 3.35)[BROUGHT.index("figure"), 2] == pytest.approx(0.35 * 0.75)


def test_hits_come_by_their_sum(assistant: Assistant) -> None:
    """this test ensures that the score is the sum of the shares, at most 1, best first."""
    found = assistant.search(Inquiry(QUESTION), k=20)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    for hit in found:
        assert hit.score == pytest.approx(min(1.0, sum(astuple(hit.shares))), abs=1e-5)
    assert found[0].passage.label == "Article 3(2)"
