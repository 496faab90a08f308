"""`corpus …`: what there is, what is here, what changed in a provision."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusterqa.cli.app import (
    AsJson,
    CorpusDir,
    IndexDir,
    NewCorpusDir,
    corpus_app,
    emit,
    say,
)
from clusterqa.cli.opening import (
    access_with,
    manifest_works,
    parsed_date,
    settings_with,
    works_to_bring,
)
from clusterqa.cli.rendering import to_json
from clusterqa.cli.terminal import wrapped
from clusterqa.errors import ClusterQAError, CorpusError, IndexUnusable, UsageError
from clusterqa.settings import Settings

if TYPE_CHECKING:
    from clusterqa import types
    from clusterqa.corpus.manifest import Presence, SyncResult

Work = Annotated[str, typer.Argument(help="A work's id, like gber.")]
Label = Annotated[str, typer.Argument(help="A provision, like 'Article 27(2)'.")]
Language = Annotated[str, typer.Option("--language", help="Which language version.")]


RUN_INGEST = "the index still holds what it did; run: clusterqa ingest"


@corpus_app.command("sync")
def corpus_sync(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Works or versions, like cisaf.")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(help="A group of works: core (default), state-aid, programmes, guides."),
    ] = None,
    mirror: Annotated[Path | None, typer.Option(help="Folder of official texts.")] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="In which language, like de; may be repeated.")
    ] = None,
    corpus: NewCorpusDir = None,
) -> None:
    """Bring the texts of groups or works into the corpus: fetched, or from a folder."""
    from clusterqa.corpus.selection import selected
    from clusterqa.corpus.translations import recording

    languages = ",".join(language) if language else None
    settings = settings_with(corpus=corpus, mirror=mirror, languages=languages)
    works = selected(works_to_bring(settings), groups=group or (), names=names or ())
    failed = False
    for result in recording(synced(settings, works), works, settings.corpus):
        failed = failed or result.outcome == "failed"
        emit(f"{result.outcome:<11} {result.source}  {result.message}".rstrip())
    if not settings.mirror:
        report_new_versions(settings, works)
    if failed:
        raise typer.Exit(1)


def synced(settings: Settings, works: Sequence["types.Work"]) -> Iterator["SyncResult"]:
    """The result for each source, from the mirror if one is set, else from the network."""
    if settings.mirror:
        from clusterqa.corpus.manifest import sync_from_mirror

        return sync_from_mirror(works, Path(settings.mirror), settings.corpus)
    from clusterqa.download import sync_from_cellar

    return sync_from_cellar(works, settings.corpus, access=access_with(settings))


def report_new_versions(settings: Settings, works: Sequence["types.Work"]) -> None:
    """A line for each consolidated version and each later act that the manifest does not know."""
    from clusterqa.download import newer_law

    try:
        for line in newer_law(works, access=access_with(settings)):
            emit(line)
    except ClusterQAError as error:
        say(str(error))


@corpus_app.command("add")
def corpus_add(
    files: Annotated[list[Path], typer.Argument(help="Text, Markdown, HTML, Word or PDF files.")],
    name: Annotated[
        str | None, typer.Option("--id", help="Its id, or a listed version whose text it is.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Its title, if not its own.")] = None,
    kind: Annotated[str | None, typer.Option(help="law, soft_law, guide (default), page.")] = None,
    language: Annotated[str | None, typer.Option(help="Its language, like en.")] = None,
    published: Annotated[str | None, typer.Option(help="The date it was published.")] = None,
    valid_from: Annotated[str | None, typer.Option(help="The first day it applied.")] = None,
    valid_to: Annotated[str | None, typer.Option(help="The last day it applies.")] = None,
    url: Annotated[str | None, typer.Option(help="Where it can be read.")] = None,
    licence: Annotated[str | None, typer.Option(help="The terms it may be used under.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    corpus: NewCorpusDir = None,
) -> None:
    """Add documents of your own to the corpus; one that cannot be read is named and left out."""
    from clusterqa.corpus.own_documents import add_document

    if len(files) > 1 and (name or title):
        raise UsageError("--id and --title name one document; add the files one by one")
    days = {
        option: parsed_date(text, f"--{option.replace('_', '-')}")
        for option, text in
        {"published": published, "valid_from": valid_from, "valid_to": valid_to}.items()
    }  # fmt: skip
    settings = settings_with(corpus=corpus)
    manifest_works(settings)
    added = 0
    for file in files:
        try:
            work = add_document(
                file, settings.corpus, id=name, title=title, kind=kind, language=language,
                url=url, licence=licence, publisher=publisher, warn=say, **days,
            )  # fmt: skip
        except CorpusError as error:
            say(str(error))
            continue
        added += 1
        emit(f"added {name or work.id}  {work.short_title}")
    if added:
        say(RUN_INGEST)
    if added < len(files):
        raise typer.Exit(1)


@corpus_app.command("remove")
def corpus_remove(
    name: Annotated[str, typer.Argument(metavar="ID", help="The id of what was added.")],
    corpus: CorpusDir = None,
) -> None:
    """Take a document that was added out of the corpus, its copy too."""
    from clusterqa.corpus.own_documents import remove_document

    settings = settings_with(corpus=corpus)
    manifest_works(settings)
    remove_document(name, settings.corpus)
    emit(f"removed {name}")
    say(RUN_INGEST)


@corpus_app.command("accept")
def corpus_accept(
    name: Annotated[str, typer.Argument(metavar="ID", help="The id of the version.")],
    before: Annotated[
        Path | None, typer.Option(help="A file with the bytes that its hash was taken of.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write the hash without asking.")] = False,
    corpus: CorpusDir = None,
) -> None:
    """Show what changed in a file whose hash is not the manifest's, then take its hash there."""
    from clusterqa.corpus.acceptance import accept, candidate, summary

    settings = settings_with(corpus=corpus)
    manifest_works(settings)
    found = candidate(name, settings.corpus, before)
    for line in summary(found):
        emit(line)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Accept it?", err=True)):
        say("nothing is written; to accept it: the same command with --yes")
        raise typer.Exit(1)
    accept(found, settings.corpus)
    emit(f"accepted {found.source.id}  {settings.corpus / 'manifest.toml'} has its hash now")
    say(RUN_INGEST)


