"""Answers are the documents' words, proven; dates and status are said."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterqa.answering import check_answer, cite_eu, cite_oscola, day, in_words, quote
from clusterqa.answering.abstention import gaps
from clusterqa.answering.citations import cite
from clusterqa.answering.comparison import Sides, became
from clusterqa.answering.gate import said
from clusterqa.answering.notices import newer_laws, notices, premises
from clusterqa.answering.quotes import Piece, in_company, lead_ins
from clusterqa.answering.statements import distinct, in_reading_order, stated
from clusterqa.assistant import Assistant
from clusterqa.errors import ClusterQAError
from clusterqa.law.history import Wording
from clusterqa.presenting.phrases import version_text
from clusterqa.query.intents import granted
from clusterqa.query.works import bearing_works
from clusterqa.search.reader import reader
from clusterqa.types import (
    Answer,
    Compared,
    Document,
    Inquiry,
    Provision,
    Source,
    Statement,
    Turn,
    Work,
)

TODAY = date(2024, 5, 1)
QUESTION = "What is a cluster organisation?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(Inquiry(QUESTION))


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
    past = assistant.ask(Inquiry("What share of operating costs can aid cover?", date(2019, 1, 1)))
    assert past.status == "answered"
    ended = [c for c in past.citations if c.document.valid_to and c.document.valid_to < TODAY]
    assert ended
    assert [n.message for n in past.notices if n.code == "superseded_source"] == [
        "Honey Regulation: this text applied until 30 June 2020; the text of 1 January 2023 "
        "applies today (02018R9001-20230101)."
    ]


def test_a_hit_names_the_provision_of_its_best_sentence(assistant: Assistant) -> None:
    """this test ensures that a passage which holds a list still points to the point asked for."""
    found = assistant.find(
        Inquiry("the costs of jars, labels and bottling", documents=("32018R9001",))
    )
    best = found[0]
    assert (best.locator.label, best.pinpoint.label) == ("Article 3(3)", "Article 3(3)(b)")
    assert best.text[best.pinpoint.start - best.start :].startswith(best.pinpoint.text)


def test_a_text_of_a_past_day_was_in_force_on_it(assistant: Assistant) -> None:
    """this test ensures that a text which has ended is not said to be in force."""
    question = "What does Article 3(2) of the Honey Regulation say?"
    answer = assistant.ask(Inquiry(question, date(2019, 5, 1)))
    assert version_text(answer.citations[0].document, answer.as_of) == (
        "text of 1 January 2018, in force on 1 May 2019, until 30 June 2020"
    )
    assert version_text(assistant.ask(Inquiry(question)).citations[0].document, date.today()) == (
        "consolidated 1 January 2023, in force, applies until 31 December 2030"
    )


def test_guidance_alone_is_called_guidance(answer: Answer) -> None:
    """this test ensures that an answer from a page only is said to be guidance."""
    assert [n.message for n in answer.notices if n.code == "guidance_only"] == [
        "Cluster definitions: this is guidance, not law; the law may differ or have changed since."
    ]


def test_expiry_is_announced_ninety_days_before(assistant: Assistant) -> None:
    """this test ensures that a rule about to end carries a notice, and not before that."""
    question = "What share of operating costs can aid cover?"
    for as_of, expected in ((date(2030, 10, 2), True), (date(2030, 9, 1), False)):
        answer = assistant.ask(Inquiry(question, as_of))
        found = notices(answer.citations, assistant.index.sources, as_of, as_of)
        assert [c.locator.label for c in answer.citations] == ["Article 3(2)"]
        assert ("expires_soon" in {n.code for n in found}) is expected, as_of


def test_another_language_is_said(assistant: Assistant) -> None:
    """this test ensures that a French question answered from an English text says so."""
    answer = assistant.ask(
        Inquiry("Qu'est-ce qu'une organisation de cluster (cluster organisation) ?")
    )
    assert answer.citations
    assert [n.message for n in answer.notices if n.code == "other_language"] == [
        "Cluster definitions: no French text of this version is here; the English one is quoted."
    ]
    assert "other_language" not in {n.code for n in assistant.ask(Inquiry(QUESTION)).notices}


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
    answer = assistant.ask(Inquiry("What does the Wax Guide say about operating aid?"))
    assert (answer.status, answer.reason) == ("no_answer", "work_not_present")
    assert [n.message for n in answer.notices] == [
        "Wax Guide is not in this corpus. The missing text can be added from a file with: "
        "clusterqa corpus add"
    ]


def test_a_date_without_a_version_is_said(assistant: Assistant) -> None:
    """this test ensures that a work named for a day without its text is refused, with its days."""
    question = "What is the aid intensity of operating aid under the Honey Regulation?"
    answer = assistant.ask(Inquiry(question, date(2016, 5, 1)))
    assert (answer.status, answer.reason) == ("no_answer", "no_version_for_date")
    assert [n.message for n in answer.notices] == [
        "No text of Honey Regulation for 1 May 2016 is here; what is here applies from 1 January "
        "2018 to 31 December 2030."
    ]
    assert assistant.ask(Inquiry(question, date(2019, 5, 1))).citations


def test_a_refusal_names_the_texts_of_the_date_that_are_not_here(assistant: Assistant) -> None:
    """this test ensures that a known version without a text is said, and no other."""
    (work,) = [work for work in assistant.works if work.id == "honey"]
    ids = [source.id for source in work.sources]
    (absent,) = gaps([work], [], date(2024, 1, 1))
    assert (absent.code, absent.message) == (
        "version_gap",
        "Known but not in this corpus, so not searched: Honey Regulation.",
    )
    (gap,) = gaps([work], [ids[0], ids[2]], date(2021, 1, 1))
    assert (gap.code, gap.message) == (
        "no_version_for_date",
        "No text of Honey Regulation for 1 January 2021 is here; what is here applies from 1 "
        "January 2018 to 30 June 2020 and from 1 January 2023 to 31 December 2030. The missing "
        "text can be fetched with: clusterqa corpus sync",
    )
    assert gaps([work], ids, date(2024, 1, 1)) == []


def test_what_was_not_searched_bears_on_the_question(assistant: Assistant) -> None:
    """this test ensures that a work is named only for a word of its own names."""
    for question, names in (("How is wax melted?", ["wax-guide"]), ("Who won at chess?", [])):
        works = bearing_works(assistant.index, question, date(2024, 1, 1), "en")
        assert [work.id for work in works] == names


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What ceiling does Regulation (EU) 2023/9999 set?", "Regulation (EU) 2023/9999"),
        ("What does the Honey Regulation 2023/9999 say?", "Regulation 2023/9999"),
        ("What does 1407/2013 say about the ceiling?", "1407/2013"),
    ],
)
def test_an_act_that_is_in_no_list_is_named(
    assistant: Assistant, question: str, named: str
) -> None:
    """this test ensures that nothing else answers for an act that is not known."""
    answer = assistant.ask(Inquiry(question))
    assert (answer.status, answer.reason) == ("no_answer", "not_in_corpus")
    assert answer.notices[0].message.startswith(f"{named} is not in this corpus.")


def test_an_act_that_applies_no_more_answers_from_its_last_text(small_index: Path) -> None:
    """this test ensures that an expired act which is named is quoted as it last stood, and so said.

    A question of today is not answered from it.
    """
    assistant = Assistant.open(small_index, today=date(2031, 5, 1))
    answer = assistant.ask(
        Inquiry("What is the aid intensity of operating aid under the Honey Regulation?")
    )
    assert (answer.as_of, bool(answer.citations)) == (date(2030, 12, 31), True)
    assert "superseded_source" in [notice.code for notice in answer.notices]
    answer = assistant.ask(
        Inquiry("What is the aid intensity of operating aid under the Honey Regulation today?")
    )
    assert (answer.as_of, answer.reason) == (date(2031, 5, 1), "no_version_for_date")


def test_the_absence_of_one_of_two_works_is_said(assistant: Assistant) -> None:
    """this test ensures that a refusal names what is missing when another named work is here."""
    answer = assistant.ask(
        Inquiry("What moon phases do the Honey Regulation and the Wax Guide forbid?")
    )
    assert answer.status == "no_answer"
    assert "work_not_present" in [notice.code for notice in answer.notices]


@pytest.mark.parametrize("question", ["Was ist ein Bienenhaus?", "¿Qué es una colmena según el?"])
def test_a_language_that_is_not_served_is_told(assistant: Assistant, question: str) -> None:
    """this test ensures that who asks in German or Spanish is told what is understood."""
    answer = assistant.ask(Inquiry(question))
    assert (answer.status, answer.reason) == ("no_answer", "unclear_question")
    assert [notice.code for notice in answer.notices] == ["language_not_served"]


def test_a_point_is_quoted_with_its_lead_in(assistant: Assistant) -> None:
    """this test ensures that the words that introduce a list come with a point of it."""
    document = assistant.index.document("32018R9001")
    start = document.text.index("the costs of jars, labels and bottling")
    found = lead_ins(document, start)
    assert [document.text[a:b] for a, b in found] == ["The eligible costs shall be:"]
    assert lead_ins(document, found[0][0]) == []


def test_an_amending_act_says_so_and_dies_with_what_it_amends(assistant: Assistant) -> None:
    """this test ensures that amending text points to the law as amended and not beyond its end."""
    question = "Why did the amending regulation raise the intensity of operating aid?"
    living = assistant.ask(Inquiry("What does Article 1 say?", documents=("32020R9002",)))
    assert [n.code for n in living.notices] == ["amending_act"]
    found = {hit.passage.source for hit in assistant.search(Inquiry(question))}
    assert "32020R9002" in found
    later = {hit.passage.source for hit in assistant.search(Inquiry(question, date(2031, 1, 1)))}
    assert later == {"cluster-definitions"}


def test_a_date_in_the_question_is_the_date_asked_about(assistant: Assistant) -> None:
    """this test ensures that a year in the words counts, after a date given apart from them."""
    question = "What share of operating costs could aid cover in 2019?"
    assert {c.document.id for c in assistant.ask(Inquiry(question)).citations} == {"32018R9001"}
    assert assistant.ask(Inquiry(question, date(2024, 1, 1))).as_of == date(2024, 1, 1)
    later = assistant.ask(Inquiry("And for jars?", history=(Turn(question, date(2019, 2, 1)),)))
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
        ("Fees are due. The rate is 50 %. It may be increased by 15 percentage points.", 1,
         "The rate is 50 %. It may be increased by 15 percentage points."),
        ("Fees are due. Aid shall be 50 % at most. Aid may be doubled in islands.", 2,
         "Aid shall be 50 % at most. Aid may be doubled in islands."),
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
    index, point = assistant.index, "the costs of jars, labels and bottling;"
    document = index.document("32018R9001")
    at = document.text.index(point)
    piece = Piece(
        index.passage_at("32018R9001", at), at, at + len(point), tuple(lead_ins(document, at))
    )
    citation = cite(1, piece, document, index.sources, TODAY)
    statement = stated([(piece, citation)])
    assert statement == Statement(f"The eligible costs shall be:\n{point}", (1,))
    check_answer([statement], [citation], index.document)


def test_a_forged_lead_in_is_refused(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that the gate proves the lead-ins too."""
    citation = answer.citations[0]
    forged = replace(citation, lead_ins=(replace(citation.quote, exact="Never:"),))
    with pytest.raises(ClusterQAError, match="is not in cluster-definitions as given"):
        check_answer([Statement(said(forged), (1,))], [forged], assistant.index.document)


