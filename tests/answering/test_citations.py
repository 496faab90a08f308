"""A quote is a span of its document, and is cited as the law is."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterqa.answering import cite_eu, cite_oscola, quote
from clusterqa.assistant import Assistant
from clusterqa.types import (
    Document,
    Inquiry,
    Provision,
    Source,
    Work,
)

TODAY = date(2024, 5, 1)


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=200), st.data())
def test_quotes_are_spans(text: str, data: st.DataObject) -> None:
    """this test ensures that prefix, quote and suffix are neighbours in the text."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    document = Document("x", text, (Provision("text", "Text", "", 0, len(text)),))
    found = quote(document, start, end)
    assert text[found.start : found.end] == found.exact
    assert found.prefix + found.exact + found.suffix in text


def test_a_hit_names_the_provision_of_its_best_sentence(assistant: Assistant) -> None:
    """this test ensures that a passage which holds a list still points to the point asked for."""
    found = assistant.find(
        Inquiry("the costs of jars, labels and bottling", documents=("32018R9001",))
    )
    best = found[0]
    assert (best.locator.label, best.pinpoint.label) == ("Article 3(3)", "Article 3(3)(b)")
    assert best.text[best.pinpoint.start - best.start :].startswith(best.pinpoint.text)


def test_citation_styles() -> None:
    """this test ensures that an act is cited as the EU institutions and as OSCOLA cite it."""
    work = Work("gber", "Regulation (EU) No 651/2014", "GBER", "law", "European Commission")
    source = Source("x", "gber", "en", work.title, oj="OJ L 187, 26.6.2014, p. 1")
    assert cite_eu(work, source, "Article 27(2)") == (
        "Regulation (EU) No 651/2014 (OJ L 187, 26.6.2014, p. 1), Article 27(2)"
    )
    assert cite_oscola(work, source, "Article 27(2)") == (
        "Regulation (EU) No 651/2014 [2014] OJ L187/1, art 27(2)"
    )
