"""`keys …` and `feedback …`: what the operator of a server does beside it, also while it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusterqa.cli.app import emit, feedback_app, keys_app, say
from clusterqa.cli.opening import settings_with

if TYPE_CHECKING:
    from clusterqa.records import Database

Records = Annotated[Path | None, typer.Option("--records", help="File of keys and answers.")]
KeyName = Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is.")]


@keys_app.command("add")
def keys_add(name: KeyName, records: Records = None) -> None:
    """Make a key and print it; it is kept as a hash, so it cannot be shown again."""
    from clusterqa.records import Keys

    emit(Keys(database(records)).add(name))
    say(f"this is the key of {name}; it is shown only now")


@keys_app.command("list")
def keys_list(records: Records = None) -> None:
    """Every key by name, when it was made and when it was revoked."""
    from clusterqa.records import Keys

    for key in Keys(database(records)).all():
        state = f"revoked {key.revoked}" if key.revoked else "in use"
        emit(f"{key.name:<24} made {key.created}  {state}")


@keys_app.command("revoke")
def keys_revoke(name: KeyName, records: Records = None) -> None:
    """Let a key open nothing any more, from the next request on."""
    from clusterqa.records import Keys

    Keys(database(records)).revoke(name)
    emit(f"revoked {name}")


@feedback_app.command("export")
def feedback_export(
    folder: Annotated[Path, typer.Argument(help="Where the question set is to be written.")],
    records: Records = None,
) -> None:
    """Write what people said of answers as a question set that `clusterqa eval` reads."""
    from clusterqa.records import Feedback

    for name, lines in Feedback(database(records)).export(folder).items():
        emit(f"{lines:>6}  {folder / name}")


def database(records: Path | None) -> "Database":
    from clusterqa.records import Database

    return Database(settings_with(records=records).records)
