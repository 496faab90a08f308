"""Two encoders, one vector space: their numbers, their length, and the bytes they come from."""

import json
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest

from clusterqa.errors import ClusterQAError, IndexUnusable
from clusterqa.index.encoders import (
    UNTRAINED_WEIGHTS_SHA256,
    OnnxEncoder,
    SentenceTransformerEncoder,
    model_folder,
    prompt,
    verify_weights,
)
from clusterqa.settings import UNTRAINED_MODEL

TEXTS = [
    "What is a cluster?",
    "Les pôles d’innovation peuvent recevoir une aide au fonctionnement.",
    "(c) 50 %",
    "x",
    "Investment aid can be granted to the owner of the innovation cluster. " * 60,
]
FIRST_FIVE = [0.048466, -0.004666, -0.067394, 0.083889, 0.016822]


@pytest.fixture(scope="module")
def full() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(UNTRAINED_MODEL, precision="float32")


@pytest.fixture(scope="module")
def exported(small_index: Path) -> Path:
    """The folder of a generation, with the encoder in it."""
    return small_index / (small_index / "CURRENT").read_text().strip()


@pytest.fixture(scope="module")
def light(exported: Path) -> OnnxEncoder:
    return OnnxEncoder(exported)


def test_golden_numbers(full: SentenceTransformerEncoder, light: OnnxEncoder) -> None:
    """this test ensures that both encoders are the published model, number by number."""
    for encoder in (full, light):
        assert encoder.encode_queries([TEXTS[0]])[0][0][:5].tolist() == pytest.approx(
            FIRST_FIVE, abs=1e-4
        )


def test_parity(full: SentenceTransformerEncoder, light: OnnxEncoder) -> None:
    """this test ensures that a question and a passage meet in one space, batched or alone."""
    done: list[int] = []
    expected = full.encode_passages(TEXTS, done.append)
    assert np.abs(light.encode_passages(TEXTS, done.append) - expected).max() < 1e-4
    for text, vector in zip(TEXTS, expected, strict=True):
        assert np.abs(light.encode_queries([text])[0][0] - vector).max() < 1e-4
        assert np.abs(full.encode_queries([text])[0][0] - vector).max() < 1e-4
    assert sum(done) == 2 * len(TEXTS)


def test_unit_vectors(full: SentenceTransformerEncoder, light: OnnxEncoder) -> None:
    """this test ensures that every vector has length 1, so that a dot product is a cosine."""
    for encoder in (full, light):
        vectors = encoder.encode_passages(TEXTS, lambda _: None)
        assert vectors.shape == (len(TEXTS), encoder.dimension) and vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_half_precision(full: SentenceTransformerEncoder) -> None:
    """this test ensures that bfloat16 changes a vector's direction by very little."""
    full.half = True
    try:
        halves = full.encode_passages(TEXTS, lambda _: None)
    finally:
        full.half = False
    cosines = (halves * full.encode_passages(TEXTS, lambda _: None)).sum(axis=1)
    assert cosines.min() > 0.999


def test_order_of_texts(full: SentenceTransformerEncoder) -> None:
    """this test ensures that vectors come in the order of their texts, however they are batched."""
    texts = [f"{'very ' * (n % 7)}long text {n}" for n in range(70)]
    vectors = full.encode_passages(texts, lambda _: None)
    for n in (0, 31, 32, 69):
        assert np.abs(vectors[n] - full.encode_queries([texts[n]])[0][0]).max() < 1e-4


def test_weights_are_verified(tmp_path: Path) -> None:
    """this test ensures that weights with one other byte, or none at all, are refused."""
    published = Path(model_folder(UNTRAINED_MODEL)) / "model.safetensors"
    verify_weights(published, UNTRAINED_WEIGHTS_SHA256)
    changed = tmp_path / "model.safetensors"
    shutil.copyfile(published, changed)
    with changed.open("r+b") as file:
        file.seek(40_000_000)
        byte = file.read(1)[0]
        file.seek(40_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ClusterQAError, match="is not the published 53aa51172d14"):
        verify_weights(changed, UNTRAINED_WEIGHTS_SHA256)
    with pytest.raises(ClusterQAError, match="install the package that carries it again"):
        verify_weights(tmp_path / "nothing.safetensors", UNTRAINED_WEIGHTS_SHA256)


def test_no_network() -> None:
    """this test ensures that a test which reaches for another machine fails."""
    with socket.socket() as here, pytest.raises(RuntimeError, match="tests use no network"):
        here.connect(("192.0.2.1", 443))


def test_unknown_model() -> None:
    """this test ensures that a model which is not here is one clear error."""
    with pytest.raises(ClusterQAError, match="model 'no/such-model' cannot be loaded"):
        SentenceTransformerEncoder("no/such-model")


def test_model_folder(full: SentenceTransformerEncoder) -> None:
    """this test ensures that a folder is loaded like the model it holds."""
    folder = model_folder(UNTRAINED_MODEL)
    vector = SentenceTransformerEncoder(folder, precision="float32").encode_queries(TEXTS[:1])[0][0]
    assert np.array_equal(vector, full.encode_queries([TEXTS[0]])[0][0])


def test_prompts(exported: Path, tmp_path: Path) -> None:
    """this test ensures that the words a model wants before a text are put there."""
    for name in ("encoder.onnx", "tokenizer.json"):
        (tmp_path / name).symlink_to(exported / name)
    facts = json.loads((exported / "encoder.json").read_text())
    assert (facts["query_prompt"], facts["passage_prompt"]) == ("", "")
    prompts = {"query_prompt": "query: ", "passage_prompt": "passage: "}
    (tmp_path / "encoder.json").write_text(json.dumps(facts | prompts))
    plain, prompted = OnnxEncoder(exported), OnnxEncoder(tmp_path)
    assert np.allclose(
        prompted.encode_queries(["aid"])[0][0],
        plain.encode_queries(["query: aid"])[0][0],
        atol=1e-6,
    )
    passage = prompted.encode_passages(["aid"], lambda _: None)[0]
    assert np.allclose(passage, plain.encode_queries(["passage: aid"])[0][0], atol=1e-6)


def test_names_of_prompts() -> None:
    """this test ensures that a model's passage prompt is found under each of its usual names."""

    class Model:
        prompts = {"query": "q: ", "passage": "p: "}  # noqa: RUF012

    assert prompt(Model, "query") == "q: "
    assert prompt(Model, "document", "passage", "corpus") == "p: "
    assert prompt(Model, "classification") == ""


@pytest.mark.parametrize("name", ["encoder.json", "encoder.onnx", "tokenizer.json"])
def test_damaged_encoder(exported: Path, tmp_path: Path, name: str) -> None:
    """this test ensures that an encoder which cannot be read says what to do."""
    for path in exported.glob("*er.*"):
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / name).unlink()
    (tmp_path / name).write_text("{}")
    with pytest.raises(IndexUnusable, match=r"the encoder cannot be read.*clusterqa ingest"):
        OnnxEncoder(tmp_path)
