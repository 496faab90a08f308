"""`completion`: what a shell reads to complete commands and options."""

import os
from enum import StrEnum
from typing import Annotated

import typer

from clusterqa.cli.app import app, emit

PROGRAM = "clusterqa"
VARIABLE = "_CLUSTERQA_COMPLETE"  # set by a shell that asks how a line goes on


class Shell(StrEnum):
    bash = "bash"
    zsh = "zsh"
    fish = "fish"


ShellName = Annotated[Shell, typer.Argument(help="The shell that is to complete.")]


@app.command()
def completion(shell: ShellName) -> None:
    """Print a script with which a shell completes commands and options."""
    from typer._completion_shared import get_completion_script

    emit(get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=shell.value))


def prepare_completion() -> None:
    """Let the shells' requests be understood, where this is one of them."""
    if VARIABLE in os.environ:
        from typer._completion_classes import completion_init

        completion_init()
