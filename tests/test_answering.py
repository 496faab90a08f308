"""Answers are the documents' words, proven; dates and status are said."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterqa.answering import check_answer, cite_eu, cite_oscola, day, quote
from clusterqa.answering.evidence import Piece, in_company, lead_ins
from clusterqa.answering.gate import said
from clusterqa.answering.notices import newer_laws, notices, premises
from clusterqa.answering.refusing import gaps
from clusterqa.answering.statements import distinct, in_reading_order
from clusterqa.assistant import Assistant
from clusterqa.errors import ClusterQAError
from clusterqa.types import Answer, Compared, Document, Provision, Source, Statement, Turn, Work

TODAY = date(2024, 5, 1)
QUESTION = "What is a cluster organisation?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(QUESTION)


def test_answers_pass_the_gate(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that what the assistant says is in its documents, byte for byte."""
    assert answer.status == "answered"
    assert answer.statements
    check_answer(answer.statements, answer.citations, assistant.index.document)


def test_a_changed_quote_is_refused(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that one changed character in a quote stops an answer."""
    citation = answer.citations[0]
    forged = replace(citation, quote=replace(citation.quote, exact=citation.quote.exact[:-1] + "?"))
    statement = Statement(forged.quote.exact, (forged.n,))
    with pytest.raises(ClusterQAError, match="is not in cluster-definitions as given"):
        check_answer([statement], [forged], assistant.index.document)


@pytest.mark.parametrize(
    "statement",
    [Statement("Clusters are always funded.", (1,)), Statement("x", ()), Statement("x", (9,))],
)
def test_a_statement_without_its_citation_is_refused(
    assistant: Assistant, answer: Answer, statement: Statement
) -> None:
    """this test ensures that words which no citation holds cannot be said."""
    with pytest.raises(ClusterQAError, match="statement without its citation"):
        check_answer([statement], answer.citations, assistant.index.document)


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


def test_a_superseded_version_says_so(assistant: Assistant) -> None:
    """this test ensures that an answer for a past date names the date its text ended."""
    past = assistant.ask("What share of operating costs can aid cover?", as_of=date(2019, 1, 1))
    assert past.status == "answered"
    ended = [c for c in past.citations if c.document.valid_to and c.document.valid_to < TODAY]
    assert ended
    assert [n.message for n in past.notices if n.code == "superseded_source"] == [
        "Honey Regulation: this text applied until 30 June 2020; the text of 1 January 2023 "
        "applies today (02018R9001-20230101)."
    ]


def test_a_hit_names_the_provision_of_its_best_sentence(assistant: Assistant) -> None:
    """this test ensures that a passage which holds a list still points to the point asked for."""
    found = assistant.find("the costs of jars, labels and bottling", documents=["32018R9001"])
    best = found[0]
    assert (best.locator.label, best.pinpoint.label) == ("Article 3(3)", "Article 3(3)(b)")
    assert best.text[best.pinpoint.start - best.start :].startswith(best.pinpoint.text)


def test_guidance_alone_is_called_guidance(answer: Answer) -> None:
    """this test ensures that an answer from a page only is said to be guidance."""
    assert [n.message for n in answer.notices if n.code == "guidance_only"] == [
        "Cluster definitions: this is guidance, not law; the law may differ or have changed since."
    ]


def test_expiry_is_announced_ninety_days_before(assistant: Assistant) -> None:
    """this test ensures that a rule about to end carries a notice, and not before that."""
    question = "What share of operating costs can aid cover?"
    for as_of, expected in ((date(2030, 10, 2), True), (date(2030, 9, 1), False)):
        answer = assistant.ask(question, as_of=as_of)
        found = notices(answer.citations, assistant.index.sources, as_of, as_of)
        assert ("expires_soon" in {n.code for n in found}) is expected, as_of


def test_another_language_is_said(assistant: Assistant) -> None:
    """this test ensures that a French question answered from an English text says so."""
    answer = assistant.ask("Qu'est-ce qu'une organisation de cluster (cluster organisation) ?")
    assert answer.citations
    assert [n.message for n in answer.notices if n.code == "other_language"] == [
        "Cluster definitions: no French text is here; the English one is quoted."
    ]
    assert "other_language" not in {n.code for n in assistant.ask(QUESTION).notices}


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


def test_days_read_as_people_write_them() -> None:
    """this test ensures that dates have no leading zero and a month's name."""
    assert day(date(2026, 12, 3)) == "3 December 2026"


def test_a_work_that_is_not_here_is_named(assistant: Assistant) -> None:
    """this test ensures that nothing else answers for a work whose text is missing."""
    answer = assistant.ask("What does the Wax Guide say about operating aid?")
    assert (answer.status, answer.reason) == ("no_answer", "work_not_present")
    assert [n.message for n in answer.notices] == [
        "Guide to Wax is not in this corpus; clusterqa corpus sync or clusterqa corpus add brings "
        "it."
    ]


def test_a_date_without_a_version_is_said(assistant: Assistant) -> None:
    """this test ensures that a work named for a date without a text is refused with the nearest."""
    question = "What share of operating costs does the Honey Regulation allow?"
    answer = assistant.ask(question, as_of=date(2016, 5, 1))
    assert (answer.status, answer.reason) == ("no_answer", "no_version_for_date")
    assert [n.message for n in answer.notices] == [
        "No text of Honey Regulation for 1 May 2016 is here; nearest: 32018R9001."
    ]
    assert assistant.ask(question, as_of=date(2019, 5, 1)).citations


def test_a_refusal_names_the_texts_of_the_date_that_are_not_here(assistant: Assistant) -> None:
    """this test ensures that a known version without a text is said, and no other."""
    (work,) = [work for work in assistant.works if work.id == "honey"]
    ids = [source.id for source in work.sources]
    (gap,) = gaps([work], ids[:-1], date(2024, 1, 1))
    assert gap.code == "version_gap" and work.short_title in gap.message
    assert gaps([work], ids, date(2024, 1, 1)) == []
    assert gaps([work], ids[:-1], date(1990, 1, 1)) == []


def test_a_point_is_quoted_with_its_lead_in(assistant: Assistant) -> None:
    """this test ensures that the words that introduce a list come with a point of it."""
    document = assistant.index.document("32018R9001")
    start = document.text.index("the costs of jars, labels and bottling")
    found = lead_ins(document, start, start + 10)
    assert [document.text[a:b] for a, b in found] == ["The eligible costs shall be:"]
    assert lead_ins(document, found[0][0], found[0][1]) == []


def test_an_amending_act_says_so_and_dies_with_what_it_amends(assistant: Assistant) -> None:
    """this test ensures that amending text points to the law as amended and not beyond its end."""
    question = "Why did the amending regulation raise the intensity of operating aid?"
    living = assistant.ask("What does Article 1 say?", documents=["32020R9002"])
    assert "amending_act" in {n.code for n in living.notices}
    for hit in assistant.search(question, as_of=date(2031, 1, 1)):
        assert hit.passage.source == "cluster-definitions"


def test_a_date_in_the_question_is_the_date_asked_about(assistant: Assistant) -> None:
    """this test ensures that a year in the words counts, after a date given apart from them."""
    question = "What share of operating costs could aid cover in 2019?"
    assert {c.document.id for c in assistant.ask(question).citations} == {"32018R9001"}
    assert assistant.ask(question, as_of=date(2024, 1, 1)).as_of == date(2024, 1, 1)
    later = assistant.ask("And for jars?", history=[Turn(question, date(2019, 2, 1))])
    assert later.as_of == date(2019, 2, 1)


# -- what is quoted -----------------------------------------------------------------------------


def spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of a text whose sentences end with a full stop."""
    found, start = [], 0
    for sentence in text.split(". "):
        end = min(len(text), start + len(sentence) + 1)
        found.append((start, end))
        start = end + 1
    return found


@pytest.mark.parametrize(
    ("text", "best", "quoted"),
    [
        ("Operating aid may be granted. It shall not exceed 10 years. Fees shall be public.", 1,
         "Operating aid may be granted. It shall not exceed 10 years."),
        ("Fees reflect costs. Aid is capped at 50 %. However, it may be raised by 15 points.", 1,
         "Aid is capped at 50 %. However, it may be raised by 15 points."),
        ("Access shall be open. This Regulation applies until 2026. Fees are public.", 1,
         "This Regulation applies until 2026."),
        ("Les coûts sont admissibles. Toutefois, la TVA ne l'est pas.", 0,
         "Les coûts sont admissibles. Toutefois, la TVA ne l'est pas."),
    ],
)  # fmt: skip
def test_a_sentence_comes_in_its_company(text: str, best: int, quoted: str) -> None:
    """this test ensures that what a sentence leans on and what limits it are quoted with it."""
    start, end = in_company(spans(text)[best], spans(text), text)
    assert text[start:end] == quoted


def test_a_point_and_its_lead_in_are_one_statement(assistant: Assistant) -> None:
    """this test ensures that a long list's point is said after the words that introduce it."""
    question = "Who is a beekeeping cluster?"
    answer = assistant.ask(question, documents=["32018R9001"])
    for statement in answer.statements:
        (citation,) = (c for c in answer.citations if c.n in statement.citations)
        assert statement.text == said(citation)
    check_answer(answer.statements, answer.citations, assistant.index.document)


def test_a_forged_lead_in_is_refused(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that the gate proves the lead-ins too."""
    citation = answer.citations[0]
    forged = replace(citation, lead_ins=(replace(citation.quote, exact="Never:"),))
    with pytest.raises(ClusterQAError, match="is not in cluster-definitions as given"):
        check_answer([Statement(said(forged), (1,))], [forged], assistant.index.document)


def test_pieces_are_distinct_and_in_reading_order(assistant: Assistant) -> None:
    """this test ensures that no words are quoted twice and the text's own order is kept."""
    passage = assistant.search(QUESTION)[0].passage
    outer, inner = Piece(passage, 10, 90), Piece(passage, 20, 30)
    later = Piece(passage, 95, 99)
    assert distinct([inner, outer, outer, later]) == [outer, later]
    assert in_reading_order([later, outer]) == [outer, later]


# -- what changed -------------------------------------------------------------------------------


def test_two_days_get_both_wordings(assistant: Assistant) -> None:
    """this test ensures that a question about then and now is answered from both versions."""
    question = (
        "What did Article 3(2) of the Honey Regulation say in 2019, and what does it say now?"
    )
    answer = assistant.ask(question)
    assert [c.document.id for c in answer.citations] == ["32018R9001", "02018R9001-20230101"]
    assert len({c.locator.label for c in answer.citations}) == 1
    assert "changed" in {n.code for n in answer.notices}
    assert answer.compared == Compared(
        "honey", "Article 3(2)", "en", date(2019, 7, 1), TODAY, "reworded"
    )
    check_answer(answer.statements, answer.citations, assistant.index.document)


def test_a_rule_that_did_not_change_says_so(assistant: Assistant) -> None:
    """this test ensures that one wording is shown once, and its constancy said."""
    answer = assistant.ask("What changed in the definition of a honey house since 2019?")
    assert len(answer.citations) == 1
    assert "unchanged" in {n.code for n in answer.notices}
    assert answer.compared
    assert (answer.compared.since, answer.compared.outcome) == (date(2019, 1, 1), "same")


@pytest.mark.parametrize(
    ("question", "since", "outcome"),
    [
        ("What changed in Article 3(2) of the Honey Regulation in 2020?", (2020, 1, 1), "reworded"),
        ("What changed in Article 3(2) of the Honey Regulation since 2018?", (2018, 1, 1),
         "reworded"),
        ("What changed in Article 3(2) of the Honey Regulation since 1 July 2020?", (2020, 7, 1),
         "same"),
        ("How has Article 3(2) of the Honey Regulation changed?", (2020, 6, 30), "reworded"),
    ],
)  # fmt: skip
def test_the_day_since_when(
    assistant: Assistant, question: str, since: tuple[int, int, int], outcome: str
) -> None:
    """this test ensures that a year is compared from its first day, not from after its change."""
    compared = assistant.ask(question).compared
    assert compared and (compared.since, compared.until) == (date(*since), TODAY)
    assert compared.outcome == outcome


def test_what_older_texts_said_is_not_guessed(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that a rule is called unchanged only since the act as adopted."""
    question = "How has the definition of a honey house changed?"
    compared = assistant.ask(question).compared
    assert compared and (compared.since, compared.outcome) == (date(2018, 1, 1), "same")
    work, first = assistant.index.sources["32018R9001"]
    consolidated = (work, replace(first, authentic=False))
    monkeypatch.setitem(assistant.index.sources, first.id, consolidated)
    assert assistant.ask(question).compared is None


def test_what_has_no_days_is_not_compared(assistant: Assistant) -> None:
    """this test ensures that a guide without dates is quoted, not called unchanged since today."""
    answer = assistant.ask("How does a cluster policy differ from backing winners?")
    assert (answer.status, answer.compared) == ("answered", None)
    assert "unchanged" not in {n.code for n in answer.notices}


# -- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "as_of", "reason"),
    [
        ("And for how long?", None, "unclear_question"),
        ("How much?", None, "unclear_question"),
        ("What does Article 99 of the Honey Regulation say?", None, "provision_not_in_version"),
        ("What does the Wax Guide say about operating aid?", None, "work_not_present"),
        ("What does the Honey Regulation say on aid?", date(2016, 5, 1), "no_version_for_date"),
        ("Who won the chess championship in Reykjavik?", None, "outside_scope"),
    ],
)
def test_a_refusal_has_its_reason(
    assistant: Assistant, question: str, as_of: date | None, reason: str
) -> None:
    """this test ensures that programs are told why there is no answer."""
    answer = assistant.ask(question, as_of=as_of)
    assert (answer.status, answer.reason, answer.citations) == ("no_answer", reason, ())


def test_a_provision_of_another_version_is_named(assistant: Assistant) -> None:
    """this test ensures that a provision which is missing on a date names the versions with it."""
    question = "What does Article 3(4) of the Honey Regulation say?"
    answer = assistant.ask(question, as_of=date(2019, 1, 1))
    if answer.reason == "provision_not_in_version":
        assert "as it stood on 1 January 2019 has no Article 3(4)" in answer.notices[0].message


def test_a_false_premise_meets_the_provision(assistant: Assistant) -> None:
    """this test ensures that a figure taken for granted is set against the one in the text."""
    answer = assistant.ask(
        "Since operating aid may be granted for 15 years, who receives it?", as_of=date(2019, 1, 1)
    )
    citation = next(c for c in answer.citations)
    forged = replace(citation, quote=replace(citation.quote, exact="not more than 7 years"))
    (notice,) = premises("Since operating aid may run 15 years, who receives it?", [forged])
    assert notice.code == "premise_contradicted"
    assert "15 years for granted" in notice.message and "says 7 years" in notice.message
    assert premises("Operating aid for 15 years?", [forged]) == []


def test_confidence_is_said_in_words(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that what a confidence means stands beside it, not a percentage."""
    assert "measured answers about as sure as this one" in answer.confidence_words
    assert "%" not in answer.confidence_words
    refused = assistant.ask("Who won the chess championship in Reykjavik?")
    assert refused.confidence_words.startswith("No passage is likely enough")


def test_guidance_older_than_the_law_says_so() -> None:
    """this test ensures that a guide names the laws whose text is newer than it is."""
    text = Source("t", "law", "en", "x", valid_from=date(2023, 7, 1))
    law = Work("law", "Regulation", "GBER", "law", "x", sources=(text,))
    first = Source("a", "act", "en", "x", valid_from=date(2023, 7, 1))
    act = Work("act", "Act", "Act", "law", "x", amends=("law",), sources=(first,))
    catalogue = {"t": (law, text), "a": (act, first)}
    assert newer_laws(date(2016, 6, 1), catalogue, date(2024, 1, 1)) == "GBER (1 July 2023)"
    assert newer_laws(date(2023, 8, 1), catalogue, date(2024, 1, 1)) == ""
    assert newer_laws(date(2016, 6, 1), catalogue, date(2020, 1, 1)) == ""
    assert newer_laws(None, catalogue, date(2024, 1, 1)) == ""


def test_several_questions_are_answered_part_by_part(assistant: Assistant) -> None:
    """this test ensures that each of two questions asked at once gets its provision."""
    question = (
        "What does Article 4(2) of the Honey Regulation say? "
        "And what does Article 3(2) of the Honey Regulation say?"
    )
    labels = {citation.locator.label for citation in assistant.ask(question).citations}
    assert {"Article 4(2)", "Article 3(2)"} <= labels
