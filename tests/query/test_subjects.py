"""Questions that are a matter of a text that is not here, and those that a text at hand answers."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from places import PROJECT

from clusterqa.assistant import Assistant
from clusterqa.corpus.manifest import read_manifest
from clusterqa.query.subjects import subject, works_of_subject
from clusterqa.query.works import name_words, named_works
from clusterqa.types import Inquiry, Source, Work

DAY = date(2026, 11, 23)
WORKS = read_manifest(PROJECT / "corpus" / "manifest.toml")
AT_HAND = {source.work for work in WORKS for source in work.sources if source.sha256}


def absent(question: str, as_of: date = DAY) -> list[str]:
    found = works_of_subject(question, WORKS, as_of)
    return [work.id for work in found if work.id not in AT_HAND]


@pytest.mark.parametrize(
    ("question", "work"),
    [
        ("What is the de minimis ceiling for farmers?", "agricultural-de-minimis"),
        ("Is the €25,000 de minimis ceiling for farmers to be raised?", "agricultural-de-minimis"),
        ("Quel est le plafond de minimis pour les agriculteurs ?", "agricultural-de-minimis"),
        ("Wie hoch ist De-minimis für Landwirte?", "agricultural-de-minimis"),
        ("Hoeveel de minimis mag een landbouwer krijgen?", "agricultural-de-minimis"),
        ("¿Cuánto de minimis puede recibir un agricultor?", "agricultural-de-minimis"),
        ("Qual è il massimale de minimis per gli agricoltori?", "agricultural-de-minimis"),
        ("Jaki jest limit de minimis dla rolników?", "agricultural-de-minimis"),
        ("What is the ceiling for farmers?", "agricultural-de-minimis"),
        ("Is the ceiling for farmers going up?", "agricultural-de-minimis"),
        ("Quel est le plafond pour les agriculteurs ?", "agricultural-de-minimis"),
        ("How much de minimis aid may a fishing company get?", "fisheries-de-minimis"),
        ("What is the ceiling for fishermen?", "fisheries-de-minimis"),
        ("Plafond des aides de minimis dans la pêche ?", "fisheries-de-minimis"),
        ("What is the de minimis ceiling for SGEI?", "sgei-de-minimis"),
        ("Can a State grant aid for new fishing vessels?", "fiber"),
        ("What aid is there for young farmers?", "aber"),
        ("How long may the formal investigation procedure take?", "procedural-regulation"),
        ("How is recovery interest calculated?", "state-aid-implementing-regulation"),
        ("Which criteria must an IPCEI meet?", "ipcei-communication"),
        ("Which conditions apply to rescue aid?", "rescue-guidelines"),
        ("What are marketable risks?", "export-credit-communication"),
        ("What margin is added to the reference rate?", "reference-rate-communication"),
        ("How does the recovery of unlawful aid work?", "recovery-notice"),
        ("Why was our town taken off the regional aid map?", "regional-aid-guidelines"),
        ("What is the maximum regional aid intensity in an 'a' area?", "regional-aid-guidelines"),
        ("Quelle est l'intensité maximale des aides à finalité régionale ?",
         "regional-aid-guidelines"),
        ("Quel est le plafond de l'aide au sauvetage ?", "rescue-guidelines"),
        ("How much aid may an IPCEI get?", "ipcei-communication"),
        ("What is the maximum co-financing rate for ERDF programmes?", "erdf-2021"),
        ("What is the budget of the Digital Europe Programme?", "digital-europe"),
        ("What aid does the Clean Industrial Deal allow?", "cisaf"),
        ("When may aid for capacity mechanisms be granted?", "climate-guidelines"),
        ("How does one pass the MEO test?", "notion-of-aid-2016"),
        ("Which enabling conditions must programmes fulfil?", "cpr-2021"),
        ("What is a small project fund in Interreg?", "interreg-2021"),
        ("Which associated countries take part in Horizon Europe?", "horizon-europe"),
        ("Which cluster programmes are there in Japan?", "cluster-programmes-report"),
    ],
)  # fmt: skip
def test_a_subject_leads_to_its_work(question: str, work: str) -> None:
    """this test ensures that what a text alone says names that text when it is not here."""
    assert absent(question) == [work]
    assert named_works(question, WORKS, DAY) == []


@pytest.mark.parametrize(
    "question",
    [
        "Is primary agricultural production excluded from the GBER?",
        "Is primary agricultural production excluded from de minimis aid?",
        "What are the regional investment aid intensities under GBER Article 14?",
        "Does the de minimis regulation apply to fishermen?",
        "Does de minimis aid cover the processing of fishery products, and up to what ceiling?",
        "Up to what ceiling may de minimis aid be cumulated with SGEI aid?",
        "Les aides de minimis s'appliquent-elles aux agriculteurs, et avec quel plafond ?",
        "What is the de minimis ceiling?",
        "Are fishermen covered by the ceiling of the de minimis Regulation?",
        "What is the maximum co-financing rate for ERDF priorities supporting STEP?",
        "Can Horizon Europe projects with a Seal of Excellence get aid without notification?",
        "What aid may participants in Interreg projects receive?",
        "Is a firm in difficulty if it received rescue aid and has not paid it back?",
        "Is the gross grant equivalent of a loan calculated from the reference rate?",
        "Which rate is used to discount aid that is paid in instalments?",
        "May aid go to an undertaking that has not complied with a recovery order?",
        "Which Treaty article covers IPCEIs?",
        "What is an assisted area?",
        "Which areas does a regional aid map show?",
        "Is export aid excluded from the GBER?",
        "When must aid be notified to the Commission?",
        "What does the Treaty say on the formal investigation procedure?",
        "What is risk finance aid?",
        "Aides régionales à l'investissement : quelle intensité ?",
        "Was ist eine Beihilferegelung?",
    ],
)
def test_what_a_text_at_hand_answers_stays_with_it(question: str) -> None:
    """this test ensures that no answer is turned away for a word of another text."""
    assert absent(question) == []


def expected() -> Iterator[str]:
    lines = (PROJECT / "corpus" / "expected_questions.jsonl").read_text("utf-8").splitlines()
    for entry in map(json.loads, lines):
        yield from entry["questions"]


def test_no_question_that_is_expected_of_a_text_here_leads_away() -> None:
    """this test ensures it for all questions that were written from the texts at hand."""
    questions = list(expected())
    assert len(questions) > 12_000
    assert [question for question in questions if absent(question)] == []


@pytest.mark.parametrize(
    ("as_of", "works"),
    [
        (date(2021, 6, 1), ["sgei-de-minimis-2012"]),
        (date(2023, 12, 31), ["sgei-de-minimis-2012"]),
        (date(2024, 1, 1), ["sgei-de-minimis"]),
        (date(2031, 1, 1), ["sgei-de-minimis"]),
        (date(2010, 1, 1), []),
    ],
)
def test_the_day_decides_between_works_of_a_subject(as_of: date, works: list[str]) -> None:
    """this test ensures that a work is not named for a time before it, nor after its successor."""
    assert absent("What is the de minimis ceiling for SGEI?", as_of) == works


@pytest.mark.parametrize(
    ("as_of", "works"),
    [
        (date(2012, 5, 1), ["de-minimis-2006"]),
        (date(2013, 12, 31), ["de-minimis-2006"]),
        (date(2014, 1, 1), ["de-minimis-2013"]),
        (date(2023, 12, 31), ["de-minimis-2013"]),
        (date(2024, 1, 1), []),
        (date(2031, 6, 1), []),
    ],
)
@pytest.mark.parametrize(
    "question",
    [
        "What was the de minimis ceiling?",
        "Combien d'aides de minimis une entreprise peut-elle recevoir sur trois ans ?",
        "Wie hoch ist der Höchstbetrag für De-minimis-Beihilfen?",
    ],
)
def test_a_past_ceiling_is_a_matter_of_the_law_of_that_day(
    question: str, as_of: date, works: list[str]
) -> None:
    """this test ensures that a day before the law that is here names the law that applied then."""
    assert absent(question, as_of) == works


@pytest.mark.parametrize(
    ("question", "work"),
    [
        ("What does Article 61 of the CPR say?", "cpr-2021"),
        ("What is a small enterprise under Recommendation 2003/361?", "sme-recommendation-2003"),
        ("Qu'est-ce qu'une PME selon la recommandation 2003/361/CE ?", "sme-recommendation-2003"),
        ("Was ist ein KMU nach der Empfehlung 2003/361/EG?", "sme-recommendation-2003"),
    ],
)
def test_a_number_names_its_work_in_each_language(question: str, work: str) -> None:
    """this test ensures that a work which is not here is known by how each language writes it."""
    assert [found.id for found in named_works(question, WORKS, DAY)] == [work]


@pytest.mark.parametrize(
    ("written", "question", "is_of"),
    [
        ("wax", "How is wax melted?", True),
        ("wax", "How is waxing done?", False),
        ("queen bees + ceiling | limit", "What limit is there for queen bees?", True),
        ("queen bees + ceiling | limit", "What of queen bees?", False),
        ("queen bees", "Which queen keeps bees?", False),
        ("wax without candle | honey", "Is wax honey?", False),
        ("wax without candle | honey", "Is wax sold?", True),
        ("l'assurance-crédit", "Qu'est-ce que l’assurance crédit ?", True),
    ],
)
def test_how_a_subject_is_written(written: str, question: str, is_of: bool) -> None:
    """this test ensures that parts, alternatives and exceptions are what the manifest means."""
    assert subject(written).is_of(name_words(question)) is is_of


def test_every_subject_of_the_manifest_can_be_asked() -> None:
    """this test ensures that no part of a subject is empty, for it would stand in no question."""
    written = [(work.id, one) for work in WORKS for one in work.subjects]
    assert len(written) > 80
    for work, one in written:
        assert all(subject(one).parts), (work, one)


QUEENS = Work(
    id="queens", title="Queen Bee Regulation", short_title="Queen Bee Regulation", kind="law",
    publisher="-", group="state-aid", names=("77/2019",), subjects=("queen bees + ceiling",),
    sources=(Source("32019R0077", "queens", "en", "-", file="official/32019R0077.en.xhtml"),),
)  # fmt: skip
CEILING = "What is the ceiling for queen bees?"
SYNC = "The missing text can be fetched with: clusterqa corpus sync --group state-aid"


def asked(index: Path, *works: Work, question: str = CEILING) -> Sequence[str]:
    assistant = Assistant.open(index, today=DAY)
    assistant.library.works = (*assistant.library.works, *works)
    answer = assistant.ask(Inquiry(question))
    return [str(answer.reason), *(notice.message for notice in answer.notices)]


def test_the_text_that_says_it_is_named(small_index: Path) -> None:
    """this test ensures that a refusal says which text it is, and how that comes here."""
    assert asked(small_index, QUEENS)[:2] == [
        "work_not_present",
        "The question is a matter of Queen Bee Regulation (77/2019), whose text is not in this "
        f"corpus. {SYNC}",
    ]
    (reason, *_), (named, said) = (
        asked(small_index),
        asked(small_index, QUEENS, question="What does the Queen Bee Regulation say?"),
    )
    assert reason != "work_not_present"
    assert (named, said) == (
        "work_not_present",
        f"Queen Bee Regulation is not in this corpus. {SYNC}",
    )


def test_who_names_a_text_that_is_here_is_answered_from_it(small_index: Path) -> None:
    """this test ensures that the other text is only said beside what the named one has."""
    question = "What ceiling does Article 3 of the Honey Regulation set for queen bees?"
    reason, *notices = asked(small_index, QUEENS, question=question)
    assert reason != "work_not_present"
    assert any("Queen Bee Regulation (77/2019)" in notice for notice in notices)
