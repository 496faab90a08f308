"""Accepting a file whose hash is not the manifest's: what changed, then one line of the manifest.

The manifest is written by people, with comments; so nothing of it is written anew but the line of
the hash, and only if the manifest then reads as before but for that hash.
"""

import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from clusterqa.corpus.manifest import (
    is_official,
    own_remedy,
    presence,
    read_manifest,
    set_aside,
    write_whole,
)
from clusterqa.errors import CorpusError, NotFound, UsageError
from clusterqa.parsers import parse
from clusterqa.types import Document, Source, Work

MOST_NAMED = 12  # provisions or lines of a kind that a summary names
HEADER = re.compile(r"\s*\[")
SOURCE_HEADER = re.compile(r"\s*\[\[\s*works\s*\.\s*sources\s*\]\]\s*(#.*)?")
KEY = re.compile(r"""\s*(?P<key>id|file|sha256)\s*=\s*(?P<quote>["'])(?P<value>.*?)(?P=quote)""")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A source's file as it is, and the bytes it had when its hash was taken, if they are kept."""

    source: Source
    now: bytes
    before: bytes | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.now).hexdigest()


def candidate(name: str, corpus_dir: Path, before: Path | None = None) -> Replacement:
    """The file of the source with this id, to be compared with `before` or what was set aside.

    Raises `NotFound` for an unknown id, `UsageError` for a file that no sync brings or that has the
    manifest's hash already, `CorpusError` for one that is not here, cannot be read, or is no law
    where one is expected.
    """
    works = read_manifest(corpus_dir / "manifest.toml")
    source = source_of(works, name)
    if not is_official(source):
        raise UsageError(f"{name}: {own_remedy(source)}")
    (found,) = presence([source], corpus_dir)
    if found.sha256 is None:
        raise CorpusError(f"{name}: its file is not here; run: clusterqa corpus sync")
    if found.state == "present" and source.sha256:
        raise UsageError(
            f"{name}: {source.file} has the manifest's hash; there is nothing to accept"
        )
    try:
        now = (corpus_dir / str(source.file)).read_bytes()
        aside = before or set_aside(source, corpus_dir)
        old = aside.read_bytes() if before or aside.is_file() else None
    except OSError as error:
        raise CorpusError(f"{error.filename}: {error.strerror}; name a readable file") from error
    if is_law(works, source) and not has_article(parse(now, source.id, str(source.file))):
        raise CorpusError(
            f"{name}: {source.file} has no article, so it is no text of the act; delete it, "
            "then run: clusterqa corpus sync"
        )
    if not before and old is not None and hashlib.sha256(old).hexdigest() != source.sha256:
        old = None
    return Replacement(source, now, old)


def is_law(works: tuple[Work, ...], source: Source) -> bool:
    return any(work.kind == "law" for work in works if work.id == source.work)


def has_article(document: Document) -> bool:
    return any(provision.kind == "article" for provision in document.provisions)


def source_of(works: tuple[Work, ...], name: str) -> Source:
    sources = {source.id: source for work in works for source in work.sources}
    versions = {work.id: work.sources for work in works}
    if name not in sources and len(versions.get(name, ())) == 1:
        return versions[name][0]
    if name not in sources:
        raise NotFound(
            f"{name!r} is no version of the manifest; clusterqa corpus status lists them"
        )
    return sources[name]


def summary(found: Replacement) -> Iterator[str]:
    """Lines for a person: sizes, hashes, and the provisions or lines that differ."""
    source, old = found.source, found.before
    size = f"{len(old):,} bytes" if old is not None else "size not known"
    yield f"{source.id}  {source.file}"
    yield f"  before  {source.sha256 or 'no hash'}, {size}"
    yield f"  now     {found.sha256}, {len(found.now):,} bytes"
    new = parse(found.now, source.id, str(source.file))
    if old is None:
        yield (
            "  the bytes before are not here, so that the texts cannot be compared; "
            "name a file that has them with --before"
        )
        yield f"  now {len(new.provisions):,} provisions, {len(new.text):,} characters"
        return
    yield from (f"  {line}" for line in differences(parse(old, source.id, str(source.file)), new))


