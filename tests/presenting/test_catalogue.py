"""Every word that people read is in the catalogue, in every language."""

import re
from datetime import date
from pathlib import Path

import pytest

import clusterqa
from clusterqa.answers import Facts, Notice
from clusterqa.languages.language import languages
from clusterqa.presenting.catalogue import ENGLISH, LANGUAGES, Words, catalogue, fields_of, spoken
from clusterqa.presenting.notices import message
from clusterqa.server.pages.rendering import WEB

TEMPLATES = sorted((WEB / "templates").glob("*.html"))

SOURCE = Path(clusterqa.__file__).parent


def test_every_word_is_there_in_every_language() -> None:
    """this test ensures that no entry lacks a language, is empty or has other fields in one."""
    assert len(catalogue()) > 200
    for key, entry in catalogue().items():
        assert list(entry) == list(LANGUAGES), key
        fields = {name: fields_of(text) for name, text in entry.items()}
        assert all(entry.values()), key
        assert len(set(fields.values())) == 1, (key, fields)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_words(path: Path) -> None:
    """this test ensures that all words come from the catalogue, attributes' too."""
    text = re.sub(r"\{% block shape %\}.*?\{% endblock %\}", "", path.read_text("utf-8"))
    text = re.sub(r"\{[{%#].*?[%}#]\}", " ", text, flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>", " ", text)
    said = " ".join(re.findall(r"""(?:aria-label|title|alt|placeholder)="([^"]*)\"""", text))
    words = set(re.findall(r"[^\W\d_]{2,}", f"{shown} {said}"))
    assert words <= {"clusterqa", "CELEX", "OSCOLA", "Article", "nbsp"}


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "fr-BE,fr;q=0.9,en;q=0.8", "fr"),
        (None, "de, en;q=0.5, fr;q=0.7", "fr"),
        (None, "de;q=x, *", "en"),
        ("fr", "en", "fr"),
        ("en", "fr", "en"),
        ("xx", "fr", "fr"),
    ],
)
def test_the_language_of_a_page(asked: str | None, accepted: str, language: str) -> None:
    """this test ensures that the address decides, then the browser, then English."""
    assert spoken(asked, accepted) == language


def test_dates_and_numbers_in_words() -> None:
    """this test ensures that dates and plurals are as each language writes them."""
    english, french = Words("en"), Words("fr")
    assert [english.date(date(2023, 7, 1)), french.date(date(2023, 7, 1))] == [
        "1 July 2023",
        "1er juillet 2023",
    ]
    assert french.date(date(2023, 8, 31)) == "31 août 2023"
    assert english.counted("inside.versions", 1) == "1 version"
    assert english.counted("inside.versions", 0) == "0 versions"


def test_words_and_program_name_the_same_entries() -> None:
    """this test ensures that every key used is in the catalogue, and the other way round."""
    text = "\n".join(path.read_text("utf-8") for path in [*TEMPLATES, *SOURCE.rglob("*.py")])
    known = catalogue()
    sections = {key.split(".")[0] for key in known}
    used = set(re.findall(r"""["']([a-z]+\.[a-z_0-9]+)["']""", text))
    used = {key for key in used if key.split(".")[0] in sections and not key.endswith(".html")}
    counted = {key for key in used if f"{key}_one" in known}
    assert used - counted - known.keys() == set()
    families = {f"{name}." for name in re.findall(r"""["']([a-z]+)\.(?:["'] ~|\{)""", text)}
    families |= {f"{key}_" for key in counted} | {"site.", "problem.4", "problem.5"}
    unused = {key for key in known if key not in used and not key.startswith(tuple(families))}
    assert unused == set()


def test_a_sentence_is_said_though_a_fact_is_missing() -> None:
    """this test ensures that a notice of which something is not known is told, never an error."""
    notice = Notice("guidance_only", facts=Facts(work=""))
    told = message(notice, ENGLISH)
    assert told.endswith("this is guidance, not law; the law may differ or have changed since.")
    assert "{" not in message(Notice("premise_contradicted"), ENGLISH)


def test_a_language_has_a_name() -> None:
    """this test ensures that all official languages have names, and another code is shown."""
    official = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split()
    french = [Words("fr").language_name(code) for code in official]
    assert " ".join(french) == (
        "bulgare tchèque danois allemand grec anglais espagnol estonien finnois français irlandais"
        " croate hongrois italien lituanien letton maltais néerlandais polonais portugais roumain"
        " slovaque slovène suédois"
    )
    assert [ENGLISH.language_name(code) for code in ("de", "lv", "xx")] == [
        "German", "Latvian", "xx",
    ]  # fmt: skip
    assert languages().keys() <= {*official}
