"""Attachments of pages: a local server shows such pages, right, changed and wrong."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pdf_files import at, down, wrapped, write_pdf
from standin import Answer, Place, access_to, document, see, serving, status

from clusterqa.corpus.manifest import SyncResult, read_manifest
from clusterqa.download import Access, client, sync_from_cellar
from clusterqa.download.attachments import candidates, words
from clusterqa.download.faults import Fault
from clusterqa.download.records import origin, read_records
from clusterqa.errors import CorpusError
from clusterqa.types import Attachment, Source, Work

PAGE = "/news/smart-guide"
FILE = "official/smart-guide.en.pdf"
HREF = "/files/2016-06/Smart%20Guide%20to%20Cluster%20Policy.pdf"
TITLE = "Smart Guide to Cluster Policy"
ENGLISH = (
    "A cluster is a group of firms and related actors that are located near each other and that "
    "work with each other. Cluster policies are for those who want to make better use of them."
)
FRENCH = (
    "Le guide est pour les régions qui veulent une politique des grappes; il dit dans le détail ce "
    "que les grappes sont, et par quels moyens les régions les aident avec les acteurs du lieu."
)


def guide(title: str = TITLE, text: str = ENGLISH, pages: int = 4) -> bytes:
    first = [at(60, 780, title, size=20, font="F2"), down(60, 700, wrapped(text, 80))]
    rest = [down(60, 760, wrapped(f"{text} This is page {n}.", 80)) for n in range(2, pages + 1)]
    return write_pdf(["\n".join(first), *rest])


GUIDE = guide()


def shown(*links: str, head: str = "") -> Answer:
    body = "".join(links)
    text = f"<!doctype html><html><head>{head}</head><body><h1>News</h1>{body}</body></html>"
    return document(text.encode(), "text/html; charset=UTF-8")


def link(href: str = HREF, text: str = "smart guide to cluster policy.pdf", more: str = "") -> str:
    return f'<p><a href="{href}"{more}>{text}</a> 1.04 MB</p>'


PDF = document(GUIDE, "application/pdf", ETag='"g1"')


@pytest.fixture
def place() -> Iterator[Place]:
    with serving() as place:
        yield place


@pytest.fixture
def access(place: Place) -> Access:
    """With time to read what comes, which is done in a process of its own."""
    return replace(access_to(place), total=60)


def source(place: Place, **changes: Any) -> Source:
    wanted = Attachment(
        landing=(place.address + PAGE,),
        link=("smart guide to cluster policy pdf",),
        hosts=("127.0.0.1",),
        size=(1_000, 100_000),
        pages=(3, 5),
    )
    known = {name: changes.pop(name) for name in list(changes) if hasattr(wanted, name)}
    found = Source("guide", "guide", "en", TITLE, file=FILE, attachment=replace(wanted, **known))
    return replace(found, **changes)


def synced(one: Source, corpus: Path, access: Access) -> SyncResult:
    work = Work("guide", TITLE, "Guide", "guide", "European Commission", sources=(one,))
    (result,) = sync_from_cellar([work], corpus, access=access)
    return result


def failed(place: Place, reason: str) -> SyncResult:
    remedy = "download it by hand, then: clusterqa corpus add FILE --id guide"
    return SyncResult("guide", "failed", f"{FILE}: {place.address}{PAGE}: {reason}; {remedy}")


SHA = hashlib.sha256(GUIDE).hexdigest()
COPIED = SyncResult("guide", "copied", f"{FILE} has sha256 {SHA}")


def test_a_document_is_found_on_its_page(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that of a page's links the right one is followed, and where it was from
    is kept."""
    place.has(PAGE, shown(link("/about", "About clusters"), link(), link("mailto:x@y.eu", TITLE)))
    place.has(HREF, PDF, status(304))
    assert synced(source(place), tmp_path, access) == COPIED
    assert (tmp_path / FILE).read_bytes() == GUIDE
    assert place.paths() == [PAGE, HREF]
    record = read_records(tmp_path)[FILE]
    said = origin(record, SHA)
    page, address, when = said.removeprefix("attachment of ").split(", ")
    assert (page, address) == (place.address + PAGE, f"from {place.address}{HREF}")
    assert when.startswith("20")
    assert origin(record, "0" * 64) == ""
    assert origin(None, SHA) == ""
    kept = SyncResult("guide", "up_to_date", f"{FILE} is in the corpus")
    assert synced(source(place), tmp_path, access) == kept
    assert place.seen[-1][1]["If-None-Match"] == '"g1"'


