"""The command line: data on stdout, messages on stderr, one line per error, meaningful exit codes.

0 answered · 1 error · 2 usage · 3 no answer · 4 index missing or unusable · 130 interrupted.
Heavy imports sit inside the commands that need them, so that `--help` is instant.
"""

import os
import sys
from typing import Annotated

import typer

from clusterqa import __version__
from clusterqa.cli import asking, checking, completion, documents, mcp, running, service
from clusterqa.cli.app import INTERRUPTED, app, emit, say
from clusterqa.errors import ClusterQAError

__all__ = [
    "app", "asking", "checking", "completion", "documents", "main", "mcp", "running", "service",
]  # fmt: skip


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
    completion.prepare_completion()
    try:
        code = app(standalone_mode=False) or 0
    except ClusterQAError as error:
        fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        fail(f"{error.filename or 'output'}: {error.strerror}; check the place and try again", 1)
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
