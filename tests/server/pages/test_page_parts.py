"""What the page is made of, without a browser: words, places in documents, comparisons, routes."""

import html
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import PROJECT
from running import page_app
from starlette.testclient import TestClient

from clusterqa.answering import in_words
from clusterqa.assistant import Assistant
from clusterqa.errors import NotFound
from clusterqa.index import Index
from clusterqa.law.history import changes
from clusterqa.presenting.catalogue import LANGUAGES, WEB, Words, catalogue, spoken
from clusterqa.server.pages.answer_view import AnswerView, lines_of
from clusterqa.server.pages.compare import rows
from clusterqa.server.pages.outlines import outline
from clusterqa.server.pages.rendering import beginning, digest, ending, is_consolidation, templates
from clusterqa.server.pages.sources import (
    MOST,
    Spot,
    act_number,
    page_number,
    read_place,
)
from clusterqa.server.pages.suggestions import Suggestion, all_suggestions, suggestions
from clusterqa.types import (
    Answer,
    Document,
    IndexRef,
    Inquiry,
    Notice,
    Page,
    Provision,
    Source,
    Statement,
)

TEMPLATES = sorted((WEB / "templates").glob("*.html"))
TODAY = date(2026, 11, 23)

# -- words -------------------------------------------------------------------------------------


def test_every_word_is_there_in_every_language() -> None:
    """this test ensures that no entry lacks a language, is empty or has other fields in one."""
    assert len(catalogue()) > 200
    for key, entry in catalogue().items():
        assert list(entry) == list(LANGUAGES), key
        fields = {name: fields_of(text) for name, text in entry.items()}
        assert all(entry.values()), key
        assert len(set(map(frozenset, fields.values()))) == 1, (key, fields)


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_words_and_templates_name_the_same_entries() -> None:
    """this test ensures that every key used is in the catalogue, and the other way round."""
    code = [p for name in ("server", "presenting") for p in (WEB.parent / name).rglob("*.py")]
    sources = [*TEMPLATES, *code]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r"""["']([a-z]+\.[a-z_0-9]+)["']""", text))
    families = {f"{name}." for name in re.findall(r"""["']([a-z]+)\.["'] ~""", text)}
    families |= {
        "notice.",
        "reason.",
        "partial.",
        "confidence.",
        "change.",
        "site.",
        "inside.versions_",
        "nav.",
        "problem.4",
        "problem.5",
        "wait.",
    }
    known = catalogue()
    used = {key for key in used if not key.endswith(".html")}
    missing = {key for key in used if key.split(".")[0] in parts(known) and key not in known}
    assert missing == {"inside.versions", "wait.seconds", "wait.minutes", "change.more"}  # counted
    unused = {key for key in known if key not in used and not key.startswith(tuple(families))}
    assert unused == set()


def parts(known: dict[str, dict[str, str]]) -> set[str]:
    return {key.split(".")[0] for key in known}


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


def test_how_sure_an_answer_is_in_french(index: Index) -> None:
    """this test ensures that the measured experience behind an answer is said in both languages."""
    said = in_words("answered", 0.9)
    view = AnswerView(replace(BARE, confidence_words=said), Words("fr"), ())
    assert AnswerView(view.answer, Words("en"), ()).confidence.message == said
    assert re.fullmatch(
        r"Probable : environ \d+ réponses sur 10 aussi sûres que celle-ci citaient la bonne "
        r"disposition\. Lisez-la dans son contexte\.",
        view.confidence.message,
    )


BARE = Answer("ans_1", "?", TODAY, "answered", (), (), (), (), 0.9, IndexRef("i", "e", ""), {})


