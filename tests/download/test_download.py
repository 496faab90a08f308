"""Fetching the official texts: a local server behaves like the real ones, faults included."""

import gzip
import hashlib
import io
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from standin import PAGES, Answer, Place, Request, access_to, document, see, serving, status

from clusterqa.corpus.manifest import SyncResult, lay_out, read_manifest
from clusterqa.download import (
    Access,
    bodies,
    client,
    newer_law,
    obstacle,
    sync_from_cellar,
)
from clusterqa.download.faults import Passing
from clusterqa.errors import ClusterQAError
from clusterqa.types import Source, Work, WorkKind

CELEX = "32014R0651"
RESOURCE = f"/resource/celex/{CELEX}"
ITEM = "/resource/cellar/35a6b2f1.0006.03/DOC_1"
FILE = f"official/{CELEX}.en.xhtml"
TITLE = "Commission Regulation (EU) No 651/2014 of 17 June 2014 declaring certain categories of aid"
REMEDY = "sync again later, or from a folder with --mirror DIR"


def page(title: str = TITLE, text: str = "Article 1", head: str = "") -> bytes:
    words = f"<p>{title.upper()}</p><p class='oj-ti-art'>{text}</p><p>This applies to all aid.</p>"
    return f'<?xml version="1.0"?><html><head>{head}</head><body>{words}</body></html>'.encode()


ACT = page()
CONSOLIDATED = page(
    TITLE, "Article 1", "<title>Consolidated TEXT: 32014R0651 — EN — 01.07.2023</title>"
)
NEWER = page(text="Article 1, rendered anew")


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def gber(**changes: Any) -> Source:
    source = Source(
        "act",
        "gber",
        "en",
        TITLE,
        celex=CELEX,
        file=FILE,
        sha256=sha(ACT),
        url="https://eur-lex.europa.eu/x",
    )
    return replace(source, **changes)


def works(*sources: Source, kind: WorkKind = "law") -> list[Work]:
    return [Work("gber", TITLE, "GBER", kind, "European Commission", sources=sources)]


@pytest.fixture
def place() -> Iterator[Place]:
    with serving() as place:
        yield place


@pytest.fixture
def access(place: Place) -> Access:
    return access_to(place)


def synced(source: Source, corpus: Path, access: Access, kind: WorkKind = "law") -> SyncResult:
    (result,) = sync_from_cellar(works(source, kind=kind), corpus, access=access)
    return result


def failed(reason: str) -> SyncResult:
    return SyncResult("act", "failed", f"{FILE}: {reason}; {REMEDY}")


COPIED = SyncResult("act", "copied", f"{FILE} has sha256 {sha(ACT)}")


# -- as it should be ----------------------------------------------------------------------------


