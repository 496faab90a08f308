"""The corpus: `corpus/manifest.toml` and its files go in; works, dates and states come out.

The manifest alone says which texts exist, when each applied and what its bytes should be; nothing
is read from a file name. Validity days are inclusive, and a missing date leaves that side open.
What is written is written one file at a time, each complete or not there at all.
"""

import hashlib
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeVar, get_args

import msgspec

from clusterqa.answers import LegalStatus
from clusterqa.corpus.attachments import ATTACHMENT_KEYS, attachment_fault
from clusterqa.errors import CorpusError, UsageError
from clusterqa.types import Group, Source, Work, WorkKind

T = TypeVar("T")

WORK_KEYS = tuple(field.name for field in fields(Work))
SOURCE_KEYS = tuple(field.name for field in fields(Source) if field.name != "work")
HOW_TO_WRITE = (
    "write text in quotes, a list in brackets, a date like 2023-07-01 and true or false without"
)
GROUPS: tuple[Group, ...] = get_args(Group)
ADDED, OWN = "added.toml", "own"  # what users added: its record beside the manifest, its folder


@dataclass(frozen=True, slots=True)
class AddedFile:
    """The file that a user added for a source of the manifest."""

    source: str
    file: str
    sha256: str


FILE_KEYS = tuple(field.name for field in fields(AddedFile))


def read_manifest(path: Path) -> tuple[Work, ...]:
    """Every work in the manifest's order, then those that `added.toml` beside it records.

    A CorpusError names the entry to correct.
    """
    tables = _table(_parsed(path), str(path), keys=("works",), required=("works",))
    works = _works(_list(tables, "works", str(path)), path)
    _refuse_faults(works, path)
    added = path.with_name(ADDED)
    return with_added(works, _parsed(added), added) if added.exists() else works


def with_added(works: tuple[Work, ...], tables: dict[str, Any], path: Path) -> tuple[Work, ...]:
    """The works with those added after them and with the files added for sources they have.

    `path` is where the tables stand; a CorpusError names it.
    """
    _table(tables, str(path), keys=("works", "files"), required=())
    found = works + _works(_list(tables, "works", str(path)), path)
    files: dict[str, AddedFile] = {}
    for number, table in enumerate(_list(tables, "files", str(path)), start=1):
        place = f"{path}: file no. {number}"
        entry = _converted(_table(table, place, FILE_KEYS, FILE_KEYS), AddedFile, place)
        _refuse_file(entry.file, entry.sha256, place)
        if entry.source not in {s.id for work in works for s in work.sources}:
            raise CorpusError(f"{place}: source {entry.source!r} is unknown; take the entry out")
        files[entry.source] = entry
    found = tuple(replace(w, sources=tuple(_filled(s, files) for s in w.sources)) for w in found)
    _refuse_faults(found, path)
    return found


def _filled(source: Source, files: dict[str, AddedFile]) -> Source:
    added = files.get(source.id)
    return replace(source, file=added.file, sha256=added.sha256) if added else source


def _works(tables: list[Any], path: Path) -> tuple[Work, ...]:
    return tuple(_work(table, path, number) for number, table in enumerate(tables, start=1))


def _refuse_faults(works: tuple[Work, ...], path: Path) -> None:
    """Raise if an id is used twice or names nothing."""
    _refuse_duplicates([work.id for work in works], f"{path}: work")
    _refuse_duplicates([s.id for work in works for s in work.sources], f"{path}: source")
    cited = [name for work in works for name in work.cited_as]
    _refuse_duplicates(cited, f"{path}: cited_as", remedy="texts cite one work by it; keep one")
    for work in works:
        _refuse_unknown_works(work, {work.id for work in works}, path)


def is_official(source: Source) -> bool:
    """Whether its file is one that a sync brings, not the project's own and not one added."""
    parts = PurePosixPath(source.file or "").parts
    return len(parts) > 1 and parts[0] != OWN


# What comes with the program; the manifest last, since its presence says that the rest is there.
OWN_FILES = (
    "expected_questions.jsonl", "cluster-definitions.txt", "glossary.toml", "thresholds.toml",
    "manifest.toml",
)  # fmt: skip


