"""The main job on the official texts, found through CLUSTERQA_MIRROR and CLUSTERQA_QUESTIONS."""

import os
from datetime import date
from pathlib import Path

import pytest

from clusterqa.answering import check_answer
from clusterqa.answers import Answer
from clusterqa.assistant import Assistant
from clusterqa.evaluation import evaluate, read_questions
from clusterqa.types import Inquiry, Turn

TODAY = date(2026, 11, 23)
RUNNING_COSTS = "What share of a cluster's running costs can be funded?"


@pytest.fixture(scope="module")
def assistant(mirror_index: Path) -> Assistant:
    return Assistant.open(mirror_index, today=TODAY)


def places(answer: Answer) -> list[tuple[str, str]]:
    return [(c.document.id, c.locator.label) for c in answer.citations]


def test_running_costs_are_answered_from_the_version_in_force(assistant: Assistant) -> None:
    """this test ensures that the operating-aid intensity is cited where it stands today."""
    answer = assistant.ask(Inquiry(RUNNING_COSTS))
    assert answer.status == "answered"
    assert ("02014R0651-20230701", "Article 27(9)") in places(answer)
    cited = next(c for c in answer.citations if c.locator.label == "Article 27(9)")
    assert cited.quote.exact == (
        "The aid intensity of operating aid shall not exceed 50 % of the total eligible costs "
        "during the period over which the aid is granted."
    )
    assert cited.document.legal_status == "in_force"
    assert cited.document.valid_to == date(2026, 12, 31)
    assert {"expires_soon", "no_legal_effect"} <= {notice.code for notice in answer.notices}


@pytest.mark.parametrize(
    ("as_of", "status", "first"),
    [
        (date(2026, 12, 31), "in_force", "no_legal_effect"),
        (date(2027, 1, 1), "expired", "expired_source"),
        (date(2027, 6, 1), "expired", "expired_source"),
    ],
)
def test_the_law_goes_on_answering_after_its_end(
    assistant: Assistant, as_of: date, status: str, first: str
) -> None:
    """this test ensures that the last text is quoted, and said to have ended before all else."""
    answer = assistant.ask(Inquiry(RUNNING_COSTS, as_of))
    (cited,) = (c for c in answer.citations if c.locator.label == "Article 27(9)")
    assert (cited.document.id, cited.document.legal_status) == ("02014R0651-20230701", status)
    codes = [notice.code for notice in answer.notices]
    assert first in codes and (first == codes[0]) is (status == "expired")
    assert ("expires_soon" in codes) is (status == "in_force")
    assert answer.experience is not None
    assert status == "in_force" or answer.experience.sureness != "likely"
    named = assistant.ask(Inquiry("What is the aid intensity of operating aid in the GBER?", as_of))
    assert {c.document.legal_status for c in named.citations} == {status}


def test_works_with_a_successor_here_answer_from_it(assistant: Assistant) -> None:
    """this test ensures that what was replaced long ago is not raised again by the end of a law."""
    for question in (RUNNING_COSTS, "What is the ceiling of de minimis aid?"):
        for as_of in (date(2026, 12, 31), date(2027, 6, 1)):
            found = assistant.search(Inquiry(question, as_of), k=40)
            assert not [h for h in found if "2008R0800" in h.passage.source]
    old = assistant.ask(Inquiry("What does Article 3 of Regulation 800/2008 say?"))
    assert {c.document.work for c in old.citations} == {"gber-2008"}


def test_words_of_an_amendment_are_cited_with_it(assistant: Assistant) -> None:
    """this test ensures that the act that brought a paragraph is named beside the version."""
    answer = assistant.ask(Inquiry("What does Article 4(1)(k) of the GBER say?"))
    cited = next(c for c in answer.citations if c.locator.label == "Article 4(1)(k)")
    assert cited.amended_by == ("Regulation (EU) 2023/1315",)
    assert (
        "(OJ L 187, 26.6.2014, p. 1), as amended by Regulation (EU) 2023/1315 "
        "(OJ L 167, 30.6.2023, p. 1), consolidated version of 1 July 2023, Article 4(1)(k)"
    ) in cited.cite_as.eu
    answer = assistant.ask(Inquiry("What does Article 27(9) of the GBER say?"))
    cited = next(c for c in answer.citations if c.locator.label == "Article 27(9)")
    assert (cited.amended_by, "as amended" in cited.cite_as.eu) == ((), False)


def test_words_that_still_apply_are_not_called_superseded(assistant: Assistant) -> None:
    """this test ensures that the intensity of 2014, which no amendment touched, is said to last."""
    answer = assistant.ask(Inquiry(RUNNING_COSTS, date(2016, 3, 15)))
    cited = next(c for c in answer.citations if c.locator.label == "Article 27(9)")
    assert (cited.document.id, cited.words_until) == ("32014R0651", date(2026, 12, 31))
    of_it = [n.code for n in answer.notices if n.citation == cited.n]
    assert "superseded_source" not in of_it


