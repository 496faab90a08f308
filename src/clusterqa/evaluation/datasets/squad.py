"""A folder of SQuAD 2.0 in, its questions out, each with where its answers stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clusterqa.evaluation.datasets.json_entries import json_file, located
from clusterqa.evaluation.datasets.reading import Case, Evidence
from clusterqa.query.checks import checked


def is_squad(folder: Path) -> bool:
    return any(folder.glob("*.json")) and not (folder / "corpus").exists()


@dataclass(frozen=True, slots=True)
class SquadAnswer:
    text: str


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    id: str
    question: str
    answers: tuple[SquadAnswer, ...]
    is_impossible: bool = False


@dataclass(frozen=True, slots=True)
class SquadParagraph:
    context: str
    qas: tuple[SquadQuestion, ...]


@dataclass(frozen=True, slots=True)
class SquadArticle:
    title: str
    paragraphs: tuple[SquadParagraph, ...]


@dataclass(frozen=True, slots=True)
class Squad:
    data: tuple[SquadArticle, ...]


def squad_cases(folder: Path) -> Iterator[Case]:
    """The questions of every *.json in the folder; their type is the file's name."""
    for path in sorted(folder.glob("*.json")):
        for number, article in enumerate(json_file(path, Squad).data, 1):
            with located(f"{path}, article {number}"):
                for paragraph in article.paragraphs:
                    for entry in paragraph.qas:
                        yield squad_case(entry, path.stem, article.title, paragraph.context)


def squad_case(entry: SquadQuestion, kind: str, title: str, paragraph: str) -> Case:
    answers = dict.fromkeys(answer.text for answer in entry.answers)
    evidence = tuple(e for answer in answers for e in occurrences(answer, paragraph))
    if entry.is_impossible == bool(evidence):
        problem = "an answer in the paragraph is for those that have one"
        raise ValueError(f"question {entry.id}: {problem}")
    return Case(entry.id, kind, checked(entry.question), title, paragraph, evidence)


def occurrences(answer: str, paragraph: str) -> Iterator[Evidence]:
    """Where the answer stands in the paragraph, as words of their own; else wherever it stands."""
    words = re.escape(answer.strip())
    found = list(re.finditer(rf"(?<!\w){words}(?!\w)", paragraph)) if words else []
    for match in found or (re.finditer(words, paragraph) if words else ()):
        yield Evidence(*match.span(), whole=True)