def lay_out(corpus_dir: Path) -> None:
    """Give a corpus folder that has no manifest the one that comes with the program.

    Raises `CorpusError` if the folder cannot be written.
    """
    if (corpus_dir / "manifest.toml").exists():
        return
    packaged = Path(__file__).parents[1] / "data" / "corpus"
    checkout = Path(__file__).parents[3] / "corpus"
    origin = packaged if packaged.is_dir() else checkout
    try:
        corpus_dir.mkdir(parents=True, exist_ok=True)
        for name in OWN_FILES:
            write_whole(corpus_dir / name, (origin / name).read_bytes())
    except OSError as error:
        raise CorpusError(
            f"{corpus_dir}: no manifest here and none can be laid out ({error.strerror}); "
            "name the corpus folder with --corpus"
        ) from error


def versions_in_force(*works: Work, as_of: date) -> dict[str, tuple[Source, ...]]:
    """For each work, by its id, the texts that applied on a day: a language's that began last."""
    found: dict[str, tuple[Source, ...]] = {}
    for work in works:
        newest: dict[str, Source] = {}
        for source in work.sources:
            best = newest.get(source.language)
            if applies(source, as_of) and (best is None or _first_day(source) > _first_day(best)):
                newest[source.language] = source
        found[work.id] = tuple(newest.values())
    return found


def last_day(work: Work) -> date | None:
    """The last day on which any version of a work applied; None while one has no end."""
    days = [source.valid_to for source in work.sources if source.valid_to]
    return max(days) if days and len(days) == len(work.sources) else None


def legal_status(work: Work, source: Source, as_of: date) -> LegalStatus:
    """What a citation of this version says about its force on that day."""
    if work.kind in ("guide", "page"):
        return "guidance"
    if source.valid_from and as_of < source.valid_from:
        return "not_yet"
    if source.valid_to and as_of > source.valid_to:
        return "superseded" if successor(work, source) else "expired"
    return "in_force"


def successor(work: Work, source: Source) -> str | None:
    """Id of the next version in its language, else of the work that superseded this one.

    Where neither exists but another language has a later version, that one is named.
    """
    later = sorted((s for s in work.sources if _first_day(s) > _first_day(source)), key=_first_day)
    same_language = [s for s in later if s.language == source.language]
    if same_language:
        return same_language[0].id
    return work.superseded_by or (later[0].id if later else None)


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a source's file is on disk; `sha256` is of the bytes found there.

    changed: other bytes than the manifest's; unobtainable: the manifest names no file.
    """

    source: Source
    state: Literal["present", "absent", "changed", "unobtainable"]
    sha256: str | None = None


def presence(sources: Iterable[Source], corpus_dir: Path) -> tuple[Presence, ...]:
    """The state of each source's file under the corpus folder, in the order given."""
    return tuple(_presence(source, corpus_dir) for source in sources)


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What became of one source; `changed`: it is on disk, but not with the manifest's bytes."""

    source: str
    outcome: Literal["copied", "up_to_date", "missing", "changed", "failed"]
    message: str


def sync_from_mirror(works: Iterable[Work], mirror: Path, corpus_dir: Path) -> Iterator[SyncResult]:
    """Copy the mirror's texts into the corpus, yielding one result per source as it is done."""
    if not mirror.is_dir():
        raise UsageError(f"{mirror} is not a folder; name the folder that holds the texts")
    for work in works:
        for source in work.sources:
            try:
                result = _synced(source, mirror, corpus_dir)
            except (OSError, CorpusError) as error:
                message = f"{source.file}: {error}; repair the cause and sync again"
                result = SyncResult(source.id, "failed", message)
            yield result


def _synced(source: Source, mirror: Path, corpus_dir: Path) -> SyncResult:
    if source.file is None:
        remedy = f"get the text from {source.url}, " if source.url else ""
        message = f"the manifest names no file; {remedy}name its file there and sync again"
        return SyncResult(source.id, "missing", message)
    name = PurePosixPath(source.file).name
    if not is_official(source):
        return kept(source, corpus_dir, own_remedy(source))
    if not (mirror / name).exists():
        return kept(source, corpus_dir, f"{mirror} has no {name}; put it there and sync again")
    return _copied(source, (mirror / name).read_bytes(), corpus_dir)