def test_a_rule_is_not_cited_before_it_applied(assistant: Assistant) -> None:
    """this test ensures that in 2009 nothing of the 2014 regulation answers."""
    answer = assistant.ask(Inquiry(RUNNING_COSTS, date(2009, 1, 1)))
    assert places(answer) == [("cluster-definitions", "Footnote 2")]
    found = assistant.search(Inquiry(RUNNING_COSTS, date(2009, 1, 1)), k=20)
    assert {hit.passage.source for hit in found} == {"32008R0800", "cluster-definitions"}


@pytest.mark.parametrize(
    ("as_of", "document"),
    [
        (date(2014, 7, 1), "32014R0651"),
        (date(2017, 7, 9), "32014R0651"),
        (date(2017, 7, 10), "02014R0651-20170710"),
        (date(2020, 7, 27), "02014R0651-20200727"),
        (date(2021, 4, 5), "02014R0651-20210405"),
        (date(2023, 5, 24), "02014R0651-20210801"),
        (date(2023, 5, 25), "02014R0651-20230525"),
        (date(2023, 6, 30), "02014R0651-20230525"),
        (date(2023, 7, 1), "02014R0651-20230701"),
    ],
)
def test_each_day_has_its_version(assistant: Assistant, as_of: date, document: str) -> None:
    """this test ensures that the rules of a version that did not apply never come up."""
    hits = assistant.search(Inquiry("Who can receive aid for innovation clusters?", as_of), k=20)
    rules = {h.passage.source for h in hits if "2014R0651" in h.passage.source}
    recitals = {h.passage.source for h in hits if h.passage.kind == "recital"}
    assert document in rules
    assert rules <= {document} | recitals


def test_french_questions_find_the_french_text(assistant: Assistant) -> None:
    """this test ensures that a French question is answered from a French version."""
    hits = assistant.search(
        Inquiry("Quelle est l'intensité des aides au fonctionnement des pôles ?"), k=5
    )
    assert [hit.passage.source for hit in hits] == ["02014R0651-20230701.fr"] * 5


def test_a_change_of_date_changes_the_answer(assistant: Assistant) -> None:
    """this test ensures that a follow-up with another date is answered for that date."""
    first = Turn("Who can get operating aid for an innovation cluster?")
    answer = assistant.ask(
        Inquiry("Was that the same in June 2019?", as_of=date(2019, 6, 1), history=(first,))
    )
    assert places(answer) == [("02014R0651-20170710", "Article 27(2)")]


def test_more_hits_are_the_same_and_more(assistant: Assistant) -> None:
    """this test ensures that a longer list begins with the shorter one, so that no page repeats."""
    lists = [assistant.search(Inquiry(RUNNING_COSTS), k=k) for k in (10, 41, 50)]
    ids = [[hit.passage.id for hit in found] for found in lists]
    assert ids[0] == ids[2][:10] and ids[1] == ids[2][:41]
    assert len(set(ids[2])) == 50
    scores = [hit.score for hit in lists[2]]
    assert scores == sorted(scores, reverse=True) and sum(scores) == pytest.approx(1, abs=1e-4)


def test_a_year_is_read_in_any_language_and_what_is_read_is_said(assistant: Assistant) -> None:
    """this test ensures that no law of another day passes for what was asked in German."""
    answer = assistant.ask(Inquiry("Wie hoch war die Förderung für Innovationscluster 2016?"))
    assert answer.as_of == date(2016, 7, 1)
    assert {c.document.id for c in answer.citations} <= {"32014R0651"}
    (told,) = [n for n in answer.notices if n.code == "time_not_read"]
    assert told.message.endswith("this is the law of 1 July 2016.")
    dated = assistant.ask(Inquiry("Was ist ein Innovationscluster?", as_of=date(2019, 6, 1)))
    assert "time_not_read" not in [n.code for n in dated.notices]


def test_every_answer_passes_the_gate(assistant: Assistant) -> None:
    """this test ensures that statements of real answers stand byte for byte in their documents."""
    for question in (RUNNING_COSTS, "What is a cluster?", "Is recoverable VAT an eligible cost?"):
        answer = assistant.ask(Inquiry(question))
        check_answer(answer.statements, answer.citations, assistant.library.document)
        assert answer.statements and answer.citations


# Figures of docs/results.md less two questions: of 75 that can be answered, of 31 that cannot.
LEAST = {
    "hit@1": 60 / 75, "hit@5": 71 / 75, "hit@50": 73 / 75, "mrr@10": 0.889 - 2 / 75,
    "answer_rate": 59 / 75, "abstention_rate": 26 / 31, "rightly_cited_answers": 0.852 - 2 / 61,
}  # fmt: skip


def test_the_development_questions(assistant: Assistant) -> None:
    """this test ensures that no figure is more than two questions below docs/results.md."""
    folder = os.environ.get("CLUSTERQA_QUESTIONS")
    if not folder:
        pytest.skip("CLUSTERQA_QUESTIONS names no folder of question sets")
    questions = read_questions(Path(folder) / "clusterqa_dev")
    report = evaluate(assistant, questions, assistant.library.works, today=TODAY, k=50)
    figures = report.groups["all"]
    assert (figures["hit@5"].n, figures["abstention_rate"].n) == (75, 31)
    found = {name: round(figures[name].value, 4) for name in LEAST}
    assert {name: value for name, value in found.items() if value < round(LEAST[name], 4)} == {}
    assert figures["as_of_correct_where_cited"].value == 1.0