@pytest.mark.parametrize(
    ("question", "as_of", "message", "ways"),
    [
        ("How much?", None, "Dites en une phrase complète de quoi il s’agit", []),
        ("What does the Wax Guide say about aid?", None, "Absent d’ici : ", []),
        ("What does Article 99 of the Honey Regulation say?", None,
         "Honey Regulation, dans sa version du 23 novembre 2026, n’a pas de disposition", []),
        ("What does the Honey Regulation say on aid?", date(2016, 5, 1),
         "Honey Regulation : aucun texte du 1er mai 2016 n’est ici. Ce qui est ici s’applique : "
         "du 1er janvier 2018 au 31 décembre 2030.", []),
        ("What does Article 3(4) of the Honey Regulation say?", date(2019, 1, 1),
         "Honey Regulation, dans sa version du 1er janvier 2019, n’a pas de disposition", []),
        ("For how many years may operating aid be granted?", date(2019, 1, 1),
         "Honey Regulation : ce texte s’appliquait jusqu’au 30 juin 2020 ; il ne s’applique plus",
         [("02018R9001-20230101", "Article 3(1)", "Lire la version du 1er janvier 2023", True)]),
    ],
)  # fmt: skip
def test_notices_are_told_in_french(
    small_index: Path,
    question: str,
    as_of: date | None,
    message: str,
    ways: list[tuple[str, str, str, bool]],
) -> None:
    """this test ensures that a reader meets no words for operators and no ids, but links."""
    assistant = Assistant.open(small_index, today=TODAY)
    view = AnswerView(assistant.ask(Inquiry(question, as_of)), Words("fr"), assistant.works)
    told = view.banners[0]
    assert (told.language, told.message[: len(message)]) == ("fr", message)
    assert [(w.source, w.label, w.text, w.today) for w in told.ways] == ways
    assistant.index.close()


def test_a_provision_of_later_versions_is_linked(small_index: Path) -> None:
    """this test ensures that versions which have what is missing are links, each language once."""
    assistant = Assistant.open(small_index, today=TODAY)
    words = "Honey Regulation as it stood on 1 January 2019 has no Article 5(1); versions that "
    notice = Notice(
        "provision_not_in_version", f"{words}have it: 02018R9001-20200701, 02018R9001-20230101."
    )
    answer = replace(BARE, status="no_answer", as_of=date(2019, 1, 1), notices=(notice,))
    (told,) = AnswerView(answer, Words("en"), assistant.works).banners
    assert told.message == "Honey Regulation, as it stood on 1 January 2019, has no Article 5(1)."
    assert (told.lead, [(w.source, w.label, w.text) for w in told.ways]) == (
        "These versions have it:",
        [
            ("02018R9001-20200701", "Article 5(1)", "the text of 1 July 2020"),
            ("02018R9001-20230101", "Article 5(1)", "the text of 1 January 2023"),
        ],
    )
    other = replace(answer, notices=(Notice("provision_not_in_version", "Said otherwise."),))
    (told,) = AnswerView(other, Words("fr"), assistant.works).banners
    assert (told.language, told.message) == ("en", "Said otherwise.")
    assistant.index.close()


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


# -- places in documents -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def index(small_index: Path) -> Iterator[Index]:
    opened = Index.open(small_index)
    yield opened
    opened.close()


def spot_of(document: Document, words: str) -> Spot:
    start = document.text.index(words)
    return Spot(start=start, end=start + len(words), check=digest(words))


def test_a_quote_is_marked_word_for_word(index: Index) -> None:
    """this test ensures that what is marked is the quote, over lines and with its numbers."""
    source = index.sources["02018R9001-20230101"][1]
    quote = "total eligible costs during the period over which the aid is granted.\n3. The eligible"
    reading = read_place(index, source, spot_of(index.document(source.id), quote))
    assert reading.quote == "marked"
    assert reading.provision.label == "Article 3"
    marked = [
        (line.marker if line.marked else "") + "".join(p.text for p in line.pieces if p.quoted)
        for line in reading.lines
        if line.quoted
    ]
    assert "\n".join(marked) == quote


def test_lead_ins_are_marked_with_their_quote(index: Index) -> None:
    """this test ensures that what introduces a quoted point is marked where it stands."""
    source = index.sources["02018R9001-20230101"][1]
    text = index.document(source.id).text
    quote, lead = "the costs of jars, labels and bottling;", "The eligible costs shall be:"
    spot = spot_of(index.document(source.id), quote)
    at = text.index(lead)
    spans = (at, at + len(lead), digest(lead)), (at, at + 5, digest("other"))
    for leads, expected in ((spans, [lead, quote]), (spans[1:], [quote])):
        reading = read_place(index, source, replace(spot, leads=leads))
        marked = [p.text for line in reading.lines for p in line.pieces if p.quoted]
        assert marked == expected
    wrong = read_place(index, source, replace(spot, check="0", leads=spans))
    assert (wrong.quote, [line for line in wrong.lines if line.quoted]) == ("unverified", [])


