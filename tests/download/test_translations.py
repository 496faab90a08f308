"""Texts in further languages: fetched from the local stand-in, read, and asked about."""

import json
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from places import DATA, PROJECT
from standin import Answer, Place, Request, document
from test_download import access, place, sha

from clusterqa.answers import Notice
from clusterqa.assistant import Assistant, ingest
from clusterqa.cli import main
from clusterqa.corpus.manifest import SyncResult, presence, read_manifest, sync_from_mirror
from clusterqa.corpus.translations import (
    RECORD,
    asked_for,
    language_codes,
    recording,
    translated,
)
from clusterqa.download import Access, sync_from_cellar
from clusterqa.errors import UsageError
from clusterqa.presenting.answers import in_english
from clusterqa.settings import OWN_MODEL, UNTRAINED_MODEL
from clusterqa.types import Inquiry, Source, Work

__all__ = ["access", "place"]  # fixtures

VERSION = "02018R9001-20230101"
GERMAN = f"{VERSION}.de"
TEXT = (DATA / "translations" / f"{GERMAN}.xhtml").read_bytes()
FILE = f"official/{GERMAN}.xhtml"
TODAY = date(2026, 1, 1)
RESOURCE = f"/resource/celex/{VERSION}"


def in_german(body: bytes) -> Answer:
    """The body, if the request wants German and nothing else."""

    def reply(request: Request) -> None:
        wanted = request.headers["Accept-Language"] == "deu"
        (document(body) if wanted else refused)(request)

    return reply


def refused(request: Request) -> None:
    request.reply(404)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    shutil.copytree(DATA / "small", folder)
    shutil.copy(PROJECT / "corpus" / "cluster-definitions.txt", folder)
    return folder


def listed(corpus: Path) -> tuple[Work, ...]:
    return read_manifest(corpus / "manifest.toml")


def brought(corpus: Path, access: Access, *codes: str) -> dict[str, SyncResult]:
    works = asked_for(listed(corpus), codes)
    results = sync_from_cellar(works, corpus, access=access)
    return {result.source: result for result in recording(results, works, corpus)}


def source(corpus: Path, name: str, *codes: str) -> Source:
    works = translated(listed(corpus), corpus, codes)
    return next(s for work in works for s in work.sources if s.id == name)


# -- which sources there are ---------------------------------------------------------------------


def test_a_version_is_the_same_in_another_language(corpus: Path) -> None:
    """this test ensures that id, file and address are derived, days kept, and nothing made up."""
    (found,) = [
        one
        for work in asked_for(listed(corpus), ["de"])
        for one in work.sources
        if one.celex == VERSION
    ]
    assert found == Source(
        id=GERMAN,
        work="honey",
        language="de",
        title="",
        celex=VERSION,
        valid_from=date(2023, 1, 1),
        valid_to=date(2030, 12, 31),
        authentic=False,
        file=FILE,
    )


def test_only_official_texts_that_are_not_listed_are_derived() -> None:
    """this test ensures that pages and guides have no other language, nor French texts twice."""
    works = read_manifest(PROJECT / "corpus" / "manifest.toml")
    french = [s for work in asked_for(works, ["fr"]) for s in work.sources]
    assert {s.language for s in french} == {"fr"}
    assert len({s.celex for s in french}) == len(french)
    assert [s.id for s in french if s.sha256] == [
        s.id for w in works for s in w.sources if s.language == "fr" and s.sha256
    ]
    gber = next(s for s in french if s.id == "02014R0651-20170710.fr")
    assert (
        gber.url == "https://eur-lex.europa.eu/legal-content/FR/TXT/?uri=CELEX:02014R0651-20170710"
    )
    assert gber.file == "official/02014R0651-20170710.fr.xhtml"
    assert asked_for(works, []) == works
    assert translated(works, Path("nowhere"), []) == works