def test_an_act_comes_after_redirects(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that 303s, relative and absolute, lead to the file, asked for as agreed."""
    place.has(RESOURCE, see("/resource/cellar/35a6b2f1"))
    place.has("/resource/cellar/35a6b2f1", see(place.address + ITEM))
    place.has(ITEM, document(ACT))
    assert synced(gber(), tmp_path, access) == COPIED
    assert (tmp_path / FILE).read_bytes() == ACT
    assert place.paths() == [RESOURCE, "/resource/cellar/35a6b2f1", ITEM]
    for _, headers, _ in place.seen:
        assert headers["Accept"] == "application/xhtml+xml, text/html"
        assert headers["Accept-Language"] == "eng"
        assert headers["Host"] == f"127.0.0.1:{place.port}"
        assert headers["User-Agent"].startswith("clusterqa/")
        assert not {"Cookie", "Authorization"} & set(headers)


@pytest.mark.parametrize(
    ("celex", "path"),
    [("52014XC0627(01)", "52014XC0627%2801%29"), ("12012E/TXT", "12012E%2FTXT")],
)
def test_numbers_are_percent_encoded(
    place: Place, access: Access, tmp_path: Path, celex: str, path: str
) -> None:
    """this test ensures that a CELEX number is one segment of the address, in French as fra."""
    place.has(f"/resource/celex/{path}", document(ACT))
    assert synced(gber(celex=celex, language="fr"), tmp_path, access).outcome == "copied"
    assert place.seen[0][1]["Accept-Language"] == "fra"


def test_cookies_are_not_sent_back(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a server cannot give its visitor a name."""
    place.has(RESOURCE, status(303, Location=ITEM, Set_Cookie="visitor=7; Path=/"))
    place.has(ITEM, document(ACT))
    assert synced(gber(), tmp_path, access) == COPIED
    assert "Cookie" not in place.seen[1][1]


def choices(*links: str) -> bytes:
    """A list of documents as the Cellar gives it."""
    items = "".join(
        f'<li title="item"><a href="{link}"><span class="url">({link})</span></a></li>'
        for link in links
    )
    head = "<head><title>300 Multiple-Choice Response</title></head>"
    return f"<html>{head}<body><ul>{items}</ul></body></html>".encode()


def test_a_list_of_documents_is_followed(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that of the documents in a 300 the one that is the act is taken."""
    links = (f"{place.address}/DOC_1", "http://elsewhere.example/DOC_9", "/DOC_2", "/DOC_3")
    place.has(RESOURCE, status(300, choices(*links), Content_Type="text/html"))
    place.has("/DOC_1", document(page("Cover page", "Contents")))
    place.has("/DOC_2", see(ITEM))
    place.has(ITEM, document(ACT))
    more = f"{COPIED.message}; 1 more in the list of its documents, not taken"
    assert synced(gber(), tmp_path, access) == replace(COPIED, message=more)
    assert place.paths() == [RESOURCE, "/DOC_1", "/DOC_2", ITEM]


def test_a_document_of_a_list_may_want_no_type_named(
    place: Place, access: Access, tmp_path: Path
) -> None:
    """this test ensures that an older item, simplified HTML, is asked for without a type."""

    def item(request: Request) -> None:
        named = request.headers["Accept"] != "*/*"
        answer = status(406) if named else document(ACT, "text/html;type=simplified")
        answer(request)

    place.has(RESOURCE, status(300, choices("/DOC_1"), Content_Type="text/html"))
    place.has("/DOC_1", item)
    assert synced(gber(), tmp_path, access) == COPIED
    assert place.paths() == [RESOURCE, "/DOC_1", "/DOC_1"]


def test_a_list_without_the_act_fails(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a list that leads nowhere says why."""
    place.has(RESOURCE, status(300, choices("/DOC_1"), Content_Type="text/html"))
    reason = "none of the documents listed is the act: 127.0.0.1 does not have it (HTTP 404)"
    assert synced(gber(), tmp_path, access) == failed(reason)
    place.has(RESOURCE, status(300, b"<html></html>"))
    reason = "none of the documents listed is the act: the list of documents in the answer is empty"
    assert synced(gber(), tmp_path, access) == failed(reason)


def test_a_form_that_is_not_offered_gives_way(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a PDF is asked for in one kind after the other."""
    pdf = b"%PDF-1.7\n...\n%%EOF\n"
    place.has(RESOURCE, status(406), status(404), document(pdf, "application/pdf;type=pdfa1b"))
    source = gber(file="official/act.pdf", sha256=None)
    assert synced(source, tmp_path, access).outcome == "copied"
    assert (tmp_path / "official/act.pdf").read_bytes() == pdf
    assert [headers["Accept"] for _, headers, _ in place.seen] == [
        "application/pdf;type=pdfa1a",
        "application/pdf;type=pdfa2a",
        "application/pdf;type=pdfa1b",
    ]


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.xml", text)
    return buffer.getvalue()


def test_formex_comes_zipped(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a zip of Formex files is taken whole when one of them is the act,
    and that the same texts, packed again, are the same file."""
    text = f"<ACT><TI>{TITLE}</TI></ACT>"
    archive, again = zipped(toc="<DOC/>", act=text), zipped(act=text, toc="<DOC/>")
    place.has(RESOURCE, *(document(one, "application/zip") for one in (archive, again)))
    source = gber(file="official/act.zip", sha256=None)
    assert archive != again
    assert synced(source, tmp_path, access).outcome == "copied"
    kept = (tmp_path / "official/act.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(kept)) as members:
        found = {name: members.read(name).decode() for name in members.namelist()}
    assert found == {"act.xml": text, "toc.xml": "<DOC/>"}
    assert synced(source, tmp_path, access).outcome == "up_to_date"
    assert (tmp_path / "official/act.zip").read_bytes() == kept
    # With a blank after the semicolon the Cellar answers 500.
    assert place.seen[0][1]["Accept"] == "application/zip;mtype=fmx4"


def formex(day: str, **more: str) -> bytes:
    mark = f'<INFO.CONSLEG CONSLEG.DATE="20240101" START.DATE="{day}"/>'
    return zipped(act=f"<CONS.ACT>{mark}<TI>{TITLE}</TI></CONS.ACT>", **more)


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (formex("20170710"), "the zip holds the version of 20170710"),
        (
            zipped(**{"act.doc": f"<DOC><TI>{TITLE}</TI></DOC>"}),
            "no file in the zip begins with the title of act",
        ),
    ],
)
def test_another_formex_text_is_refused(
    place: Place, access: Access, tmp_path: Path, archive: bytes, reason: str
) -> None:
    """this test ensures that a consolidation is of its own day, and a notice is not the act."""
    source = gber(celex="02014R0651-20230701", file="official/act.zip", sha256=None)
    path = "/resource/celex/02014R0651-20230701"
    place.has(path, document(archive, "application/zip"))
    result = synced(source, tmp_path, access)
    assert result.message == f"official/act.zip: {reason}; {REMEDY}"
    place.has(path, document(formex("20230701"), "application/zip"))
    assert synced(source, tmp_path, access).outcome == "copied"


def test_an_older_act_is_known_as_itself(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that HTML of older acts is asked for, and a day over it is no number."""
    title = "Commission Recommendation concerning the definition of enterprises"
    day = "<p>Official Journal L 124 , 20/05/2003 P. 0036 - 0041</p>"
    old = f"<HTML><BODY>{day}<TXT_TE><p>{title} (2003/361/EC)</p></TXT_TE></BODY></HTML>".encode()
    path = "/resource/celex/32003H0361"
    kind = "text/html;type=simplified"
    place.has(path, status(404), status(404), document(old, f"{kind};charset=UTF-8"))
    source = gber(celex="32003H0361", title=title, file="official/sme.html", sha256=None)
    assert synced(source, tmp_path, access, "soft_law").outcome == "copied"
    assert [headers["Accept"] for _, headers, _ in place.seen] == [
        "application/xhtml+xml, text/html", "text/html", kind,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("location", "origin", "asked"),
    [
        ("http://cellar.example/a", "https://cellar.example/b", "https://cellar.example/a"),
        ("http://cellar.example/a", "http://cellar.example/b", "http://cellar.example/a"),
        ("http://other.example/a", "https://cellar.example/b", "http://other.example/a"),
        ("http://cellar.example:81/a", "https://cellar.example/b", "http://cellar.example:81/a"),
    ],
)
def test_https_stays_https(location: str, origin: str, asked: str) -> None:
    """this test ensures that a redirect of the Cellar to http is followed in https."""
    assert str(client.upgraded(client.parsed(location), client.parsed(origin))) == asked
    assert Access().cellar == "https://publications.europa.eu"


def test_a_text_without_a_number_comes_from_its_link(
    place: Place, access: Access, tmp_path: Path
) -> None:
    """this test ensures that a guide is fetched from its url, and one without a file is named."""
    pdf = b"%PDF-1.4 guide %%EOF"
    place.has("/guide.pdf", document(pdf, "application/pdf"))
    guide = gber(
        celex=None, url=f"{place.address}/guide.pdf", file="official/guide.pdf", sha256=None
    )
    assert synced(guide, tmp_path, access, "guide").outcome == "copied"
    assert (tmp_path / "official/guide.pdf").read_bytes() == pdf
    assert synced(replace(guide, file=None), tmp_path, access) == SyncResult(
        "act", "missing", "the manifest names no file; name its file there and sync again"
    )
    assert len(place.seen) == 1


def test_the_projects_own_page_is_never_fetched(
    place: Place, access: Access, tmp_path: Path
) -> None:
    """this test ensures that a file of the project is looked at, not asked for."""
    own = gber(celex=None, url=f"{place.address}/page", file="page.txt", sha256=None)
    assert synced(own, tmp_path, access).outcome == "missing"
    (tmp_path / "page.txt").write_text("Clusters", encoding="utf-8")
    assert synced(own, tmp_path, access).outcome == "up_to_date"
    assert place.seen == []


def test_compressed_bodies_are_stored_plain(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that gzip is undone on the way."""
    place.has(RESOURCE, document(gzip.compress(ACT), Content_Encoding="gzip"))
    assert synced(gber(), tmp_path, access) == COPIED
    assert (tmp_path / FILE).read_bytes() == ACT


# -- again --------------------------------------------------------------------------------------


def test_an_unchanged_text_is_not_sent_again(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that validators go out while, and only while, the file is as recorded."""
    day = "Tue, 01 Aug 2023 14:06:00 GMT"
    place.has(RESOURCE, see(ITEM))
    place.has(ITEM, document(ACT, ETag='"a1"', Last_Modified=day), status(304, ETag='"a1"'))
    assert synced(gber(), tmp_path, access) == COPIED
    kept = SyncResult("act", "up_to_date", f"{FILE} is in the corpus")
    assert synced(gber(), tmp_path, access) == kept
    assert place.seen[-1][1]["If-None-Match"] == '"a1"'
    assert place.seen[-1][1]["If-Modified-Since"] == day
    records = json.loads((tmp_path / "official/fetched.json").read_text("utf-8"))
    assert records[FILE]["sha256"] == sha(ACT)
    (tmp_path / FILE).write_bytes(b"tampered")
    place.has(ITEM, document(ACT, ETag='"a1"'))
    assert synced(gber(), tmp_path, access) == COPIED
    assert "If-None-Match" not in place.seen[-1][1]


def test_the_hash_has_the_last_word(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that 'not modified' does not make other bytes than the manifest's right."""
    place.has(RESOURCE, document(NEWER, ETag='"b2"'), status(304))
    synced(gber(), tmp_path, access)
    result = synced(gber(), tmp_path, access)
    assert (result.outcome, sha(NEWER) in result.message) == ("changed", True)


def test_not_modified_needs_a_question(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a 304 to a plain request is a failure."""
    place.has(RESOURCE, status(304))
    reason = "the answer is 'not modified', but nothing was compared"
    assert synced(gber(), tmp_path, access) == failed(reason)


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff", b"{" * 100_000, b'{"official/x": 3}'])
def test_damaged_records_are_forgotten(
    place: Place, access: Access, tmp_path: Path, content: bytes
) -> None:
    """this test ensures that the note of validators is never needed."""
    (tmp_path / "official").mkdir()
    (tmp_path / "official/fetched.json").write_bytes(content)
    place.has(RESOURCE, document(ACT))
    assert synced(gber(), tmp_path, access) == COPIED


def test_changed_bytes_are_taken_and_reported(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that an act rendered anew replaces the file and gives its new hash."""
    place.has(RESOURCE, document(ACT), document(NEWER))
    assert synced(gber(), tmp_path, access) == COPIED
    assert synced(gber(), tmp_path, access) == SyncResult(
        "act",
        "changed",
        f"{FILE} has sha256 {sha(NEWER)}, not the manifest's; see https://eur-lex.europa.eu/x; "
        "what changed: clusterqa corpus accept act",
    )
    assert (tmp_path / FILE).read_bytes() == NEWER


# -- what is not the act ------------------------------------------------------------------------

CHALLENGE = b"<html><head><script>window.gokuProps = {}</script></head><body>Wait</body></html>"
ERROR_PAGE = page("EUR-Lex", f"Regulation 651/2014 does not exist as CELEX:{CELEX}")
OTHER_ACT = page(
    "Commission Regulation (EC) No 800/2008 of 6 August 2008 declaring certain categories of aid",
    "Article 1",
)
NO_NUMBER = f"the body does not begin like {CELEX}"
WRONG = {
    "challenge, 202": (
        status(202, x_amzn_waf_action="challenge"),
        "127.0.0.1 answers with a challenge instead of the document (HTTP 202)",
    ),
    "forbidden": (status(403, b"<html></html>"), "127.0.0.1 refuses (HTTP 403)"),
    "empty": (document(b""), "the body is empty"),
    "challenge, 200": (document(CHALLENGE, "text/html"), "the body is a challenge page"),
    "another act": (document(OTHER_ACT), NO_NUMBER),
    "error page with the number": (
        document(ERROR_PAGE), "the body does not begin with the title of act",
    ),
    "title without text": (
        document(page(text="Not available in English")), "the body has no article",
    ),
    "PDF for a page": (
        document(b"%PDF-1.7", "application/pdf"),
        "the body is application/pdf, not text/xml",
    ),
    "JSON as a page": (document(b'{"error": 1}'), "the body is no XHTML or HTML"),
    "half a page": (document(ACT[:-20]), "the body ends before the page does"),
    "Latin-1": (document(ACT.replace(b"This", b"\xe9")), "the body is not UTF-8 at byte 180"),
    "brotli": (
        document(ACT, Content_Encoding="br"),
        "the body is compressed in a way that was not asked for (br)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_is_not_the_act_replaces_nothing(
    place: Place, access: Access, tmp_path: Path, answer: Answer, reason: str
) -> None:
    """this test ensures that such a body is a failure with its reason and the good file stays."""
    place.has(RESOURCE, document(ACT), answer)
    assert synced(gber(), tmp_path, access) == COPIED
    result = synced(gber(), tmp_path, access)
    assert result == failed(reason)
    assert (tmp_path / FILE).read_bytes() == ACT
    assert sorted(p.name for p in (tmp_path / "official").iterdir()) == [
        "32014R0651.en.xhtml",
        "fetched.json",
    ]
    assert len(place.seen) == 2


def test_another_version_of_the_act_is_refused(
    place: Place, access: Access, tmp_path: Path
) -> None:
    """this test ensures that a consolidation must bear its own date."""
    for date, outcome in [("20230701", "copied"), ("20210801", "failed")]:
        celex = f"02014R0651-{date}"
        place.has(f"/resource/celex/{celex}", document(CONSOLIDATED))
        assert synced(gber(celex=celex, sha256=None), tmp_path, access).outcome == outcome


@pytest.mark.parametrize(
    ("name", "media_type", "content", "reason"),
    [
        ("act.pdf", "application/pdf", b"<html>Not a PDF</html>", "the body is no PDF"),
        ("act.pdf", "application/pdf", b"%PDF-1.7 half", "the PDF ends too early"),
        ("act.pdf", "text/html", CHALLENGE, "the body is text/html, not application/pdf"),
        ("act.zip", "application/zip", b"PK but no zip", "the body is no zip that can be"),
        ("act.zip", "application/zip", zipped(a=TITLE)[:-30], "the body is no zip that can be"),
        ("act.zip", "application/zip", zipped(a="<x/>"), "no file in the zip begins"),
        ("act.zip", "application/zip", zipped(a=" " * 10_001), "the zip holds more than 10,000 "),
    ],
)  # fmt: skip
def test_other_kinds_are_checked_too(
    place: Place,
    access: Access,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    media_type: str,
    content: bytes,
    reason: str,
) -> None:
    """this test ensures that a PDF and a zip are what they say, whole and of bounded size."""
    monkeypatch.setattr(bodies, "MOST_UNPACKED", 10_000)
    place.has(RESOURCE, document(content, media_type))
    result = synced(gber(file=f"official/{name}"), tmp_path, access)
    assert result.outcome == "failed"
    assert reason in result.message
    assert list(tmp_path.iterdir()) == []


def test_what_the_cellar_does_not_have_is_missing(
    place: Place, access: Access, tmp_path: Path
) -> None:
    """this test ensures that 404 in every form says where to look; a file that is here stays."""
    message = "127.0.0.1 does not have it (HTTP 404); get it from https://eur-lex.europa.eu/x"
    assert synced(gber(), tmp_path, access) == SyncResult("act", "missing", message)
    assert [h["Accept"] for _, h, _ in place.seen] == [
        "application/xhtml+xml, text/html",
        "text/html",
        "text/html;type=simplified",
    ]
    (tmp_path / "official").mkdir()
    (tmp_path / FILE).write_bytes(ACT)
    assert synced(gber(), tmp_path, access).outcome == "up_to_date"


# -- the network's faults -----------------------------------------------------------------------


def drip(request: Request) -> None:
    request.send_response(200)
    request.send_header("Content-Type", PAGES)
    request.end_headers()
    for _ in range(400):
        request.wfile.write(b" ")
        time.sleep(0.02)


def drip_headers(request: Request) -> None:
    for _ in range(400):
        request.wfile.write(b"HTTP/1.1 200 OK\r\n"[:1])
        time.sleep(0.02)


def reset(request: Request) -> None:
    """Part of the body, then the connection is torn down."""
    request.send_response(200)
    request.send_header("Content-Type", PAGES)
    request.send_header("Content-Length", str(len(ACT)))
    request.end_headers()
    request.wfile.write(ACT[:100])
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()


def truncated(request: Request) -> None:
    """Fewer bytes than announced, then an orderly end."""
    request.send_response(200)
    request.send_header("Content-Type", PAGES)
    request.send_header("Content-Length", str(len(ACT) + 1000))
    request.end_headers()
    request.wfile.write(ACT)


HALF_GZIP = document(gzip.compress(ACT)[:-40], Content_Encoding="gzip")


@pytest.mark.parametrize(
    "fault",
    [reset, truncated, HALF_GZIP, status(503), status(500), status(429)],
    ids=["reset", "truncated", "half a gzip", "503", "500", "429"],
)
def test_a_passing_fault_is_tried_again(
    place: Place, access: Access, tmp_path: Path, fault: Answer
) -> None:
    """this test ensures that after two faults the third answer counts, and after three no more."""
    place.has(RESOURCE, fault, fault, document(ACT))
    assert synced(gber(), tmp_path, access) == COPIED
    assert len(place.seen) == 3
    place.has(RESOURCE, fault)
    assert synced(gber(), tmp_path, access).outcome == "failed"
    assert len(place.seen) == 6
    assert (tmp_path / FILE).read_bytes() == ACT


def test_retry_after_is_respected(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that the server says when to come back, as seconds or a date."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    place.has(RESOURCE, status(429, Retry_After="1"), status(503, Retry_After=soon), document(ACT))
    assert synced(gber(), tmp_path, access) == COPIED
    first, second, third = (moment for _, _, moment in place.seen)
    assert 1.0 <= second - first < 1.5
    assert third - first < 3


def test_a_wait_beyond_the_limit_is_not_begun(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that "come back in an hour" fails now."""
    place.has(RESOURCE, status(429, Retry_After="3600"))
    began = time.monotonic()
    assert synced(gber(), tmp_path, access) == failed("127.0.0.1 is busy or broken (HTTP 429)")
    assert time.monotonic() - began < 1
    assert client.seconds_to_wait("next week") is None
    assert client.patience(Passing("busy", 3600), time.monotonic() + 7200) == 60


@pytest.mark.parametrize("slow", [drip, drip_headers])
def test_a_slow_drip_is_cut(place: Place, access: Access, tmp_path: Path, slow: Answer) -> None:
    """this test ensures that the time for a source is limited, however the bytes trickle in."""
    place.has(RESOURCE, slow)
    began = time.monotonic()
    result = synced(gber(), tmp_path, replace(access, total=0.6))
    assert result == failed("it took longer than allowed")
    assert time.monotonic() - began < 1.5


def test_a_silent_server_is_given_up(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that no answer within the read limit is a failure in words."""
    place.has(RESOURCE, lambda request: time.sleep(1))
    result = synced(gber(), tmp_path, replace(access, read=0.1, attempts=2))
    assert result.outcome == "failed"
    assert "the connection to 127.0.0.1 broke (" in result.message
    assert len(place.seen) == 2


def test_a_bomb_does_not_go_off(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that decompression stops at the limit, as does a large plain body."""
    small = replace(access, most_bytes=1_000_000)
    place.has(RESOURCE, document(gzip.compress(b" " * 100_000_000), Content_Encoding="gzip"))
    assert synced(gber(), tmp_path, small) == failed("the body is larger than 1,000,000 bytes")
    place.has(RESOURCE, document(b" " * 1_000_001))
    assert synced(gber(), tmp_path, small) == failed("the body is larger than 1,000,000 bytes")
    assert len(place.seen) == 2


def test_a_host_that_is_down_is_asked_once(access: Access, tmp_path: Path) -> None:
    """this test ensures that the other sources do not each wait for a dead host."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        down = replace(access, cellar=f"http://127.0.0.1:{unused.getsockname()[1]}", wait=0.2)
    began = time.monotonic()
    sources = [gber(id=f"act-{n}", file=f"official/{n}.xhtml") for n in range(20)]
    results = list(sync_from_cellar(works(*sources), tmp_path, access=down))
    assert {result.outcome for result in results} == {"failed"}
    assert "127.0.0.1 cannot be reached (" in results[-1].message
    assert time.monotonic() - began < 3


def test_requests_keep_a_distance(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a host is asked at most twice a second, redirects included."""
    place.has(RESOURCE, see(ITEM))
    place.has(ITEM, document(ACT))
    assert Access().interval == 0.5
    assert synced(gber(), tmp_path, replace(access, interval=0.5)) == COPIED
    assert place.seen[1][2] - place.seen[0][2] >= 0.45


def test_a_fault_of_the_disk_is_named(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a file that cannot be written fails by name."""
    place.has(RESOURCE, document(ACT))
    (tmp_path / FILE).mkdir(parents=True)
    result = synced(gber(), tmp_path, access)
    assert result.outcome == "failed"
    assert result.message.endswith("; repair the cause and sync again")


# -- where it may go ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://10.0.0.1/x", "127.0.0.1 redirects to another host, 10.0.0.1"),
        ("http://169.254.169.254/latest", "127.0.0.1 redirects to another host, 169.254.169.254"),
        ("http://[::1]/x", "127.0.0.1 redirects to another host, ::1"),
        ("http://localhost:{port}/x", "127.0.0.1 redirects to another host, localhost"),
        ("https://eur-lex.europa.eu/x", "127.0.0.1 redirects to another host, eur-lex.europa.eu"),
        ("//example.eu/x", "127.0.0.1 redirects to another host, example.eu"),
        ("http://127.0.0.1:1/x", "127.0.0.1 redirects to another host, 127.0.0.1"),
        (
            "http://me:secret@127.0.0.1:{port}/x",
            "the address at 127.0.0.1 holds a name and password; none are sent",
        ),
        ("ftp://127.0.0.1:{port}/x", "ftp in ftp://127.0.0.1:{port}/x is neither http nor https"),
        ("http://a:b/", "'http://a:b/' is no address (Invalid port: 'b')"),
        (RESOURCE, "127.0.0.1 redirects more than 8 times"),
    ],
)  # fmt: skip
def test_redirects_stay_at_home(
    place: Place, access: Access, tmp_path: Path, location: str, reason: str
) -> None:
    """this test ensures that no redirect leaves the host, its port or the web, or circles."""
    place.has(RESOURCE, see(location.format(port=place.port)))
    assert synced(gber(), tmp_path, access) == failed(reason.format(port=place.port))
    assert len(place.seen) == (9 if location == RESOURCE else 1)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_private_addresses_are_not_asked(place: Place, tmp_path: Path, host: str) -> None:
    """this test ensures that a manifest cannot point into a private network unless that is set."""
    source = gber(
        celex=None, url=f"http://{host}:{place.port}/guide.pdf", file="official/guide.pdf"
    )
    for access in (Access(), Access(f"http://{host}:{place.port}")):
        result = synced(source, tmp_path, replace(access, wait=0.01))
        assert result.outcome == "failed"
        assert ", an address in a private network; " in result.message
    assert place.seen == []


def test_private_is_for_the_cellar_alone(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that a place of one's own does not open the network to other links."""
    source = gber(
        celex=None, url=f"http://localhost:{place.port}/guide.pdf", file="official/guide.pdf"
    )
    assert "an address in a private network" in synced(source, tmp_path, access).message
    assert place.seen == []


def test_each_look_up_is_checked(
    place: Place, access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that a name that turns to a private address after a redirect is refused."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: Any, **more: Any) -> list[tuple[Any, ...]]:
        if host != "cellar.example":
            return [*real(host, port, *rest, **more)]
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "192.168.1.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(client, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    place.has(RESOURCE, see(ITEM))
    named = replace(access, cellar=f"http://cellar.example:{place.port}", private=False)
    reason = "cellar.example leads to 192.168.1.1, an address in a private network"
    assert synced(gber(), tmp_path, named) == failed(reason)
    assert asked == ["cellar.example", "cellar.example"]
    assert place.seen[0][1]["Host"] == f"cellar.example:{place.port}"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("158.167.1.1", True), ("2001:4860:4860::8888", True),
        ("127.0.0.1", False), ("0.0.0.0", False),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.0.1", False), ("169.254.1.1", False),
        ("100.64.0.1", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False),
        ("fd00::1", False), ("::ffff:10.0.0.1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    """this test ensures that loopback, link-local and private addresses are known as such."""
    assert client.is_public(address) is public


def test_a_slow_look_up_is_not_waited_for(
    access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that name resolution counts against the limit for connecting."""

    def look_up(*_: object, **__: object) -> list[object]:
        time.sleep(1)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    began = time.monotonic()
    slow = replace(access, cellar="http://cellar.example", connect=0.2)
    assert "cellar.example was not found within" in str(
        obstacle(works(gber()), access=slow, limit=1)
    )
    assert time.monotonic() - began < 1


def test_proxies_of_the_environment_are_used(
    place: Place, access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that a proxy is asked for the whole address, and NO_PROXY goes round it."""
    monkeypatch.setenv("http_proxy", place.address)
    place.has(RESOURCE, document(ACT))
    through = replace(access, cellar="http://cellar.example", private=False)
    assert synced(gber(), tmp_path, through) == COPIED
    assert place.paths() == [f"http://cellar.example{RESOURCE}"]
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "localhost")
    assert "127.0.0.1 cannot be reached (" in synced(gber(), tmp_path, access).message
    for proxy in ("socks5://me:secret@127.0.0.1:1", "gopher://127.0.0.1"):
        monkeypatch.setenv("http_proxy", proxy)
        reason = "the proxy in the environment is of a kind that is not used"
        assert synced(gber(), tmp_path, access) == failed(reason)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert synced(gber(), tmp_path, access).outcome == "up_to_date"


def test_offline_nothing_is_tried(place: Place, access: Access, tmp_path: Path) -> None:
    """this test ensures that the offline setting is said and obeyed."""
    offline = replace(access, offline=True)
    for attempt in (
        lambda: list(sync_from_cellar(works(gber()), tmp_path, access=offline)),
        lambda: list(newer_law(works(gber()), access=offline)),
        lambda: obstacle(works(gber()), access=offline, limit=1),
    ):
        with pytest.raises(ClusterQAError, match="offline is set, so nothing was fetched; unset"):
            attempt()
    assert place.seen == []


# -- newer versions -----------------------------------------------------------------------------


def table(*numbers: str) -> Answer:
    rows = [{"celex": {"type": "literal", "value": number}} for number in numbers]
    answer = {"head": {"link": [], "vars": ["celex"]}, "results": {"bindings": rows}}
    return document(json.dumps(answer).encode(), "application/sparql-results+json")


def test_newer_consolidations_are_named(place: Place, access: Access) -> None:
    """this test ensures that only later versions of the manifest's own acts are reported."""
    place.has(
        "/webapi/rdf/sparql",
        table("02014R0651-20140701", "02014R0651-20230701", "02014R0651-20270101", "32014R0651",
              "02014R0702-20270101", "02023R2831-20260101", "02014R0651-soon"),
    )  # fmt: skip
    known = works(gber(), gber(id="now", celex="02014R0651-20230701"))
    other = Work(
        "dm", "De minimis", "DM", "law", "EC", sources=(gber(id="dm", celex="32023R2831"),)
    )
    assert list(newer_law([*known, other], access=access)) == [
        "02014R0651-20270101 exists and is not in the manifest",
        "02023R2831-20260101 exists and is not in the manifest",
    ]
    (path,) = place.paths()
    query = parse_qs(urlsplit(path).query)["query"][0]
    assert 'VALUES ?number { "32014R0651"^^xsd:string "32023R2831"^^xsd:string }' in query
    assert place.seen[0][1]["Accept"] == "application/sparql-results+json"


def test_many_acts_are_asked_for_in_turn(place: Place, access: Access) -> None:
    """this test ensures that no query grows beyond what the endpoint answers."""
    place.has("/webapi/rdf/sparql", table("02014R0001-20270101"), table("02014R0050-20270101"))
    many = works(*(gber(id=str(n), celex=f"32014R{n:04}") for n in range(1, 51)))
    assert list(newer_law(many, access=access)) == [
        "02014R0001-20270101 exists and is not in the manifest",
        "02014R0050-20270101 exists and is not in the manifest",
    ]
    queries = [parse_qs(urlsplit(path).query)["query"][0] for path in place.paths()]
    assert [query.count("^^xsd:string") for query in queries] == [40, 10]


def test_acts_that_end_or_prolong_a_law_are_named(place: Place, access: Access) -> None:
    """this test ensures that what replaces a work is reported, unless the manifest has it."""
    rows = [
        ("32026R1999", "32014R0651", "repeals"),
        ("32026R1999", "32014R0651", "replaces"),
        ("32026R2001", "32014R0651", "prolongs"),
        ("32023R2831", "32014R0651", "implicitly repeals"),
        ("32026R2002", "32013R1407", "repeals"),
        ("52026PC0001", "32014R0651", "repeals"),
        ("32026R2003", "32014R0651", "cites"),
    ]
    bindings = [
        {name: {"type": "literal", "value": value} for name, value in zip(NAMES, row, strict=True)}
        for row in rows
    ] + [{"celex": {"type": "literal", "value": "02014R0651-20270101"}}]
    answer = {"head": {"link": [], "vars": NAMES}, "results": {"bindings": bindings}}
    place.has(
        "/webapi/rdf/sparql",
        document(json.dumps(answer).encode(), "application/sparql-results+json"),
    )
    other = Work(
        "dm", "De minimis", "DM", "law", "EC", sources=(gber(id="dm", celex="32023R2831"),)
    )
    assert list(newer_law([*works(gber()), other], access=access)) == [
        "02014R0651-20270101 exists and is not in the manifest",
        "32026R1999 repeals 32014R0651 (GBER) and is not in the manifest",
        "32026R1999 replaces 32014R0651 (GBER) and is not in the manifest",
        "32026R2001 prolongs 32014R0651 (GBER) and is not in the manifest",
    ]
    (path,) = place.paths()
    query = parse_qs(urlsplit(path).query)["query"][0]
    assert '(cdm:resource_legal_repeals_resource_legal "repeals")' in query


NAMES = ("celex", "number", "relation")


def test_nothing_is_asked_for_works_without_acts(place: Place, access: Access) -> None:
    """this test ensures that guides and notices need no query."""
    assert list(newer_law(works(gber(celex="52016XC0719(05)")), access=access)) == []
    assert place.seen == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (document(b"<html>Virtuoso 37000 Error</html>"), "its answer is not a table"),
        (document(b'{"results": []}'), "its answer is not a table"),
        (document(b"[" * 100_000), "its answer is not a table"),
        (status(404), "127.0.0.1 does not have it (HTTP 404)"),
        (status(503), "127.0.0.1 is busy or broken (HTTP 503)"),
    ],
)
def test_an_endpoint_that_fails_is_named(
    place: Place, access: Access, answer: Answer, problem: str
) -> None:
    """this test ensures that an answer of another shape is one line, not a traceback."""
    place.has("/webapi/rdf/sparql", answer)
    with pytest.raises(ClusterQAError, match=re.escape(f"newer versions are not known ({problem}")):
        list(newer_law(works(gber()), access=access))


# -- the command line, end to end ---------------------------------------------------------------

CLUSTERQA = str(Path(sys.executable).with_name("clusterqa"))


def run(
    folder: Path, *words: str, **settings: str
) -> tuple[subprocess.CompletedProcess[str], float]:
    """`clusterqa` in a folder of its own, with no settings but these, and the seconds it took."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CLUSTERQA_")}
    environment |= {f"CLUSTERQA_{name.upper()}": value for name, value in settings.items()}
    began = time.monotonic()
    done = subprocess.run(
        [CLUSTERQA, *words], cwd=folder, env=environment | {"HOME": str(folder)},
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    return done, time.monotonic() - began


MANIFEST = f"""
[[works]]
id = "gber"
title = "{TITLE}"
short_title = "GBER"
kind = "law"
publisher = "European Commission"
[[works.sources]]
id = "{CELEX}"
language = "en"
celex = "{CELEX}"
valid_from = 2014-07-01
file = "{FILE}"
sha256 = "{sha(ACT)}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a corpus of one act whose text is not there."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/manifest.toml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


def test_the_command_fetches_and_reports(place: Place, folder: Path) -> None:
    """this test ensures that corpus sync without a mirror fetches and names newer versions."""
    place.has(RESOURCE, document(ACT))
    place.has("/webapi/rdf/sparql", table("02014R0651-20270101"))
    done, _ = run(folder, "corpus", "sync", cellar=place.address, cellar_private="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"copied      {CELEX}  {FILE} has sha256 {sha(ACT)}",
        "02014R0651-20270101 exists and is not in the manifest",
    ]
    place.has(RESOURCE, document(CHALLENGE))
    place.has("/webapi/rdf/sparql", status(400))
    done, _ = run(folder, "corpus", "sync", cellar=place.address, cellar_private="1")
    assert done.returncode == 1
    assert done.stdout.startswith(f"failed      {CELEX}  {FILE}: the body is a challenge page")
    assert "newer versions are not known (127.0.0.1 refuses (HTTP 400))" in done.stderr
    assert (folder / "corpus" / FILE).read_bytes() == ACT


def test_the_first_index_is_preceded_by_one_attempt(place: Place, folder: Path) -> None:
    """this test ensures that ingest fetches before the first index is built and never after."""
    place.has(RESOURCE, document(ACT))
    # An encoder that is not there ends each run after the step that is looked at.
    settings = {"cellar": place.address, "cellar_private": "1", "model": "nowhere"}
    done, _ = run(folder, "ingest", **settings)
    assert done.stderr.splitlines()[0] == (
        f"clusterqa: fetching texts (1) from {place.address}; CLUSTERQA_OFFLINE=1 goes without"
    )
    assert "going on without" not in done.stderr
    assert (folder / "corpus" / FILE).read_bytes() == ACT
    asked = len(place.seen)
    (folder / "corpus" / FILE).unlink()
    (folder / "index").mkdir(exist_ok=True)
    (folder / "index/CURRENT").write_text("20261123", encoding="utf-8")
    for again in ({}, {"mirror": str(folder)}):
        run(folder, "ingest", **settings | again)
    (folder / "index/CURRENT").unlink()
    run(folder, "ingest", **settings, mirror=str(folder))
    assert len(place.seen) == asked


@pytest.mark.parametrize("fault", [status(404), document(CHALLENGE)])
def test_a_first_set_up_goes_on_without_one_act(place: Place, folder: Path, fault: Answer) -> None:
    """this test ensures that an act that does not come, asked for first, keeps back no other."""
    absent = MANIFEST.replace("gber", "gber-2008").replace(CELEX, "32008R0800")
    (folder / "corpus/manifest.toml").write_text(absent + MANIFEST, encoding="utf-8")
    place.has("/resource/celex/32008R0800", fault)
    place.has(RESOURCE, document(ACT))
    done, _ = run(folder, "ingest", cellar=place.address, cellar_private="1", model="nowhere")
    assert (folder / "corpus" / FILE).read_bytes() == ACT
    (line,) = [x for x in done.stderr.splitlines() if "going on without" in x]
    assert line.partition("): ")[2].startswith("GBER; to get them")


@pytest.mark.parametrize(
    "fault", [lambda request: time.sleep(6), drip_headers, document(CHALLENGE)]
)
def test_a_first_answer_does_not_wait_for_the_network(
    place: Place, folder: Path, fault: Answer
) -> None:
    """this test ensures that without texts one line says so, soon, and the rest goes on."""
    place.has(RESOURCE, fault)
    offline, usual = run(folder, "ingest", offline="1")
    done, taken = run(folder, "ingest", cellar=place.address, cellar_private="1")
    assert taken - usual < 5
    for one in (offline, done):
        (line,) = [x for x in one.stderr.splitlines() if "going on without" in x]
        assert line.endswith(
            "): GBER; to get them: clusterqa corpus sync, "
            "or without a network clusterqa corpus sync --mirror DIR"
        )
    assert "(offline is set)" in offline.stderr


# -- the real texts -----------------------------------------------------------------------------


@pytest.fixture
def mirror() -> Path:
    named = os.environ.get("CLUSTERQA_MIRROR")
    if not named:
        pytest.skip("CLUSTERQA_MIRROR names no folder of official texts")
    return Path(named)


def test_the_real_texts_come_through(
    place: Place, access: Access, tmp_path: Path, mirror: Path
) -> None:
    """this test ensures that every act of the manifest is known as itself, and as no other."""
    lay_out(tmp_path)
    manifest = read_manifest(tmp_path / "manifest.toml")
    sources = [s for w in manifest for s in w.sources if s.celex and s.sha256]
    texts = {(s.celex, s.language): mirror / Path(s.file or "").name for s in sources}
    codes = {"eng": "en", "fra": "fr"}

    def serve(request: Request) -> None:
        celex = unquote(urlsplit(request.path).path.rpartition("/")[2])
        path = texts[celex, codes[request.headers["Accept-Language"]]]
        body = gzip.compress(path.read_bytes(), 1)
        request.reply(200, body, Content_Type=PAGES, Content_Encoding="gzip", ETag=f'"{celex}"')

    for source in sources:
        quoted = (source.celex or "").replace("/", "%2F")
        place.has(f"/resource/celex/{quoted}", see(f"/resource/cellar/{quoted}"))
        place.has(f"/resource/cellar/{quoted}", serve)
    attached = {s.id for w in manifest for s in w.sources if s.attachment}  # not from this place
    results = {r.source: r.outcome for r in sync_from_cellar(manifest, tmp_path, access=access)}
    assert {results[source.id] for source in sources} == {"copied"}
    others = {outcome for source, outcome in results.items() if source not in attached}
    assert others == {"copied", "missing", "up_to_date"}
    wrong = dict(zip(texts, [*list(texts.values())[1:], next(iter(texts.values()))], strict=True))
    texts.update(wrong)
    (tmp_path / "official/fetched.json").unlink()
    results = {r.source: r.outcome for r in sync_from_cellar(manifest, tmp_path, access=access)}
    assert {results[source.id] for source in sources} == {"failed"}
    for source in sources:
        assert sha((tmp_path / str(source.file)).read_bytes()) == source.sha256
