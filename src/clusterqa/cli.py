"""The command line: data on stdout, messages on stderr, one line per error, meaningful exit codes.

0 answered · 1 error · 2 usage · 3 no answer · 4 index missing or unusable · 130 interrupted.
Heavy imports sit inside the commands that need them, so that `--help` is instant.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusterqa import __version__
from clusterqa.errors import ClusterQAError, CorpusError, IndexUnusable, UsageError
from clusterqa.settings import Settings, load_settings

if TYPE_CHECKING:
    from clusterqa.assistant import Assistant
    from clusterqa.corpus import SyncResult
    from clusterqa.download import Access
    from clusterqa.types import Answer, Citation, DocumentRef, Hit, Turn, Work

app = typer.Typer(
    name="clusterqa",
    help="Cited answers on EU cluster policy and State aid, as the law stood on a date.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
corpus_app = typer.Typer(help="The documents: what there is, what is here.", no_args_is_help=True)
index_app = typer.Typer(help="The index generations.", no_args_is_help=True)
config_app = typer.Typer(help="The settings.", no_args_is_help=True)
app.add_typer(corpus_app, name="corpus")
app.add_typer(index_app, name="index")
app.add_typer(config_app, name="config")

NO_ANSWER, INTERRUPTED = 3, 130

DISCLAIMER = "Automated answer from the documents. Not legal advice."
WIDTH = 96

IndexDir = Annotated[Path | None, typer.Option("--index", help="Folder of the index.")]
CorpusDir = Annotated[Path | None, typer.Option("--corpus", help="Folder of the corpus.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="The date asked about, like 2019-05-01.")]
Docs = Annotated[list[str] | None, typer.Option("--doc", help="Only this work or version; repeat.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages on stderr.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
AsLines = Annotated[bool, typer.Option("--jsonl", help="Questions and results as JSON lines.")]
Question = Annotated[str | None, typer.Argument(help="The question; - reads standard input.")]


def show_version(wanted: bool) -> None:
    if wanted:
        emit(f"clusterqa {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Cited answers on EU cluster policy and State aid, as the law stood on a date."""


def main() -> None:
    """Run the command line; every foreseen error is one line on stderr and an exit code."""
    try:
        code = app(standalone_mode=False) or 0
    except ClusterQAError as error:
        fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        fail(error.format_message(), getattr(error, "exit_code", 2))
    else:
        if code == INTERRUPTED:
            say("interrupted")
        sys.exit(code)


def fail(message: str, code: int) -> None:
    say(message)
    sys.exit(code)


def say(message: str) -> None:
    print(f"clusterqa: {message}", file=sys.stderr)  # noqa: T201


def emit(text: str) -> None:
    print(text)  # noqa: T201


# -- questions ----------------------------------------------------------------------------------


@app.command()
def ask(
    question: Question = None,
    as_of: AsOf = None,
    doc: Docs = None,
    as_json: AsJson = False,
    jsonl: AsLines = False,
    quiet: Quiet = False,
    index: IndexDir = None,
    corpus: CorpusDir = None,
) -> None:
    """Answer a question in the documents' own words, or say that they do not answer it."""
    began = time.perf_counter()
    day = parsed_date(as_of)
    settings = settings_with(index=index, corpus=corpus)
    text = None if jsonl else question_text(question)
    assistant = opened(settings, quiet=quiet)
    if text is None:
        each_line(lambda line, past: answer_line(assistant, line, past, day, doc or []))
        return
    answer = assistant.ask(text, as_of=day, documents=doc or [])
    if as_json:
        emit(to_json(answer, indent=1))
    else:
        emit(answer_text(answer, time.perf_counter() - began, len(assistant.works)))
    if answer.status == "no_answer":
        raise typer.Exit(NO_ANSWER)