def test_codes_are_those_of_the_union() -> None:
    """this test ensures that a list is read however it is spaced, and a wrong code named."""
    assert language_codes("") == ()
    assert language_codes("en, fr,de  de") == ("en", "fr", "de")
    with pytest.raises(UsageError) as raised:
        language_codes("de,xx")
    assert str(raised.value).startswith(
        "language 'xx' is none of the Union; use one of bg, cs, da,"
    )


# -- bringing them -------------------------------------------------------------------------------


def test_a_text_is_brought_and_recorded(place: Place, access: Access, corpus: Path) -> None:
    """this test ensures that it is asked for in German and that its hash and title are kept."""
    place.has(RESOURCE, in_german(TEXT))
    results = brought(corpus, access, "de")
    assert results[GERMAN] == SyncResult(GERMAN, "copied", f"{FILE} has sha256 {sha(TEXT)}")
    assert {r.outcome for r in results.values() if r.source != GERMAN} == {"missing"}
    assert all(name.endswith(".de") for name in results)
    title = "VERORDNUNG (EU) 2018/9001 über Beihilfen für Imkereicluster"
    record = json.loads((corpus / RECORD).read_text("utf-8"))
    assert record == {GERMAN: {"sha256": sha(TEXT), "title": title}}
    found = source(corpus, GERMAN)  # without naming the language again
    assert (found.title, found.sha256) == (title, sha(TEXT))
    assert brought(corpus, access, "de")[GERMAN].outcome == "up_to_date"


def test_what_the_office_renders_anew_is_recorded_anew(
    place: Place, access: Access, corpus: Path
) -> None:
    """this test ensures that a text is present with the hash that it came with last."""
    newer = TEXT.replace("höchstens".encode(), "längstens".encode())
    place.has(RESOURCE, in_german(TEXT), in_german(newer))
    brought(corpus, access, "de")
    assert brought(corpus, access, "de")[GERMAN].outcome == "copied"
    (found,) = presence([source(corpus, GERMAN)], corpus)
    assert (found.state, found.sha256) == ("present", sha(newer))


def test_what_somebody_changed_is_told(place: Place, access: Access, corpus: Path) -> None:
    """this test ensures that a file that is not as it came is neither recorded nor passed over."""
    place.has(RESOURCE, in_german(TEXT), refused)
    brought(corpus, access, "de")
    (corpus / FILE).write_bytes(TEXT + b"\n")
    message = f"{FILE} is not as it came; delete it and sync again"
    assert brought(corpus, access, "de")[GERMAN] == SyncResult(GERMAN, "changed", message)
    (found,) = presence([source(corpus, GERMAN)], corpus)
    assert found.state == "changed"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (TEXT.replace(b"DE \xe2\x80\x94", b"EN \xe2\x80\x94"), "the body does not begin like"),
        (TEXT.replace(b"2018R9001", b"2018R9009"), "the body does not begin like"),
        (TEXT.replace(b"rtikel", b"bschnitt"), "the body has no article"),
        (b"<html><body>02018R9001 \xe2\x80\x94 DE</body></html>", "the body does not begin like"),
    ],
)
def test_another_body_is_refused(
    place: Place, access: Access, corpus: Path, body: bytes, reason: str
) -> None:
    """this test ensures that a text in English, another act or no act is never taken for it."""
    place.has(RESOURCE, in_german(body))
    result = brought(corpus, access, "de")[GERMAN]
    assert result.outcome == "failed" and reason in result.message
    assert not (corpus / FILE).exists() and not (corpus / RECORD).exists()


