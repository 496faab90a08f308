"""A document that hangs on a web page: the page is opened, the link found, the document checked.

Pages change, and carry other files and other languages: a link is followed only where its text or
address has the manifest's words, only to hosts that the manifest allows for this source, and what
comes is taken only if it is a PDF of the size, number of pages, title and language expected.
"""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import httpx2
from lxml import etree

from clusterqa.corpus.manifest import SyncResult, kept, placed
from clusterqa.corpus.own_documents import language_of
from clusterqa.download.bodies import CHALLENGE, PDF, TITLE_SHARE, fault_in, title_share
from clusterqa.download.client import Client, HttpReply, Reach, parsed
from clusterqa.download.faults import Fault
from clusterqa.download.records import Ask, remember, validators_for
from clusterqa.errors import CorpusError
from clusterqa.parsers import parse
from clusterqa.types import Attachment, Document, Source

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
PAGE_ACCEPT = {"Accept": "text/html, application/xhtml+xml, application/pdf;q=0.9"}
FILE_ACCEPT = {"Accept": "application/pdf, */*;q=0.1"}
OTHER_FILES = frozenset(
    {".doc", ".docx", ".epub", ".jpg", ".odt", ".png", ".pptx", ".xlsx", ".zip"}
)
SAID_OF_LINK = ("title", "aria-label", "download")
BREAKS = re.compile(r"[\t\n\r]+")
MOST_CANDIDATES = 6
TITLE_PAGES = 3


def attached(
    client: Client, source: Source, corpus_dir: Path, records: dict[str, Any]
) -> SyncResult:
    """What became of a source that is an attachment; one line says why it could not be had.

    The file that is here stays unless the right document has come whole.
    """
    wanted, reasons = source.attachment, []
    assert wanted is not None
    deadline = client.deadline()
    known = validators_for(source, corpus_dir / str(source.file), records)
    for address in wanted.landing:
        try:
            ask, reply, page = document_at(client, source, wanted, address, known, deadline)
        except Fault as fault:
            reasons.append(f"{address}: {fault}")
            continue
        if reply.status == 304:
            return kept(source, corpus_dir, f"{parsed(ask.address).host} has nothing newer")
        result = placed(source, reply.content, corpus_dir)
        remember(source, ask, reply, corpus_dir, records, page=page)
        return result
    remedy = f"download it by hand, then: clusterqa corpus add FILE --id {source.id}"
    return SyncResult(source.id, "failed", f"{source.file}: {'; '.join(reasons)}; {remedy}")


def landing(wanted: Attachment) -> tuple[str, dict[str, str]]:
    """The first address to open and the headers to open it with."""
    return wanted.landing[0], PAGE_ACCEPT


def reach_of(wanted: Attachment) -> Reach:
    return Reach(frozenset(wanted.hosts), wanted.size[1])


def document_at(
    client: Client,
    source: Source,
    wanted: Attachment,
    address: str,
    known: dict[str, dict[str, str]],
    deadline: float,
) -> tuple[Ask, HttpReply, str | None]:
    """What brought the document, the document or a 304, and the page that it hangs on, if any."""
    reach = reach_of(wanted)
    opened = client.get(address, PAGE_ACCEPT, deadline, reach=reach)
    refuse_status(opened)
    kind = media_type(opened)
    if kind in PDF.types:
        refuse_other_document(opened, source, wanted)
        return Ask(address, PAGE_ACCEPT), opened, None
    if kind not in PAGE_TYPES:
        raise Fault(f"it is {kind or 'of no known type'}, neither a page nor a PDF")
    found = candidates(opened, wanted)
    conditions = known if len(found) == 1 else {}
    replies: dict[bytes, tuple[Ask, HttpReply]] = {}
    reasons = []
    for candidate in found:
        ask = Ask(candidate, FILE_ACCEPT)
        try:
            headers = ask.headers | conditions.get(ask.key, {})
            reply = client.get(candidate, headers, deadline, reach=reach)
            if reply.status != 304:
                refuse_status(reply)
                refuse_other_document(reply, source, wanted)
        except Fault as fault:
            reasons.append(f"{candidate}: {fault}")
        else:
            replies.setdefault(reply.content, (ask, reply))
    if len(replies) > 1:
        names = ", ".join(ask.address for ask, _ in replies.values())
        raise Fault(
            f"{len(replies)} documents on it fit: {names}; make link in the manifest narrower"
        )
    if not replies:
        raise Fault("; ".join(reasons))
    ((ask, reply),) = replies.values()
    return ask, reply, opened.address


