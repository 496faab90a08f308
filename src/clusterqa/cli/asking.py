"""`ask` and `search`, one question at a time or as JSON lines."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusterqa.cli.app import (
    NO_ANSWER,
    AsJson,
    AsLines,
    AsOf,
    CorpusDir,
    Docs,
    IndexDir,
    Question,
    Quiet,
    app,
    emit,
    say,
)
from clusterqa.cli.opening import opened, parsed_date, settings_with
from clusterqa.cli.rendering import answer_text, foremost_text, hit_text, to_json
from clusterqa.errors import ClusterQAError, UsageError
from clusterqa.languages.days import iso_day
from clusterqa.types import Inquiry, Turn

if TYPE_CHECKING:
    from clusterqa.answers import Notice
    from clusterqa.assistant import Assistant

Past = list[Turn]


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
    lines = question_lines(question) if jsonl else None
    text = "" if lines else question_text(question)
    assistant = opened(settings, quiet=quiet)
    if lines:
        each_line(lines, lambda line, past: answer_line(assistant, line, past, day, doc or []))
        return
    answer = assistant.ask(Inquiry(text, day, tuple(doc or ())))
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
    explain: Annotated[
        bool, typer.Option("--explain", help="Show where each score comes from.")
    ] = False,
    quiet: Quiet = False,
    index: IndexDir = None,
    corpus: CorpusDir = None,
) -> None:
    """Find the passages that bear on a question, best first."""
    day = parsed_date(as_of)
    settings = settings_with(index=index, corpus=corpus)
    lines = question_lines(question) if jsonl else None
    text = "" if lines else question_text(question)
    assistant = opened(settings, quiet=quiet)
    if lines:
        each_line(lines, lambda line, past: search_line(assistant, line, past, day, doc or [], k))
        return
    inquiry = Inquiry(text, day, tuple(doc or ()))
    found = assistant.find(inquiry, k=k)
    rows = {"hits": [asdict(hit) for hit in found]}
    if not quiet:
        say_foremost(assistant.foremost)
    if as_json:
        emit(to_json(rows, indent=1))
    else:
        said = [f"Searched as: {assistant.query(inquiry).law_words}"] if explain else []
        emit("\n\n".join([*said, *(hit_text(hit, explain=explain) for hit in found)]))
    if not found:
        raise typer.Exit(NO_ANSWER)


def say_foremost(notices: Sequence["Notice"]) -> None:
    """What is known before any question, a line each, beside the results."""
    for notice in notices:
        say(foremost_text(notice))


def question_text(argument: str | None) -> str:
    """The question from the argument, or from standard input for "-" or a pipe."""
    from clusterqa.query.checks import checked  # here, because `--help` waits for imports

    if argument is not None and argument != "-":
        return checked(argument)
    if sys.stdin is None or (argument is None and sys.stdin.isatty()):
        raise UsageError('a question is missing; clusterqa ask "What is a cluster organisation?"')
    try:
        return checked(sys.stdin.read())
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8 at byte {error.start}") from error


def question_lines(argument: str | None) -> tuple[str, Iterable[bytes]]:
    """The name of a file and its lines, or of standard input and its lines as they come.

    Raises `UsageError` for what is no file.
    """
    if argument is None or argument == "-":
        if sys.stdin is None or (argument is None and sys.stdin.isatty()):
            raise UsageError("a file is missing; clusterqa ask --jsonl questions.jsonl")
        return "standard input", sys.stdin.buffer
    path = Path(argument)
    if not path.is_file():
        raise UsageError(f"{argument[:200]}: no such file; name one with a question a line")
    return argument, path.read_bytes().split(b"\n")


LINE = '{"id": "1", "question": "What is a cluster?"}'


def each_line(
    lines: tuple[str, Iterable[bytes]], handle: Callable[[dict[str, Any], Past], dict[str, Any]]
) -> None:
    """One result line for each input line, in order; a bad line gives a line with its error.

    Raises `UsageError` where there is no line at all.
    """
    conversations: dict[str, Past] = {}
    name, rows = lines
    answered = False
    for number, raw in enumerate(rows, start=1):
        if raw.strip():
            emit(to_json(line_result(raw.strip(), number, conversations, handle)))
            answered = True
    if not answered:
        raise UsageError(f"{name} is empty; write a question a line, like {LINE}")


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
    except (ClusterQAError, ValueError, RecursionError) as error:
        return {"id": line.get("id"), "error": f"line {number}: {error}"}


def checked_line(raw: bytes) -> dict[str, Any]:
    """The line as an object with id, question and as_of of the right kinds."""
    try:
        line = json.loads(raw)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON from its character {error.pos + 1} on; write {LINE}") from error
    if not isinstance(line, dict) or "id" not in line:
        raise ValueError('not an object with "id" and "question"')
    if not isinstance(line.get("question"), str) or not isinstance(line.get("as_of"), str | None):
        return line | {"question": None}
    return line


def line_inquiry(
    line: dict[str, Any], past: Past, day: date | None, docs: Sequence[str]
) -> Inquiry:
    """What a line asks, after those of its conversation."""
    if line["question"] is None:
        raise UsageError('"question" must be text and "as_of" a date like 2019-05-01 or null')
    try:
        as_of = iso_day(line["as_of"]) if line.get("as_of") else day
    except ValueError as error:
        raise UsageError(
            f"as_of {line['as_of']!r} is not a date; write it like 2019-05-01"
        ) from error
    return Inquiry(line["question"], as_of, tuple(docs), tuple(past))


def answer_line(
    assistant: "Assistant", line: dict[str, Any], past: Past, day: date | None, docs: Sequence[str]
) -> dict[str, Any]:
    inquiry = line_inquiry(line, past, day, docs)
    answer = assistant.ask(inquiry)
    past.append(Turn(inquiry.question, inquiry.as_of))
    return {"answer_id": answer.id} | {k: v for k, v in asdict(answer).items() if k != "id"}


def search_line(
    assistant: "Assistant",
    line: dict[str, Any],
    past: Past,
    day: date | None,
    docs: Sequence[str],
    k: int,
) -> dict[str, Any]:
    inquiry = line_inquiry(line, past, day, docs)
    found = assistant.find(inquiry, k=k)
    past.append(Turn(inquiry.question, inquiry.as_of))
    return {"hits": [asdict(hit) for hit in found]}
