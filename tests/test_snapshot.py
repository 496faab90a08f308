"""A change that should change no answer changes none: what was said before is said again."""

import json
import os
from pathlib import Path

import pytest
from places import DATA, PROJECT
from snapshot import TODAY, digests, snapshot

from clusterqa.assistant import Assistant

OWN = [PROJECT / "benchmarks/questions" / name for name in ("fit", "held_out", "wording", "fresh")]


def test_answers_are_what_they_were(mirror_index: Path) -> None:
    """this test ensures that no answer changes unless somebody says so.

    Whoever means to change answers writes the digests anew and says in the decision why.
    """
    named = os.environ.get("CLUSTERQA_QUESTIONS")
    if not named:
        pytest.skip("CLUSTERQA_QUESTIONS names no folder of question sets")
    folders = [Path(named) / "clusterqa_dev", Path(named) / "practice_dev", *OWN]
    kept = (DATA / "snapshot.jsonl").read_text("utf-8").splitlines()
    before = {line["id"]: line for line in map(json.loads, kept)}
    now = {
        line["id"]: line
        for line in digests(snapshot(Assistant.open(mirror_index, today=TODAY), folders))
    }
    assert now.keys() == before.keys()
    changed = [name for name in now if now[name] != before[name]]
    assert changed == []
