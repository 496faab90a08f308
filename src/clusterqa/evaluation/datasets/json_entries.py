"""JSON files and lines in, their entries out as dataclasses; a fault is said with its place."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from clusterqa.errors import CorpusError, UsageError

T = TypeVar("T")


def json_lines(path: Path, kind: type[T]) -> Iterator[tuple[str, T]]:
    """The place and the entry of each line that is not blank; `CorpusError` for one of no kind."""
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            place = f"{path}, line {number}"
            with located(place):
                entry = decoder.decode(line)
            yield place, entry


def json_file(path: Path, kind: type[T]) -> T:
    """What a JSON file holds; `CorpusError` if it is of another kind."""
    with located(str(path)):
        return msgspec.json.decode(path.read_bytes(), type=kind)


@contextlib.contextmanager
def located(place: str) -> Iterator[None]:
    """Whatever is found wrong within becomes a `CorpusError` that names the place."""
    try:
        yield
    except (ValueError, UsageError) as error:
        kind = "line" if ", line " in place else "entry"
        raise CorpusError(f"{place}: {error}; correct the {kind}") from error
