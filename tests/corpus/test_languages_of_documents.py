"""Own documents in every language of the Union: which language, which id, found by their words."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from places import DATA

from clusterqa.assistant import Assistant, ingest
from clusterqa.corpus.manifest import read_manifest
from clusterqa.corpus.own_documents import add_document
from clusterqa.settings import UNTRAINED_MODEL
from clusterqa.types import Inquiry

NOTES = [json.loads(line) for line in (DATA / "notes.jsonl").read_text("utf-8").splitlines()]
TEXTS = {note["language"]: note["text"] for note in NOTES}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    shutil.copy(DATA / "small" / "manifest.toml", folder)
    return folder


@pytest.mark.parametrize("language", TEXTS)
def test_a_document_tells_its_language(language: str, corpus: Path, tmp_path: Path) -> None:
    """this test ensures that a few sentences are enough, among 24 languages."""
    note = tmp_path / "note.txt"
    note.write_text(TEXTS[language], encoding="utf-8")
    assert add_document(note, corpus).sources[0].language == language


@pytest.mark.parametrize(
    ("name", "wanted"), [("Łódź.txt", "lodz"), ("Straße.txt", "strasse"), ("Ærø.txt", "aero")]
)
def test_letters_of_the_union_are_kept_in_ids(
    name: str, wanted: str, corpus: Path, tmp_path: Path
) -> None:
    """this test ensures that letters that are no other letter with a mark are not dropped."""
    note = tmp_path / name
    note.write_text(TEXTS["en"], encoding="utf-8")
    assert add_document(note, corpus).id == wanted


def test_a_name_in_another_alphabet_gives_an_id(corpus: Path, tmp_path: Path) -> None:
    """this test ensures that a Greek file is taken, and under the same id every time."""
    note = tmp_path / "Οδηγός.txt"
    note.write_text(TEXTS["el"], encoding="utf-8")
    work = add_document(note, corpus)
    assert work.id == "document-c5ae7040"
    assert (corpus / str(work.sources[0].file)).name == "document-c5ae7040.txt"


def test_documents_are_found_by_the_words_of_their_language(corpus: Path, tmp_path: Path) -> None:
    """this test ensures that inflected words of a question find them, with an English encoder."""
    for language in ("de", "pl", "el"):
        note = tmp_path / f"{language}.txt"
        note.write_text(TEXTS[language].replace(". ", ".\n\n"), encoding="utf-8")
        add_document(note, corpus)
    index = tmp_path / "index"
    works = read_manifest(corpus / "manifest.toml")
    ingest(
        works, corpus, index, model=UNTRAINED_MODEL, precision="float32", progress=lambda *_: None
    )
    assistant = Assistant.open(index, today=date(2026, 1, 1))
    asked = {
        "de": ("Welches Unternehmen arbeitet in der Region?", "Unternehmen"),
        "pl": ("Jaka jest grupa niezależnego przedsiębiorstwa?", "przedsiębiorstw"),
        "el": ("Πόση ενίσχυση για το κόστος;", "ενίσχυση"),
    }
    for language, (question, word) in asked.items():
        query = assistant.query(Inquiry(question))
        assert (query.language, query.stemmed, query.served) == (language, language, True)
        best = assistant.search(Inquiry(question))[0]
        assert best.passage.source == language and word in best.passage.text
    query = assistant.query(Inquiry("Quelle aide pour les coûts ?"))
    assert (query.language, query.stemmed) == ("fr", "fr")
    query = assistant.query(Inquiry("Hoe hoog mag de steun voor de kosten zijn?"))
    assert (query.language, query.stemmed, query.served) == ("nl", "en", False)