@pytest.mark.parametrize(
    "one",
    [
        link("/d/0b1c_en?filename=Smart%20Guide%20to%20Cluster%20Policy.pdf", "Download"),
        link("/d/7", "Download", ' aria-label="Smart guide to cluster policy (PDF)"'),
        link("smart_guide-to.cluster_policy.PDF", "<span>English</span>"),
        link("/d/7#page=2", "Smart Guide to  <b>Cluster</b> Policy, PDF"),
        link("/d/7", '<img src="pdf.png" alt="Smart guide to cluster policy (PDF)">'),
        link("/d\n\t/7", "Smart Guide to Cluster Policy, PDF"),
        "<div>" * 300 + link("/d/7", "Smart Guide to Cluster Policy, PDF"),
        "<table><tr><td><b><p>"
        + link("/d/7", "Smart Guide to Cluster Policy, PDF").split("</a>")[0],
    ],
)
def test_links_are_read_in_many_forms(
    place: Place, access: Access, tmp_path: Path, one: str
) -> None:
    """this test ensures that text, label, file name and query of a link may have the words."""
    place.has(PAGE, shown(one, one, head='<base href="/d/">'))
    for path in ("/d/0b1c_en", "/d/7", "/d/smart_guide-to.cluster_policy.PDF"):
        place.has(path, document(GUIDE, "application/octet-stream"))
    assert synced(source(place), tmp_path, access) == COPIED


