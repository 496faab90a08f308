"""`ingest`, `serve`, `eval`, `index …` and `config …`."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from clusterqa.cli.app import (
    AsJson,
    CorpusDir,
    IndexDir,
    Quiet,
    app,
    config_app,
    emit,
    index_app,
    say,
)
from clusterqa.cli.opening import opened, parsed_date, progress_bars, run_ingest, settings_with
from clusterqa.cli.rendering import to_json
from clusterqa.errors import ClusterQAError
from clusterqa.settings import load_settings


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
