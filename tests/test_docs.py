"""README and program say the same."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from clusterqa.cli import app
from clusterqa.settings import Origin, load_settings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
MAKEFILE = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")


def command_names(command: Any, name: str) -> list[str]:
    if hasattr(command, "commands"):
        return [
            found
            for child, sub in command.commands.items()
            for found in command_names(sub, f"{name} {child}")
        ]
    return [name]


COMMANDS = command_names(typer.main.get_command(app), "clusterqa")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    """this test ensures that the README names every command."""
    assert command in README


def test_every_documented_command_exists() -> None:
    """this test ensures that the README shows no command that is not there."""
    shown = re.findall(r"^(?:\$ )?(clusterqa [a-z]+(?: [a-z]+)?)", README, re.MULTILINE)
    assert shown
    for command in shown:
        assert any(command.startswith(known) or known == command for known in COMMANDS), command


@pytest.mark.parametrize("origin", load_settings()[1], ids=lambda origin: origin.name)
def test_every_setting_is_documented(origin: Origin) -> None:
    """this test ensures that the README names every setting by its variable."""
    assert f"CLUSTERQA_{origin.name.upper()}" in README


def test_make_targets_in_the_readme_exist() -> None:
    """this test ensures that every `make` command of the README is a target."""
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    shown = set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE))
    assert {"ask", "test"} <= shown <= targets