@app.command()
def search(
    question: Question = None,
    as_of: AsOf = None,
    doc: Docs = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    as_json: AsJson = False,
    jsonl: AsLines = False,
    quiet: Quiet = False,
    index: IndexDir = None,
    corpus: CorpusDir = None,
) -> None:
    """Find the passages that bear on a question, best first."""
    day = parsed_date(as_of)
    settings = settings_with(index=index, corpus=corpus)
    text = None if jsonl else question_text(question)
    assistant = opened(settings, quiet=quiet)
    if text is None:
        each_line(lambda line, past: search_line(assistant, line, past, day, doc or [], k))
        return
    hits = assistant.search(text, as_of=day, documents=doc or [], k=k)
    rows = hit_rows(assistant, hits, day or assistant.today)
    emit(to_json({"hits": rows}, indent=1) if as_json else "\n\n".join(map(hit_text, rows)))
    if not hits:
        raise typer.Exit(NO_ANSWER)


def question_text(argument: str | None) -> str:
    """The question from the argument, or from standard input for "-" or a pipe."""
    if argument is not None and argument != "-":
        return argument
    if argument is None and sys.stdin.isatty():
        raise UsageError('a question is missing; clusterqa ask "What is a cluster organisation?"')
    return sys.stdin.read()


def parsed_date(text: str | None, option: str = "--as-of") -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is not a date; write it like 2019-05-01") from error


Past = list["Turn"]


def each_line(handle: Callable[[dict[str, Any], Past], dict[str, Any]]) -> None:
    """One result line for each input line, in order; a bad line gives a line with its error."""
    conversations: dict[str, Past] = {}
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        if raw.strip():
            emit(to_json(line_result(raw, number, conversations, handle)))


def line_result(
    raw: bytes,
    number: int,
    conversations: dict[str, Past],
    handle: Callable[[dict[str, Any], Past], dict[str, Any]],
) -> dict[str, Any]:
    line: dict[str, Any] = {"id": None}
    try:
        line = checked_line(raw)
        past = (
            conversations.setdefault(str(line["conversation"]), [])
            if line.get("conversation")
            else []
        )
        return {"id": line["id"]} | handle(line, past)
    except (ClusterQAError, ValueError) as error:
        return {"id": line.get("id"), "error": f"line {number}: {error}"}


def checked_line(raw: bytes) -> dict[str, Any]:
    """The line as an object with id, question and as_of of the right kinds."""
    line = json.loads(raw)
    if not isinstance(line, dict) or "id" not in line:
        raise ValueError('not an object with "id" and "question"')
    if not isinstance(line.get("question"), str) or not isinstance(line.get("as_of"), str | None):
        return line | {"question": None}
    return line


def line_question(line: dict[str, Any], day: date | None) -> tuple[str, date | None]:
    if line["question"] is None:
        raise UsageError('"question" must be text and "as_of" a date like 2019-05-01 or null')
    try:
        return line["question"], date.fromisoformat(line["as_of"]) if line.get("as_of") else day
    except ValueError as error:
        raise UsageError(
            f"as_of {line['as_of']!r} is not a date; write it like 2019-05-01"
        ) from error


def answer_line(
    assistant: "Assistant", line: dict[str, Any], past: Past, day: date | None, docs: Sequence[str]
) -> dict[str, Any]:
    from clusterqa.types import Turn

    question, as_of = line_question(line, day)
    answer = assistant.ask(question, as_of=as_of, documents=docs, history=tuple(past))
    past.append(Turn(question, as_of))
    return {"answer_id": answer.id} | {k: v for k, v in asdict(answer).items() if k != "id"}


def search_line(
    assistant: "Assistant",
    line: dict[str, Any],
    past: Past,
    day: date | None,
    docs: Sequence[str],
    k: int,
) -> dict[str, Any]:
    from clusterqa.types import Turn

    question, as_of = line_question(line, day)
    hits = assistant.search(question, as_of=as_of, documents=docs, history=tuple(past), k=k)
    past.append(Turn(question, as_of))
    return {"hits": hit_rows(assistant, hits, as_of or assistant.today)}


def hit_rows(assistant: "Assistant", hits: Sequence["Hit"], day: date) -> list[dict[str, Any]]:
    return [
        {
            "rank": rank,
            "score": hit.score,
            "parts": hit.parts,
            "document": asdict(assistant.describe(hit, day).document),
            "locator": asdict(assistant.describe(hit, day).locator),
            "passage_id": hit.passage.id,
            "text": hit.passage.text,
            "start": hit.passage.start,
            "end": hit.passage.end,
        }
        for rank, hit in enumerate(hits, start=1)
    ]


