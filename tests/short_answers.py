"""Short answers scored against `data/short_answers.jsonl`, by the rules of docs/short_answers.md.

python tests/short_answers.py --index INDEX [--only N] [--list] prints how many are right, wrong,
absent (the right words are quoted, the short answer is missing) and without their quote, in all and
by kind. `--list` also prints each question with its short answer.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from places import DATA

from clusterqa.answers import Answer
from clusterqa.assistant import Assistant
from clusterqa.provisions import label_key
from clusterqa.types import Inquiry

SET = DATA / "short_answers.jsonl"
VERDICTS = ("right", "wrong", "absent", "without quote")
FIRST_WORDS = ("Yes", "No", "Oui", "Non")


def folded(text: str) -> str:
    """The text with one blank for white space of any kind and length."""
    return " ".join(text.split())


def says(text: str, word: str) -> bool:
    """Whether a text contains the word; yes or no has to be its first."""
    if word in FIRST_WORDS:
        return re.match(rf"{word}\b", text) is not None
    return folded(word) in text


def is_quoted(answer: Answer, place: Mapping[str, Any]) -> bool:
    """Whether an answer quotes the words of a place, or its provision in another language."""
    for citation in answer.citations:
        document, label = citation.document, citation.locator.label
        if document.work != place["work"] or not same_article(label, place["label"]):
            continue
        shown = folded(" ".join(q.exact for q in (*citation.lead_ins, citation.quote)))
        if folded(place["quote"]) in shown:
            return True
        twin = document.id.partition(".")[0] == place["source"].partition(".")[0]
        if twin and document.id != place["source"] and under(label, place["label"]):
            return True
    return False


def same_article(label: str, gold: str) -> bool:
    return article(label) == article(gold)


def article(label: str) -> str:
    """What a label names without its paragraph and point: "article4"."""
    return label_key(label).partition("(")[0]


def under(label: str, gold: str) -> bool:
    """Whether one of two labels holds the other."""
    one, other = label_key(label), label_key(gold)
    return one.startswith(other) or other.startswith(one)


def verdict(line: Mapping[str, Any], answer: Answer) -> str:
    """What became of one question."""
    short = folded(answer.short.text) if answer.short else ""
    if line["kind"] == "refusal":
        return "wrong" if short else "right" if answer.status == "no_answer" else "absent"
    if not any(is_quoted(answer, place) for place in (line, *line.get("also", ()))):
        return "without quote"
    if not short:
        return "absent"
    whole = all(says(short, word) for word in line["must"])
    return "right" if whole and not any(says(short, word) for word in line["must_not"]) else "wrong"


def lines(path: Path = SET) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def table(found: Iterable[tuple[str, str]]) -> str:
    """A row for each kind and one for all: how many of each verdict."""
    counts = Counter(found)
    kinds = sorted({kind for kind, _ in counts})
    rows: list[tuple[str, ...]] = [("", *VERDICTS)]
    for kind in kinds:
        rows.append((kind, *(str(counts[kind, one]) for one in VERDICTS)))
    totals = (str(sum(counts[kind, one] for kind in kinds)) for one in VERDICTS)
    rows.append(("all", *totals))
    return "\n".join(f"{row[0]:18}" + "".join(f"{cell:>15}" for cell in row[1:]) for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--only", type=int, help="the first so many lines")
    parser.add_argument("--list", action="store_true", help="print each line with its short answer")
    options = parser.parse_args()
    assistant = Assistant.open(options.index, today=date(2026, 11, 23))
    found = []
    for line in lines()[: options.only]:
        answer = assistant.ask(Inquiry(line["question"], date.fromisoformat(line["as_of"])))
        became = verdict(line, answer)
        found.append((line["kind"], became))
        if options.list:
            short = answer.short.text if answer.short else "-"
            print(f"{line['id']}  {became:13}  {answer.status:9}  {line['question']}\n    {short}")
    print(table(found))


if __name__ == "__main__":
    main()
