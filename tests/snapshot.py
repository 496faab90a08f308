"""Whole answers to many questions, as lines that a change of the program can be compared by.

`python tests/snapshot.py whole INDEX SET ... > OUT` writes what the program says now, numbers
included, so that the same command before and after a change shows each byte that it moved: `diff`
of the two. `python tests/snapshot.py digests OUT > tests/data/snapshot.jsonl` keeps what the test
compares: of each answer a digest of its words, since numbers differ in their last place by
processor.
"""

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from clusterqa.assistant import Assistant
from clusterqa.types import Inquiry, Turn

TODAY = date(2026, 11, 23)
OF_THE_RUN = ("id", "index", "timings_ms")  # what differs from one index or run to another
FACTS = ("facts", "experience")  # what the words of a notice and a confidence say already
NUMBERS = ("confidence", "score", "scores", "shares")


def asked(folder: Path) -> Iterator[tuple[str, str, date | None, list[Turn]]]:
    """Every question in a folder of JSON lines: id, words, date, the turns before it."""
    said: dict[str, list[Turn]] = defaultdict(list)
    for path in sorted(folder.glob("*.jsonl")):
        for entry in map(json.loads, path.read_text("utf-8").splitlines()):
            turns = entry.get("turns") or [entry]
            talk = entry.get("conversation") or entry["id"]
            for number, turn in enumerate(turns, 1):
                as_of = date.fromisoformat(turn["as_of"]) if turn.get("as_of") else None
                name = f"{entry['id']}.{number}" if "turns" in entry else entry["id"]
                yield name, turn["question"], as_of, list(said[talk])
                said[talk].append(Turn(turn["question"], as_of))


def snapshot(assistant: Assistant, folders: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """For every question its id, its whole answer as plain values and the passages found."""
    for folder in folders:
        for name, question, as_of, history in asked(folder):
            inquiry = Inquiry(question, as_of, history=tuple(history))
            answer, found = assistant.ask(inquiry), assistant.search(inquiry)
            yield {
                "id": f"{folder.name}/{name}",
                "answer": plain(asdict(answer)),
                "found": [hit.passage.id for hit in found],
            }


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in answer.items() if key not in OF_THE_RUN}
    read: dict[str, Any] = json.loads(json.dumps(kept, default=str))
    return read


def words_digest(answer: Any) -> str:
    """Sixteen hexadecimal digits over an answer's words, places and days, no number of its."""
    text = json.dumps(without_numbers(answer), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_numbers(v) for k, v in value.items() if k not in NUMBERS + FACTS}
    return list(map(without_numbers, value)) if isinstance(value, list) else value


def digests(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, str]]:
    for line in lines:
        answer = line["answer"]
        digest = words_digest(answer)
        yield {"id": line["id"], "status": answer["status"], "digest": digest}


if __name__ == "__main__":
    what, first, *others = sys.argv[1:]
    lines: Iterable[dict[str, Any]]
    if what == "whole":
        assistant = Assistant.open(Path(first), today=TODAY)
        lines = snapshot(assistant, [Path(folder) for folder in others])
    else:
        lines = digests(map(json.loads, Path(first).read_text("utf-8").splitlines()))
    for line in lines:
        print(json.dumps(line, ensure_ascii=False, sort_keys=True))