def to_json(value: Any, indent: int | None = None) -> str:
    plain = value if isinstance(value, dict) else asdict(value)
    return json.dumps(plain, ensure_ascii=False, default=date.isoformat, indent=indent)


# -- what a person reads ------------------------------------------------------------------------


def answer_text(answer: "Answer", seconds: float, works: int) -> str:
    if answer.status == "no_answer":
        return no_answer_text(answer, works)
    lines = [f"Understood as: {answer.understood_as}\n"] if answer.understood_as else []
    for statement in answer.statements:
        marks = "".join(f" [{n}]" for n in statement.citations)
        lines.append(wrapped(statement.text + marks) + "\n")
    lines += [citation_text(citation) + "\n" for citation in answer.citations]
    lines += [wrapped(f"Note: {notice.message}") for notice in answer.notices]
    lines.append(f"{DISCLAIMER} ({seconds:.1f} s)")
    return "\n".join(lines)


def no_answer_text(answer: "Answer", works: int) -> str:
    lines = [wrapped(notice.message) for notice in answer.notices]
    lines += [
        f"No answer in the documents ({works} works on EU cluster policy and State aid, "
        f"as of {answer.as_of})."
    ]
    if answer.nearest:
        lines.append("Nearest passages:")
        lines += [f"  {n.document.short_title}, {n.locator.label}" for n in answer.nearest]
    return "\n".join(lines)


def citation_text(citation: "Citation") -> str:
    document = citation.document
    place = f"[{citation.n}] {document.short_title}, {citation.locator.label}"
    lines = [f"{place}   {version_text(document)}"]
    if citation.links.source:
        lines.append(f"    {citation.links.source}")
    return "\n".join(lines)


STATUS_WORDS = {
    "in_force": "in force",
    "superseded": "superseded",
    "expired": "expired",
    "not_yet": "not yet applicable",
    "guidance": "guidance, not law",
}


def version_text(document: "DocumentRef") -> str:
    """ "consolidated 1 July 2023, in force, applies until 31 December 2026"."""
    from clusterqa.answering import day

    kind = "text of" if document.authentic else "consolidated"
    parts = [f"{kind} {day(document.version_date)}"] if document.version_date else []
    parts.append(STATUS_WORDS[document.legal_status])
    if document.valid_to:
        parts.append(f"applies until {day(document.valid_to)}")
    return ", ".join(parts)


def hit_text(row: dict[str, Any]) -> str:
    document, locator = row["document"], row["locator"]
    place = f"{document['short_title']}, {locator['label']}"
    head = f"{row['rank']}. {place}   ({document['id']}, {row['score']:.3f})"
    return f"{head}\n{wrapped(row['text'])}"


def wrapped(text: str) -> str:
    """Lines folded for a terminal; as they are when piped."""
    if not sys.stdout.isatty():
        return text
    import textwrap

    return "\n".join(textwrap.fill(line, WIDTH) for line in text.splitlines())


# -- settings, corpus, index --------------------------------------------------------------------


def settings_with(**flags: object) -> Settings:
    return load_settings(flags)[0]


def opened(settings: Settings, *, quiet: bool) -> "Assistant":
    """The assistant; an index that is missing is first built from what the corpus holds."""
    from clusterqa.assistant import Assistant

    if not (settings.index / "CURRENT").exists():
        if not quiet:
            say(f"{settings.index}: no index yet; building one from {settings.corpus}")
        run_ingest(settings, quiet=quiet)
    assistant = Assistant.open(settings.index)
    check_encoder(assistant, settings)
    if not quiet:
        warn_if_corpus_changed(assistant, settings)
    return assistant


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
    if here != set(assistant.index.files):
        say(f"{settings.corpus} has changed since the index was built; run: clusterqa ingest")


def manifest_works(settings: Settings) -> tuple["Work", ...]:
    """The works in the manifest; a corpus folder that does not exist yet is laid out first."""
    from clusterqa.corpus import lay_out, read_manifest

    lay_out(settings.corpus)
    return read_manifest(settings.corpus / "manifest.toml")


