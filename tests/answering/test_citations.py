"""A quote is a span of its document, and is cited as the law is."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterqa.answering import cite_eu, cite_oscola, quote
from clusterqa.answering.citations import cite
from clusterqa.answering.quotes import Piece
from clusterqa.answers import Citation
from clusterqa.assistant import Assistant
from clusterqa.cli.rendering import to_json
from clusterqa.server.api.formats import bibtex, csl_json
from clusterqa.types import (
    Amendment,
    Document,
    Inquiry,
    Passage,
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


GBER = Work("gber", "Regulation (EU) No 651/2014", "GBER", "law", "European Commission")
NEW = Source(
    "g", "gber", "en", GBER.title, celex="02014R0651-20230701", oj="OJ L 187, 26.6.2014, p. 1",
    valid_from=date(2023, 7, 1), authentic=False,
)  # fmt: skip
CHANGE = Work("c", "Regulation (EU) 2023/1315", "Change", "law", "European Commission")
CHANGING = Source("32023R1315", "c", "en", CHANGE.title, celex="32023R1315",
                  oj="OJ L 167, 30.6.2023, p. 1")  # fmt: skip
AS_ADOPTED, AMENDED, TWICE = "The first words. ", "Words of 2023. ", "Words of 2017."
TEXT = AS_ADOPTED + AMENDED + TWICE


def of(words: str) -> Citation:
    """The citation of words of an invented provision, some of which two acts brought."""
    first, second = TEXT.index(AMENDED), TEXT.index(TWICE)
    document = Document(
        "g", TEXT, (Provision("article", "Article 27", "", 0, len(TEXT)),),
        amendments=(Amendment(first, second - 1, "32023R1315"),
                    Amendment(second, len(TEXT), "32013R1224")),
    )  # fmt: skip
    passage = Passage("p", "g", 0, len(TEXT), TEXT, "Article 27", "article")
    piece = Piece(passage, TEXT.index(words), TEXT.index(words) + len(words))
    catalogue = {"g": (GBER, NEW), CHANGING.id: (CHANGE, CHANGING)}
    return cite(1, piece, document, catalogue, date(2024, 1, 1))


def test_words_of_an_amendment_are_cited_as_such() -> None:
    """this test ensures that who brought the words is named, with the version they are read in."""
    one = of(AMENDED.strip())
    assert one.amended_by == ("Regulation (EU) 2023/1315",)
    assert one.cite_as.eu == (
        "Regulation (EU) No 651/2014 (OJ L 187, 26.6.2014, p. 1), as amended by Regulation (EU) "
        "2023/1315 (OJ L 167, 30.6.2023, p. 1), consolidated version of 1 July 2023, Article 27"
    )
    assert one.cite_as.oscola == (
        "Regulation (EU) No 651/2014 [2014] OJ L187/1, as amended by Regulation (EU) 2023/1315 "
        "[2023] OJ L167/1, consolidated version of 1 July 2023, art 27"
    )
    both = of((AMENDED + TWICE).strip())
    assert both.amended_by == ("Regulation (EU) 2023/1315", "Regulation (EU) No 1224/2013")
    assert (
        "as amended by Regulation (EU) 2023/1315 (OJ L 167, 30.6.2023, p. 1) and Regulation (EU) "
        "No 1224/2013, consolidated"
    ) in both.cite_as.eu


def test_words_as_adopted_are_those_of_the_act() -> None:
    """this test ensures that no amendment is named beside words that none has touched."""
    one = of(AS_ADOPTED.strip())
    assert one.amended_by == ()
    assert one.cite_as.eu == ("Regulation (EU) No 651/2014 (OJ L 187, 26.6.2014, p. 1), Article 27")


def test_reference_managers_get_the_amendment() -> None:
    """this test ensures that CSL and BibTeX name the act and the version, for such words alone."""
    answer = {
        "id": "ans",
        "citations": [json.loads(to_json(of(w.strip()))) for w in (AMENDED, AS_ADOPTED)],
    }
    amended, adopted = json.loads(csl_json(answer))
    assert amended["title"] == (
        "Regulation (EU) No 651/2014, as amended by Regulation (EU) 2023/1315"
    )
    assert (amended["version"], amended["references"]) == (
        "consolidated 1 July 2023", "Regulation (EU) 2023/1315",
    )  # fmt: skip
    assert adopted["title"] == "Regulation (EU) No 651/2014"
    assert not {"version", "references"} & adopted.keys()
    first, second = bibtex(answer).split("@misc")[1:]
    assert (
        "title = {{Regulation (EU) No 651/2014, as amended by Regulation (EU) 2023/1315}}" in first
    )
    assert "version = {consolidated 1 July 2023}" in first
    assert "amended" not in second and "version" not in second


def test_answers_kept_by_an_older_program_are_still_formatted() -> None:
    """this test ensures that a citation without what is new has the formats that it had."""
    kept = json.loads(to_json(of(AMENDED.strip())))
    del kept["amended_by"], kept["words_until"]
    answer = {"id": "ans", "citations": [kept]}
    assert json.loads(csl_json(answer))[0]["title"] == "Regulation (EU) No 651/2014"
    assert "title = {{Regulation (EU) No 651/2014}}" in bibtex(answer)


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