@corpus_app.command("status")
def corpus_status(corpus: CorpusDir = None, index: IndexDir = None) -> None:
    """Every work with its group, every version: its dates, whether it is here and from where."""
    from clusterqa.corpus.manifest import presence
    from clusterqa.download.records import origin, read_records

    settings = settings_with(corpus=corpus, index=index)
    counts = passage_counts(settings.index)
    records = read_records(settings.corpus)
    shelves = [
        (work, list(presence(work.sources, settings.corpus))) for work in manifest_works(settings)
    ]
    emit(summary_line([found for _, versions in shelves for found in versions], counts))
    for work, versions in shelves:
        emit(f"{work.short_title} ({work.id}, {work.group})")
        for found in versions:
            source = found.source
            days = f"{source.valid_from or '…'} to {source.valid_to or '…'}"
            indexed = f"{counts[source.id]} passages" if source.id in counts else "-"
            mark = f"{found.sha256[:12]}" if found.sha256 else ""
            emit(
                f"  {source.id:<26} {source.language}  {days:<26} {found.state:<12} "
                f"{indexed:<15} {mark}".rstrip()
            )
            if came := origin(records.get(str(source.file)), found.sha256):
                emit(f"    {came}")


NOT_HERE = ("absent", "unobtainable")


def summary_line(versions: Sequence["Presence"], counts: Mapping[str, int]) -> str:
    """ "7 of 9 versions are here, 7 in the index (412 passages); 1 absent, 1 unobtainable"."""
    states = Counter[str](found.state for found in versions)
    absent = ", ".join(f"{states[state]} {state}" for state in NOT_HERE if states[state])
    here = len(versions) - sum(states[state] for state in NOT_HERE)
    indexed = [found.source.id for found in versions if found.source.id in counts]
    passages = sum(counts[name] for name in indexed)
    said = f"{here} of {len(versions)} versions are here"
    said += f", {len(indexed)} in the index ({passages} passages)"
    return f"{said}; {absent}" if absent else said


