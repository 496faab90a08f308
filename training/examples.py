"""Lines of training data in, examples out: a question, the passages that answer it or tempt.

`data/*.jsonl` hold what was written for this project, `corpus/expected_questions.jsonl` the
questions that are searched beside the law. What is held out is decided by work.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from clusterqa.errors import ClusterQAError
from clusterqa.index.expansion import likeness
from clusterqa.query.followups import in_context
from clusterqa.types import Passage
from training.texts import Texts

DATA = Path(__file__).parent / "data"
# Works that only the held-out tests ask about, and the share of other acts kept back with them.
HELD_OUT_WORKS = ("2023R2831", "cluster-definitions", "2015R1588")
HELD_OUT_ACTS = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; `answers` says whether the passage does, `quote` with what."""

    id: str
    writer: str
    kind: str
    language: str
    question: str
    source: str
    text_language: str
    passage: Passage
    answers: bool
    quote: str = ""
    before: tuple[str, ...] = ()  # the turns before it as typed, the last one first

    @property
    def asked(self) -> str:
        """What is encoded: the question, after it the turns that it was read with."""
        return in_context(self.question, self.before)

    @property
    def held_out(self) -> bool:
        """Whether its work is kept from a model that is to be tested on unseen works."""
        if any(work in self.source for work in HELD_OUT_WORKS):
            return True
        is_other = not any(part in self.source for part in ("2014R0651", "2008R0800", "2012E"))
        drawn = int(sha256(self.source.encode()).hexdigest()[:8], 16) / 16**8
        return is_other and drawn < HELD_OUT_ACTS


def written(texts: Texts, folder: Path = DATA) -> Iterator[Example]:
    """The examples of all files of data, in their order."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield from examples_of(json.loads(line), texts)


def examples_of(line: dict[str, Any], texts: Texts) -> Iterator[Example]:
    """The examples of a line, one a passage; a later turn comes standing alone and in context."""
    if line["kind"] == "conversation":
        before: tuple[str, ...] = ()
        for number, turn in enumerate(line["turns"], 1):
            for place in turn["passages"]:
                name = f"{line['id']}.{number}"
                yield (alone := example(line, name, turn["standalone"], place, texts))
                if before:
                    yield replace(alone, question=turn["question"], before=before)
            before = (turn["question"], *before)
        return
    places = line["passages"] if line["kind"] == "answer" else [line["tempting"]]
    for place in places:
        yield example(line, line["id"], line["question"], place, texts)


def example(
    line: dict[str, Any], name: str, question: str, place: dict[str, Any], texts: Texts
) -> Example:
    passage = passage_of(place, texts)
    return Example(
        id=name,
        writer=line["writer"],
        kind=line["kind"],
        language=line["language"],
        question=question,
        source=place["source"],
        text_language=place["text_language"],
        passage=passage,
        answers=line["kind"] != "near_miss",
        quote=place["quote"],
    )


def passage_of(place: dict[str, Any], texts: Texts) -> Passage:
    """The passage of a label that holds a quote; raises `ClusterQAError` if there is none."""
    quote = " ".join(place["quote"].split())
    for passage in texts.passages(place["source"], place["text_language"]):
        if passage.label == place["label"] and quote in " ".join(passage.text.split()):
            return passage
    raise ClusterQAError(f"{place['source']}, {place['label']}: no passage holds {quote[:60]!r}")


# The source of a work of the corpus whose text the known questions were written from.
SOURCES = {
    "gber": "02014R0651-20230701", "gber-2008": "02008R0800-20131201", "tfeu": "12012E_TXT",
    "de-minimis-2023": "32023R2831", "enabling-2015": "02015R1588-20181227",
    "step-2024": "02024R0795-20251223", "cluster-definitions": "cluster-definitions",
    "reg-2023-1315": "32023R1315", "reg-2021-1237": "32021R1237", "reg-2020-972": "32020R0972",
    "reg-2017-1084": "32017R1084",
}  # fmt: skip
OLDER = {"gber": ("32014R0651",), "gber-2008": ("32008R0800",), "enabling-2015": ("32015R1588",)}


def known(path: Path, texts: Texts) -> Iterator[Example]:
    """The questions that are searched beside the law, each with the passage it is asked of."""
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        entry = json.loads(line)
        language = entry.get("language", "en")
        found = known_passage(entry, language, texts)
        for n, question in enumerate(entry["questions"] if found else ()):
            assert found is not None
            yield Example(
                id=f"known-{number}.{n}", writer="known", kind="answer", language=language,
                question=question, source=found.source, text_language=language, passage=found,
                answers=True,
            )  # fmt: skip


def known_passage(entry: dict[str, Any], language: str, texts: Texts) -> Passage | None:
    """The passage of the label that begins as the entry says, in the newest text that has it."""
    work = entry["work"]
    best: tuple[float, Passage] | None = None
    for source in (SOURCES.get(work, ""), *OLDER.get(work, ())):
        try:
            passages = texts.passages(source, language)
        except ClusterQAError:
            continue
        for passage in passages:
            if passage.label == entry["label"]:
                value = likeness(passage.text, entry["begins"])
                if best is None or value > best[0]:
                    best = value, passage
    return best[1] if best and best[0] > 0.5 else None
