"""Write a tuned cross-encoder as ONNX in 8 bits, beside the encoder whose embeddings it shares.

    python -m training.export_cross_encoder --model DIR --out DIR

The embeddings are those of the encoder, frozen in training, so the file names the bytes of
encoder.onnx that hold them (ONNX external data) and has the layers alone. The products are in 8
bits as the encoder's are. What is written is compared with what was trained.
"""

import argparse
import contextlib
import json
import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch

from training.cross_encoder import CrossEncoder, Pairs
from training.export import LONGEST, Rows8, in_8_bits

NAME = "cross_encoder.onnx"
SAMPLE = (
    (
        "What share of a cluster's running costs can be paid?",
        "GBER\nInnovation clusters\nThe aid intensity of operating aid shall not exceed 50 %.",
    ),
    (
        "Wie hoch ist der Höchstbetrag für De-minimis-Beihilfen?",
        "De minimis Regulation\nThe ceiling shall be EUR 300 000 over any period of 3 years.",
    ),
    ("May a cluster manager own the building?", "Directive\nThe seller shall repair the goods."),
)


class Exported(torch.nn.Module):
    """The logit of pairs and of their tokens, from ids and masks."""

    def __init__(self, model: CrossEncoder) -> None:
        super().__init__()
        self.words = Rows8(model.transformer.embeddings.word_embeddings.weight.detach())
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, asked: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        return self.model.judged(
            asked, inputs_embeds=self.words(input_ids), attention_mask=attention_mask
        )


def write_onnx(model: CrossEncoder, path: Path) -> None:
    """Export with free batch and length, in single precision but for the embeddings."""
    ids = torch.ones(2, 9, dtype=torch.long)
    mask, asked = ids.clone(), ids.clone()
    mask[0, 5:] = 0
    asked[:, 3:] = 0
    names = ["input_ids", "attention_mask", "asked"]
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", max=LONGEST)}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(None):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            Exported(model).eval(),
            (ids, mask, asked),
            dynamo=True,
            verbose=False,
            input_names=names,
            output_names=["answers", "quoted"],
            dynamic_shapes=dict.fromkeys(names, axes),
        )
        program.save(str(path), external_data=False)


def share(path: Path, encoder: Path) -> None:
    """Let a model read its embeddings and their scales out of the encoder's file."""
    import onnx

    whole = encoder.read_bytes()
    held = [onnx.numpy_helper.to_array(i) for i in onnx.load(encoder).graph.initializer]
    rows = next(value for value in held if value.dtype == np.int8 and value.ndim == 2)
    scale = next(value for value in held if value.shape == (len(rows), 1))
    model = onnx.load(path)
    for one in model.graph.initializer:
        value = {"INT8": rows, "FLOAT": scale}.get(onnx.TensorProto.DataType.Name(one.data_type))
        if value is None or tuple(one.dims) != value.shape:
            continue
        data = value.tobytes()
        facts = {"location": encoder.name, "offset": whole.index(data), "length": len(data)}
        one.ClearField("raw_data")
        one.data_location = onnx.TensorProto.EXTERNAL
        for key, fact in facts.items():
            entry = one.external_data.add()
            entry.key, entry.value = key, str(fact)
    path.write_bytes(model.SerializeToString())


def export(model: CrossEncoder, encoder: Path) -> None:
    """Write the model beside an encoder's file."""
    model.transformer.set_attn_implementation("eager")
    with tempfile.TemporaryDirectory() as aside:
        whole, eighth = Path(aside) / "whole.onnx", Path(aside) / NAME
        write_onnx(model, whole)
        in_8_bits(whole, eighth)
        share(eighth, encoder)
        encoder.with_name(NAME).write_bytes(eighth.read_bytes())


def logits(model: CrossEncoder, pairs: Pairs) -> list[float]:
    """What the model says of the sample before it is quantised."""
    _, feed = pairs.encoded(SAMPLE)
    with torch.no_grad():
        return [round(value, 4) for value in model(**feed)[0].tolist()]


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--model", type=Path, required=True)
    reading.add_argument("--out", type=Path, required=True)
    wanted = reading.parse_args()
    logging.disable(logging.INFO)
    model = CrossEncoder(wanted.model).eval()
    export(model, wanted.out / "encoder.onnx")
    said = logits(model, Pairs(wanted.out))
    sample = [{"pair": pair, "logit": value} for pair, value in zip(SAMPLE, said, strict=True)]
    text = json.dumps(sample, ensure_ascii=False, indent=1)
    (wanted.out / "cross_sample.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
