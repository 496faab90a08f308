"""Settings, corpus and index as a command finds them: what is missing is built or fetched first."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterqa.cli.app import say
from clusterqa.errors import CorpusError, IndexUnusable, UsageError
from clusterqa.languages.days import iso_day
from clusterqa.settings import OWN_MODEL, Settings, composer_key, load_settings

if TYPE_CHECKING:
    from clusterqa.assistant import Assistant
    from clusterqa.download import Access
    from clusterqa.generation import Composer
    from clusterqa.types import Work

CONNECT_LIMIT = 4.0  # seconds that a first answer may wait to learn that there is no network
MOST_REFUSED = 3  # texts that fail before any has come, after which a first set-up goes without


def settings_with(**flags: object) -> Settings:
    return load_settings(flags)[0]


def parsed_date(text: str | None, option: str = "--as-of") -> date | None:
    if text is None:
        return None
    try:
        return iso_day(text)
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is not a date; write it like 2019-05-01") from error


def opened(settings: Settings, *, quiet: bool) -> "Assistant":
    """The assistant; an index that is missing is first built from what the corpus holds."""
    from clusterqa.assistant import Assistant

    if not (settings.index / "CURRENT").exists():
        check_can_build(settings)
        if not quiet:
            say(f"{settings.index}: no index yet; building one from {settings.corpus}")
        run_ingest(settings, quiet=quiet)
    assistant = Assistant.open(settings.index, composer=composer_of(settings))
    check_encoder(assistant, settings)
    if not quiet:
        warn_if_corpus_changed(assistant, settings)
    return assistant


def composer_of(settings: Settings) -> "Composer | None":
    """The language model that the settings name, None if they name none."""
    if not settings.composer:
        return None
    from clusterqa.generation.client import endpoint

    return endpoint(settings, composer_key())


def check_can_build(settings: Settings) -> None:
    """Raise `IndexUnusable` in an installation that can serve an index but not build one."""
    import importlib.util

    needed = ("bm25s", "nupunkt", *(() if settings.model == OWN_MODEL else ("torch",)))
    if missing := [name for name in needed if importlib.util.find_spec(name) is None]:
        raise IndexUnusable(
            f"{settings.index}: no index here, and none can be built without "
            f"{', '.join(missing)}; run clusterqa ingest where that is installed"
        )


def check_encoder(assistant: "Assistant", settings: Settings) -> None:
    built = assistant.index_ref.encoder
    if built != settings.model:
        raise IndexUnusable(
            f"{settings.index} was built with {built}, not {settings.model}; run: clusterqa ingest"
        )


def warn_if_corpus_changed(assistant: "Assistant", settings: Settings) -> None:
    """One line when files were added or removed since the index was built; it still answers."""
    try:
        works = manifest_works(settings)
    except CorpusError:
        return
    files = {s.id: s.file for work in works for s in work.sources if s.file}
    here = {i for i, file in files.items() if (settings.corpus / str(file)).is_file()}
    if here != set(assistant.index.library.files):
        say(f"{settings.corpus} has changed since the index was built; run: clusterqa ingest")


def manifest_works(settings: Settings) -> tuple["Work", ...]:
    """The works in the manifest, with their texts in further languages.

    A corpus folder that does not exist yet is laid out first.
    """
    from clusterqa.corpus.translations import language_codes, translated

    codes = language_codes(settings.languages)
    return translated(listed_works(settings), settings.corpus, codes)


def listed_works(settings: Settings) -> tuple["Work", ...]:
    """The works as the manifest writes them."""
    from clusterqa.corpus.manifest import lay_out, read_manifest

    lay_out(settings.corpus)
    return read_manifest(settings.corpus / "manifest.toml")


def works_to_bring(settings: Settings) -> tuple["Work", ...]:
    """The works with the sources that a sync is to bring, in the languages that are set."""
    from clusterqa.corpus.translations import asked_for, language_codes

    codes = language_codes(settings.languages)
    return asked_for(listed_works(settings), codes)


def run_ingest(settings: Settings, *, quiet: bool, expansion: bool = True) -> str:
    from clusterqa.assistant import ingest as build

    if not (settings.index / "CURRENT").exists():
        fetch_absent(settings, works_to_bring(settings), quiet=quiet)
    works = manifest_works(settings)
    with progress_bars(quiet=quiet) as progress:
        return build(
            works,
            settings.corpus,
            settings.index,
            model=settings.model,
            precision=settings.precision,
            progress=progress,
            warn=say,
            expansion=expansion,
        )


def fetch_absent(settings: Settings, works: Sequence["Work"], *, quiet: bool) -> None:
    """Try once to fetch the core texts that are not here; one line says what stays missing."""
    from clusterqa.corpus.selection import selected

    works = selected(works)
    if settings.mirror or not absent_texts(works, settings.corpus):
        return
    reason = "offline is set"
    if not settings.offline:
        reason = fetch(settings, absent_texts(works, settings.corpus), quiet=quiet)
    missing = absent_texts(works, settings.corpus)
    if missing and not quiet:
        titles = ", ".join(work.short_title for work in missing)
        say(
            f"going on without these official texts ({reason}): {titles}; to get them: "
            "clusterqa corpus sync, or without a network clusterqa corpus sync --mirror DIR"
        )


def absent_texts(works: Sequence["Work"], corpus: Path) -> list["Work"]:
    """The works some of whose official texts are not in the corpus, each with those sources."""
    from clusterqa.corpus.manifest import is_official, presence

    found = []
    for work in works:
        states = presence([s for s in work.sources if is_official(s)], corpus)
        sources = tuple(p.source for p in states if p.state == "absent")
        found += [replace(work, sources=sources)] if sources else []
    return found


def fetch(settings: Settings, works: Sequence["Work"], *, quiet: bool) -> str:
    """Why not all of the works' texts are here; gives up soon where nothing can be had.

    A text that its place does not have is no reason to; an attachment that its page does not bring
    is said in a line, and the rest goes on.
    """
    from clusterqa.corpus.translations import recording
    from clusterqa.download import obstacle, sync_from_cellar

    access = replace(access_with(settings), attempts=2, read=20.0)
    if reason := obstacle(works, access=access, limit=CONNECT_LIMIT):
        return reason
    total, had, refused, reason = sum(len(work.sources) for work in works), 0, 0, ""
    attachments = {s.id for work in works for s in work.sources if s.attachment}
    if not quiet:
        say(f"fetching texts ({total}) from {settings.cellar}; CLUSTERQA_OFFLINE=1 goes without")
    with progress_bars(quiet=quiet) as progress:
        results = recording(
            sync_from_cellar(works, settings.corpus, access=access), works, settings.corpus
        )
        for done, result in enumerate(results, start=1):
            progress("texts", done, total)
            had += result.outcome in ("copied", "changed")
            if result.outcome not in ("failed", "missing"):
                continue
            reason = result.message
            if result.source in attachments:
                if not quiet:
                    say(f"{result.source}: {result.message}")
                continue
            refused += result.outcome == "failed"
            if refused == MOST_REFUSED and not had:
                break
    return reason


def access_with(settings: Settings) -> "Access":
    from clusterqa.download import Access

    record = Path(settings.record) if settings.record else None
    return Access(
        settings.cellar, offline=settings.offline, private=settings.cellar_private, record=record
    )


@contextlib.contextmanager
def progress_bars(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar a stage on a terminal, nothing when piped or quiet."""
    if quiet or not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done)

        yield advance
