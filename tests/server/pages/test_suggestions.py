"""Questions to begin with."""

import os
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from places import PROJECT

from clusterqa.assistant import Assistant
from clusterqa.server.pages.suggestions import Suggestion, all_suggestions, suggestions
from clusterqa.types import (
    Inquiry,
)

TODAY = date(2026, 11, 23)


def test_suggestions_are_for_works_of_the_manifest() -> None:
    """this test ensures that every suggested question names a work, and shows for it alone."""
    manifest = PROJECT / "corpus" / "manifest.toml"
    works = {work["id"] for work in tomllib.loads(manifest.read_text("utf-8"))["works"]}
    assert len(all_suggestions()) > 10
    assert {s.work for s in all_suggestions()} <= works
    assert suggestions([], "en") == []


@pytest.mark.parametrize("one", all_suggestions(), ids=lambda one: one.question[:40])
def test_suggested_questions_are_answered(one: Suggestion, mirror_assistant: Assistant) -> None:
    """this test ensures that each question to begin with is answered, the right provision first."""
    answer = mirror_assistant.ask(Inquiry(one.question, one.as_of))
    assert answer.status == "answered"
    first = answer.citations[0]
    cited = (first.document.work, first.document.language, first.locator.label)
    assert cited == (one.work, one.language, one.label)


def test_suggestions_are_nobodys_test_questions() -> None:
    """this test ensures that no suggestion repeats a question of the development set."""
    folder = os.environ.get("CLUSTERQA_QUESTIONS")
    if not folder:
        pytest.skip("CLUSTERQA_QUESTIONS names no folder of question sets")
    text = "".join(p.read_text("utf-8") for p in Path(folder, "clusterqa_dev").glob("*.jsonl"))
    assert text.count('"question"') > 90
    assert [s.question for s in all_suggestions() if f'"{s.question}"' in text] == []


@pytest.fixture(scope="module")
def mirror_assistant(mirror_index: Path) -> Iterator[Assistant]:
    assistant = Assistant.open(mirror_index, today=TODAY)
    yield assistant
    assistant.index.close()