def test_points_of_one_list_are_one_statement(assistant: Assistant) -> None:
    """this test ensures that points share their lead-in, and that nothing else is said of them."""
    index = assistant.index
    document, catalogue = index.document("32018R9001"), index.sources
    lead = "The eligible costs shall be:"
    points = ["(a) the wages of the keepers of the honey house;",
              "(c) the costs of training courses on the care of swarms."]  # fmt: skip
    start = document.text.index(lead)
    found = [
        Piece(
            index.passage_at("32018R9001", at), at, at + len(point), ((start, start + len(lead)),)
        )
        for point in points
        if (at := document.text.index(point, start))
    ]
    one, other = (cite(n, piece, document, catalogue, TODAY) for n, piece in enumerate(found, 1))
    whole = Statement("\n".join([lead, *points]), (1, 2))
    assert said(one, other) == whole.text
    check_answer([whole], [one, other], index.document)
    for text, numbers in ((said(one), (1, 2)), (whole.text, (1,)), (points[0], (1,))):
        with pytest.raises(ClusterQAError, match="statement without its citation"):
            check_answer([Statement(text, numbers)], [one, other], index.document)


def test_pieces_are_distinct_and_in_reading_order(assistant: Assistant) -> None:
    """this test ensures that no words are quoted twice and the text's own order is kept."""
    passage = assistant.search(Inquiry(QUESTION))[0].passage
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
    answer = assistant.ask(Inquiry(question))
    assert [c.document.id for c in answer.citations] == ["32018R9001", "02018R9001-20230101"]
    assert len({c.locator.label for c in answer.citations}) == 1
    assert "changed" in {n.code for n in answer.notices}
    assert answer.compared == Compared(
        "honey", "Article 3(2)", "en", date(2019, 7, 1), TODAY, "reworded", ("Article 3(2)",)
    )
    check_answer(answer.statements, answer.citations, assistant.index.document)


