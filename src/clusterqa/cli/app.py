"""The commands' common ground: the Typer apps, their options, and how the program speaks."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from clusterqa.characters import shown
from clusterqa.cli.terminal import printable
from clusterqa.errors import IndexUnusable, UsageError

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
keys_app = typer.Typer(help="The keys to a server.", no_args_is_help=True)
feedback_app = typer.Typer(help="What people said of answers.", no_args_is_help=True)
app.add_typer(corpus_app, name="corpus")
app.add_typer(index_app, name="index")
app.add_typer(config_app, name="config")
app.add_typer(keys_app, name="keys")
app.add_typer(feedback_app, name="feedback")

NO_ANSWER, INTERRUPTED = 3, 130


def existing_index(folder: Path | None) -> Path | None:
    """The folder as named; raises `IndexUnusable` where no index is: none is built unasked."""
    if folder is not None and not (folder / "CURRENT").exists():
        raise IndexUnusable(
            f"--index {folder}: no index is there; run: clusterqa ingest --index {folder}"
        )
    return folder


def existing_corpus(folder: Path | None) -> Path | None:
    """The folder as named; raises `UsageError` where there is none: none is laid out unasked."""
    if folder is not None and not folder.is_dir():
        raise UsageError(
            f"--corpus {folder}: no such folder; run: clusterqa corpus sync --corpus {folder}"
        )
    return folder


IndexDir = Annotated[
    Path | None, typer.Option("--index", callback=existing_index, help="Folder of the index.")
]
NewIndexDir = Annotated[Path | None, typer.Option("--index", help="Folder of the index.")]
CorpusDir = Annotated[
    Path | None, typer.Option("--corpus", callback=existing_corpus, help="Folder of the corpus.")
]
NewCorpusDir = Annotated[Path | None, typer.Option("--corpus", help="Folder of the corpus.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="The date asked about, like 2019-05-01.")]
Docs = Annotated[list[str] | None, typer.Option("--doc", help="Only this work or version; repeat.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages on stderr.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
AsLines = Annotated[
    bool, typer.Option("--jsonl", help="Questions and results as JSON lines, from a file.")
]
Question = Annotated[
    str | None,
    typer.Argument(help="The question, or with --jsonl a file; - reads standard input."),
]


def say(message: str) -> None:
    """Print a message; what would act on the terminal, or nobody sees, as visible marks."""
    print(f"clusterqa: {shown(message)}", file=sys.stderr)  # noqa: T201


def emit(text: str) -> None:
    """Print data, likewise; half a surrogate pair, which JSON can smuggle in, as a replacement."""
    print(printable(text))  # noqa: T201
