"""Every source of a manifest, in turn: fetched, checked, and put in place whole or not at all.

Acts come from the Cellar by their CELEX number, attachments by the page that they hang on, what has
neither from its `url`. A file is replaced
only by a body that is the document; another hash than the manifest's is reported, not refused,
since the Publications Office renders acts anew.
"""

import html
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from clusterqa.corpus.manifest import SyncResult, is_official, kept, own_remedy, placed
from clusterqa.download.attachments import attached, landing, reach_of
from clusterqa.download.bodies import FORMS, Form, fault_in, settled
from clusterqa.download.client import Access, Client, HttpReply, parsed, upgraded
from clusterqa.download.faults import Fault, NotOffered
from clusterqa.download.records import Ask, read_records, remember, validators_for
from clusterqa.errors import ClusterQAError
from clusterqa.types import Source, Work, WorkKind

OFFICIAL_HOSTS = frozenset({"publications.europa.eu", "eur-lex.europa.eu", "data.europa.eu"})
# The Cellar's names of the languages of the Union.
LANGUAGES = dict(
    pair.split(":")
    for pair in (
        "bg:bul cs:ces da:dan de:deu el:ell en:eng es:spa et:est fi:fin fr:fra ga:gle hr:hrv "
        "hu:hun it:ita lt:lit lv:lav mt:mlt nl:nld pl:pol pt:por ro:ron sk:slk sl:slv sv:swe"
    ).split()
)
MOST_CHOICES = 10
LINK = re.compile(r"""<a\b[^>]*\bhref\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
REMEDY = "sync again later, or from a folder with --mirror DIR"


def sync_from_cellar(
    works: Iterable[Work], corpus_dir: Path, *, access: Access | None = None
) -> Iterator[SyncResult]:
    """Fetch the works' texts into the corpus, yielding one result per source as it is done.

    Raises `ClusterQAError` when the access is offline.
    """
    access, works = access or Access(), tuple(works)
    refuse_offline(access)
    records = read_records(corpus_dir)
    with Client(access, known_hosts(works, access)) as client:
        for work in works:
            for source in work.sources:
                try:
                    result = synced(client, source, work.kind, corpus_dir, records)
                except OSError as error:
                    message = f"{source.file}: {error}; repair the cause and sync again"
                    result = SyncResult(source.id, "failed", message)
                yield result


def obstacle(works: Iterable[Work], *, access: Access, limit: float) -> str | None:
    """Why the first of the works' texts cannot be fetched, found out within `limit` seconds.

    Attachments are looked at last. None when its place answers. Nothing is read or written.
    """
    refuse_offline(access)
    works, access = tuple(works), replace(access, attempts=1)
    deadline = time.monotonic() + limit
    sources = [source for work in works for source in work.sources]
    with Client(access, known_hosts(works, access)) as client:
        for source in sorted(sources, key=lambda source: source.attachment is not None):
            try:
                if source.attachment:
                    client.get(*landing(source.attachment), deadline, read=False,
                               reach=reach_of(source.attachment))  # fmt: skip
                    return None
                form = FORMS.get(suffix(source))
                if form and (asks := asks_for(source, form, access)):
                    client.get(asks[0].address, asks[0].headers, deadline, read=False)
                    return None
            except NotOffered:
                return None
            except Fault as fault:
                return str(fault)
    return None


def refuse_offline(access: Access) -> None:
    if access.offline:
        raise ClusterQAError(
            "offline is set, so nothing was fetched; "
            "unset CLUSTERQA_OFFLINE or name a folder of texts with --mirror DIR"
        )


def known_hosts(works: Iterable[Work], access: Access) -> frozenset[str]:
    """The hosts that may be asked: those in the manifest's urls and those of the official texts."""
    urls = [access.cellar] + [s.url for work in works for s in work.sources if s.url]
    return OFFICIAL_HOSTS | {host for url in urls if (host := urlsplit(url).hostname)}


def asks_for(source: Source, form: Form, access: Access) -> list[Ask]:
    """The ways to ask for a source, in turn; none if the manifest names no place."""
    if source.celex is None:
        return [Ask(source.url, {"Accept": "*/*"})] if source.url else []
    address = f"{access.cellar.rstrip('/')}/resource/celex/{quote(source.celex, safe='')}"
    language = LANGUAGES.get(source.language, source.language)
    return [Ask(address, {"Accept": a, "Accept-Language": language}) for a in form.accepts]


def suffix(source: Source) -> str:
    return PurePosixPath(source.file or "").suffix.lower()


def synced(
    client: Client, source: Source, kind: WorkKind, corpus_dir: Path, records: dict[str, Any]
) -> SyncResult:
    """What became of one source; its file is written only when a whole, right body has come."""
    if source.file is None:
        message = "the manifest names no file; name its file there and sync again"
        return SyncResult(source.id, "missing", message)
    name = PurePosixPath(source.file)
    if not is_official(source):
        return kept(source, corpus_dir, own_remedy(source))
    if source.attachment:
        return attached(client, source, corpus_dir, records)
    form = FORMS.get(suffix(source))
    if form is None:
        return kept(source, corpus_dir, f"{name} is of a kind that is not fetched; add it by hand")
    asks = asks_for(source, form, client.access)
    if not asks:
        return kept(source, corpus_dir, "the manifest names no place; add it by hand")
    validators = validators_for(source, corpus_dir / name, records)
    try:
        ask, reply = obtained(client, source, kind, form, asks, validators)
    except NotOffered as fault:
        return kept(source, corpus_dir, f"{fault}; get it from {source.url}")
    except Fault as fault:
        return SyncResult(source.id, "failed", f"{source.file}: {fault}; {REMEDY}")
    if reply.status == 304:
        return kept(source, corpus_dir, f"{parsed(ask.address).host} has nothing newer")
    result = placed(source, reply.content, corpus_dir)
    remember(source, ask, reply, corpus_dir, records)
    if reply.beside:
        note = f"; {reply.beside} more in the list of its documents, not taken"
        result = replace(result, message=result.message + note)
    return result


def obtained(
    client: Client,
    source: Source,
    kind: WorkKind,
    form: Form,
    asks: list[Ask],
    validators: dict[str, dict[str, str]],
) -> tuple[Ask, HttpReply]:
    """The first reply that is the document, or a 304, and the ask that brought it."""
    deadline = client.deadline()
    for ask in asks:
        conditions = validators.get(ask.key, {})
        try:
            reply = client.get(ask.address, ask.headers | conditions, deadline)
        except NotOffered as fault:
            if ask is asks[-1]:
                raise fault
            continue
        if reply.status == 300:
            return ask, chosen(client, source, kind, form, ask, reply, deadline)
        if reply.status == 304 and not conditions:
            raise Fault("the answer is 'not modified', but nothing was compared")
        return ask, checked(reply, source, kind, form) if reply.status == 200 else reply
    raise AssertionError("there is always something to ask")


def chosen(
    client: Client,
    source: Source,
    kind: WorkKind,
    form: Form,
    ask: Ask,
    choices: HttpReply,
    deadline: float,
) -> HttpReply:
    """Of the documents that a 300 lists, the first that is the act.

    The list has http addresses whatever it was asked in. A document that has a type which the form
    only begins with, as older ones have, is given to who names none (decision 0043).
    """
    base = parsed(choices.address)
    links = LINK.findall(choices.content.decode("utf-8", "replace"))
    found = [upgraded(base.join(parsed(html.unescape(link))), base) for link in links]
    addresses = [*dict.fromkeys(str(url) for url in found if url.host == base.host)][:MOST_CHOICES]
    reason = "the list of documents in the answer is empty"
    for number, address in enumerate(addresses, start=1):
        try:
            try:
                reply = client.get(address, ask.headers, deadline)
            except NotOffered:
                reply = client.get(address, ask.headers | {"Accept": "*/*"}, deadline)
            if reply.status != 200:
                raise Fault(f"{base.host} lists a document that is no document")
            reply = checked(reply, source, kind, form)
        except Fault as fault:
            reason = str(fault)
        else:
            return replace(reply, beside=len(addresses) - number)
    raise Fault(f"none of the documents listed is the act: {reason}")


def checked(reply: HttpReply, source: Source, kind: WorkKind, form: Form) -> HttpReply:
    """The reply with its body as it is kept; raises `Fault` if that is another document."""
    media_type = reply.headers.get("content-type", "")
    if fault := fault_in(reply.content, media_type, source, kind, form):
        raise Fault(fault)
    return replace(reply, content=settled(reply.content, form))