def run_ingest(settings: Settings, *, quiet: bool) -> str:
    from clusterqa.assistant import ingest as build

    works = manifest_works(settings)
    if not (settings.index / "CURRENT").exists():
        fetch_absent(settings, works, quiet=quiet)
    with progress_bars(quiet=quiet) as progress:
        return build(
            works,
            settings.corpus,
            settings.index,
            model=settings.model,
            precision=settings.precision,
            progress=progress,
        )


CONNECT_LIMIT = 4.0  # seconds that a first answer may wait to learn that there is no network


def fetch_absent(settings: Settings, works: Sequence["Work"], *, quiet: bool) -> None:
    """Try once to fetch the official texts that are not here; one line says what stays missing."""
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
    from clusterqa.corpus import is_official, presence

    found = []
    for work in works:
        states = presence([s for s in work.sources if is_official(s)], corpus)
        sources = tuple(p.source for p in states if p.state == "absent")
        found += [replace(work, sources=sources)] if sources else []
    return found


def fetch(settings: Settings, works: Sequence["Work"], *, quiet: bool) -> str:
    """Why not all of the works' texts are here; gives up at once where nothing can be had."""
    from clusterqa.download import obstacle, sync_from_cellar

    access = replace(access_with(settings), attempts=2, read=20.0)
    if reason := obstacle(works, access=access, limit=CONNECT_LIMIT):
        return reason
    total, had, reason = sum(len(work.sources) for work in works), 0, ""
    if not quiet:
        say(f"fetching texts ({total}) from {settings.cellar}; CLUSTERQA_OFFLINE=1 goes without")
    with progress_bars(quiet=quiet) as progress:
        results = sync_from_cellar(works, settings.corpus, access=access)
        for done, result in enumerate(results, start=1):
            progress("texts", done, total)
            had += result.outcome in ("copied", "changed")
            if result.outcome in ("failed", "missing"):
                reason = result.message
                if not had:
                    break
    return reason


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


@app.command()
def ingest(
    index: IndexDir = None,
    corpus: CorpusDir = None,
    model: Annotated[str | None, typer.Option(help="Name or folder of the encoder.")] = None,
    quiet: Quiet = False,
) -> None:
    """Build a new index generation from the documents that are present."""
    settings = settings_with(index=index, corpus=corpus, model=model)
    emit(run_ingest(settings, quiet=quiet))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    index: IndexDir = None,
    corpus: CorpusDir = None,
    quiet: Quiet = False,
) -> None:
    """Serve the chat page and the HTTP interface."""
    settings = settings_with(index=index, corpus=corpus, host=host, port=port)
    check_port(settings.host, settings.port)
    import uvicorn

    from clusterqa.server import create_app

    application = create_app(lambda: opened(settings, quiet=True))
    if not quiet:
        say(f"serving on http://{settings.host}:{settings.port}/ (Ctrl-C ends it)")
    uvicorn.run(application, host=settings.host, port=settings.port, log_level="warning")


def check_port(host: str, port: int) -> None:
    """Raise `ClusterQAError` if the address cannot be bound."""
    import socket

    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise ClusterQAError(
            f"{host}:{port} cannot be used ({error.strerror}); choose another with --port"
        ) from error


