"""Write a tuned encoder as ONNX in 8 bits: what the program opens without torch.

    python -m training.export --model DIR --vocabulary DIR --out DIR

The products are in 8 bits by blocks of `BLOCK` weights, with activations in 8 bits by block too, so
that what a text becomes does not hang on the texts beside it in a batch; the embeddings are in 8
bits by row. What is written is compared with what was trained.
"""

import argparse
import contextlib
import logging
import shutil
import tempfile
import warnings
from pathlib import Path

import torch

from clusterqa.index.encoders import OnnxEncoder, write_json
from clusterqa.settings import OWN_MODEL
from training.encoder import Tokens, TwoViews

BLOCK = 32  # weights with a scale of their own
LONGEST = 512  # tokens that the graph takes
READ = 384  # tokens of a text that are read
PROMPTS = {"query_prompt": "query: ", "passage_prompt": "passage: "}
SAMPLE = (
    "What share of a cluster's running costs can be paid?",
    "Wie hoch ist der Höchstbetrag für De-minimis-Beihilfen?",
    "The operation of the innovation cluster may be supported for ten years at most.",
)


class Rows8(torch.nn.Module):
    """Embeddings in 8 bits with a scale for each row."""

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("scale", scale)
        self.register_buffer("rows", (weight / scale).round().to(torch.int8))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.rows[ids].float() * self.scale[ids]


class Exported(torch.nn.Module):
    """Both views of texts, with no other inputs than ids and mask."""

    def __init__(self, model: TwoViews) -> None:
        super().__init__()
        self.words = Rows8(model.transformer.embeddings.word_embeddings.weight.detach())
        self.transformer, self.projection = model.transformer, model.projection

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Dense vectors and token vectors."""
        states = self.transformer(
            inputs_embeds=self.words(input_ids), attention_mask=attention_mask
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        dense = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)
        tokens = torch.nn.functional.normalize(self.projection(states), dim=2)
        return dense, tokens


def write_onnx(model: TwoViews, path: Path) -> None:
    """Export with free batch and length, in single precision but for the embeddings."""
    ids = torch.ones(2, 9, dtype=torch.long)
    mask = ids.clone()
    mask[0, 5:] = 0
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", max=LONGEST)}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(None):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            Exported(model).eval(),
            (ids, mask),
            dynamo=True,
            verbose=False,
            input_names=["input_ids", "attention_mask"],
            output_names=["dense", "tokens"],
            dynamic_shapes={"input_ids": axes, "attention_mask": axes},
        )
        program.save(str(path), external_data=False)


def in_8_bits(path: Path, out: Path) -> None:
    """Quantise the products of an exported model."""
    import onnx
    from onnxruntime.quantization.matmul_nbits_quantizer import (
        DefaultWeightOnlyQuantConfig,
        MatMulNBitsQuantizer,
    )

    settings = DefaultWeightOnlyQuantConfig(
        block_size=BLOCK, is_symmetric=True, bits=8, accuracy_level=4
    )
    quantizer = MatMulNBitsQuantizer(onnx.load(path), algo_config=settings)
    quantizer.process()
    quantizer.model.save_model_to_file(str(out))


def export(model: TwoViews, vocabulary: Path, out: Path) -> None:
    """Write encoder.onnx, tokenizer.json and encoder.json."""
    out.mkdir(parents=True, exist_ok=True)
    model.transformer.set_attn_implementation("eager")
    with tempfile.TemporaryDirectory() as aside:
        whole = Path(aside) / "encoder.onnx"
        write_onnx(model, whole)
        in_8_bits(whole, out / "encoder.onnx")
    shutil.copyfile(vocabulary / "tokenizer.json", out / "tokenizer.json")
    size = int(model.transformer.config.hidden_size)
    facts = {"name": OWN_MODEL, "dimension": size, "max_tokens": READ}
    write_json(out / "encoder.json", {**facts, "pad_id": 1, "pad_token": "<pad>", **PROMPTS})


def write_sample(model: TwoViews, tokens: Tokens, path: Path) -> None:
    """Write what the model says of the sample before it is quantised, for the parity test."""
    batch, _ = tokens.tensors(SAMPLE, "query", READ)
    with torch.no_grad():
        dense, _ = model(batch)
    vectors = [[round(value, 4) for value in vector] for vector in dense.tolist()]
    write_json(path, dict(zip(SAMPLE, vectors, strict=True)))


def differences(model: TwoViews, tokens: Tokens, folder: Path) -> tuple[float, float]:
    """The least cosine between both models of a text and of a token, over the sample."""
    exported, dense, words = OnnxEncoder(folder), [], []
    for text in SAMPLE:
        (found,), (matched,) = exported.encode_queries([text])
        batch, counted = tokens.tensors([text], "query", READ)
        with torch.no_grad():
            expected, per_token = model(batch)
        dense.append(float(expected[0].numpy() @ found))
        kept = per_token[0][counted[0].bool()][-len(matched) :].numpy()
        words.append(float((kept * matched).sum(1).min()))
    return min(dense), min(words)


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--model", type=Path, required=True)
    reading.add_argument("--vocabulary", type=Path, required=True)
    reading.add_argument("--out", type=Path, required=True)
    wanted = reading.parse_args()
    logging.disable(logging.INFO)
    model = TwoViews(wanted.model).eval()
    export(model, wanted.vocabulary, wanted.out)
    write_sample(model, Tokens.of(wanted.vocabulary), wanted.out / "sample.json")
    dense, words = differences(model, Tokens.of(wanted.vocabulary), wanted.out)
    print(f"least cosine to what was trained: of texts {dense:.4f}, of tokens {words:.4f}")


if __name__ == "__main__":
    main()