def test_lines_are_the_text(index: Index) -> None:
    """this test ensures that every character of a provision is shown once, in order."""
    seen = 0
    for name in index.files:
        document = index.document(name)
        seen += len(document.provisions)
        for provision in document.provisions:
            reading = read_place(index, index.sources[name][1], Spot(label=provision.label))
            shown = "".join(
                line.marker + "".join(piece.text for piece in line.pieces) for line in reading.lines
            )
            read = document.text[reading.first : reading.last]
            assert shown == "".join(line for line in read.split("\n") if line.strip())
    assert seen == 66


def test_a_recital_has_no_later_versions(client: TestClient) -> None:
    """this test ensures that a recital is not called removed because consolidations have none."""
    page = client.get("/document?id=32018R9001&at=Recital+(1)").text
    assert "this recital is of the act as adopted" in page
    assert "not in the law" not in page and "does not have this provision" not in page
    compared = client.get("/compare?work=honey&at=Recital+(1)&old=2019-01-01&new=2024-01-01")
    assert (compared.status_code, "Consolidated texts have none" in compared.text) == (422, True)


def test_a_wrong_place_is_not_marked(index: Index) -> None:
    """this test ensures that a place that holds other words marks nothing and says so."""
    source = index.sources["02018R9001-20230101"][1]
    for spot in (Spot("Article 1", 0, 10, "0" * 12), Spot("Article 1", 10**9, 10**9 + 5, "x")):
        reading = read_place(index, source, spot)
        assert reading.quote == "unverified"
        assert [(line.quoted, line.marked) for line in reading.lines] == [(False, False)] * 3
    with pytest.raises(NotFound, match="has no 'Article 77'"):
        read_place(index, source, Spot("Article 77"))


def test_references_and_depths(index: Index) -> None:
    """this test ensures that references are pieces with an address and points stand deeper."""
    source = index.sources["02018R9001-20230101"][1]
    reading = read_place(index, source, Spot("Article 4"))
    linked = [(p.text, p.work, p.label) for line in reading.lines for p in line.pieces if p.work]
    assert linked == [("paragraph 1", "honey", "Article 4(1)")]
    assert [line.heading for line in reading.lines] == [True, True, False, False]
    costs = read_place(index, source, Spot("Article 3(3)"))
    assert [line.depth for line in costs.lines] == [0, 0, 0, 0, 0, 1, 1, 1]
    assert [line.asked for line in costs.lines] == [False] * 4 + [True] * 4
    assert (costs.before and costs.before.label, costs.after and costs.after.label) == (
        "Article 2",
        "Article 4",
    )


def test_long_provisions_are_shown_in_parts(index: Index) -> None:
    """this test ensures that a long text is shown around its quote and can be paged through."""
    lines = [f"Line {n} tells of hive number {n} and its honey." for n in range(1_000)]
    text = "\n".join(lines)
    document = Document("long", text, (Provision("heading", "Hives", "Hives", 0, len(text)),))
    window = LongIndex(document)
    found = read_place(window, index.sources["wax-guide"][1], spot_of(document, "hive number 500 "))
    assert any(line.quoted for line in found.lines)
    assert found.cut_before and found.cut_after
    assert found.last - found.first <= MOST
    seen, first = [], 0
    while True:
        part = read_place(window, index.sources["wax-guide"][1], Spot("Hives", first=first))
        seen += ["".join(piece.text for piece in line.pieces) for line in part.lines]
        if not part.cut_after:
            break
        first = part.last + 1
    assert seen == lines


class LongIndex(Index):
    """An index of one document that no file holds."""

    def __init__(self, document: Document) -> None:
        self.document = lambda _: document  # type: ignore[assignment]

    def references(self, source: str, start: int, end: int) -> list[object]:  # type: ignore[override]
        return []


def test_headings_of_an_annex() -> None:
    """this test ensures that a heading is known by its label however it is set."""
    text = "ANNEX I\nARTICLES\nArticle 1\nHives\nA hive is a box."
    document = Document("annex", text, (
        Provision("annex", "Annex I", "ARTICLES", 0, len(text)),
        Provision("article", "Annex I, Article 1", "Hives", 17, len(text), 0),
        Provision("paragraph", "Annex I, Article 1", "", 33, len(text), 1),
    ))  # fmt: skip
    reading = read_place(LongIndex(document), Source("annex", "w", "en", "A"), Spot("Annex I"))
    assert [line.heading for line in reading.lines] == [True, True, True, True, False]
    assert (reading.before, reading.after) == (None, None)


