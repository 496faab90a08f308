"""`ingest`, `serve`, `eval`, `index …` and `config …`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusterqa.cli.app import (
    AsJson,
    CorpusDir,
    IndexDir,
    NewIndexDir,
    Quiet,
    app,
    config_app,
    emit,
    index_app,
    say,
)
from clusterqa.cli.opening import opened, parsed_date, progress_bars, run_ingest, settings_with
from clusterqa.cli.rendering import to_json
from clusterqa.errors import ClusterQAError, UsageError
from clusterqa.settings import Settings, load_settings

if TYPE_CHECKING:
    from clusterqa.evaluation import Collection, Measurement, Report, Result


@app.command()
def ingest(
    index: NewIndexDir = None,
    corpus: CorpusDir = None,
    model: Annotated[str | None, typer.Option(help="Name or folder of the encoder.")] = None,
    without_expansion: Annotated[
        bool, typer.Option("--without-expansion", help="Leave out the expected questions.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Build a new index generation from the documents that are present."""
    settings = settings_with(index=index, corpus=corpus, model=model)
    emit(run_ingest(settings, quiet=quiet, expansion=not without_expansion))


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
    from clusterqa.server import create_app
    from clusterqa.server.serving import serve as run

    application = create_app(lambda: opened(settings, quiet=True), settings)
    if not quiet:
        say(f"serving on http://{settings.host}:{settings.port}/ (Ctrl-C ends it)")
    run(application, settings, quiet=quiet)


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
    runs: Annotated[
        list[Path] | None, typer.Argument(help="Saved runs of question sets, for --write.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="Page to write the figures of saved runs in.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option("--questions", help="Folder of a question set on the corpus.")
    ] = None,
    collection: Annotated[
        Path | None,
        typer.Option("--collection", help="Folder with texts and questions of its own."),
    ] = None,
    work: Annotated[
        Path | None, typer.Option("--work", help="Where a collection's index is kept.")
    ] = None,
    titles: Annotated[
        bool, typer.Option("--titles/--no-titles", help="Search a collection's titles too.")
    ] = True,
    run: Annotated[Path | None, typer.Option("--run", help="Save what came of it here.")] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="A saved run to compare with.")
    ] = None,
    curves: Annotated[
        Path | None, typer.Option("--curves", help="SVG file to draw the curves in.")
    ] = None,
    as_json: AsJson = False,
    today: Annotated[
        str | None, typer.Option(help="The date a question without one means.")
    ] = None,
    k: Annotated[
        int, typer.Option("-k", min=1, max=1000, help="Depth of a question set's search.")
    ] = 50,
    quiet: Quiet = False,
    index: IndexDir = None,
    corpus: CorpusDir = None,
) -> None:
    """Measure retrieval, citations and refusals on a question set or a collection."""
    if write is not None or runs:
        return put_figures(write, runs or [], measuring=bool(questions or collection))
    day = parsed_date(today, "--today") or date.today()
    check_files(run=run, compare=compare, curves=curves)
    settings = settings_with(index=index, corpus=corpus)
    report: Report | Measurement
    if questions is not None and collection is None:
        report, before = of_questions(questions, compare, settings, day, k, quiet=quiet)
    elif collection is not None and questions is None:
        found, before = opened_collection(collection, compare, curves, titles=titles)
        report = of_collection(found, work, settings, quiet=quiet)
    else:
        raise UsageError("name what to measure: --questions DIR or --collection DIR, one of them")
    deliver(report, before, run, curves, as_json=as_json)


def put_figures(page: Path | None, runs: Sequence[Path], *, measuring: bool) -> None:
    """Write the figures of saved runs into a page; nothing is measured."""
    from clusterqa.evaluation import write_figures

    absent = [run for run in runs if not run.is_file()]
    if page is None or not runs or measuring:
        raise UsageError("to write figures name a page and saved runs: eval --write PAGE RUN …")
    if absent:
        raise UsageError(f"{absent[0]}: no such file; name one that --run has written")
    write_figures(page, runs)


def check_files(*, run: Path | None, compare: Path | None, curves: Path | None) -> None:
    """Raise `ClusterQAError`, before a long measurement, for a file that cannot be used after."""
    for option, path in (("--run", run), ("--curves", curves)):
        if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
            raise UsageError(f"{option} {path}: name a file in a folder that exists")
    if compare is not None and not compare.is_file():
        raise UsageError(f"--compare {compare}: no such file; name one that --run has written")
    if curves is not None:
        from clusterqa.evaluation import extra

        extra("matplotlib")


def of_questions(
    folder: Path, compare: Path | None, settings: Settings, day: date, k: int, *, quiet: bool
) -> tuple["Report", Sequence["Result"] | None]:
    """What is measured on a question set, and a run to compare with; without a language model."""
    from clusterqa.evaluation import evaluate as measure
    from clusterqa.evaluation import held_back, read_questions, read_results

    questions = read_questions(folder)
    before = read_results(compare) if compare else None
    assistant = opened(replace(settings, composer=""), quiet=quiet)
    with progress_bars(quiet=quiet) as progress:
        report = measure(
            assistant, questions, assistant.library.works, today=day, k=k,
            progress=partial(progress, "questions"),
            held_back=partial(held_back, assistant),
        )  # fmt: skip
    return report, before


def opened_collection(
    folder: Path, compare: Path | None, curves: Path | None, *, titles: bool
) -> tuple["Collection", Sequence["Result"] | None]:
    """A collection, and the run to compare with."""
    from clusterqa.evaluation import read_collection

    found = read_collection(folder, titles=titles)
    if curves is not None and not found.answers:
        raise UsageError(
            f"{folder}: no curves, for its questions are only searched; leave out --curves"
        )
    return found, found.read_run(compare) if compare else None


def of_collection(
    collection: "Collection", work: Path | None, settings: Settings, *, quiet: bool
) -> "Measurement":
    """What is measured on a collection, whose index is built first if need be."""
    from clusterqa.evaluation import default_folder, measure, open_collection

    folder = work or default_folder(collection.name)
    with progress_bars(quiet=quiet) as progress:
        assistant = open_collection(
            collection, folder,
            model=settings.model, precision=settings.precision, progress=progress,
        )  # fmt: skip
        return measure(assistant, collection, partial(progress, "questions"))


def deliver(
    report: "Report | Measurement",
    before: Sequence["Result"] | None,
    run: Path | None,
    curves: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print a report and its comparison, and write the files that are wanted."""
    from clusterqa.evaluation import compare, draw_curves, save_run

    comparison = compare(before, report.results) if before is not None else None
    if run is not None:
        save_run(run, report.results)
    if curves is not None:
        draw_curves(curves, report.results)
    if as_json:
        compared = {"comparison": comparison.to_json()} if comparison else {}
        emit(to_json(report.to_json() | compared, indent=1))
    else:
        emit("\n\n".join(part.to_table() for part in (report, comparison) if part))


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
        emit(f"{origin.name:<16} {origin.value:<40} {origin.place}")