def test_the_address_may_be_the_document(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a landing address can be the PDF, and that the next one is tried."""
    place.has(PAGE, status(404))
    place.has("/guide.pdf", see(HREF))
    place.has(HREF, PDF)
    landing = (place.address + PAGE, f"{place.address}/guide.pdf")
    assert synced(source(place, landing=landing), tmp_path, access) == COPIED
    assert read_records(tmp_path)[FILE]["page"] is None
    assert read_records(tmp_path)[FILE]["from"] == place.address + HREF


CANDIDATE = f"{{place}}{HREF}: "  # {place} is filled in by the test
MISSING = "none of its 1 links has 'smart guide to cluster policy pdf'; the page has changed"
TWO = {"hosts": ("127.0.0.1", "files.example")}


@pytest.mark.parametrize(
    ("page", "answer", "changes", "reason"),
    [
        (status(404), PDF, {}, "127.0.0.1 does not have it (HTTP 404)"),
        (status(403), PDF, {}, "127.0.0.1 refuses (HTTP 403)"),
        (status(300, b"<html></html>"), PDF, {}, "127.0.0.1 answers with HTTP 300"),
        (document(b"{}", "application/json"), PDF, {},
         "it is application/json, neither a page nor a PDF"),
        (document(b"", "text/html"), PDF, {},
         "the page is empty"),
        (shown(link("/about", "About")), PDF, {}, MISSING),
        (shown(link("/guide.docx")), PDF, {}, MISSING),
        (shown("<script>awsWafCookie = captcha</script>"), PDF, {},
         "the page is a challenge, not the page that a visitor sees"),
        (shown(*(link(f"/{n}.pdf") for n in range(7))), PDF, {},
         "7 of its links fit; make link in the manifest narrower"),
        (shown(link()), status(404), {}, CANDIDATE + "127.0.0.1 does not have it (HTTP 404)"),
        (shown(link()), document(b"<html></html>", "text/html"), {},
         CANDIDATE + "the body is text/html, not application/pdf"),
        (shown(link()), document(b"<html></html>", "application/pdf"), {},
         CANDIDATE + "the body is no PDF"),
        (shown(link()), document(GUIDE[:-9], "application/pdf"), {},
         CANDIDATE + "the PDF ends too early"),
        (shown(link()), document(guide("Annual Report"), "application/pdf"), {},
         CANDIDATE + f"its first 3 pages do not have the title {TITLE!r}"),
        (shown(link()), document(guide(pages=2), "application/pdf"), {},
         CANDIDATE + "it has 2 pages, not 3 to 5"),
        (shown(link()), document(guide(text=FRENCH), "application/pdf"), {},
         CANDIDATE + "its language is fr, not en"),
        (shown(link()), PDF, {"size": (200_000, 300_000)},
         CANDIDATE + f"it has {len(GUIDE):,} bytes, not 200,000 to 300,000"),
        (shown(link()), PDF, {"size": (1_000, 1_500)},
         CANDIDATE + "the body is larger than 1,500 bytes"),
        (shown(link("https://elsewhere.example/smart-guide-to-cluster-policy.pdf")), PDF, {},
         "https://elsewhere.example/smart-guide-to-cluster-policy.pdf: "
         "elsewhere.example is not among the hosts allowed for this source"),
        (shown(link()), see("http://localhost:1/x.pdf"), {},
         CANDIDATE + "localhost is not among the hosts allowed for this source"),
        (shown(link()), see("http://files.example/x.pdf"), TWO,
         CANDIDATE
         + "http://files.example/x.pdf is not plain https, as an attachment's address must be"),
        (shown(link()), see("https://files.example:8443/x"), TWO,
         CANDIDATE
         + "https://files.example:8443/x is not plain https, as an attachment's address must be"),
        (shown(link()), see(HREF), {}, CANDIDATE + "127.0.0.1 redirects more than 8 times"),
    ],
)  # fmt: skip
def test_what_is_not_the_document_is_named(
    place: Place,
    access: Access,
    tmp_path: Path,
    page: Answer,
    answer: Answer,
    changes: dict[str, Any],
    reason: str,
) -> None:
    """this test ensures that each fault is one line with its reason, and a good file stays."""
    (tmp_path / "official").mkdir()
    (tmp_path / FILE).write_bytes(b"before")
    place.has(PAGE, page)
    place.has(HREF, answer)
    found = synced(source(place, **changes), tmp_path, access)
    assert found == failed(place, reason.format(place=place.address))
    assert (tmp_path / FILE).read_bytes() == b"before"


def test_a_host_on_a_private_address_is_not_asked(
    place: Place, access: Access, tmp_path: Path
) -> None:
    """this test ensures that a host that the manifest allows still cannot lead into a network."""
    place.has(PAGE, shown(link(f"https://localhost{HREF}")))
    found = synced(source(place, hosts=("127.0.0.1", "localhost")), tmp_path, access)
    assert "localhost leads to " in found.message
    assert "an address in a private network" in found.message


def test_other_allowed_hosts_are_followed(
    place: Place, access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that a redirect may go to another host that the manifest allows."""
    monkeypatch.setattr(client.Client, "_is_own", lambda self, url: True)
    place.has(PAGE, shown(link()))
    place.has(HREF, see(f"http://localhost:{place.port}/moved.pdf"))
    place.has("/moved.pdf", PDF)
    found = synced(source(place, hosts=("127.0.0.1", "localhost")), tmp_path, access)
    assert found == COPIED
    assert read_records(tmp_path)[FILE]["from"] == f"http://localhost:{place.port}/moved.pdf"


def test_of_several_links_the_document_is_taken(
    place: Place, access: Access, tmp_path: Path
) -> None:
    """this test ensures that other candidates are looked at, and two that fit are too many."""
    place.has(PAGE, shown(link("/fr.pdf"), link("/gone.pdf"), link(), link("/copy.pdf")))
    place.has("/fr.pdf", document(guide(text=FRENCH), "application/pdf"))
    place.has("/copy.pdf", PDF)
    place.has(HREF, PDF)
    assert synced(source(place), tmp_path, access) == COPIED
    place.has("/copy.pdf", document(guide(pages=5), "application/pdf"))
    addresses = f"{place.address}{HREF}, {place.address}/copy.pdf"
    reason = f"2 documents on it fit: {addresses}; make link in the manifest narrower"
    assert synced(source(place), tmp_path, access) == failed(place, reason)
    place.has(PAGE, shown(link("/fr.pdf"), link("/gone.pdf")))
    reason = (
        f"{place.address}/fr.pdf: its language is fr, not en; "
        f"{place.address}/gone.pdf: 127.0.0.1 does not have it (HTTP 404)"
    )
    assert synced(source(place), tmp_path, access) == failed(place, reason)


def test_a_changed_document_is_reported(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a new edition is taken with a warning, as for acts."""
    place.has(PAGE, shown(link()))
    place.has(HREF, PDF)
    found = synced(source(place, sha256="0" * 64), tmp_path, access)
    assert found.outcome == "changed"
    assert (tmp_path / FILE).read_bytes() == GUIDE


def test_a_word_is_a_word() -> None:
    """this test ensures that phrases are compared by whole words, in any writing of them."""
    assert words("Smart_Guide%to-CLUSTER.policy") == "smart guide to cluster policy"
    page = client.HttpReply(200, httpx2.Headers(), b"<a href='x'>smart guides</a>", "http://a/")
    wanted = Attachment(("http://a/",), ("smart guide",), ("a",), (1, 2), (1, 2))
    with pytest.raises(Fault, match="none of its 1 links"):
        candidates(page, wanted)


MANIFEST = """
[[works]]
id = "guide"
title = "Smart Guide to Cluster Policy"
short_title = "Guide"
kind = "guide"
publisher = "European Commission"
[[works.sources]]
id = "guide"
language = "en"
file = "official/guide.pdf"
[works.sources.attachment]
landing = ["https://clusters.example/guide"]
link = ["smart guide"]
hosts = ["clusters.example"]
size = [1, 2]
pages = [3, 4]
"""


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("hosts =", "host =", "unknown key 'host'; use one of landing, link, hosts, size, pages"),
        ('hosts = ["clusters.example"]\n', "", "hosts is missing; add it"),
        ("size = [1, 2]", "size = [2, 1]", "size [2, 1] is no range; write [least, most]"),
        ("size = [1, 2]", "size = [1]", "Expected `array` of length 2, got 1"),
        ("pages = [3, 4]", "pages = [0, 4]", "pages [0, 4] is no range"),
        ("https://", "http://", "is not https; write its https address"),
        ("https://clusters", "https://[x", "is no address ("),
        ('hosts = ["clusters', 'hosts = ["other', "is on none of hosts; add 'clusters.example'"),
        ('["smart guide"]', '["smart guide", " - "]', "link has a phrase without words"),
        ('"official/guide.pdf"', '"official/guide.html"', "its source names no PDF; write file ="),
        ('file = "official/guide.pdf"\n', "", "its source names no PDF; write file ="),
        ('language = "en"', 'language = "en"\ncelex = "1"', "an act is fetched by its celex"),
        ("[works.sources.attachment]", "[[works.sources.attachment]]", "not a table"),
    ],
)
def test_the_manifest_is_strict(tmp_path: Path, before: str, after: str, problem: str) -> None:
    """this test ensures that a slip in an attachment's table is an error that says where."""
    path = tmp_path / "manifest.toml"
    path.write_text(MANIFEST, encoding="utf-8")
    ((one,),) = [work.sources for work in read_manifest(path)]
    assert one.attachment == Attachment(
        ("https://clusters.example/guide",), ("smart guide",), ("clusters.example",), (1, 2), (3, 4)
    )
    path.write_text(MANIFEST.replace(before, after), encoding="utf-8")
    with pytest.raises(CorpusError) as error:
        read_manifest(path)
    assert str(error.value).startswith(f"{path}: work 'guide', source 'guide'")
    assert problem in str(error.value)


def test_what_was_said_is_recorded(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a record holds every exchange in order, bodies begun, no cookies."""
    record = tmp_path / "record.jsonl"
    place.has(PAGE, status(302, Location="/moved", Set_Cookie="visitor=7"))
    place.has("/moved", shown(link()))
    place.has(HREF, status(404, "not held: é".encode(), Content_Type="text/plain"))
    recording = replace(access, record=record)
    assert synced(source(place), tmp_path, recording).outcome == "failed"
    lines = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    assert [(line["address"], line["status"]) for line in lines] == [
        (place.address + PAGE, 302), (f"{place.address}/moved", 200), (place.address + HREF, 404),
    ]  # fmt: skip
    assert all(line["method"] == "GET" and line["when"].startswith("20") for line in lines)
    first, page, last = lines
    assert first["headers"]["location"] == "/moved"
    assert "visitor" not in record.read_text("utf-8")
    assert first["sent"]["accept"].startswith("text/html")
    assert first["sent"]["user-agent"].startswith("clusterqa/")
    assert page["text"].startswith("<!doctype html>")
    assert last["text"] == "not held: é"
    assert last["sha256"] == hashlib.sha256("not held: é".encode()).hexdigest()
    place.has(HREF, PDF)
    assert synced(source(place), tmp_path, recording) == COPIED
    whole = json.loads(record.read_text("utf-8").splitlines()[-1])
    assert (whole["size"], whole["sha256"]) == (len(GUIDE), SHA)
    place.has(PAGE, lambda request: request.connection.close())
    assert synced(source(place), tmp_path, recording).outcome == "failed"
    assert "fault" in json.loads(record.read_text("utf-8").splitlines()[-1])
