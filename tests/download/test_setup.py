"""A clean corpus folder, set up against a stand-in that serves a whole manifest."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

import pytest
from pdf_files import at, down, wrapped, write_pdf
from places import PROJECT
from standin import PAGES, Place, Request, access_to, document, see, serving, status
from test_download import run

from clusterqa.answers import Answer
from clusterqa.assistant import Assistant, ingest
from clusterqa.corpus.manifest import presence, read_manifest
from clusterqa.download import sync_from_cellar
from clusterqa.download.sync import LANGUAGES
from clusterqa.settings import DEFAULT_MODEL
from clusterqa.types import Inquiry, Source, Work

CODES = {code: language for language, code in LANGUAGES.items()}
ARTICLE = {"en": "Article 1", "fr": "Article premier"}
FILLER = "This page is about the people in a region, and how they plan for it with the funds."
DEFINITION = (
    "A cluster is a group of firms, related economic actors and institutions that are located near "
    "each other and have reached a sufficient scale to develop specialised expertise, services, "
    "resources, suppliers and skills."
)
HEADINGS = {0: "What clusters are", 1: "The rest"}
PAGE_OF_DEFINITION = 14  # of the file, numbered from its cover, as its feet are


def guide(source: Source) -> bytes:
    """A PDF that passes for the attachment: its title, its pages, its size in bytes."""
    wanted = source.attachment
    assert wanted is not None
    count = sum(wanted.pages) // 2
    title = down(60, 780, wrapped(source.title, 40), size=20, font="F2")
    padding = f"% {'.' * (2 * wanted.size[0] // count)}"
    pages = [f"{title}\n{down(60, 600, wrapped(FILLER, 80))}"]
    for number in range(2, count + 1):
        defined = source.id.startswith("smart-guide") and number == PAGE_OF_DEFINITION
        heading = HEADINGS.get(number - PAGE_OF_DEFINITION, "")
        body = down(60, 720, wrapped(DEFINITION if defined else FILLER, 80), size=10)
        lines = [at(60, 760, heading, size=14, font="F2"), body, at(300, 40, str(number)), padding]
        pages.append("\n".join(lines))
    return write_pdf(pages)


def act(source: Source) -> bytes:
    """A page that begins like the act: its version's mark or its number, its title, an article."""
    celex = re.fullmatch(r"[03](\d{4})([A-Z])(\d{4})(?:-(\d{4})(\d\d)(\d\d))?", source.celex or "")
    head = ""
    if celex and celex[4]:
        day = ".".join(celex.group(6, 5, 4))
        head = f"0{celex[1]}{celex[2]}{celex[3]} — {source.language.upper()} — {day}"
    elif celex:
        head = f"{int(celex[3])}/{celex[1]}"
    article = ARTICLE.get(source.language, "1")
    words = f"<p>{head}</p><p>{source.title}</p><p>{article}</p><p>It is of {source.id}.</p>"
    return f"<html><body>{words}</body></html>".encode()


def serve_acts(place: Place, works: tuple[Work, ...]) -> None:
    acts = {(s.celex, s.language): s for work in works for s in work.sources if s.celex and s.file}
    assert {PurePosixPath(s.file or "").suffix for s in acts.values()} == {".xhtml"}

    def answer(request: Request) -> None:
        celex = unquote(urlsplit(request.path).path.rpartition("/")[2])
        source = acts.get((celex, CODES[request.headers["Accept-Language"]]))
        (document(act(source), PAGES) if source else status(404))(request)

    for celex, _ in acts:
        path = quote(celex or "", safe="")
        place.has(f"/resource/celex/{path}", see(f"/resource/cellar/{path}"))
        place.has(f"/resource/cellar/{path}", answer)


def serve_attachments(place: Place, works: tuple[Work, ...]) -> None:
    """A page with a link to each, as the manifest's words have it, among links that are not."""
    for source in (s for work in works for s in work.sources if s.attachment):
        assert source.attachment is not None
        href = f"/files/{source.id}/{quote(source.attachment.link[0])}"
        others = '<a href="/about">About clusters</a> <a href="/files/other.pdf">Annual report</a>'
        text = f'<html><body>{others} <a href="{href}">Download</a></body></html>'
        place.has(
            urlsplit(source.attachment.landing[-1]).path, document(text.encode(), "text/html")
        )
        place.has(href, document(guide(source), "application/pdf"))


def moved(place: Place, manifest: str) -> str:
    """The manifest with the pages of its attachments on this machine."""
    table = re.compile(r"(?<=\[works\.sources\.attachment\]\n)(?:[^\n]+\n)+")

    def here(found: re.Match[str]) -> str:
        local = re.sub(r'"https://[^/"]+', f'"{place.address}', found[0])
        return re.sub(r"hosts = \[.*?\]", 'hosts = ["127.0.0.1"]', local)

    return table.sub(here, manifest)


@pytest.fixture
def place() -> Iterator[Place]:
    with serving() as place:
        yield place


def asked(index: Path, question: str) -> Answer:
    assistant = Assistant.open(index)
    with closing(assistant.index):
        return assistant.ask(Inquiry(question))