def passage_counts(folder: Path) -> dict[str, int]:
    """Passages of each source in the current index; none without a usable index."""
    from clusterqa.index import Index

    try:
        found = Index.open(folder)
    except IndexUnusable:
        return {}
    with closing(found):
        return found.library.passage_counts()


@corpus_app.command("history")
def corpus_history(
    work: Work,
    label: Label,
    language: Language = "en",
    as_json: AsJson = False,
    index: IndexDir = None,
) -> None:
    """Every distinct text a provision has had, with its dates and the act that changed it."""
    from clusterqa.index import Index
    from clusterqa.law.history import absent_versions, history

    with closing(Index.open(settings_with(index=index).index)) as opened_index:
        wordings = history(opened_index.library, work, label, language=language)
        absent = absent_versions(opened_index.library, work, language)
    for source in absent:
        days = f"{source.valid_from or '…'} to {source.valid_to or '…'}"
        say(f"no text for {days} is here ({source.id}); run: clusterqa corpus sync")
    if as_json:
        emit(to_json({"wordings": [asdict(wording) for wording in wordings]}, indent=1))
        return
    for wording in wordings:
        by = f", changed by {', '.join(wording.changed_by)}" if wording.changed_by else ""
        emit(f"{wording.valid_from or '…'} to {wording.valid_to or '…'}{by}")
        emit(f"{wrapped(wording.text) if wording.text else '(not in this version)'}\n")


@corpus_app.command("diff")
def corpus_diff(
    work: Work,
    label: Label,
    since: Annotated[str, typer.Option("--from", help="The earlier date, like 2019-05-01.")],
    until: Annotated[str, typer.Option("--to", help="The later date, like 2024-05-01.")],
    language: Language = "en",
    as_json: AsJson = False,
    index: IndexDir = None,
) -> None:
    """What changed in a provision between two dates, word by word: [-gone-] {+new+}."""
    from clusterqa.index import Index
    from clusterqa.law.history import difference

    days = required_date(since, "--from"), required_date(until, "--to")
    with closing(Index.open(settings_with(index=index).index)) as opened_index:
        old, new, found = difference(opened_index.library, work, label, *days, language=language)
    if as_json:
        emit(
            to_json({"old": asdict(old), "new": asdict(new), "changes": [asdict(c) for c in found]})
        )
        return
    if new.valid_to and new.valid_to < days[1]:
        say(f"{new.sources[0]} applied until {new.valid_to}; no later text is here")
    emit(f"{', '.join(old.sources)} → {', '.join(new.sources)}")
    emit(wrapped("".join(MARKED[change.kind].format(change.text.rstrip(), gap(change.text))
                         for change in found)))  # fmt: skip


# the words, then the blank after them, which stays outside the marks
MARKED = {"same": "{0}{1}", "removed": "[-{0}-]{1}", "added": "{{+{0}+}}{1}"}


def gap(text: str) -> str:
    return text[len(text.rstrip()) :]


def required_date(text: str, option: str) -> date:
    found = parsed_date(text, option)
    assert found is not None
    return found


@corpus_app.command("verify")
def corpus_verify(corpus: CorpusDir = None, index: IndexDir = None) -> None:
    """Read every document again and compare it with the index, from the file's bytes up."""
    from clusterqa.index import Index
    from clusterqa.index.verification import verify_corpus

    settings, wrong = settings_with(corpus=corpus, index=index), 0
    with closing(Index.open(settings.index)) as opened_index:
        for verdict in verify_corpus(opened_index.library, settings.corpus):
            wrong += verdict.state != "same"
            emit(f"{verdict.state:<8} {verdict.source}  {verdict.message}")
    if wrong:
        raise typer.Exit(1)