def refuse_status(reply: HttpReply) -> None:
    if reply.status != 200:
        raise Fault(f"{parsed(reply.address).host} answers with HTTP {reply.status}")


def media_type(reply: HttpReply) -> str:
    return str(reply.headers.get("content-type", "")).partition(";")[0].strip().lower()


def candidates(page: HttpReply, wanted: Attachment) -> list[str]:
    """The addresses on a page whose link fits; raises `Fault` if there are none, or too many."""
    links = list(links_on(page))
    found = dict.fromkeys(
        str(url.copy_with(fragment=None))
        for url, said in links
        if fits(url, said, wanted.link) and suffix_of(url) not in OTHER_FILES
    )
    if not found and CHALLENGE.search(page.content):
        raise Fault("the page is a challenge, not the page that a visitor sees")
    if not found:
        phrases = " or ".join(repr(phrase) for phrase in wanted.link)
        raise Fault(f"none of its {len(links)} links has {phrases}; the page has changed")
    if len(found) > MOST_CANDIDATES:
        raise Fault(f"{len(found)} of its links fit; make link in the manifest narrower")
    return list(found)


def links_on(page: HttpReply) -> Iterable[tuple[httpx2.URL, str]]:
    """Each link of a page: where it leads, and what is said of it."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    tree: etree._Element | None = etree.fromstring(page.content, parser)
    if tree is None:
        raise Fault("the page is empty")
    base = parsed(page.address)
    for declared in tree.iter("base"):
        base = base.join(parsed(declared.get("href", "")))
    for link in tree.iter("a"):
        try:
            url = base.join(parsed(address_in(link)))
        except Fault:
            continue
        if link.get("href") and url.scheme in ("http", "https"):
            yield url, said_of(link)


def address_in(link: etree._Element) -> str:
    """What a link leads to, without the line breaks and tabs that browsers leave out of it."""
    return BREAKS.sub("", link.get("href", "")).strip()


def said_of(link: etree._Element) -> str:
    """The words of a link: its text, its labels, and what stands in place of its images."""
    labels = (link.get(name, "") for name in SAID_OF_LINK)
    images = (image.get("alt", "") for image in link.iter("img"))
    return " ".join([*map(str, link.itertext()), *labels, *images])


def fits(url: httpx2.URL, said: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands, word for word, in what a link or its address says."""
    places = [
        f" {words(place)} " for place in (said, unquote(f"{url.path} {url.query.decode('ascii')}"))
    ]
    return any(f" {words(phrase)} " in place for phrase in phrases for place in places)


def words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def suffix_of(url: httpx2.URL) -> str:
    return PurePosixPath(url.path).suffix.lower()


def refuse_other_document(reply: HttpReply, source: Source, wanted: Attachment) -> None:
    """Raise `Fault` unless the body is the document, read as it will be for the index."""
    content = reply.content
    if fault := fault_in(content, media_type(reply), source, "guide", PDF):
        raise Fault(fault)
    if not wanted.size[0] <= len(content) <= wanted.size[1]:
        raise Fault(f"it has {len(content):,} bytes, not {wanted.size[0]:,} to {wanted.size[1]:,}")
    try:
        document = parse(content, source.id, str(source.file))
        language = language_of(document.text, Path(str(source.file)))
    except CorpusError as error:
        raise Fault(str(error)) from error
    if not wanted.pages[0] <= len(document.pages) <= wanted.pages[1]:
        raise Fault(
            f"it has {len(document.pages)} pages, not {wanted.pages[0]} to {wanted.pages[1]}"
        )
    if title_share(source.title, first_pages(document)) < TITLE_SHARE:
        raise Fault(f"its first {TITLE_PAGES} pages do not have the title {source.title!r}")
    if language != source.language:
        raise Fault(f"its language is {language}, not {source.language}")


def first_pages(document: Document) -> str:
    pages = document.pages
    return document.text[: pages[TITLE_PAGES].start if len(pages) > TITLE_PAGES else None]