@app.command(name="eval")
def evaluate(
    questions: Annotated[Path, typer.Option("--questions", help="Folder of a question set.")],
    as_json: AsJson = False,
    today: Annotated[
        str | None, typer.Option(help="The date a question without one means.")
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Depth of the search.")] = 50,
    quiet: Quiet = False,
    index: IndexDir = None,
    corpus: CorpusDir = None,
) -> None:
    """Measure retrieval, citations and refusals on a question set."""
    from clusterqa.evaluation import evaluate as measure
    from clusterqa.evaluation import read_questions

    day = parsed_date(today) or date.today()
    found = read_questions(questions)
    assistant = opened(settings_with(index=index, corpus=corpus), quiet=quiet)
    with progress_bars(quiet=quiet) as progress:
        report = measure(
            assistant, found, today=day, k=k,
            progress=lambda done, total: progress("questions", done, total),
        )  # fmt: skip
    emit(to_json(report.to_json(), indent=1) if as_json else report.to_table())


@corpus_app.command("sync")
def corpus_sync(
    mirror: Annotated[Path | None, typer.Option(help="Folder of official texts.")] = None,
    corpus: CorpusDir = None,
) -> None:
    """Bring what can be had of the manifest's documents into the corpus: fetched, or from DIR."""
    settings = settings_with(corpus=corpus, mirror=mirror)
    works = manifest_works(settings)
    failed = False
    for result in synced(settings, works):
        failed = failed or result.outcome == "failed"
        emit(f"{result.outcome:<11} {result.source}  {result.message}".rstrip())
    if not settings.mirror:
        report_new_versions(settings, works)
    if failed:
        raise typer.Exit(1)


def synced(settings: Settings, works: Sequence["Work"]) -> Iterator["SyncResult"]:
    """The result for each source, from the mirror if one is set, else from the network."""
    if settings.mirror:
        from clusterqa.corpus import sync_from_mirror

        return sync_from_mirror(works, Path(settings.mirror), settings.corpus)
    from clusterqa.download import sync_from_cellar

    return sync_from_cellar(works, settings.corpus, access=access_with(settings))


def access_with(settings: Settings) -> "Access":
    from clusterqa.download import Access

    return Access(settings.cellar, offline=settings.offline, private=settings.cellar_private)


def report_new_versions(settings: Settings, works: Sequence["Work"]) -> None:
    """A line for each consolidated version that the manifest does not know yet."""
    from clusterqa.download import new_consolidations

    try:
        for line in new_consolidations(works, access=access_with(settings)):
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
    corpus: CorpusDir = None,
) -> None:
    """Add documents of your own to the corpus; one that cannot be read is named and left out."""
    from clusterqa.additions import add_document

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
                url=url, licence=licence, publisher=publisher, **days,
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


RUN_INGEST = "the index still holds what it did; run: clusterqa ingest"


@corpus_app.command("remove")
def corpus_remove(
    name: Annotated[str, typer.Argument(metavar="ID", help="The id of what was added.")],
    corpus: CorpusDir = None,
) -> None:
    """Take a document that was added out of the corpus, its copy too."""
    from clusterqa.additions import remove_document

    settings = settings_with(corpus=corpus)
    manifest_works(settings)
    remove_document(name, settings.corpus)
    emit(f"removed {name}")
    say(RUN_INGEST)


@corpus_app.command("status")
def corpus_status(corpus: CorpusDir = None) -> None:
    """Every work and version: its dates and whether its text is here."""
    from clusterqa.corpus import presence

    settings = settings_with(corpus=corpus)
    for work in manifest_works(settings):
        emit(f"{work.short_title} ({work.id})")
        for found in presence(work.sources, settings.corpus):
            source = found.source
            days = f"{source.valid_from or '…'} to {source.valid_to or '…'}"
            emit(f"  {source.id:<26} {source.language}  {days:<26} {found.state}")


@index_app.command("list")
def index_list(index: IndexDir = None) -> None:
    """The generations on disk; the one that answers is marked."""
    from clusterqa.index import current_name, generations, read_generation_manifest

    folder = settings_with(index=index).index
    for path in generations(folder):
        mark = "*" if path.name == current_name(folder) else " "
        manifest = read_generation_manifest(path)
        emit(f"{mark} {path.name}  {manifest['encoder']}  {manifest['built_at']}")


@index_app.command("verify")
def index_verify(index: IndexDir = None) -> None:
    """Open the current generation and check every file against its hash."""
    from clusterqa.index import Index

    opened_index = Index.open(settings_with(index=index).index)
    emit(f"{opened_index.manifest['id']}: {len(opened_index.manifest['files'])} files as written")


@index_app.command("rollback")
def index_rollback(index: IndexDir = None) -> None:
    """Make the generation before the current one answer again."""
    from clusterqa.index import roll_back

    emit(roll_back(settings_with(index=index).index))


@config_app.command("show")
def config_show() -> None:
    """Each setting, its value and where it came from."""
    for origin in load_settings()[1]:
        emit(f"{origin.name:<10} {origin.value:<40} {origin.place}")


if __name__ == "__main__":
    main()