def test_a_communication_is_known_by_its_issue(
    place: Place, access: Access, tmp_path: Path
) -> None:
    """this test ensures that what has no act's number must bear that of the Official Journal."""
    head = "<p class='oj-hd-date'>27.6.2014</p><p>Amtsblatt</p><p class='oj-hd-oj'>{}</p>"
    body = f"<p class='oj-doc-ti'>MITTEILUNG</p>{head}<p class='oj-normal'>1. Beihilfen.</p>"
    one = Source(
        "52014XC0627(01)", "rdi", "en", "Framework", celex="52014XC0627(01)",
        oj="OJ C 198, 27.6.2014, p. 1", file="official/52014XC0627(01).en.xhtml",
    )  # fmt: skip
    work = Work("rdi", "Framework", "RDI", "soft_law", "European Commission", sources=(one,))
    path = "/resource/celex/52014XC0627%2801%29"
    works = asked_for([work], ["de"])
    for issue, outcome in (("C 199/1", "failed"), ("C 198/1", "copied")):
        page = f"<html><body>{body.format(issue)}</body></html>".encode()
        place.has(path, in_german(page))
        results = recording(sync_from_cellar(works, tmp_path, access=access), works, tmp_path)
        assert [r.outcome for r in results] == [outcome]


def test_a_text_that_cannot_be_read_is_taken_away(
    place: Place, access: Access, corpus: Path
) -> None:
    """this test ensures that no later ingest fails for it."""
    hollow = TEXT[: TEXT.index(b'<p class="title-article-norm">')]
    body = hollow + b"<p>Artikel 1 fehlt</p></body></html>"
    place.has(RESOURCE, in_german(body))
    result = brought(corpus, access, "de")[GERMAN]
    assert result.outcome == "failed" and "no legal text" in result.message
    assert not (corpus / FILE).exists() and not (corpus / RECORD).exists()


# -- from the command line -----------------------------------------------------------------------


