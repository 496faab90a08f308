"""What an encoder finds: question sets over an index in, ranks by each of its views out.

    python -m training.evaluate --model DIR --index DIR SET ...

Every passage that applied on a question's day is ranked by the dense view, by late interaction and
by both, without BM25, known questions or anything else of the search.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch

from clusterqa.assistant import Assistant
from clusterqa.evaluation import normalise
from clusterqa.query.understanding import understand
from clusterqa.search.retrieval import searchable_sources, usable_passages
from clusterqa.types import Inquiry
from training.encoder import PASSAGE_TOKENS, QUESTION_TOKENS, Tokens, TwoViews

TODAY = date(2026, 11, 23)
CUTOFFS = (1, 5, 10, 50)
VIEWS = ("dense", "tokens", "both")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that passages answer: in which set, in which language, after how many turns."""

    group: str
    question: str
    as_of: date | None
    gold: tuple[dict[str, str], ...]


def asked(folder: Path) -> Iterator[Asked]:
    """The answerable first turns of a folder of JSON lines."""
    for path in sorted(folder.glob("*.jsonl")):
        for entry in map(json.loads, path.read_text("utf-8").splitlines()):
            turn = entry["turns"][0] if "turns" in entry else entry
            if turn.get("turn", 1) > 1 or not turn["answerable"]:
                continue
            day = date.fromisoformat(turn["as_of"]) if turn.get("as_of") else None
            language = turn.get("language", "fr" if looks_french(turn["question"]) else "en")
            golds = (*turn["gold"], *turn.get("alternatives", ()))
            group = f"{folder.name} {language}"
            yield Asked(group, turn["question"], day, golds)


def looks_french(question: str) -> bool:
    return bool(set(question.lower().split()) & {"les", "une", "des", "quelle", "quel", "aux"})


class Rows:
    """The rows of an index in both views of a model."""

    def __init__(self, assistant: Assistant, model: TwoViews, tokens: Tokens) -> None:
        self.assistant = assistant
        self.search, self.library = assistant.index.search, assistant.library
        texts = self.texts()
        dense = np.zeros((len(texts), 384), np.float32)
        self.found: list[torch.Tensor] = [torch.empty(0)] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        with torch.no_grad():
            for first in range(0, len(order), 32):
                rows = order[first : first + 32]
                batch, counted = tokens.tensors([texts[i] for i in rows], "passage", PASSAGE_TOKENS)
                vectors, words = model(batch)
                dense[rows] = vectors.numpy()
                for i, word, mask in zip(rows, words, counted, strict=True):
                    self.found[i] = word[mask.bool()].half()
        self.dense = dense

    def texts(self) -> list[str]:
        """What is encoded of each row, by its number."""
        found: dict[int, str] = {}
        numbers = self.search.passage_numbers.tolist()
        for row, passage in zip(
            self.search.passage_rows.tolist(), self.library.passages(numbers), strict=True
        ):
            work, _ = self.library.sources[passage.source]
            parts = (work.short_title, passage.context, passage.text)
            found.setdefault(row, "\n".join(part for part in parts if part))
        return [found[n] for n in range(len(found))]


def ranks(rows: Rows, model: TwoViews, tokens: Tokens, one: Asked) -> dict[str, int | None]:
    """The rank of the first right passage in each view; None beyond the deepest cutoff."""
    query = understand(Inquiry(one.question, one.as_of), rows.library, TODAY)
    sources = searchable_sources(rows.library, query)
    usable = np.flatnonzero(usable_passages(rows.assistant.index, sources, query.as_of))
    numbers = np.unique(rows.search.passage_rows[usable])
    with torch.no_grad():
        batch, counted = tokens.tensors([query.words], "query", QUESTION_TOKENS)
        dense, words = model(batch)
    question = words[0][counted[0].bool()]
    near = rows.dense[numbers] @ dense[0].numpy()
    matched = np.array(
        [float((question @ rows.found[n].float().T).max(1).values.mean()) for n in numbers]
    )
    scores = {"dense": near, "tokens": matched, "both": near + matched}
    holds = right_rows(rows, usable, one.gold)
    return {view: first_rank(numbers, values, holds) for view, values in scores.items()}


def right_rows(rows: Rows, usable: np.ndarray, gold: Sequence[dict[str, str]]) -> set[int]:
    found = set()
    passages = rows.library.passages(rows.search.passage_numbers[usable].tolist())
    for row, passage in zip(rows.search.passage_rows[usable].tolist(), passages, strict=True):
        for one in gold:
            if passage.source == one["doc"] and normalise(one["quote"]) in normalise(passage.text):
                found.add(row)
    return found


def first_rank(numbers: np.ndarray, scores: np.ndarray, right: set[int]) -> int | None:
    order = numbers[np.argsort(-scores, kind="stable")][: max(CUTOFFS)].tolist()
    return next((rank for rank, row in enumerate(order, 1) if row in right), None)


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--model", type=Path, required=True)
    reading.add_argument("--vocabulary", type=Path, required=True)
    reading.add_argument("--index", type=Path, required=True)
    reading.add_argument("sets", type=Path, nargs="+")
    wanted = reading.parse_args()
    model, tokens = TwoViews(wanted.model).eval(), Tokens.of(wanted.vocabulary)
    rows = Rows(Assistant.open(wanted.index, today=TODAY), model, tokens)
    found: dict[str, list[dict[str, int | None]]] = defaultdict(list)
    for folder in wanted.sets:
        for one in asked(folder):
            found[one.group].append(ranks(rows, model, tokens, one))
    for group, each in found.items():
        for view in VIEWS:
            hits = [sum(r[view] is not None and r[view] <= k for r in each) for k in CUTOFFS]
            shares = " ".join(f"{hit / len(each):.2f}" for hit in hits)
            print(f"{group:24} n={len(each):3}  {view:6} {shares}", flush=True)


if __name__ == "__main__":
    main()
