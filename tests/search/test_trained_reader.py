"""An index with token vectors and the trained reader: ranks, probabilities, languages, turns."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from clusterqa.assistant import Assistant, ingest
from clusterqa.corpus.manifest import read_manifest
from clusterqa.search.reader import Network, experience_of, trained, untrained
from clusterqa.search.retrieval import subject_of
from clusterqa.settings import OWN_MODEL, UNTRAINED_MODEL
from clusterqa.types import Inquiry, Turn

TODAY = date(2026, 1, 1)
QUESTION = "How much of the running costs may be paid?"


@pytest.fixture(scope="module")
def build(small_corpus: Path) -> Callable[[Path], None]:
    def into(index: Path) -> None:
        works = read_manifest(small_corpus / "manifest.toml")
        ingest(
            works, small_corpus, index, model=OWN_MODEL, precision="auto", progress=lambda *_: None
        )

    return into


@pytest.fixture(scope="module")
def index(build: Callable[[Path], None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("read") / "index"
    build(folder)
    return folder


@pytest.fixture(scope="module")
def assistant(index: Path) -> Assistant:
    return Assistant.open(index, today=TODAY)


def test_the_index_decides_who_reads(assistant: Assistant, small_index: Path) -> None:
    """this test ensures that an index with token vectors has the trained reader, no other has."""
    assert assistant.index_ref.encoder == OWN_MODEL and assistant.reader is trained()
    other = Assistant.open(small_index, today=TODAY)
    assert other.index_ref.encoder == UNTRAINED_MODEL and other.reader is untrained()


def test_matches_are_of_the_texts(assistant: Assistant) -> None:
    """this test ensures that a hit's matches are within each other's bounds, and unlike."""
    hits = assistant.search(Inquiry(QUESTION))
    for hit in hits:
        found = hit.scores
        assert -1 <= found.matched_least <= found.matched <= found.matched_best <= 1
        assert found.matched_worst <= found.matched
    assert len({hit.scores.matched for hit in hits}) == len(hits)


def test_the_rule_comes_first(assistant: Assistant) -> None:
    """this test ensures that the provision that answers is ranked first, scores falling."""
    hits = assistant.search(Inquiry(QUESTION))
    assert hits[0].passage.label.startswith("Article 3(2)")
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("typed", ["How much of the runing costs may be payed?", QUESTION.upper()])
def test_misspelt_words_change_nothing(assistant: Assistant, typed: str) -> None:
    """this test ensures that a slip of the pen leads to the same provision."""
    hits = assistant.search(Inquiry(typed))
    assert hits[0].passage.label.startswith("Article 3(2)")


def test_another_language_is_answered_and_said(assistant: Assistant) -> None:
    """this test ensures that a question in a language of no text is answered from what is here."""
    answer = assistant.ask(
        Inquiry("Wie viel Prozent der laufenden Kosten dürfen gefördert werden?")
    )
    assert answer.status != "no_answer"
    assert answer.citations[0].locator.label.startswith("Article 3")
    assert [n.code for n in answer.notices].count("other_language") == 1


def test_a_later_turn_is_read_after_the_one_before(assistant: Assistant) -> None:
    """this test ensures that what is encoded of a later turn holds the turns before it."""
    history = (Turn(QUESTION),)
    query = assistant.query(Inquiry("And for how long?", history=history))
    assert query.encoded == f"And for how long? | {QUESTION}"
    assert assistant.query(Inquiry(QUESTION)).encoded == QUESTION


def test_an_untrained_encoder_reads_no_turns_before(small_index: Path) -> None:
    """this test ensures that only what has learned to read turns is given them."""
    other = Assistant.open(small_index, today=TODAY)
    query = other.query(Inquiry("And for how long?", history=(Turn(QUESTION),)))
    assert query.encoded == query.words and "|" not in query.encoded


def test_what_is_named_is_wholly_the_subject(assistant: Assistant) -> None:
    """this test ensures that no article counts more than the one that is asked for by name."""
    hits = assistant.search(Inquiry("What does Article 3(2) of the Honey Regulation say?"))
    shares = subject_of(hits)
    assert shares[hits[0].passage.source, "Article 3"] == 1.0
    assert all(0 <= share <= 1 for share in shares.values())


def test_where_the_first_is_unlikely_none_is_quoted(assistant: Assistant) -> None:
    """this test ensures that a later hit is never quoted in the place of an unlikely first one."""
    for question in (QUESTION, "Is there aid for wax?", "When may bees be moved?", "Who pays?"):
        readings = trained().judged(
            assistant.index, (query := assistant.query(Inquiry(question))), assistant.hits(query)
        )
        likely = [reading.likely for reading in readings]
        assert not any(likely) or likely[0], question


def test_probabilities_rise_with_what_is_matched(assistant: Assistant) -> None:
    """this test ensures that a nonsense question is less likely answered than a real one."""
    real, nonsense = (
        assistant.readings(assistant.query(Inquiry(question)))
        for question in (QUESTION, "Who won the chess championship in Reykjavik?")
    )
    assert max(r.probability for r in real) > max(r.probability for r in nonsense)
    assert not any(reading.likely for reading in nonsense)


def test_the_network_is_computed_as_written() -> None:
    """this test ensures that inputs are standardised, units squashed, and both layers added."""
    network = Network(
        names=("a", "b"), mean=(1.0, 0.0), spread=(2.0, 0.5),
        hidden=((1.0, -1.0, 0.5),), out=(3.0,), direct=(0.25, 0.5), bias=-1.0,
    )  # fmt: skip
    unit = math.tanh(1.0 * 1.0 - 1.0 * 2.0 + 0.5)
    total = -1.0 + 0.25 * 1.0 + 0.5 * 2.0 + 3.0 * unit
    found = network.probability({"b": 1.0, "a": 3.0})
    assert found == pytest.approx(1 / (1 + math.exp(-total)))


def test_what_ships_is_calibrated_in_bands() -> None:
    """this test ensures that bands rise, and that surer answers were measured right more often."""
    reader = trained()
    lows = [low for low, _, _ in reader.bands]
    shares = [right / of for _, of, right in reader.bands]
    assert lows == sorted(lows) and lows[0] == 0.0
    assert shares == sorted(shares) and shares[-1] > 0.75
    assert experience_of(reader, 1.0) == (reader.bands[-1][2], reader.bands[-1][1])
    assert 0 < reader.least <= reader.answered < 1


def test_what_has_not_changed_is_not_encoded_again(
    index: Path, build: Callable[[Path], None], assistant: Assistant
) -> None:
    """this test ensures that a second ingest takes token vectors over as they are."""
    before = np.array(assistant.index.search.tokens.vectors)
    build(index)
    again = Assistant.open(index, today=TODAY)
    assert again.index_ref.id != assistant.index_ref.id
    assert np.array_equal(before, again.index.search.tokens.vectors)
    assert replace(again.index_ref, id="", built_at="") == replace(
        assistant.index_ref, id="", built_at=""
    )
