"""Check the data: every quote in its passage, no near copy of a question that measures.

    python -m training.check [--take-out] SET ...

`SET` are folders of questions that measure. Raises on the first quote that is not in the passage of
its label; prints each line that is too near to a question of a set, and exits with 1 if there are
any, or takes them out, of a conversation all. Near is a cosine above `NEAREST` of the untuned
encoder.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from clusterqa.index.encoders import SentenceTransformerEncoder
from training.examples import DATA, written
from training.texts import Texts

NEAREST = 0.92  # cosine
SHORTEST = 5  # words; "For how long?" is nobody's question until it is read with the one before


def questions_of(folder: Path) -> Iterator[str]:
    """Every question and turn of a folder of JSON lines."""
    for path in sorted(folder.glob("*.jsonl")):
        for entry in map(json.loads, path.read_text("utf-8").splitlines()):
            yield from (turn["question"] for turn in entry.get("turns", [entry]))


def typed(folder: Path) -> Iterator[tuple[str, str]]:
    """Id and question of every line of data that says enough, of a turn standing alone too."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in map(json.loads, path.read_text("utf-8").splitlines()):
            for number, turn in enumerate(line.get("turns", [line]), 1):
                name = f"{line['id']}.{number}" if "turns" in line else line["id"]
                said = dict.fromkeys((turn["question"], turn.get("standalone", turn["question"])))
                yield from ((name, one) for one in said if len(one.split()) >= SHORTEST)


def near_copies(sets: list[Path], folder: Path = DATA) -> list[tuple[str, str, str, float]]:
    """Id and question of each line of data with the nearest question that measures, if near."""
    measuring = sorted({q for folder_of in sets for q in questions_of(folder_of)})
    names, written_ones = zip(*typed(folder), strict=True)
    encoder = SentenceTransformerEncoder()
    left, right = (
        encoder.encode_passages(list(texts), lambda _: None) for texts in (written_ones, measuring)
    )
    found = []
    for first in range(0, len(left), 1000):
        cosines = left[first : first + 1000] @ right.T
        best = cosines.argmax(axis=1)
        for i in np.flatnonzero(cosines.max(axis=1) > NEAREST).tolist():
            value = float(cosines[i, best[i]])
            found.append((names[first + i], written_ones[first + i], measuring[best[i]], value))
    return found


def take_out(names: set[str], folder: Path = DATA) -> None:
    """Write the files of data anew without the lines of these ids."""
    for path in sorted(folder.glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line)["id"] not in names]
        path.write_text("".join(kept), encoding="utf-8")


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--take-out", action="store_true")
    reading.add_argument("sets", type=Path, nargs="+")
    wanted = reading.parse_args()
    counted = Counter((e.writer, e.kind) for e in written(Texts.from_environment()))
    for (writer, kind), number in sorted(counted.items()):
        print(f"{writer:12} {kind:12} {number}")
    copies = near_copies(wanted.sets)
    for name, question, measured, cosine in copies:
        print(f"{name}: {question!r} is near {measured!r} ({cosine:.2f})")
    if wanted.take_out:
        take_out({name.partition(".")[0] for name, *_ in copies})
    sys.exit(bool(copies) and not wanted.take_out)


if __name__ == "__main__":
    main()
