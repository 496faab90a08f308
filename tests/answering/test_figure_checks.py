"""Figures of a question in an answer: which are checked, what is said, with proven words."""

from datetime import date
from pathlib import Path

import pytest

from clusterqa.answering import checked, checks_there_are
from clusterqa.answers import Answer, CheckResult
from clusterqa.assistant import Assistant, ingest
from clusterqa.corpus.manifest import read_manifest
from clusterqa.errors import CorpusError, NotFound, UsageError
from clusterqa.index import Library
from clusterqa.law.assessment import Situation
from clusterqa.settings import UNTRAINED_MODEL
from clusterqa.types import Inquiry

TODAY, IN_2019 = date(2026, 11, 23), date(2019, 5, 1)
NOTHING = Situation({})


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def library(assistant: Assistant) -> Library:
    return assistant.library


def checks(assistant: Assistant, question: str) -> tuple[CheckResult, ...]:
    return assistant.ask(Inquiry(question)).checks


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Can a beekeeping cluster get aid of EUR 50 000?",
         "Yes by these figures: not above EUR 55 000; the aid is possible."),
        ("Can a beekeeping cluster get aid of EUR 55 000?",
         "Yes by these figures: not above EUR 55 000; the aid is possible."),
        ("Can a beekeeping cluster get EUR 60 000?",
         "No by these figures: above EUR 55 000; the aid is not possible."),
        ("Could a beekeeping cluster get EUR 50 000 in 2019?",
         "No by these figures: above EUR 40 000; the aid is not possible."),
        ("Is EUR 60 000 too much for a beekeeping cluster?",
         "Yes by these figures: above EUR 55 000; the aid is not possible."),
        ("How is aid of EUR 60 000 for a beekeeping cluster treated?",
         "By these figures: above EUR 55 000; the aid is not possible."),
        ("May the aid intensity of operating aid for a honey house be 65 %?",
         "No by these figures: not more than 60 %."),
    ],
)  # fmt: skip
def test_figures_of_a_question_are_checked(assistant: Assistant, question: str, said: str) -> None:
    """this test ensures that a figure is put against the limit of the question's day."""
    assert [one.message for one in checks(assistant, question)] == [said]


@pytest.mark.parametrize(
    "question",
    [
        "What is the ceiling for a beekeeping cluster?",
        "Can a beekeeping cluster get EUR 50 000 or EUR 60 000?",
        "May 65 % be paid in EUR to fishers of eels?",
        "Can a beekeeping cluster run for 12 years?",
    ],
)
def test_what_is_unclear_is_not_checked(assistant: Assistant, question: str) -> None:
    """this test ensures that without a clear figure of what a rule compares nothing is said."""
    assert checks(assistant, question) == ()


def test_every_quote_is_proven(assistant: Assistant) -> None:
    """this test ensures that a limit is quoted byte for byte where the result says it stands."""
    answer: Answer = assistant.ask(Inquiry("Can a beekeeping cluster get EUR 60 000?"))
    (result,) = answer.checks
    (citation,) = result.citations
    (figure,) = result.figures
    text = assistant.library.document(citation.document.id).text
    assert text[citation.quote.start : citation.quote.end] == citation.quote.exact
    assert citation.locator.label == "Article 4(1)"
    assert (figure.given, figure.limit, figure.written, figure.holds, figure.citation) == (
        60_000, 55_000, "EUR 55 000", False, 1,
    )  # fmt: skip
    assert figure.written in citation.quote.exact
    assert (result.outcome, result.answer, result.check.id) == ("beyond", "no", "ceiling")
    assert [one.id for one in result.unchecked] == ["hornets"]


def test_a_rule_of_the_answering_provision(assistant: Assistant) -> None:
    """this test ensures that a figure is checked where the answer cites the rule's provision."""
    answer = assistant.ask(Inquiry("Is an aid intensity of operating aid of 65 % allowed?"))
    assert "Article 3(2)" in [one.locator.label for one in answer.citations]
    assert [one.check.id for one in answer.checks] == ["honey_house"]


