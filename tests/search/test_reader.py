"""How likely a hit answers: each feature of real hits, and which way it moves the probability."""

import math
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from clusterqa.assistant import Assistant
from clusterqa.search.features import Features
from clusterqa.search.reader import Reading, experience_of, untrained
from clusterqa.types import Hit, Inquiry

SHARE = "What share of running costs may Article 3(2) of the Honey Regulation cover?"
COUNT = "How many beekeepers are in a beekeeping cluster of the EAFRD?"
LIMIT = "ceiling of aid for each beekeeping cluster"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=date(2026, 1, 1))


def readings(assistant: Assistant, question: str) -> dict[str, Reading]:
    found = assistant.readings(assistant.query(Inquiry(question)))
    return {reading.hit.passage.label: reading for reading in found}


@pytest.fixture(scope="module")
def features(assistant: Assistant) -> dict[str, dict[str, Features]]:
    """The features of each question's hits by the label of their passage."""
    return {
        question: {label: one.features for label, one in readings(assistant, question).items()}
        for question in (SHARE, COUNT, LIMIT)
    }


@pytest.mark.parametrize(
    ("question", "label", "name", "value"),
    [
        (SHARE, "Article 3(2)", "above", 0.277 - 0.435),  # the sixth best sentence of ten
        (SHARE, "Article 3(3)", "above", 0.514 - 0.435),
        (SHARE, "Article 3(2)", "dense", 0.613),
        (SHARE, "Article 3(2)", "score", 0.913 - (0.4 + 0.5) / 3.35),  # without what names bring
        (SHARE, "Article 3(2)", "behind", 0.0),
        (SHARE, "Article 3(3)", "behind", 0.913 - 0.771),
        (SHARE, "Article 3(2)", "covered", 0.414),  # with its titles, in the law's words
        (SHARE, "Article 3(2)", "covered_own", 0.142),
        (SHARE, "Article 3(2)", "covered_sentence", 0.075),
        (SHARE, "Article 3(2)", "expansion", 0.0),
        (COUNT, "Article 2", "names_missing", 1.0),  # the EAFRD
        (LIMIT, "Article 2", "names_missing", 0.0),
        (COUNT, "Article 2", "no_count", 0.0),  # "at least five beekeepers"
        (COUNT, "Article 1", "no_count", 1.0),
        (LIMIT, "Article 1", "no_count", 0.0),  # none is asked for
        (LIMIT, "Article 4(1)", "no_limit", 0.0),  # "shall not exceed"
        (LIMIT, "Article 1", "no_limit", 1.0),
        (COUNT, "Article 1", "no_limit", 0.0),
        (COUNT, "Article 1", "words", math.log(1 + 4)),
    ],
)
def test_features_are_read_from_the_texts(
    features: dict[str, dict[str, Features]], question: str, label: str, name: str, value: float
) -> None:
    """this test ensures that each feature says what it is named for, in real hits."""
    assert getattr(features[question][label], name) == pytest.approx(value, abs=3e-3)


# Which way the models let a feature speak: of texts with expected questions, of all others.
DIRECTIONS = {
    "above": (1, 1), "dense": (0, 1), "score": (1, 1), "behind": (-1, -1), "covered": (1, 1),
    "covered_own": (0, 0), "covered_sentence": (0, 1), "expansion": (1, 0),
    "names_missing": (-1, -1), "no_count": (-1, -1), "no_limit": (-1, -1), "words": (1, 1),
}  # fmt: skip


def test_every_feature_is_tried() -> None:
    """this test ensures that no feature is left out of the test below."""
    assert list(DIRECTIONS) == [field.name for field in fields(Features)]


@pytest.mark.parametrize("name", DIRECTIONS)
def test_which_way_a_feature_speaks(features: dict[str, dict[str, Features]], name: str) -> None:
    """this test ensures that more of a feature speaks for a hit, or against it, as fitted."""
    less = features[COUNT]["Article 2"]
    more = replace(less, **{name: getattr(less, name) + 0.1})
    models = untrained().expanded, untrained().bare
    moved = [model.probability(more) - model.probability(less) for model in models]
    assert [math.copysign(1, m) if m else 0 for m in moved] == list(DIRECTIONS[name])


def test_a_probability_is_of_the_logistic_model(features: dict[str, dict[str, Features]]) -> None:
    """this test ensures that weights and features are multiplied by name, not by chance."""
    one = features[COUNT]["Article 1"]
    total = (
        -5.8351 + 4.9848 * one.above + 1.1854 * one.dense + 2.6493 * one.score
        - 7.9027 * one.behind + 1.7398 * one.covered + 0.2988 * one.covered_sentence
        - 0.4873 * one.names_missing - 1.6061 * one.no_count - 0.7668 * one.no_limit
        + 0.639 * one.words
    )  # fmt: skip
    assert untrained().bare.probability(one) == pytest.approx(1 / (1 + math.exp(-total)))


def test_the_model_is_that_of_the_text(assistant: Assistant) -> None:
    """this test ensures that a hit of a text with expected questions is read by their model."""
    hit = assistant.search(Inquiry(COUNT))[0]
    expanded = replace(hit, scores=replace(hit.scores, expanded=1.0))
    found = Features(above=0.2, dense=0.5, score=0.7, covered=0.5, words=1.6)
    model = untrained()
    assert model.reading(hit, found).probability == model.bare.probability(found)
    assert model.reading(expanded, found).probability == model.expanded.probability(found)
    assert model.bare.probability(found) != model.expanded.probability(found)


def named(hit: Hit, weight: float) -> Hit:
    return replace(hit, scores=replace(hit.scores, named=weight))


def test_what_is_asked_for_by_name_is_likely(assistant: Assistant) -> None:
    """this test ensures that a named provision is quoted, and one named on the way is weighed."""
    hit, far = assistant.search(Inquiry(COUNT))[0], Features()
    assert untrained().reading(named(hit, 0.4), far).probability < 0.01
    assert not untrained().reading(named(hit, 0.4), far).likely
    for weight in (0.6, 2.0):
        reading = untrained().reading(named(hit, weight), far)
        assert (reading.probability, reading.likely) == (0.9, True)


def test_likely_readings_come_first(assistant: Assistant) -> None:
    """this test ensures that readings come by whether they are likely, then by how likely."""
    question = "How large may the aid intensity be?"
    found = assistant.readings(assistant.query(Inquiry(question)))
    assert found[0].likely and not found[-1].likely
    order = [(not one.likely, -one.probability) for one in found]
    assert order == sorted(order)
    assert found[0].hit.passage.label == "Article 3(2)"


def test_experience_is_of_the_band() -> None:
    """this test ensures that a probability is told with what was measured of such answers."""
    assert experience_of(untrained(), 0.0) == (12, 173)
    assert experience_of(untrained(), 0.45) == (91, 173)
    assert experience_of(untrained(), 1.0) == (143, 173)
