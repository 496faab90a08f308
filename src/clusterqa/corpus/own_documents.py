"""A user's own documents: a file goes in, a work of the corpus comes out, and back.

What is added lies in `corpus/own/` and is recorded in `corpus/added.toml`, which the program alone
writes, whole, in the order of ids; `corpus/manifest.toml` is edited by people and never written
here. A file is read once before it is taken, so that one that cannot be read is refused at once.
"""

import contextlib
import hashlib
import logging
import re
import textwrap
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import tomli_w

from clusterqa.corpus.manifest import (
    ADDED,
    OWN,
    SOURCE_KEYS,
    WORK_KEYS,
    presence,
    read_manifest,
    with_added,
    write_whole,
)
from clusterqa.corpus.selection import DEFAULT
from clusterqa.errors import CorpusError, UsageError
from clusterqa.languages.language import languages
from clusterqa.parsers import PARSERS, parsed
from clusterqa.parsers.omissions import Omissions
from clusterqa.types import Document, Source, Work, WorkKind

logger = logging.getLogger(__name__)
LARGEST = 200_000_000  # bytes; what the largest format, PDF, is read up to
LONGEST_TITLE, SHORT_TITLE = 200, 80  # chars
PUBLISHER = "Own document"  # where the user names none
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
HEADER = "# Written by clusterqa corpus add and remove, which replace it whole: do not edit it.\n"


@dataclass(frozen=True, slots=True)
class Details:
    """What the user says of a document; None where the document or a default is to say it."""

    id: str | None = None
    title: str | None = None
    kind: str | None = None
    language: str | None = None
    published: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    url: str | None = None
    licence: str | None = None
    publisher: str | None = None


def add_document(
    path: Path,
    corpus_dir: Path,
    *,
    id: str | None = None,
    title: str | None = None,
    kind: str | None = None,
    language: str | None = None,
    published: date | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    url: str | None = None,
    licence: str | None = None,
    publisher: str | None = None,
    warn: Callable[[str], None] = logger.warning,
) -> Work:
    """Take a file into the corpus as a work of its own, or as the missing text of a known version.

    The latter when the id is that of a work or version that the manifest lists but has no text of.
    `warn` gets a line on what of the file no reader sees, which is left out.
    Raises `CorpusError` for a file that cannot be read, is here already, or an id that is taken,
    and `UsageError` for a detail that cannot be used. Either way nothing has changed.
    """
    details = Details(
        id, title, kind, language, published, valid_from, valid_to, url, licence, publisher
    )
    refuse_details(details)
    content = file_content(path)
    reading = parsed(content, path.name, path.name)
    document = reading.document
    if line := left_out(path, reading.omitted):
        warn(line)
    with changing(corpus_dir) as works:
        known = known_source(works, id, corpus_dir)
        digest = hashlib.sha256(content).hexdigest()
        refuse_same_bytes(works, digest, path, known, corpus_dir)
        if known is None:
            work = new_work(works, document, path, details, corpus_dir)
        else:
            refuse_superfluous(details, known)
            work = next(w for w in works if w.id == known.work)
        source = known or work.sources[0]
        placed = replace(source, file=own_name(works, source.id, path), sha256=digest)
        work = replace(work, sources=tuple(placed if s is source else s for s in work.sources))
        record = read_record(corpus_dir)
        if known is None:
            record["works"].append(tables(work))
        else:
            entry = {"source": placed.id, "file": placed.file, "sha256": digest}
            others = [f for f in record["files"] if f["source"] != placed.id]
            record["files"] = [*others, entry]
        text = checked_text(record, works, corpus_dir)
        write_whole(corpus_dir / str(placed.file), content)
        write_whole(corpus_dir / ADDED, text.encode())
    return work


def left_out(path: Path, omitted: Omissions) -> str:
    """What of a file is not in its document, for no reader sees it; empty for nothing."""
    counts = {"hidden words": omitted.words, "invisible characters": omitted.characters}
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"{path}: left out {told}, which no reader sees" if told else ""


def remove_document(name: str, corpus_dir: Path) -> None:
    """Take an added work, or the text added for a known version, out of the corpus again.

    Raises `CorpusError` for an id that was not added.
    """
    with changing(corpus_dir) as works:
        record = read_record(corpus_dir)
        added = [w for w in record["works"] if w["id"] == name]
        sources = {s.id for w in works if w.id == name for s in w.sources} | {name}
        files = [f for f in record["files"] if f["source"] in sources]
        if not added and not files:
            raise CorpusError(f"{name!r} was not added; added are: {', '.join(ids(record))}")
        record["works"] = [w for w in record["works"] if w not in added]
        record["files"] = [f for f in record["files"] if f not in files]
        text = checked_text(record, works, corpus_dir)
        write_whole(corpus_dir / ADDED, text.encode())
        for entry in [s for work in added for s in work["sources"]] + files:
            (corpus_dir / entry["file"]).unlink(missing_ok=True)