def differences(old: Document, new: Document) -> Iterator[str]:
    """What differs between two texts, by provision, or by line where no provision does."""
    if old.text == new.text:
        yield "the text is the same; only what is around it differs"
        return
    before, after = wordings(old), wordings(new)
    kinds = {
        "changed": [key for key in after if key in before and after[key] != before[key]],
        "added": [key for key in after if key not in before],
        "gone": [key for key in before if key not in after],
    }
    for kind, keys in kinds.items():
        if keys:
            named = "; ".join(label for label, _ in keys[:MOST_NAMED])
            more = f"; and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
            yield f"{kind}, {len(keys):,} provisions: {named}{more}"
    lines = changed_lines(old.text, new.text)
    yield f"{len(lines):,} lines differ"
    yield from lines[:MOST_NAMED]


def wordings(document: Document) -> dict[tuple[str, int], str]:
    """The text of each provision but for those within it, by its label and how often that came."""
    seen: Counter[str] = Counter()
    own = {}
    nested: dict[int | None, list[tuple[int, int]]] = {}
    for provision in document.provisions:
        nested.setdefault(provision.parent, []).append((provision.start, provision.end))
    for number, provision in enumerate(document.provisions):
        seen[provision.label] += 1
        starts = [provision.start, *(end for _, end in nested.get(number, ()))]
        ends = [*(start for start, _ in nested.get(number, ())), provision.end]
        parts = [document.text[a:b] for a, b in zip(starts, ends, strict=True)]
        own[provision.label or provision.kind, seen[provision.label]] = " ".join(
            " ".join(parts).split()
        )
    return own


def changed_lines(old: str, new: str) -> list[str]:
    """Lines that only one of the texts has, cut to what a terminal shows."""
    compared = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line[:160] for line in compared if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def accept(found: Replacement, corpus_dir: Path) -> None:
    """Write the file's hash to the manifest, and let go of the bytes that it had before.

    Raises `CorpusError`, with nothing written, if the line cannot be replaced safely.
    """
    path = corpus_dir / "manifest.toml"
    content = path.read_bytes()
    written = with_hash(content.decode("utf-8"), found.source.id, found.sha256)
    by_hand = f'write it by hand: sha256 = "{found.sha256}"'
    if written is None:
        raise CorpusError(f"{path}: the entry of {found.source.id} was not found; {by_hand}")
    if not reads_alike(path, written, found):
        raise CorpusError(f"{path}: the entry of {found.source.id} is not plain; {by_hand}")
    write_whole(path, written.encode("utf-8"))
    set_aside(found.source, corpus_dir).unlink(missing_ok=True)


def with_hash(text: str, name: str, sha256: str) -> str | None:
    """The manifest's text with this hash for a source; None if its entry is not found."""
    lines = text.splitlines(keepends=True)
    for first, last in entries(lines):
        keys = {found["key"]: n for n in range(first, last) if (found := KEY.match(lines[n]))}
        if "id" not in keys or value(lines[keys["id"]]) != name or "file" not in keys:
            continue
        if "sha256" in keys:
            line = lines[keys["sha256"]]
            lines[keys["sha256"]] = line.replace(value(line), sha256, 1)
        else:
            line = lines[keys["file"]]
            end = line[len(line.rstrip("\r\n")) :] or "\n"
            lines[keys["file"]] = line.rstrip("\r\n") + f'{end}sha256 = "{sha256}"{end}'
        return "".join(lines)
    return None


def value(line: str) -> str:
    found = KEY.match(line)
    return found["value"] if found else ""


def entries(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The first and last line of each `[[works.sources]]`, that one and tables in it left out."""
    headers = [n for n, line in enumerate(lines) if HEADER.match(line)] + [len(lines)]
    for start, end in pairwise(headers):
        if SOURCE_HEADER.fullmatch(lines[start].rstrip()):
            yield start + 1, end


def reads_alike(path: Path, written: str, found: Replacement) -> bool:
    """Whether the manifest so written says what it said, but for this hash."""
    aside = path.with_name(f".{path.name}.accepting.toml")
    try:
        write_whole(aside, written.encode("utf-8"))
        now = works_without(read_manifest(aside), found.source.id, found.sha256)
    except CorpusError:
        return False
    finally:
        aside.unlink(missing_ok=True)
    return now == works_without(read_manifest(path), found.source.id, None)


def works_without(
    works: tuple[Work, ...], name: str, expected: str | None
) -> tuple[Work, ...] | None:
    """The works with no hash for one source; None if that is not the one expected."""
    hashes = [s.sha256 for work in works for s in work.sources if s.id == name]
    if expected is not None and hashes != [expected]:
        return None
    return tuple(
        replace(
            work,
            sources=tuple(replace(s, sha256=None) if s.id == name else s for s in work.sources),
        )
        for work in works
    )
