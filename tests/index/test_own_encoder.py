"""The encoder that is part of the program: as it was trained, in 8 bits, the same in any batch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from clusterqa.index.encoders import OnnxEncoder, model_folder
from clusterqa.settings import OWN_MODEL

FOLDER = Path(model_folder(OWN_MODEL))
MEGABYTES = 60  # that all weights may have


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(FOLDER)


def test_parity_with_what_was_trained(encoder: OnnxEncoder) -> None:
    """this test ensures that 8 bits say of a text what the trained weights said."""
    sample = json.loads((FOLDER / "sample.json").read_text("utf-8"))
    assert len(sample) == 3
    for text, expected in sample.items():
        (found,), _ = encoder.encode_queries([text])
        assert float(found @ np.array(expected)) > 0.999, text


def test_a_text_is_the_same_in_any_company(encoder: OnnxEncoder) -> None:
    """this test ensures that the texts beside it in a batch do not change a vector."""
    long = "The aid intensity shall not exceed 50 % of the eligible costs. " * 20
    (alone,), (words,) = encoder.encode_queries(["What is a cluster?"])
    together, each = encoder.encode_queries([long, "What is a cluster?"])
    assert np.abs(together[1] - alone).max() < 1e-5
    assert np.abs(each[1] - words).max() < 1e-5


def test_tokens_of_the_text_alone(encoder: OnnxEncoder) -> None:
    """this test ensures that prompt and marks are no tokens of a text, and vectors are units."""
    _, (one,) = encoder.encode_queries(["aid"])
    _, (three,) = encoder.encode_tokens(["aid aid aid"], lambda _: None)
    assert (one.shape, three.shape) == ((1, 64), (3, 64))
    assert np.linalg.norm(three, axis=1) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    "question",
    [
        "Was ist ein Innovationscluster?", "Wat is een innovatiecluster?",
        "Qu'est-ce qu'un pôle d'innovation ?", "¿Qué es una agrupación empresarial innovadora?",
        "Che cos'è un polo di innovazione?", "Czym jest klaster innowacyjny?",
    ],
)  # fmt: skip
def test_languages_meet_in_one_space(encoder: OnnxEncoder, question: str) -> None:
    """this test ensures that a question in another language is nearest to the text that answers."""
    texts = [
        "'innovation clusters' means structures or organised groups of independent parties",
        "The ceiling of aid granted to a single undertaking is EUR 300 000 over three years.",
        "Member States shall keep records of aid for ten years.",
    ]
    passages = encoder.encode_passages(texts, lambda _: None)
    (vector,), _ = encoder.encode_queries([question])
    assert int(np.argmax(passages @ vector)) == 0


def test_the_weights_are_small(encoder: OnnxEncoder) -> None:
    """this test ensures that what ships of weights stays within its bound."""
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MEGABYTES * 2**20
    assert encoder.dimension == 384 and encoder.has_tokens


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no processors to choose from")
def test_no_more_threads_than_processors() -> None:
    """this test ensures that a process that may use one processor has one thread for the model."""
    script = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from pathlib import Path; from clusterqa.index.encoders import inference_session\n"
        f"session = inference_session(Path({str(FOLDER / 'encoder.onnx')!r}))\n"
        "print(session.get_session_options().intra_op_num_threads)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout == ("1\n" if (os.cpu_count() or 1) > 1 else "0\n")