def test_what_is_called_without_legal_effect() -> None:
    """this test ensures that the Treaties as printed in the Official Journal are not."""
    assert is_consolidation("02014R0651-20230701")
    assert not any(map(is_consolidation, ("12012E/TXT", "32014R0651", "", None)))


def test_words_beside_a_quote_are_whole() -> None:
    """this test ensures that what is cut off before and after a quote is cut between words."""
    assert [ending("a b"), beginning("a b")] == ["a b", "a b"]
    long = "beekeeping " * 30
    assert ending(long).startswith("… beekeeping ") and ending(long).endswith("beekeeping ")
    assert beginning(long).endswith("beekeeping …")


def test_points_of_a_statement_stand_under_its_first_line() -> None:
    """this test ensures that a quoted list is shown as one, word for word."""
    assert lines_of("3. The costs shall be:\n(a) wages;\n(b) jars.\nNothing else.") == [
        ("", "3. The costs shall be:"), ("(a) ", "wages;"), ("(b) ", "jars."),
        ("", "Nothing else."),
    ]  # fmt: skip


def test_outlines_nest() -> None:
    """this test ensures that headings stand under what holds them and recitals are one entry."""
    kinds = [("recital", "Recital (1)", None), ("recital", "Recital (2)", None),
             ("chapter", "Chapter I", None), ("article", "Article 1", 2),
             ("paragraph", "Article 1(1)", 3), ("article", "Article 2", 2)]  # fmt: skip
    nodes = tuple(
        Provision(kind, label, "", n, n + 1, parent)  # type: ignore[arg-type]
        for n, (kind, label, parent) in enumerate(kinds)
    )
    entries = outline(Document("d", "x" * 10, nodes))
    assert [entry.provision.label for entry in entries] == ["Recital (1)", "Chapter I"]
    assert [entry.provision.label for entry in entries[1].entries] == ["Article 1", "Article 2"]


def test_pages_and_acts() -> None:
    """this test ensures that pages are numbered and acts called as they are."""
    document = Document("d", "x" * 30, (), (Page(0, "i"), Page(10, "ii"), Page(20, "1")))
    assert [page_number(document, offset) for offset in (0, 9, 10, 29)] == [1, 1, 2, 3]
    assert page_number(Document("d", "x", ()), 0) is None
    assert [act_number(c) for c in ("32023R1315", "32008R0800", "nothing")] == [
        "2023/1315",
        "800/2008",
        "nothing",
    ]


# -- comparisons -------------------------------------------------------------------------------

TEXTS = st.lists(st.sampled_from(["aid", "costs", "shall", "not", "\n", "50 %"]), max_size=30)


@given(old=TEXTS, new=TEXTS)
def test_rows_hold_both_texts(old: list[str], new: list[str]) -> None:
    """this test ensures that the columns of a comparison are the two texts, word for word."""
    before, after = " ".join(old), " ".join(new)
    found = rows(changes(before, after))
    for text, side in ((before, "old"), (after, "new")):
        shown = " ".join(part.text for row in found for part in getattr(row, side))
        assert shown.split() == text.split()


def test_paragraphs_stand_beside_each_other() -> None:
    """this test ensures that a change at the end of a line does not pull the next line up."""
    found = rows(changes("1. One.\n2. Two costs.\n3. Three.", "1. One.\n2. Two fees.\n3. Three."))
    assert ["".join(p.text for p in row.new).strip() for row in found] == [
        "1. One.",
        "2. Two fees.",
        "3. Three.",
    ]
    assert [row.changed for row in found] == [False, True, False]


def test_what_was_added_stands_in_its_paragraphs() -> None:
    """this test ensures that a new article is read as it is laid out, not as one run of words."""
    found = rows(changes("", "Article 9\nCells\n1. One.\n2. Two."))
    assert [("".join(p.text for p in row.new), row.old) for row in found] == [
        ("Article 9", []), ("Cells", []), ("1. One.", []), ("2. Two.", []),
    ]  # fmt: skip


