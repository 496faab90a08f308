"""JSON files and lines in, their entries out; what is wrong with one is said with its place."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clusterqa.errors import CorpusError, UsageError


def json_lines(path: Path) -> Iterator[tuple[str, Any]]:
    """The place and the value of each line that is not blank; `CorpusError` for no JSON."""
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            place = f"{path}, line {number}"
            with located(place):
                value = json.loads(line)
            yield place, value


def json_file(path: Path) -> Any:
    """What a JSON file holds; `CorpusError` if it is none."""
    with located(str(path)):
        return json.loads(path.read_bytes())


@contextlib.contextmanager
def located(place: str) -> Iterator[None]:
    """Whatever is found wrong within becomes a `CorpusError` that names the place."""
    try:
        yield
    except (ValueError, UsageError) as error:
        kind = "line" if ", line " in place else "entry"
        raise CorpusError(f"{place}: {error}; correct the {kind}") from error


def field(entry: object, name: str, kind: Any) -> Any:
    """The named value of an object; `ValueError` when it is missing or of another kind."""
    if not isinstance(entry, dict):
        raise ValueError(f"expected an object, not {entry!r:.60}")
    if name not in entry or not isinstance(entry[name], kind):
        raise ValueError(f"{name} is missing or of the wrong type")
    return entry[name]