def own_remedy(source: Source) -> str:
    """What to do for a file that no sync brings, when it is absent or changed."""
    name = PurePosixPath(str(source.file))
    if name.parts[0] == OWN:
        return f"{name} was added by hand; clusterqa corpus remove {source.id}, then add it again"
    return f"{name} belongs to the project; restore it from there"


def kept(source: Source, corpus_dir: Path, remedy: str) -> SyncResult:
    """The result for a file that no place can bring: what the corpus itself has of it."""
    found = _presence(source, corpus_dir)
    if found.state == "present":
        return SyncResult(source.id, "up_to_date", f"{source.file} is in the corpus")
    if found.state == "changed":
        message = f"{source.file} has sha256 {found.sha256}, not the manifest's; {remedy}"
        return SyncResult(source.id, "changed", message)
    return SyncResult(source.id, "missing", remedy)


def _copied(source: Source, content: bytes, corpus_dir: Path) -> SyncResult:
    name = PurePosixPath(str(source.file))
    pdf = name.suffix.lower() == ".pdf"
    if not (content.startswith(b"%PDF-") if pdf else b"<html" in content[:4096].lower()):
        problem = "is empty" if not content else f"is no {'PDF' if pdf else 'XHTML or HTML'}"
        message = f"{name.name} in the mirror {problem}; fetch it again, then sync"
        return SyncResult(source.id, "failed", message)
    return placed(source, content, corpus_dir)


def placed(source: Source, content: bytes, corpus_dir: Path) -> SyncResult:
    """Put a source's bytes in place unless they are there, and say how they compare.

    Bytes that have the manifest's hash are kept aside when others take their place.
    """
    target = corpus_dir / str(source.file)
    digest = hashlib.sha256(content).hexdigest()
    before = target.read_bytes() if target.is_file() else None
    fresh = before != content
    if fresh and before and source.sha256 == hashlib.sha256(before).hexdigest():
        write_whole(set_aside(source, corpus_dir), before)
    if fresh:
        write_whole(target, content)
    if source.sha256 not in (None, digest):
        see = f"; see {source.url}" if source.url else ""
        message = (
            f"{source.file} has sha256 {digest}, not the manifest's{see}; "
            f"what changed: clusterqa corpus accept {source.id}"
        )
        return SyncResult(source.id, "changed", message)
    message = f"{source.file} has sha256 {digest}"
    return SyncResult(source.id, "copied" if fresh else "up_to_date", message)


def set_aside(source: Source, corpus_dir: Path) -> Path:
    """Where the bytes of the manifest's hash are kept once others are in place."""
    target = corpus_dir / str(source.file)
    return target.with_name("accepted") / target.name


