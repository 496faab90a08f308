"""The encoder that ships in, weights out that training goes on from.

    python -m training.restore --out DIR

What ships is in 8 bits (`training.export`). Multiplied by their scales, the products and embeddings
are those of training within a thousandth, so the next session of training can begin where the
encoder that ships ended, without the weights that it was made from.
"""

import argparse
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch

from clusterqa.index.encoders import model_folder
from clusterqa.settings import OWN_MODEL
from training.encoder import TwoViews

ZERO = 128  # of unsigned 8 bits, where the scale is symmetric
LAYERS, HEADS, INNER = 12, 12, 1536
EMBEDDED = "embeddings.word_embeddings.weight"


def products(graph: Any, held: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights of the quantised products, each by the name of the bias that is added to it.

    One without a bias is the projection of tokens. Shapes (outputs, inputs).
    """
    biases = {
        name: other.removesuffix("bias") + "weight"
        for node in graph.node
        if node.op_type == "Add"
        for name, other in (tuple(node.input), tuple(reversed(node.input)))
        if other in held
    }
    found = {}
    for node in graph.node:
        if node.op_type == "MatMulNBits":
            _, packed, scales = node.input
            blocks = held[packed].astype(np.float32) - ZERO
            weight = blocks * held[scales].reshape(*blocks.shape[:2], 1)
            found[biases.get(node.output[0], "projection.weight")] = weight.reshape(len(weight), -1)
    return found


def weights(path: Path) -> dict[str, torch.Tensor]:
    """Every weight of `TwoViews` by name, from an exported encoder."""
    import onnx

    graph = onnx.load(path).graph
    held = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    plain = {k: v for k, v in held.items() if k.startswith("transformer.")}
    del plain["transformer.embeddings.position_ids"]
    plain |= products(graph, held)
    rows = next(value for value in held.values() if value.dtype == np.int8)
    scale = next(value for value in held.values() if value.shape == (len(rows), 1))
    plain["transformer." + EMBEDDED] = rows * scale
    return {name: torch.tensor(value) for name, value in plain.items()}


def restore(shipped: Path, out: Path) -> None:
    """Write a folder as `training.encoder` saves it, with its tokenizer."""
    from transformers import BertConfig, BertModel

    found = weights(shipped / "encoder.onnx")
    vocabulary, size = found["transformer." + EMBEDDED].shape
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=size,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=INNER,
    )
    out.mkdir(parents=True, exist_ok=True)
    BertModel(config, add_pooling_layer=False).save_pretrained(out)
    model = TwoViews(out)
    missing, unknown = model.load_state_dict(found, strict=False)
    heads = ("answering", "transformer.pooler.")
    assert not unknown and all(name.startswith(heads) for name in missing)
    model.save(out)
    shutil.copyfile(shipped / "tokenizer.json", out / "tokenizer.json")


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--out", type=Path, required=True)
    restore(Path(model_folder(OWN_MODEL)), reading.parse_args().out)


if __name__ == "__main__":
    main()