# -- routes ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(small_index: Path, small_corpus: Path) -> Iterator[TestClient]:
    assistant = Assistant.open(small_index, today=TODAY)
    yield TestClient(page_app(assistant, small_corpus))
    assistant.index.close()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("document", 404),
        ("document?id=../../etc/passwd", 404),
        ("document?id=wax-guide", 404),  # listed, but its text is not here
        ("document?work=honey&as_of=1900-01-01", 404),
        ("document?work=honey&as_of=2026-02-30", 422),
        ("document?id=32018R9001&start=-1", 422),
        ("document?id=32018R9001&first=999999999", 200),
        ("document?id=32018R9001&at=Article+3&against=cluster-definitions", 404),
        ("file?id=32018R9001", 404),
        ("file", 422),
        ("search?q=honey&page=11", 422),
        ("search?q=", 200),
        ("compare?work=honey&at=Article+3&old=2024-01-01&new=2019-01-01", 422),
        ("compare?work=honey&at=Article+3", 422),
        ("compare?work=honey&at=Article+3&old=soon", 422),
    ],
)
def test_bad_addresses_are_pages_in_words(client: TestClient, address: str, status: int) -> None:
    """this test ensures that a wrong address gets a page that says what is wrong, never JSON."""
    response = client.get(address)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert ('role="alert"' in response.text) is (status != 200)


@pytest.mark.parametrize("as_of", [None, "2019-05-01"])
def test_an_answer_links_to_its_quotes_as_its_page_does(
    client: TestClient, as_of: str | None
) -> None:
    """this test ensures that programs get the page's own links, the date in them included."""
    asked = {"question": "What is the aid intensity of operating aid?", "as_of": as_of}
    answer = client.post("/v1/ask", json=asked).json()
    page = client.get("/ask", params={k: v for k, v in asked.items() if v}).text
    chips = re.findall(r'<a class="chip"[^>]* href="([^"]*)"', page)
    viewers = [citation["links"]["viewer"] for citation in answer["citations"]]
    assert viewers and viewers == [f"/{html.unescape(chip)}" for chip in chips]
    days = [re.findall(r"as_of=([\d-]*)", viewer) for viewer in viewers]
    assert days == [[as_of] if as_of else []]


@pytest.mark.parametrize("address", ["honey&old=1900-01-01", "nothing&old=2019-01-01"])
def test_what_is_not_there_cannot_be_compared(client: TestClient, address: str) -> None:
    """this test ensures that a missing text is said above the form, which keeps what was typed."""
    response = client.get(f"compare?at=Article+3&work={address}")
    assert response.status_code == 404
    assert 'role="alert"' in response.text
    assert 'name="at" value="Article 3"' in response.text


def test_feedback_is_on_an_answer_that_was_given(client: TestClient) -> None:
    """this test ensures that what nobody answered cannot be judged, nor in any other words."""
    unknown = client.post("/feedback", data={"answer": "ans_1", "verdict": "wrong"})
    assert (unknown.status_code, 'role="alert"' in unknown.text) == (404, True)
    other = client.post("/feedback", data={"answer": "ans_1", "verdict": "fine"})
    assert (other.status_code, 'role="alert"' in other.text) == (422, True)


def test_a_long_question_is_answered_at_once(client: TestClient) -> None:
    """this test ensures that what does not fit into an address is not sent to one."""
    short = client.post("/ask", data={"question": "What is a swarm?"}, follow_redirects=False)
    assert (short.status_code, short.headers["location"]) == (
        303,
        "ask?question=What%20is%20a%20swarm%3F",
    )
    history = ["|" + "é" * 1_000] * 3
    data = {"question": "What is a swarm?", "history": history}
    assert client.post("/ask", data=data, follow_redirects=False).status_code == 200


def test_pages_differ_by_language(client: TestClient) -> None:
    """this test ensures that a cache is told, and that links carry a chosen language on."""
    response = client.get("/browse?lang=fr")
    assert response.headers["vary"] == "Accept-Language"
    assert 'href="search?lang=fr"' in response.text
    assert "lang=fr" not in client.get("/browse", headers={"accept-language": "fr"}).text


def test_quotes_are_escaped_everywhere(client: TestClient) -> None:
    """this test ensures that what an address says comes back as text."""
    bad = "<script>alert(1)</script>"
    for address in (
        "document?id=",
        "document?id=32018R9001&at=",
        "search?q=",
        "compare?work=honey&at=",
    ):
        page = client.get(address + bad).text
        assert "<script>alert" not in page, address
    back = client.post("/feedback", data={"answer": "ans_1", "verdict": "wrong", "back": bad})
    assert "<script>alert" not in back.text


def test_autoescape_is_on() -> None:
    """this test ensures that no template is left out of escaping."""
    escape = templates.env.autoescape
    assert callable(escape) and [p.name for p in TEMPLATES if not escape(p.name)] == []
    assert TEMPLATES and not [p.name for p in TEMPLATES if "| safe" in p.read_text("utf-8")]