def test_a_rule_that_did_not_change_says_so(assistant: Assistant) -> None:
    """this test ensures that one wording is shown once, and its constancy said."""
    answer = assistant.ask(Inquiry("What changed in the definition of a honey house since 2019?"))
    assert len(answer.citations) == 1
    assert "unchanged" in {n.code for n in answer.notices}
    assert answer.compared
    assert (answer.compared.since, answer.compared.outcome) == (date(2018, 12, 31), "same")


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What changed in Article 3(2) of the Honey Regulation in 2020?",
         date(2019, 12, 31), date(2020, 12, 31)),
        ("What changed in Article 3(2) of the Honey Regulation since 2018?",
         date(2018, 1, 1), TODAY),
        ("How has Article 3(2) of the Honey Regulation changed?", date(2020, 6, 30), TODAY),
    ],
)  # fmt: skip
def test_what_is_compared_is_told(
    assistant: Assistant, question: str, since: date, until: date
) -> None:
    """this test ensures that a program learns which provision and which days are compared."""
    assert assistant.ask(Inquiry(question)).compared == Compared(
        "honey", "Article 3(2)", "en", since, until, "reworded", ("Article 3(2)",)
    )


@pytest.mark.parametrize(
    ("sides", "outcome"),
    [
        ([("a", "a"), (None, None)], "same"),
        ([("a", "a"), ("b", "c")], "reworded"),
        ([("a", "a"), (None, "c")], "reworded"),
        ([(None, "a"), (None, "b")], "added"),
        ([("a", None), ("b", None)], "removed"),
    ],
)
def test_what_became_of_a_provision(
    sides: list[tuple[str | None, str | None]], outcome: str
) -> None:
    """this test ensures that an article is added or removed only with all that is in it."""
    both = [[Wording(text, None, None, ()) for text in pair] for pair in sides]
    assert became([Sides(str(n), *pair) for n, pair in enumerate(both)]) == outcome