def write_whole(target: Path, content: bytes) -> None:
    """Put the bytes in place in one step, so that no reader meets half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _presence(source: Source, corpus_dir: Path) -> Presence:
    if source.file is None:
        return Presence(source, "unobtainable")
    path = corpus_dir / source.file
    try:
        if not path.is_file():
            return Presence(source, "absent")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; make the file readable") from error
    return Presence(source, "present" if source.sha256 in (None, digest) else "changed", digest)


def _first_day(source: Source) -> date:
    return source.valid_from or date.min


def applies(source: Source, as_of: date) -> bool:
    return _first_day(source) <= as_of <= (source.valid_to or date.max)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; name an existing manifest") from error
    except UnicodeDecodeError as error:
        problem = f"byte {error.start} is not UTF-8"
        raise CorpusError(f"{path}: {problem}; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:  # TOMLDecodeError says line and column
        raise CorpusError(f"{path}: {error}; correct the TOML there") from error


def _work(table: object, path: Path, number: int) -> Work:
    place = _place(f"{path}: work", table, number)
    required = ("id", "title", "short_title", "kind", "publisher")
    plain = _table(table, place, WORK_KEYS, required)
    if plain["kind"] not in get_args(WorkKind):
        kinds = ", ".join(get_args(WorkKind))
        raise CorpusError(f"{place}: unknown kind {plain['kind']!r}; use one of {kinds}")
    if plain.get("group", "core") not in GROUPS:
        groups = ", ".join(GROUPS)
        raise CorpusError(f"{place}: unknown group {plain['group']!r}; use one of {groups}")
    work = _converted({**plain, "sources": ()}, Work, place)
    sources = tuple(
        _source(entry, work, _place(f"{place}, source", entry, position))
        for position, entry in enumerate(_list(plain, "sources", place), start=1)
    )
    return replace(work, sources=sources)


def _source(table: object, work: Work, place: str) -> Source:
    plain = _table(table, place, SOURCE_KEYS, required=("id", "language"))
    if "attachment" in plain:
        _table(plain["attachment"], f"{place}, attachment", ATTACHMENT_KEYS, ATTACHMENT_KEYS)
    source = _converted({"title": work.title, **plain, "work": work.id}, Source, place)
    if source.valid_from and source.valid_to and source.valid_from > source.valid_to:
        problem = f"valid_from {source.valid_from} is after valid_to {source.valid_to}"
        raise CorpusError(f"{place}: {problem}; correct one of them")
    _refuse_file(source.file, source.sha256, place)
    if fault := attachment_fault(source):
        raise CorpusError(f"{place}, attachment: {fault}")
    return replace(source, file=source.file or usual_file(source))


def usual_file(source: Source) -> str | None:
    """Where the text of a source that names no file is put, by its CELEX number; None without one.

    So a text that could not be read when the manifest was written is fetched and read all the same.
    """
    if source.celex is None:
        return None
    return f"official/{source.celex.replace('/', '_')}.{source.language}.xhtml"


def _refuse_file(file: str | None, sha256: str | None, place: str) -> None:
    if file is not None and not _stays_inside(file):
        raise CorpusError(f"{place}: file {file!r} leaves the corpus; use official/NAME")
    if sha256 is not None and not re.fullmatch("[0-9a-f]{64}", sha256):
        raise CorpusError(f"{place}: sha256 is not 64 hex digits; run sha256sum on the file")


def _table(
    table: object, place: str, keys: Sequence[str], required: Sequence[str]
) -> dict[str, Any]:
    """The table itself, once every key is known and none of the required is empty."""
    if not isinstance(table, dict):
        raise CorpusError(f"{place}: not a table; begin it with [[works]] or [[works.sources]]")
    for key in table:
        if key not in keys:
            raise CorpusError(f"{place}: unknown key {key!r}; use one of {', '.join(keys)}")
    for key in required:
        if not table.get(key):
            raise CorpusError(f"{place}: {key} is missing; add it")
    return table


def _list(table: dict[str, Any], key: str, place: str) -> list[Any]:
    found = table.get(key, [])
    if not isinstance(found, list):
        raise CorpusError(f"{place}: {key} has the wrong type; write a list")
    return found


def _converted(table: dict[str, Any], kind: type[T], place: str) -> T:
    """The dataclass that a table says; TOML has dates, so text is none."""
    try:
        return msgspec.convert(table, kind, builtin_types=(date, datetime))
    except msgspec.ValidationError as error:
        raise CorpusError(f"{place}: {error}; {HOW_TO_WRITE}") from error


def _place(kind: str, table: object, number: int) -> str:
    name = table.get("id") if isinstance(table, dict) else None
    return f"{kind} {name!r}" if name else f"{kind} no. {number}"


def _stays_inside(file: str) -> bool:
    """Whether it is a path below the corpus folder, on Windows too (no drive, no backslash)."""
    parts = PurePosixPath(file).parts
    return bool(parts) and not {"/", "..", "//"} & set(parts) and not {"\\", ":"} & set(file)


def _refuse_duplicates(ids: list[str], place: str, remedy: str = "give each its own id") -> None:
    for name, times in Counter(ids).items():
        if times > 1:
            raise CorpusError(f"{place} {name!r}: used {times} times; {remedy}")


def _refuse_unknown_works(work: Work, known: set[str], path: Path) -> None:
    for key, names in (("superseded_by", (work.superseded_by,)), ("amends", work.amends)):
        for name in names:
            if name is not None and name not in known:
                place = f"{path}: work {work.id!r}"
                raise CorpusError(f"{place}: {key} names unknown work {name!r}; add or correct it")
