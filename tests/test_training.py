"""The data that the reader is trained on says what it says of the texts, and measures nothing."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from places import PROJECT

from training.check import questions_of
from training.examples import DATA, Example, written
from training.texts import Texts

SETS = ("fit", "held_out", "wording", "fresh")
LANGUAGES = {"en", "fr", "de", "nl", "es", "it", "pl"}


def lines() -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted(DATA.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]


def questions() -> set[str]:
    """Every question of the data, folded."""
    turns = [turn for line in lines() for turn in line.get("turns", [line])]
    return {" ".join(turn["question"].casefold().split()) for turn in turns}


def test_the_data_is_as_large_as_it_is_said_to_be() -> None:
    """this test ensures that no file of data, kind or language goes missing."""
    kinds = Counter(str(line["kind"]) for line in lines())
    assert kinds["near_miss"] >= 6_000 and kinds["answer"] >= 10_000
    assert kinds["conversation"] >= 2_000
    languages = Counter(str(line["language"]) for line in lines())
    assert set(languages) == LANGUAGES and min(languages.values()) >= 400
    assert len({line["id"] for line in lines()}) == len(lines())


def test_a_turn_leans_on_earlier_turns_only() -> None:
    """this test ensures that what a turn leans on comes before it, and that the first leans not."""
    talks = [line for line in lines() if line["kind"] == "conversation"]
    for talk in talks:
        for number, turn in enumerate(talk["turns"], 1):
            assert all(0 < other < number for other in turn["leans"]), talk["id"]
            assert turn["standalone"].strip(), talk["id"]


def test_no_question_of_the_data_measures() -> None:
    """this test ensures that no question that is written for measuring is trained on."""
    own = [PROJECT / "benchmarks" / "questions" / name for name in SETS]
    named = os.environ.get("CLUSTERQA_QUESTIONS")
    others = [Path(named) / name for name in ("clusterqa_dev", "practice_dev")] if named else []
    measuring = {
        " ".join(question.casefold().split())
        for folder in [*own, *others]
        for question in questions_of(folder)
        if len(question.split()) >= 5
    }
    assert len(measuring) > 500
    assert measuring & questions() == set()


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    if not (os.environ.get("CLUSTERQA_MIRROR") and os.environ.get("CLUSTERQA_ACTS")):
        pytest.skip("CLUSTERQA_MIRROR and CLUSTERQA_ACTS name no folders of texts")
    return list(written(Texts.from_environment()))


def test_every_quote_stands_in_its_passage(examples: list[Example]) -> None:
    """this test ensures that each line names a passage of its label that holds its quote."""
    assert len(examples) > 20_000
    for one in examples:
        assert " ".join(one.quote.split()) in " ".join(one.passage.text.split()), one.id


def test_what_is_held_out_is_held_out(examples: list[Example]) -> None:
    """this test ensures that whole works are kept from training, and that they are enough."""
    kept = {one.source for one in examples if one.held_out}
    assert {"32023R2831", "cluster-definitions", "02015R1588-20181227"} <= kept
    assert not kept & {one.source for one in examples if not one.held_out}
    assert sum(one.held_out for one in examples) > 1_500
