"""What a parser leaves out because no reader sees it, counted while a file is read.

A parser is called with bytes and gives a document; what it left out is told beside it, in the
context of the call, so that no function on the way has to hand it on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from clusterqa.characters import readable


@dataclass(slots=True)
class Omissions:
    """Words that are hidden from readers, and characters that nobody can see."""

    words: int = 0
    characters: int = 0


_COUNTED: ContextVar[Omissions | None] = ContextVar("counted", default=None)


@contextmanager
def counted_omissions() -> Iterator[Omissions]:
    """What is left out from here on; whoever asks within is counted for themselves."""
    before = _COUNTED.set(Omissions())
    try:
        counted = _COUNTED.get()
        assert counted is not None
        yield counted
    finally:
        _COUNTED.reset(before)


def leave_out(text: str) -> None:
    """Count the words of a text that is hidden."""
    if counted := _COUNTED.get():
        counted.words += len(text.split())


def without_unseen(text: str) -> str:
    """The text as it can be read, what was taken out counted."""
    kept, count = readable(text)
    if count and (counted := _COUNTED.get()):
        counted.characters += count
    return kept
