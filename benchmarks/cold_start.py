"""Time a cold `clusterqa ask` beside the bare libraries it stands on, in turns, in one run.

The bare program imports NumPy, FAISS, onnxruntime and tokenizers, opens the same files, encodes the
same question and searches once. Run it in a folder with a corpus and an index.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 15
QUESTION = "What share of a cluster's running costs can be funded?"
BARE = """
import sys, numpy, faiss
from onnxruntime import InferenceSession
from tokenizers import Tokenizer
folder, question = sys.argv[1:]
item = Tokenizer.from_file(folder + "/tokenizer.json").encode(question)
session = InferenceSession(folder + "/encoder.onnx")
feed = {"input_ids": numpy.array([item.ids]), "attention_mask": numpy.array([item.attention_mask])}
vector = session.run(None, feed)[0]
print(faiss.read_index(folder + "/vectors.faiss").search(vector, 10)[1][0][0])
"""


def main() -> None:
    """Print median, quartiles and ratio."""
    folder = Path("index") / Path("index/CURRENT").read_text(encoding="utf-8").strip()
    commands = {
        "bare libraries": [sys.executable, "-c", BARE, str(folder), QUESTION],
        "clusterqa ask": [str(Path(sys.executable).with_name("clusterqa")), "ask", QUESTION],
        "clusterqa --help": [str(Path(sys.executable).with_name("clusterqa")), "--help"],
    }
    times = {name: [] for name in commands}  # type: dict[str, list[float]]
    for _ in range(RUNS):
        for name, command in commands.items():
            times[name].append(seconds(command))
    for name, values in times.items():
        low, middle, high = statistics.quantiles(values, n=4)
        print(f"{name:<18} median {middle:.3f} s   quartiles {low:.3f} to {high:.3f}")
    ratio = statistics.median(times["clusterqa ask"]) / statistics.median(times["bare libraries"])
    print(f"ask / bare: {ratio:.2f}")


def seconds(command: list[str]) -> float:
    """Wall-clock seconds of one run."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
