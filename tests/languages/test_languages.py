"""Languages as data: what each file holds, which language a question is in, what days are."""

import json
from datetime import date
from importlib.resources import files

import pytest
import Stemmer
from places import DATA

from clusterqa.download.sync import LANGUAGES
from clusterqa.languages.analysis import analyzer, stemmer
from clusterqa.languages.days import iso_day
from clusterqa.languages.identification import is_served, question_language
from clusterqa.languages.language import (
    UNITS,
    languages,
    month_numbers,
    read,
    served,
)

QUESTIONS = [
    json.loads(line) for line in (DATA / "languages.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("code", languages())
def test_a_language_is_whole(code: str) -> None:
    """this test ensures that a file has twelve months, every unit and the words beside figures."""
    one = languages()[code]
    assert len(one.months) == 12
    assert tuple(one.units) == UNITS
    assert {"percent", "currency", "million", "billion", "adjectives"} == {*one.figures}
    assert one.numbers or len(one.number_words) >= 10
    assert len(one.function_words) > 40


def test_the_languages_that_questions_are_answered_in() -> None:
    """this test ensures that English and French are served, and no other is by accident."""
    assert [one.code for one in served()] == ["en", "fr"]
    assert {*languages()} >= {"de", "es", "it", "nl", "pl", "pt"}


def test_cues_are_the_same_in_the_languages_served() -> None:
    """this test ensures that no word of time is read in one language and forgotten in another."""
    english, french = served()
    assert {*english.parts} == {*french.parts}
    assert {*english.time} - {*french.time} == {"did"}
    assert {*french.time} - {*english.time} == set()


def test_a_language_is_added_by_a_file() -> None:
    """this test ensures that what a file must hold is what is read of it, and no more."""
    text = files("clusterqa").joinpath("languages", "de.toml").read_text("utf-8")
    one = read("de", text)
    assert (one.name, one.served, one.month_names[2]) == ("German", False, "März")
    assert one.units["year"] == ("Jahr", "Jahre", "Jahren")


def test_months_are_known_by_every_name() -> None:
    """this test ensures that a month is read in each language and abbreviated."""
    names = ("march", "mars", "märz", "marca", "sept", "février", "dezember")
    assert [month_numbers()[name] for name in names] == [3, 3, 3, 3, 9, 2, 12]


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda entry: entry["question"])
def test_a_question_has_the_language_of_its_words(entry: dict[str, str]) -> None:
    """this test ensures that a short question is told, or taken for English where none tells."""
    assert question_language(entry["question"]) == entry.get("taken_for", entry["language"])


def test_no_language_is_mistaken_for_another() -> None:
    """this test ensures that who errs errs towards English, so that no question is refused."""
    wrong = [entry for entry in QUESTIONS if "taken_for" in entry]
    assert {entry["taken_for"] for entry in wrong} == {"en"}
    assert len(wrong) <= 0.1 * len(QUESTIONS)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("", "en"),
        ("cluster", "en"),
        ("fishery de minimis cap per company in EUR under 717/2014", "en"),
        ("Name the French pôles de compétitivité in the aerospace field.", "en"),
        ("Founded four years ago, never paid a dividend, located in a normal area.", "en"),
        ("Quelle est la durée maximale de l’aide au fonctionnement?", "fr"),
    ],
)
def test_names_and_latin_tell_no_language(question: str, language: str) -> None:
    """this test ensures that a French name in an English question makes it no French one."""
    assert question_language(question) == language
    assert is_served(question_language(question))


@pytest.mark.parametrize(
    ("language", "text", "stems"),
    [
        ("de", "die Beihilfen des Imkers", ["beihilf", "imk"]),
        ("nl", "de kosten van de imkers", ["kost", "imker"]),
        ("pl", "koszty klastra", ["koszt", "klastr"]),
        ("el", "οι ενισχύσεις", ["ενισχυσ"]),
        ("sv", "stöden och kostnaderna", ["stöd", "kostnad"]),
        ("bg", "помощта за клъстера", ["помощта", "клъстера"]),
        ("xx", "the aids", ["the", "aids"]),
    ],
)
def test_words_are_stemmed_in_their_language(language: str, text: str, stems: list[str]) -> None:
    """this test ensures that a language without a stemmer, or unknown, keeps its words whole."""
    assert analyzer(language)(text) == stems


def test_every_language_of_the_union_is_data() -> None:
    """this test ensures that no file is missing and that every stemmer named is one there is."""
    assert {*languages()} == {*LANGUAGES}
    named = {one.stemmer for one in languages().values() if one.stemmer}
    assert named <= {*Stemmer.algorithms()} and len(named) == 18
    assert stemmer("klingon")(["aids"]) == ["aids"]


@pytest.mark.parametrize(
    "text", ["2019-W18-3", "20190501", "2019-5-1", "2019-05-01T00:00", "", "x"]
)
def test_a_day_has_one_form(text: str) -> None:
    """this test ensures that no other form that Python reads is taken for a day."""
    with pytest.raises(ValueError, match="use a date as YYYY-MM-DD, such as 2023-07-01"):
        iso_day(text)


def test_a_day_must_exist() -> None:
    """this test ensures that 31 February is refused as what it is."""
    assert iso_day("2020-02-29") == date(2020, 2, 29)
    with pytest.raises(ValueError, match="there is no such day"):
        iso_day("2021-02-29")
