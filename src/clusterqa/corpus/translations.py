"""The official texts in further languages: works and codes go in, works with more sources come out.

The manifest is written for some languages. A version is the same in all others of the Union, with
the same number, days and provisions, so its source in one of them is derived: id and file end in
the language's code. Nothing of it is known beforehand; what a sync brought is recorded beside the
files in `official/`, its hash and its own title.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from clusterqa.corpus.manifest import SyncResult, is_official, presence, write_whole
from clusterqa.errors import ClusterQAError, UsageError
from clusterqa.provisions.headings import words
from clusterqa.types import Source, Work

RECORD = "official/translations.json"


def language_codes(text: str) -> tuple[str, ...]:
    """The codes in a list with commas, each once; a UsageError names one that the Union has not."""
    found = tuple(dict.fromkeys(filter(None, re.split(r"[\s,]+", text.strip()))))
    for code in found:
        if code not in words():
            known = ", ".join(sorted(words()))
            raise UsageError(f"language {code!r} is none of the Union; use one of {known}")
    return found


def translated(works: Sequence[Work], corpus_dir: Path, codes: Sequence[str]) -> tuple[Work, ...]:
    """The works with their sources in the languages named and in those that texts were brought in.

    A text that was brought has the hash and title that it came with, any other its work's title.
    """
    record = read_record(corpus_dir)
    brought = (name.rpartition(".")[2] for name in record)
    wanted = tuple(dict.fromkeys((*codes, *(code for code in brought if code in words()))))
    return tuple(
        replace(work, sources=tuple(recorded(source, work, record) for source in work.sources))
        for work in derived(works, wanted)
    )


def asked_for(works: Sequence[Work], codes: Sequence[str]) -> tuple[Work, ...]:
    """What a sync is to bring: the sources in these languages alone, all sources if none is named.

    A derived one has no title, for none is known in its language, and no hash.
    """
    if not codes:
        return tuple(works)
    return tuple(
        replace(work, sources=tuple(s for s in work.sources if s.language in codes))
        for work in derived(works, codes)
    )


def derived(works: Iterable[Work], codes: Sequence[str]) -> tuple[Work, ...]:
    """The works, those of official texts with a source more for each language they lack."""
    return tuple(
        replace(work, sources=(*work.sources, *others(work.sources, codes))) for work in works
    )


def others(sources: Sequence[Source], codes: Sequence[str]) -> Iterator[Source]:
    known = {(source.celex, source.language) for source in sources}
    acts = {s.celex: s for s in reversed(sources) if s.celex and is_official(s)}
    for source in sources:
        if source.celex and acts.get(source.celex) == source:
            missing = (code for code in codes if (source.celex, code) not in known)
            yield from (in_language(source, code) for code in missing)


def in_language(source: Source, code: str) -> Source:
    """The source of the same version in another language."""
    path = PurePosixPath(str(source.file))
    name = path.name.removesuffix(f".{source.language}{path.suffix}")
    own, other = f"/{source.language.upper()}/", f"/{code.upper()}/"
    return replace(
        source,
        id=f"{source.id.removesuffix(f'.{source.language}')}.{code}",
        language=code,
        title="",
        url=source.url.replace(own, other, 1) if source.url else None,
        file=str(path.with_name(f"{name}.{code}{path.suffix}")),
        sha256=None,
    )


def recorded(source: Source, work: Work, record: dict[str, Any]) -> Source:
    """A derived source with what is recorded of it; any other as it is."""
    if source.title:
        return source
    known = record.get(source.id, {})
    return replace(source, title=known.get("title") or work.title, sha256=known.get("sha256"))


# -- what was brought -----------------------------------------------------------------------------


def read_record(corpus_dir: Path) -> dict[str, Any]:
    """What is recorded of derived sources, by id; nothing if that file is missing or unreadable."""
    try:
        found = json.loads((corpus_dir / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    entries = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in entries if is_entry(value)}


def is_entry(value: object) -> bool:
    keys = ("sha256", "title")
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in keys)


def recording(
    results: Iterable[SyncResult], works: Iterable[Work], corpus_dir: Path
) -> Iterator[SyncResult]:
    """The results of a sync, each derived source that it brought recorded first.

    A text that cannot be read is taken away again; one that is no longer as it came is told.
    """
    sources = {source.id: source for work in works for source in work.sources if not source.title}
    for result in results:
        source = sources.get(result.source)
        yield noted(result, source, corpus_dir) if source else result


def noted(result: SyncResult, source: Source, corpus_dir: Path) -> SyncResult:
    if result.outcome not in ("copied", "up_to_date"):
        return result
    record, path = read_record(corpus_dir), corpus_dir / str(source.file)
    (found,) = presence([source], corpus_dir)
    known = record.get(source.id)
    if result.outcome == "up_to_date" and known:
        if known["sha256"] == found.sha256:
            return result
        message = f"{source.file} is not as it came; delete it and sync again"
        return SyncResult(source.id, "changed", message)
    try:
        title = own_title(path.read_bytes(), source)
    except ClusterQAError as error:
        path.unlink()
        return SyncResult(source.id, "failed", f"{source.file}: {error}")
    record[source.id] = {"sha256": found.sha256, "title": title}
    content = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False).encode()
    write_whole(corpus_dir / RECORD, content)
    return result


def own_title(content: bytes, source: Source) -> str:
    """The title that a text bears; raises `CorpusError` for one that cannot be read."""
    from clusterqa.parsers import parse  # here, because a cold question waits for imports

    document = parse(content, source.id, str(source.file))
    titles = (p.title for p in document.provisions if p.kind == "title")
    return " ".join(next(titles, "").split())