def ids(record: dict[str, list[dict[str, Any]]]) -> list[str]:
    """What can be removed, in the order of ids; "nothing" if there is nothing."""
    found = [w["id"] for w in record["works"]] + [f["source"] for f in record["files"]]
    return sorted(found) or ["nothing"]


@contextlib.contextmanager
def changing(corpus_dir: Path) -> Iterator[tuple[Work, ...]]:
    """The works as they are, while no other process adds or removes one."""
    from filelock import FileLock, Timeout  # here, because a cold start waits for imports

    try:
        with FileLock(corpus_dir / ".lock", timeout=10):
            yield read_manifest(corpus_dir / "manifest.toml")
    except Timeout as error:
        raise CorpusError(f"{corpus_dir} is being changed by another process; try again") from error
    except OSError as error:
        raise CorpusError(
            f"{corpus_dir} cannot be written ({error.strerror}); free space or set its permissions"
        ) from error


# -- what is refused ------------------------------------------------------------------------------


def refuse_details(details: Details) -> None:
    for item in fields(details):
        text = getattr(details, item.name)
        if isinstance(text, str) and (not text.strip() or not text.isprintable()):
            raise UsageError(
                f"--{item.name} {text!r} is empty or no plain line of text; correct it"
            )
    kinds = get_args(WorkKind)
    if details.kind is not None and details.kind not in kinds:
        raise UsageError(f"--kind {details.kind!r} is unknown; use one of {', '.join(kinds)}")
    if details.language is not None and not re.fullmatch("[a-z]{2}", details.language):
        raise UsageError(f"--language {details.language!r} is no two-letter code; use one like en")
    if details.url is not None and not re.fullmatch(r"https?://[^\s<>\"]+", details.url):
        raise UsageError(f"--url {details.url!r} is no address; use one like https://example.eu/")
    if details.valid_from and details.valid_to and details.valid_from > details.valid_to:
        raise UsageError(
            f"--valid-from {details.valid_from} is after --valid-to {details.valid_to}; "
            "correct one of them"
        )


def file_content(path: Path) -> bytes:
    if path.suffix.lower() not in PARSERS:
        known = ", ".join(sorted(PARSERS))
        raise CorpusError(f"{path} is of no known format; known are {known}")
    try:
        if not path.is_file():
            problem = "is no file" if path.exists() else "does not exist"
            raise CorpusError(f"{path} {problem}; name a document")
        if path.stat().st_size > LARGEST:
            raise CorpusError(f"{path} has over {LARGEST // 1_000_000} MB; split it")
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; make the file readable") from error


def known_source(works: tuple[Work, ...], name: str | None, corpus_dir: Path) -> Source | None:
    """The manifest's version that the id names, if there is no text of it here."""
    added = {work["id"] for work in read_record(corpus_dir)["works"]}
    listed = [s for work in works if work.id not in added for s in work.sources]
    named = [s for s in listed if s.id == name] or [s for s in listed if s.work == name]
    absent = [p.source for p in presence(named, corpus_dir) if p.sha256 is None]
    if len(absent) > 1:
        versions = ", ".join(source.id for source in absent)
        raise CorpusError(f"{name!r} lacks the texts of {versions}; give --id one of these")
    return absent[0] if absent else None


def refuse_same_bytes(
    works: tuple[Work, ...], digest: str, path: Path, known: Source | None, corpus_dir: Path
) -> None:
    same = [s for work in works for s in work.sources if s.sha256 == digest and s != known]
    for found in presence(same, corpus_dir):
        name = found.source.id
        if found.sha256 is not None:
            raise CorpusError(f"{path} has the same bytes as {name!r}, which is here already")
        if (found.source.file or "").startswith(f"{OWN}/"):
            remedy = f"first: clusterqa corpus remove {name}"
            raise CorpusError(f"{path} was added as {name!r}, but its copy is gone; {remedy}")
        raise CorpusError(f"{path} is the missing text of {name!r}; add it with --id {name!r}")


def refuse_taken(works: tuple[Work, ...], name: str, path: Path, corpus_dir: Path) -> None:
    if not ID.fullmatch(name):
        raise CorpusError(
            f"{path}: {name!r} is no usable id; give one of a to z, digits and .-_ with --id"
        )
    taken = {w.id.lower() for w in works} | {s.id.lower() for w in works for s in w.sources}
    if name not in taken:
        return
    remedy = "choose another with --id"
    if any(w["id"] == name for w in read_record(corpus_dir)["works"]):
        remedy += f", or first: clusterqa corpus remove {name}"
    elif known_source(works, name, corpus_dir):
        remedy += f", or give --id {name} if this is its missing text"
    raise CorpusError(f"{path}: the id {name!r} is taken; {remedy}")