def test_what_older_texts_said_is_not_guessed(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that a rule is called unchanged only since the act as adopted."""
    question = "How has the definition of a honey house changed?"
    compared = assistant.ask(Inquiry(question)).compared
    assert compared and (compared.since, compared.outcome) == (date(2018, 1, 1), "same")
    work, first = assistant.index.sources["32018R9001"]
    consolidated = (work, replace(first, authentic=False))
    monkeypatch.setitem(assistant.index.sources, first.id, consolidated)
    assert assistant.ask(Inquiry(question)).compared is None


def test_what_has_no_days_is_not_compared(assistant: Assistant) -> None:
    """this test ensures that a guide without dates is quoted, not called unchanged since today."""
    answer = assistant.ask(Inquiry("How does a cluster policy differ from backing winners?"))
    assert (answer.status, answer.compared) == ("answered", None)
    assert "unchanged" not in {n.code for n in answer.notices}


def test_a_named_article_is_compared_paragraph_by_paragraph(assistant: Assistant) -> None:
    """this test ensures that the changed paragraphs of an article are shown, and no others."""
    answer = assistant.ask(Inquiry("What changed in Article 3 of the Honey Regulation in 2020?"))
    assert [(c.document.id, c.locator.label) for c in answer.citations] == [
        ("32018R9001", "Article 3(2)"),
        ("02018R9001-20200701", "Article 3(2)"),
    ]
    assert answer.notices[0].message == (
        "Honey Regulation, Article 3: (2) changed between 31 December 2019 and 31 December 2020; "
        "the older words come first."
    )
    check_answer(answer.statements, answer.citations, assistant.index.document)


def test_an_unchanged_article_says_so(assistant: Assistant) -> None:
    """this test ensures that constancy is said of the whole article, with both days."""
    answer = assistant.ask(Inquiry("What changed in Article 3 of the Honey Regulation in 2022?"))
    assert answer.notices[0].message == (
        "Honey Regulation, Article 3: the same words on 31 December 2021 and 31 December 2022."
    )
    assert len(answer.citations) == 1


def test_an_article_that_gained_paragraphs_is_shown_whole(assistant: Assistant) -> None:
    """this test ensures that what was one text and is two is set beside them, not called gone."""
    answer = assistant.ask(
        Inquiry("What changed in Article 4 of the Honey Regulation on 1 January 2023?")
    )
    assert [c.locator.label for c in answer.citations] == ["Article 4", "Article 4"]
    assert "Article 4: changed between 31 December 2022 and" in answer.notices[0].message


def test_a_recital_is_not_called_removed(assistant: Assistant) -> None:
    """this test ensures that a consolidated text, which has no recitals, removed none."""
    answer = assistant.ask(Inquiry("What changed in recital 2 of the Honey Regulation since 2018?"))
    assert (answer.reason, answer.compared) == ("provision_not_in_version", None)
    assert [notice.message for notice in answer.notices] == [
        "Honey Regulation as it stood on 1 May 2024 has no Recital (2); versions that have it: "
        "32018R9001."
    ]


def test_what_an_act_changed_is_what_it_amends_before_and_after(assistant: Assistant) -> None:
    """this test ensures that an amending act is met with the text it led to, not with its own."""
    answer = assistant.ask(Inquiry("What did Regulation 2020/9002 change about operating aid?"))
    assert {c.document.work for c in answer.citations} == {"honey"}
    assert "between 30 June 2020 and 1 July 2020" in answer.notices[0].message


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
    answer = assistant.ask(Inquiry(question, as_of))
    assert (answer.status, answer.reason, answer.citations) == ("no_answer", reason, ())


def test_a_provision_of_another_version_is_named(assistant: Assistant) -> None:
    """this test ensures that a provision which is missing on a date names the versions with it."""
    question = "What does Article {} of the Honey Regulation say?"
    later = assistant.ask(Inquiry(question.format("4(2)"), date(2019, 1, 1)))
    never = assistant.ask(Inquiry(question.format("3(4)"), date(2019, 1, 1)))
    assert [later.reason, never.reason] == ["provision_not_in_version"] * 2
    assert [notice.message for notice in (*later.notices, *never.notices)] == [
        "Honey Regulation as it stood on 1 January 2019 has no Article 4(2); versions that have "
        "it: 02018R9001-20230101.",
        "Honey Regulation as it stood on 1 January 2019 has no Article 3(4).",
    ]


def test_a_false_premise_meets_the_provision(assistant: Assistant) -> None:
    """this test ensures that a figure taken for granted is set against the one in the text."""
    question = "Since operating aid may be granted for 15 years, who receives it?"
    answer = assistant.ask(Inquiry(question, date(2019, 1, 1)))
    (citation,) = answer.citations
    forged = replace(citation, quote=replace(citation.quote, exact="not more than 7 years"))
    (notice,) = premises(
        granted("Since operating aid may run 15 years, who receives it?"), [forged]
    )
    assert notice.code == "premise_contradicted"
    assert "15 years for granted" in notice.message and "says 7 years" in notice.message
    assert premises(granted("Operating aid for 15 years?"), [forged]) == []


@pytest.mark.parametrize(
    ("claim", "text", "told"),
    [
        ("five years", "not exceed 10 years", "takes five years for granted; x says 10 years"),
        ("ten years", "not exceed 10 years", ""),
        ("EUR 200 000", "exceed EUR 300 000", "takes EUR 200 000 for granted; x says EUR 300 000"),
        ("EUR 300,000", "exceed EUR 300 000", ""),
        ("EUR 7.5 million", "aid: EUR 7,5 million", ""),
        ("75 %", "not exceed 50 %", "takes 75 % for granted; x says 50 %"),
        ("50 percent", "not exceed 50 %", ""),
    ],
)
def test_figures_are_compared_by_what_they_amount_to(
    answer: Answer, claim: str, text: str, told: str
) -> None:
    """this test ensures that words and digits are one, and a figure is told as it is written."""
    (first, *_) = answer.citations
    citation = replace(
        first,
        quote=replace(first.quote, exact=text),
        document=replace(first.document, short_title="x"),
        locator=replace(first.locator, label=""),
        lead_ins=(),
    )
    found = premises(granted(f"Given that it is {claim}, how is it counted?"), [citation])
    assert [n.message.replace("x, ", "x") for n in found] == (
        [f"The question {told}."] if told else []
    )


def test_confidence_is_said_in_words(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that what a confidence means stands beside it, not a percentage."""
    assert "in 10 answers as sure as this one" in answer.confidence_words
    assert "%" not in answer.confidence_words
    refused = assistant.ask(Inquiry("Who won the chess championship in Reykjavik?"))
    assert refused.confidence_words.startswith("No passage is likely enough")


def test_what_is_right_half_the_time_is_not_called_likely() -> None:
    """this test ensures that each band is called by the share of its answers that were right."""
    words = {
        band: (in_words("answered", band).partition(":")[0], right / measured)
        for band, measured, right in reader().bands
    }
    assert len(words) == 5
    for band, (word, share) in words.items():
        expected = "Likely" if share >= 0.75 else "Possibly" if share >= 0.5 else "Uncertain"
        assert word == expected, (band, share)
    assert {word for word, _ in words.values()} == {"Likely", "Possibly", "Uncertain"}


def test_no_legal_effect_is_said_once_of_a_work(assistant: Assistant) -> None:
    """this test ensures that two versions of a work do not say the same of themselves."""
    question = "What changed in Article 4 of the Honey Regulation on 1 January 2023?"
    codes = [notice.code for notice in assistant.ask(Inquiry(question)).notices]
    assert codes.count("no_legal_effect") == 1


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
    labels = [citation.locator.label for citation in assistant.ask(Inquiry(question)).citations]
    assert labels == ["Article 3(2)", "Article 4(2)"]
