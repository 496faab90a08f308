"""A collection of texts as the pipeline takes them: works and documents, and how it is measured.

Entries without structure of their own (paragraphs, abstracts) become one document with a provision
for each: the id is its label, which is not searched, and the title its title, which is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from clusterqa.assistant import Assistant
from clusterqa.evaluation.figures import Result
from clusterqa.evaluation.runs import read_results
from clusterqa.types import Document, Provision, ProvisionKind, Source, Work

Asked = Callable[[int, int], None]  # questions done, all of them
Measure = Callable[[Assistant, Asked], tuple[Result, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a collection; a title may be empty, an id is unique."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What is indexed, what is measured on it, and how a saved run of that is read again.

    `answers` says whether its questions are answered, not only searched.
    """

    name: str
    works: tuple[Work, ...]
    documents: tuple[Document, ...]
    measure: Measure
    answers: bool = False
    read_run: Callable[[Path], tuple[Result, ...]] = read_results


def work_of(name: str, title: str = "") -> Work:
    """A work with one text, whose title is searched with each of its passages."""
    source = Source(id=name, work=name, language="en", title=title)
    return Work(name, title, title, kind="page", publisher="", sources=(source,))


def document_of(name: str, entries: Iterable[Entry]) -> tuple[Document, dict[str, int]]:
    """The document that holds every entry with words, and where each one's text begins.

    An entry with a title has the heading lines of a section, its label and its title.
    """
    lines, provisions, starts, position = [], [], {}, 0
    for entry in entries:
        title, text = " ".join(entry.title.split()), entry.text
        if not text.strip():
            title, text = "", title
        if not text:
            continue
        heading = f"{' '.join(entry.id.split())}\n{title}\n" if title else ""
        starts[entry.id], end = position + len(heading), position + len(heading) + len(text)
        kind: ProvisionKind = "section" if title else "paragraph"
        provisions.append(Provision(kind, entry.id, title, position, end))
        lines.append(f"{heading}{text}\n")
        position = end + 1
    return Document(name, "".join(lines), tuple(provisions)), starts
