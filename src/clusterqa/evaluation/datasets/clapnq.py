"""A folder of CLAPnq in, its questions out, each with the sentences that its answer rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clusterqa.evaluation.datasets.json_entries import json_lines, located
from clusterqa.evaluation.datasets.reading import Case, Evidence
from clusterqa.query.checks import checked


@dataclass(frozen=True, slots=True)
class ClapnqPassage:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ClapnqOutput:
    answer: str
    selected_sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClapnqLine:
    id: str
    input: str
    passages: tuple[ClapnqPassage, ...]
    output: tuple[ClapnqOutput, ...]


def is_clapnq(folder: Path) -> bool:
    """Whether some *.jsonl begins with a question that has passages and outputs."""
    for path in sorted(folder.glob("*.jsonl")):
        _, first = next(json_lines(path, object), ("", None))
        if isinstance(first, dict) and {"input", "passages", "output"} <= first.keys():
            return True
    return False


def clapnq_cases(folder: Path) -> Iterator[Case]:
    """The questions of every *.jsonl in the folder; their type is the file's name."""
    for path in sorted(folder.glob("*.jsonl")):
        for place, line in json_lines(path, ClapnqLine):
            with located(place):
                yield clapnq_case(line, path.stem)


def clapnq_case(line: ClapnqLine, kind: str) -> Case:
    if len(line.passages) != 1:
        raise ValueError(f"expected one passage, not {len(line.passages)}")
    (passage,) = line.passages
    answered = any(output.answer.strip() for output in line.output)
    chosen = [s.strip() for output in line.output for s in output.selected_sentences]
    sentences = dict.fromkeys(list(filter(None, chosen)) or [passage.text])
    evidence = tuple(sentence_in(passage.text, sentence) for sentence in sentences)
    question = checked(line.input)
    found = evidence if answered else ()
    return Case(line.id, kind, question, passage.title, passage.text, found)


def sentence_in(text: str, sentence: str) -> Evidence:
    start = text.find(sentence)
    if start < 0:
        raise ValueError(f"selected sentence {sentence[:40]!r} is not in the passage")
    return Evidence(start, start + len(sentence), whole=False)