# Asked for by name -------------------------------------------------------------------------------


def test_checks_of_a_day(library: Library) -> None:
    """this test ensures that a check is offered only while a rule of it stands in the law."""
    assert [one.check.id for one in checks_there_are(library, TODAY, "en")] == [
        "ceiling", "honey_house",
    ]  # fmt: skip
    (then,) = checks_there_are(library, IN_2019, "en")
    assert (then.check.id, then.labels, then.documents) == (
        "ceiling", ("Article 4",), ("32018R9001",),
    )  # fmt: skip
    assert checks_there_are(library, date(2017, 1, 1), "en") == ()


def test_a_check_by_name(library: Library) -> None:
    """this test ensures that a check says neither yes nor no where nothing was asked."""
    found = checked(library, "ceiling", Situation({"aid": 40_000.0}), IN_2019, "en")
    assert (found.outcome, found.limit, found.answer) == ("within", 40_000, None)
    found = checked(library, "honey_house", NOTHING, TODAY, "fr")
    assert (found.outcome, found.limit, found.unit) == ("up_to", 60, "%")


@pytest.mark.parametrize(
    ("name", "situation", "day", "error", "words"),
    [
        ("sme", NOTHING, TODAY, NotFound, "no check 'sme'; there are: ceiling, honey_house"),
        ("honey_house", NOTHING, IN_2019, NotFound, "no text with its rules applies on 2019-05-01"),
        ("ceiling", NOTHING, TODAY, UsageError, "nothing can be compared; give aid"),
        ("ceiling", Situation({"staff": 1.0}), TODAY, UsageError, "compares aid, not staff"),
        ("ceiling", Situation({"aid": float("nan")}), TODAY, UsageError, "a number from 0 on"),
        ("ceiling", Situation({}, frozenset({"x"})), TODAY, UsageError, "no circumstance 'x'"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked(
    library: Library, name: str, situation: Situation, day: date, error: type, words: str
) -> None:
    """this test ensures that a wrong name, figure or day is one line that says what to do."""
    with pytest.raises(error) as raised:
        checked(library, name, situation, day, "en")
    assert words in str(raised.value)


# Built into an index -----------------------------------------------------------------------------


def test_a_rule_that_does_not_stand_is_reported(
    small_corpus: Path, small_index_copy: Path, tmp_path: Path
) -> None:
    """this test ensures that ingest names a rule whose words are not in the law, and leaves it."""
    own = tmp_path / "own"
    own.mkdir()
    for path in small_corpus.iterdir():
        (own / path.name).symlink_to(path)
    rules = (small_corpus / "thresholds.toml").read_text("utf-8")
    (own / "thresholds.toml").unlink()
    (own / "thresholds.toml").write_text(rules.replace("55_000", "56_000"), "utf-8")
    lines: list[str] = []
    ingest(
        read_manifest(own / "manifest.toml"), own, small_index_copy, model=UNTRAINED_MODEL,
        precision="float32", progress=lambda *_: None, warn=lines.append,
    )  # fmt: skip
    assert [line for line in lines if "thresholds" in line] == [
        "thresholds.toml: ceiling.new is not used on 02018R9001-20230101: its words or figures do "
        "not stand in Article 4(1); mend its quote, its figure or its days"
    ]
    found = checks_there_are(Assistant.open(small_index_copy).library, TODAY, "en")
    assert [one.check.id for one in found] == ["honey_house"]
    (own / "thresholds.toml").write_text("check = 5", "utf-8")
    with pytest.raises(CorpusError, match=r"thresholds\.toml"):
        ingest(
            read_manifest(own / "manifest.toml"), own, small_index_copy, model=UNTRAINED_MODEL,
            precision="float32", progress=lambda *_: None,
        )  # fmt: skip