def test_a_whole_manifest_is_set_up(place: Place, tmp_path: Path) -> None:
    """this test ensures that one sync brings every document of the shipped manifest, and that the
    guide then answers with its page."""
    text = (PROJECT / "corpus/manifest.toml").read_text("utf-8")
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "manifest.toml").write_text(moved(place, text), encoding="utf-8")
    works = read_manifest(corpus / "manifest.toml")
    serve_acts(place, works)
    serve_attachments(place, works)
    access = replace(access_to(place), total=60)
    results = {r.source: r for r in sync_from_cellar(works, corpus, access=access)}
    fetched = [s for w in works for s in w.sources if (s.file or "").startswith("official/")]
    assert {"smart-guide-2016", "gber-faq", "sme-user-guide"} < {s.id for s in fetched}
    wrong = [results[s.id] for s in fetched if results[s.id].outcome not in ("copied", "changed")]
    assert wrong == []
    # Stand-ins have other hashes than the manifest's; that of nothing else is known.
    assert {s.id for s in fetched if results[s.id].outcome == "changed"} == {
        s.id for s in fetched if s.sha256
    }
    assert all(found.sha256 for found in presence(fetched, corpus))
    ingest(works, corpus, index, model=DEFAULT_MODEL, precision="auto", progress=lambda *_: None)
    answer = asked(index, "What is a cluster?")
    assert answer.status == "answered"
    (citation, *_) = answer.citations
    assert citation.document.work == "smart-guide-2016"
    assert citation.locator.page_label == str(PAGE_OF_DEFINITION)
    assert citation.cite_as.eu.endswith(f", What clusters are, p. {PAGE_OF_DEFINITION}")
    assert DEFINITION[:60] in citation.quote.exact


def table(name: str, manifest: str) -> str:
    """The manifest's entry of one work, without the others."""
    found = re.search(
        rf'^\[\[works\]\]\nid = "{name}"\n.*?(?=^\[\[works\]\]|^# ---)', manifest, re.M | re.S
    )
    assert found is not None
    return found[0]


def test_the_first_question_sets_all_up(place: Place, tmp_path: Path) -> None:
    """this test ensures that `ask` in a clean folder brings acts and attachments and answers by the
    page, says in a line which attachment was not found, and that status says where from."""
    text = moved(place, (PROJECT / "corpus/manifest.toml").read_text("utf-8"))
    names = ("smart-guide-2016", "gber-faq", "notion-of-aid-2016")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "manifest.toml").write_text("\n".join(table(n, text) for n in names), "utf-8")
    works = read_manifest(corpus / "manifest.toml")
    serve_acts(place, works)
    serve_attachments(place, works)
    (faq,) = [s for work in works for s in work.sources if s.id == "gber-faq"]
    assert faq.attachment is not None
    first, last = faq.attachment.landing
    place.has(urlsplit(last).path, document(b"<html><a href='/'>Home</a></html>", "text/html"))
    done, _ = run(tmp_path, "ask", "What is a cluster?", cellar=place.address, cellar_private="1")
    assert done.returncode == 0, done.stderr
    assert DEFINITION[:60] in " ".join(done.stdout.split())
    assert f"Guide to Cluster Policy, What clusters are, page {PAGE_OF_DEFINITION} " in done.stdout
    (line,) = [x for x in done.stderr.splitlines() if x.startswith("clusterqa: gber-faq: ")]
    assert line == (
        f"clusterqa: gber-faq: official/gber-faq.en.pdf: {first}: 127.0.0.1 does not have it "
        f"(HTTP 404); {last}: none of its 1 links has {' or '.join(map(repr, faq.attachment.link))}"
        "; the page has changed; download it by hand, then: "
        "clusterqa corpus add FILE --id gber-faq"
    )
    assert "): GBER FAQ; to get them: clusterqa corpus sync" in done.stderr
    told, _ = run(tmp_path, "corpus", "status")
    (guide_page,) = [s.attachment.landing[0] for w in works for s in w.sources if s.attachment][:1]
    (came,) = [x.strip() for x in told.stdout.splitlines() if "attachment of" in x]
    assert came.startswith(
        f"attachment of {guide_page}, from {place.address}/files/smart-guide-2016/"
    )
    assert f"    from {place.address}/resource/cellar/52016XC0719%2805%29, 20" in told.stdout


def test_the_first_question_brings_the_whole_core(place: Place, tmp_path: Path) -> None:
    """this test ensures that `ask` in a folder with nothing but the shipped manifest brings every
    core document that a place has, and none of another group, and answers by the guide's page; one
    act that its place does not have is named and keeps back nothing else."""
    text = moved(place, (PROJECT / "corpus/manifest.toml").read_text("utf-8"))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "manifest.toml").write_text(text, encoding="utf-8")
    works = read_manifest(corpus / "manifest.toml")
    serve_acts(place, works)
    serve_attachments(place, works)
    core = [s for s in sources_of(works, core=True) if (s.file or "").startswith("official/")]
    first = next(source for source in core if source.celex)  # asked for before any has come
    place.has(f"/resource/cellar/{quote(first.celex or '', safe='')}", status(404))
    done, _ = run(tmp_path, "ask", "What is a cluster?", cellar=place.address, cellar_private="1")
    assert done.returncode == 0, done.stderr
    assert DEFINITION[:60] in " ".join(done.stdout.split())
    assert f"Guide to Cluster Policy, What clusters are, page {PAGE_OF_DEFINITION} " in done.stdout
    here = {str(path.relative_to(corpus)) for path in (corpus / "official").glob("*.*ml")}
    here |= {str(path.relative_to(corpus)) for path in (corpus / "official").glob("*.pdf")}
    assert here == {str(source.file) for source in core} - {str(first.file)}
    (line,) = [x for x in done.stderr.splitlines() if "going on without" in x]
    assert line.endswith(
        "): RDI Framework 2006; to get them: clusterqa corpus sync, or without a network clusterqa "
        "corpus sync --mirror DIR"
    )


def sources_of(works: tuple[Work, ...], *, core: bool) -> list[Source]:
    """The sources of the works of the core, or of the other groups."""
    return [s for work in works if (work.group == "core") == core for s in work.sources]
