"""The data that the reader is trained on says what it says of the texts, and measures nothing."""

import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from places import PROJECT

from clusterqa.index.encoders import OnnxEncoder, model_folder
from clusterqa.settings import OWN_MODEL
from training.check import questions_of
from training.encoder import STRETCH, Batches, Tokens, TwoViews
from training.examples import DATA, Example, written
from training.export import differences
from training.mining import confused
from training.restore import restore
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


def test_training_goes_on_from_what_ships(tmp_path: Path) -> None:
    """this test ensures that the restored weights encode as the encoder that ships."""
    shipped = Path(model_folder(OWN_MODEL))
    restore(shipped, tmp_path)
    model, tokens = TwoViews(tmp_path).eval(), Tokens.of(tmp_path)
    texts, words = differences(model, tokens, shipped)
    assert texts > 0.999 and words > 0.998


def test_what_is_confused_shares_a_stretch() -> None:
    """this test ensures that an epoch holds each passage once, beside those it is confused with."""
    batches = Batches([])
    batches.rows = [f"row {n}" for n in range(40)]
    batches.confused = {"row 3": ["row 17", "row 25", "row 39"]}
    found = batches.stretches(random.Random(1))
    rows = [row for stretch in found for row in stretch]
    assert len(rows) == len(set(rows)) >= len(batches.rows) - STRETCH
    assert {"row 3", "row 17", "row 25", "row 39"} in map(set, found)


def test_what_confuses_the_encoder_is_found() -> None:
    """this test ensures that neighbours are mined, without copies and without what answers too."""
    rows = [
        "GBER\nInnovation clusters\nOperating aid shall not exceed 50 % of the eligible costs.",
        "GBER\nInnovation clusters\nOperating aid shall not exceed 50 % of eligible costs.",
        "GBER\nInnovation clusters\nInvestment aid shall not exceed 50 % of the costs of the site.",
        "GBER\nInnovation clusters\nOperating aid may last ten years.",
        "Directive 2019/771\nThe seller shall repair the goods.",
    ]
    question = "What share of a cluster's running costs can be paid?"
    found = confused(
        OnnxEncoder(Path(model_folder(OWN_MODEL))),
        rows,
        ["a", "a", "a", "a", "b"],
        {rows[0]: [question]},
        {question: {rows[0], rows[3]}},
    )
    assert found == {rows[0]: [rows[2]]}