class WordingAssistant(Assistant):
    """Answers in words of its own, as one with a language model does."""

    def ask(self, inquiry: Inquiry) -> Answer:
        found = super().ask(inquiry)
        own = Statement("Aid ends after seven years.", found.statements[0].citations, composed=True)
        return replace(found, statements=(own,), reason="unheard_of", status="partial")


def test_a_composed_sentence_is_no_quotation(small_index: Path) -> None:
    """this test ensures that a model's words are called that and the source's stand beside them."""
    assistant = WordingAssistant.open(small_index, today=TODAY)
    client = TestClient(page_app(assistant))
    page = client.get("/ask", params={"question": "For how many years may aid be granted?"}).text
    assistant.index.close()
    own = page.index("Aid ends after seven years.")
    assert page.index('<div class="statement composed">') < own < page.index("Put into words by a")
    assert '<blockquote class="statement"' not in page
    quote = '<blockquote class="verbatim" lang="en">Operating aid may be granted to the beekeeper'
    assert quote in page
    assert (
        "It is uncertain that this answers the question, or all of it.</strong> unheard_of" in page
    )


# -- suggestions -------------------------------------------------------------------------------


def test_suggestions_are_for_works_of_the_manifest() -> None:
    """this test ensures that every suggested question names a work, and shows for it alone."""
    manifest = PROJECT / "corpus" / "manifest.toml"
    works = {work["id"] for work in tomllib.loads(manifest.read_text("utf-8"))["works"]}
    assert len(all_suggestions()) > 10
    assert {s.work for s in all_suggestions()} <= works
    assert suggestions([], "en") == []


@pytest.mark.parametrize("one", all_suggestions(), ids=lambda one: one.question[:40])
def test_suggested_questions_are_answered(one: Suggestion, mirror_assistant: Assistant) -> None:
    """this test ensures that each question to begin with is answered, the right provision first."""
    answer = mirror_assistant.ask(Inquiry(one.question, one.as_of))
    assert answer.status == "answered"
    first = answer.citations[0]
    cited = (first.document.work, first.document.language, first.locator.label)
    assert cited == (one.work, one.language, one.label)


def test_suggestions_are_nobodys_test_questions() -> None:
    """this test ensures that no suggestion repeats a question of the development set."""
    folder = os.environ.get("CLUSTERQA_QUESTIONS")
    if not folder:
        pytest.skip("CLUSTERQA_QUESTIONS names no folder of question sets")
    text = "".join(p.read_text("utf-8") for p in Path(folder, "clusterqa_dev").glob("*.jsonl"))
    assert text.count('"question"') > 90
    assert [s.question for s in all_suggestions() if f'"{s.question}"' in text] == []


@pytest.fixture(scope="module")
def mirror_assistant(mirror_index: Path) -> Iterator[Assistant]:
    assistant = Assistant.open(mirror_index, today=TODAY)
    yield assistant
    assistant.index.close()


def test_the_law_in_its_article(mirror_assistant: Assistant) -> None:
    """this test ensures that the GBER's article shows who amended it and leads to the Treaty."""
    client = TestClient(page_app(mirror_assistant))
    page = client.get("/document?id=02014R0651-20230701&at=Article+27(4)").text
    assert page.count("as amended by 2023/1315") == 2
    assert "document?work=tfeu&amp;at=Article%20107%283%29" in page
    assert "1 July 2023 to 31 December 2026:" in page
    assert 'href="document?id=02014R0651-20230701.fr&amp;at=Article%2027%284%29#place"' in page
    french = client.get("/document?id=02014R0651-20230701.fr&at=Article+27(4)").text
    assert "redevances" in french
    days = "old=2016-01-01&new=2024-01-01"
    assert "<ins>" in client.get(f"compare?work=gber&at=Article+2&{days}").text
    for address in (
        f"compare?work=gber&at=Chapter+III&{days}",
        "document?id=02014R0651-20230701&at=Chapter+III&against=32014R0651",
    ):
        refused = client.get(address)
        assert refused.status_code == 422
        assert "too long to be compared" in refused.text
    definition = client.get("/document?id=02014R0651-20230701&at=Article+2(92)").text
    assert "innovation clusters" in definition
    assert len(definition) < 60_000
    assert 'class="depth-1 numbered asked" id="place"><span class="marker">(92) ' in definition