@pytest.fixture
def command(
    place: Place, corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Runs clusterqa corpus … against the stand-in; its exit code and all it wrote."""
    monkeypatch.setenv("CLUSTERQA_CELLAR", place.address)
    monkeypatch.setenv("CLUSTERQA_CELLAR_PRIVATE", "true")
    monkeypatch.setenv("CLUSTERQA_OFFLINE", "false")
    monkeypatch.delenv("CLUSTERQA_MIRROR", raising=False)

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["clusterqa", "corpus", *words, "--corpus", str(corpus)])
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        return int(str(ended.value.code)), written.out + written.err

    return run


def test_a_language_is_an_option_and_a_setting(
    place: Place, corpus: Path, command: Callable[..., tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """this test ensures that --language and CLUSTERQA_LANGUAGES bring the same texts."""
    place.has(RESOURCE, in_german(TEXT))
    code, told = command("sync", "--language", "de")
    assert code == 0, told
    assert f"copied      {GERMAN}  {FILE} has sha256 {sha(TEXT)}" in told
    monkeypatch.setenv("CLUSTERQA_LANGUAGES", "de")
    code, told = command("sync")
    assert code == 0 and f"up_to_date  {GERMAN}" in told
    monkeypatch.delenv("CLUSTERQA_LANGUAGES")
    code, told = command("status")
    (line,) = [line for line in told.splitlines() if line.split()[:1] == [GERMAN]]
    assert line.split()[1] == "de" and "present" in line and sha(TEXT)[:12] in line


def test_texts_come_from_a_folder_too(
    corpus: Path, command: Callable[..., tuple[int, str]]
) -> None:
    """this test ensures that a mirror needs no more than a file under the right name."""
    mirror = DATA / "translations"
    code, told = command("sync", "--language", "de", "--mirror", str(mirror))
    assert code == 0 and f"copied      {GERMAN}" in told
    assert (corpus / FILE).read_bytes() == TEXT and (corpus / RECORD).exists()


def test_a_wrong_code_is_one_line(command: Callable[..., tuple[int, str]]) -> None:
    """this test ensures that it is bad input, as any other, and nothing is asked for."""
    code, told = command("sync", "--language", "klingon")
    assert code == 2
    assert told.startswith("clusterqa: language 'klingon' is none of the Union; use one of bg, cs,")
    assert len(told.splitlines()) == 1


# -- asking --------------------------------------------------------------------------------------


def built(corpus: Path, index: Path, model: str) -> Assistant:
    works = [work for work in translated(listed(corpus), corpus, []) if work.id == "honey"]
    ingest(works, corpus, index, model=model, precision="auto", progress=lambda *_: None)
    return Assistant.open(index, today=TODAY)


@pytest.fixture(scope="module", params=[UNTRAINED_MODEL, OWN_MODEL])
def assistant(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Assistant:
    """An assistant over the small corpus with a German text of the version that applies."""
    folder = tmp_path_factory.mktemp("german") / "corpus"
    shutil.copytree(DATA / "small", folder)
    shutil.copy(PROJECT / "corpus" / "cluster-definitions.txt", folder)
    works = asked_for(listed(folder), ["de"])
    results = sync_from_mirror(works, DATA / "translations", folder)
    assert GERMAN in {r.source for r in recording(results, works, folder) if r.outcome == "copied"}
    return built(folder, folder.parent / "index", request.param)


def test_a_german_question_is_answered_from_the_german_text(assistant: Assistant) -> None:
    """this test ensures that the provision is quoted in German under its canonical label."""
    question = "Wie hoch darf die Beihilfeintensität der Betriebsbeihilfen für das Honighaus sein?"
    answer = in_english(assistant.ask(Inquiry(question)))
    assert answer.status in ("answered", "partial"), answer.notices
    first = answer.citations[0]
    assert (first.document.id, first.locator.label) == (GERMAN, "Article 3(2)")
    assert "60 % der gesamten beihilfefähigen Kosten" in first.quote.exact
    assert "other_language" not in {notice.code for notice in answer.notices}


def test_a_provision_is_asked_for_by_name(assistant: Assistant) -> None:
    """this test ensures that "Artikel 4 Absatz 2" is Article 4(2) of the German text."""
    answer = assistant.ask(Inquiry("Was steht in Artikel 4 Absatz 2 der Honey Regulation?"))
    first = answer.citations[0]
    assert (first.document.id, first.locator.label) == (GERMAN, "Article 4(2)")
    assert first.quote.exact.startswith("Beihilfen für den Ersatz von Völkern")


def told(notices: tuple[Notice, ...], code: str) -> list[str | None]:
    return [notice.message for notice in notices if notice.code == code]


def test_a_question_in_a_language_without_a_text_is_answered_from_english(
    assistant: Assistant,
) -> None:
    """this test ensures that a Dutch question gets the English text and a sentence that says so."""
    if not assistant.multilingual:
        pytest.skip("the untrained encoder reads no Dutch")
    question = "Hoeveel procent van de kosten mag exploitatiesteun bedragen?"
    answer = in_english(assistant.ask(Inquiry(question)))
    assert answer.citations[0].document.id == VERSION
    assert answer.citations[0].locator.label == "Article 3(2)"
    assert told(answer.notices, "other_language") == [
        "Honey Regulation: no Dutch text of this version is here; the English one is quoted."
    ]


def test_a_german_question_of_a_day_without_a_german_text_is_answered_from_english(
    assistant: Assistant,
) -> None:
    """this test ensures that the day decides first: that version is here in English alone."""
    question = "Was steht in Artikel 3 Absatz 2 der Honey Regulation?"
    answer = in_english(assistant.ask(Inquiry(question, as_of=date(2021, 6, 1))))
    assert answer.citations[0].document.id == "02018R9001-20200701"
    assert told(answer.notices, "other_language") == [
        "Honey Regulation: no German text of this version is here; the English one is quoted."
    ]


def test_the_texts_are_linked(assistant: Assistant) -> None:
    """this test ensures that the same provision in English stands beside the German one."""
    answer = assistant.ask(Inquiry("Was steht in Artikel 4 Absatz 2 der Honey Regulation?"))
    links = [n for n in answer.citations[0].neighbours if n.relation == "translation"]
    assert [(link.document, link.label, link.language) for link in links] == [
        (VERSION, "Article 4(2)", "en")
    ]