def refuse_superfluous(details: Details, known: Source) -> None:
    given = [f.name for f in fields(details) if f.name != "id" and getattr(details, f.name)]
    if given:
        option = given[0].replace("_", "-")
        raise UsageError(f"the manifest describes {known.id!r} already; leave out --{option}")


# -- what a new work is ---------------------------------------------------------------------------


def new_work(
    works: tuple[Work, ...], document: Document, path: Path, details: Details, corpus_dir: Path
) -> Work:
    """The work that the user's words make of a document, its own title and language otherwise."""
    name = details.id or slug(path.stem) or unnamed(path.stem)
    refuse_taken(works, name, path, corpus_dir)
    title = details.title or own_title(document) or printable(path.stem)
    source = Source(
        id=name,
        work=name,
        title=title,
        language=details.language or language_of(document.text, path),
        published=details.published,
        valid_from=details.valid_from,
        valid_to=details.valid_to,
        url=details.url,
        licence=details.licence or "",
    )
    kind: WorkKind = next(k for k in get_args(WorkKind) if k == (details.kind or "guide"))
    short = textwrap.shorten(title, SHORT_TITLE, placeholder=" …")
    return Work(name, title, short, kind, details.publisher or PUBLISHER, sources=(source,))


def own_title(document: Document) -> str:
    """The document's title, or its first heading; a text without either has none."""
    titles = [p.title for p in document.provisions if p.kind == "title"]
    headings = [p.label for p in document.provisions if p.kind == "heading"]
    return printable(next(iter(titles + headings), ""))


def printable(text: str) -> str:
    """The text on one line, without characters that cannot be shown."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:LONGEST_TITLE]


def language_of(text: str, path: Path) -> str:
    """The language whose function words the text has most of; raises when none stands out."""
    words = re.findall(r"[^\W\d_]+", text[:100_000].lower())
    counts = sorted(
        (
            (sum(word in known.function_words for word in words), code)
            for code, known in languages().items()
        ),
        reverse=True,
    )
    (most, language), (next_most, _) = counts[:2]
    if most == next_most:
        raise CorpusError(f"{path}: its language cannot be told; say it with --language")
    return language


# Letters of the Union's languages that are no other letter with a mark.
PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ħ": "h"})


def unnamed(stem: str) -> str:
    """The id of a document whose name has no letter of the Latin alphabet: the same every time."""
    return f"document-{hashlib.sha256(stem.encode()).hexdigest()[:8]}"


def slug(text: str) -> str:
    """Lower case letters, digits and hyphens: "Été 2024" is "ete-2024", "Łódź" is "lodz".

    Empty for a text in another alphabet.
    """
    folded = text.casefold().translate(PLAIN)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].rstrip("-")


def own_name(works: tuple[Work, ...], name: str, path: Path) -> str:
    """Where a file is kept below the corpus folder: a name that no other source's file has."""
    taken = {source.file for work in works for source in work.sources}
    stem, suffix, number = slug(name), path.suffix.lower(), 1
    while (file := f"{OWN}/{stem}{f'-{number}' if number > 1 else ''}{suffix}") in taken:
        number += 1
    return file


# -- the record -----------------------------------------------------------------------------------


def read_record(corpus_dir: Path) -> dict[str, list[dict[str, Any]]]:
    """The tables of `added.toml`, which `read_manifest` has checked; empty if there is none."""
    path = corpus_dir / ADDED
    found = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
    return {"works": found.get("works", []), "files": found.get("files", [])}


def tables(work: Work) -> dict[str, Any]:
    """A work as the manifest writes it: what is empty or its default is left out."""
    sources = [
        {key: value for key in SOURCE_KEYS if (value := getattr(source, key)) not in (None, "")}
        for source in work.sources
    ]
    for source in sources:
        del source["authentic"]
    values = {key: getattr(work, key) for key in WORK_KEYS if key != "sources"}
    if work.group == DEFAULT:
        del values["group"]
    return {key: value for key, value in values.items() if value} | {"sources": sources}


def checked_text(
    record: dict[str, list[dict[str, Any]]], works: tuple[Work, ...], corpus_dir: Path
) -> str:
    """The record as TOML, in the order of ids, read back and checked as the next reader will."""
    ordered = {
        "works": sorted(record["works"], key=lambda work: str(work["id"])),
        "files": sorted(record["files"], key=lambda file: str(file["source"])),
    }
    text = f"{HEADER}\n{tomli_w.dumps({name: kept for name, kept in ordered.items() if kept})}"
    path = corpus_dir / ADDED
    before = read_record(corpus_dir)["works"]
    curated = tuple(work for work in works if work.id not in {w["id"] for w in before})
    with_added(curated, tomllib.loads(text), path)
    return text
