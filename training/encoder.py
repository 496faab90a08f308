"""Tune the encoder: questions and the passages that answer them in, one model with two views out.

    python -m training.encoder --base DIR --out DIR [--hold-out] [--steps N]

One pass of the transformer gives both views: the mean of the token vectors (dense) and a projection
of each to `TOKEN_SIZE` numbers (late interaction: for each token of the question its best match in
the passage; Khattab and Zaharia 2020). Both learn from the same batch by contrast with all other
passages in it (InfoNCE). Batches are made of stretches of neighbouring provisions, so that what is
next to the answer is what it is told apart from. The vocabulary and the lowest layers stay as they
are: languages that no example is in come along with the others. A checkpoint is written every
`KEPT` steps, and the same command goes on from it.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from training.examples import DATA, Example, known, written
from training.texts import CORPUS, Texts, row_text

SEED = 17
BATCH = 32  # examples
STRETCH = 8  # neighbouring examples of a batch
QUESTION_TOKENS, PASSAGE_TOKENS = 64, 160
TOKEN_SIZE = 64
FROZEN = 4  # layers, from below
RATE, WARM = 6e-5, 40  # learning rate of AdamW, steps until it is reached
DENSE_SCALE, TOKEN_SCALE = 50.0, 30.0
KEPT = 40  # steps from one checkpoint to the next
PROMPTED = 3  # tokens before the text: the beginning mark and "query:" or "passage:"


class TwoViews(torch.nn.Module):
    """A transformer and the projection of its tokens."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        from transformers import AutoModel

        self.transformer = AutoModel.from_pretrained(folder)
        self.projection = torch.nn.Linear(self.transformer.config.hidden_size, TOKEN_SIZE, False)
        torch.nn.init.orthogonal_(self.projection.weight)
        for part in (self.transformer.embeddings, *self.transformer.encoder.layer[:FROZEN]):
            part.requires_grad_(False)
        saved = folder / "projection.pt"
        if saved.exists():
            self.projection.load_state_dict(torch.load(saved))

    def forward(self, texts: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Dense vectors (texts, hidden) and token vectors (texts, length, TOKEN_SIZE), unit."""
        states = self.transformer(**texts).last_hidden_state
        mask = texts["attention_mask"].unsqueeze(-1).float()
        dense = functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)
        return dense, functional.normalize(self.projection(states), dim=2)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.transformer.save_pretrained(folder)
        torch.save(self.projection.state_dict(), folder / "projection.pt")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokenizer, and texts as tensors with the mask of what counts for late interaction."""

    tokenizer: Any

    @classmethod
    def of(cls, folder: Path) -> "Tokens":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_padding(pad_id=1, pad_token="<pad>")
        return cls(tokenizer)

    def tensors(
        self, texts: Sequence[str], prompt: str, longest: int
    ) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        self.tokenizer.enable_truncation(longest)
        batch = self.tokenizer.encode_batch([f"{prompt}: {text}" for text in texts])
        ids = torch.tensor([item.ids for item in batch])
        mask = torch.tensor([item.attention_mask for item in batch])
        counted = mask.clone()
        counted[:, :PROMPTED] = 0
        counted[ids == 2] = 0  # the mark of the end
        return {"input_ids": ids, "attention_mask": mask}, counted


def best_matches(
    questions: torch.Tensor, q_mask: torch.Tensor, passages: torch.Tensor, p_mask: torch.Tensor
) -> torch.Tensor:
    """The mean over a question's tokens of each one's best match; shape (questions, passages)."""
    similar = torch.einsum("qld,pmd->qplm", questions, passages)
    similar = similar.masked_fill(p_mask[None, :, None, :] == 0, -1.0)
    best = similar.max(3).values * q_mask[:, None, :]
    return best.sum(2) / q_mask.sum(1).clamp(min=1)[:, None]


def contrast(scores: torch.Tensor, same: torch.Tensor, scale: float) -> torch.Tensor:
    """InfoNCE both ways; passages that are the same as the right one are no negatives."""
    others = same & ~torch.eye(len(scores), dtype=torch.bool)
    logits = (scores * scale).masked_fill(others, -1e4)
    right = torch.arange(len(scores))
    return (
        functional.cross_entropy(logits, right) + 0.3 * functional.cross_entropy(logits.T, right)
    ) / 1.3


def batches(examples: Sequence[Example], seed: int) -> Iterator[list[Example]]:
    """Batches of stretches of neighbours, in another order for every seed."""
    order = random.Random(seed)
    ordered = sorted(
        examples, key=lambda e: (e.source, e.text_language, e.passage.start, order.random())
    )
    first = order.randrange(STRETCH)
    stretches = [ordered[i : i + STRETCH] for i in range(first, len(ordered), STRETCH)]
    order.shuffle(stretches)
    size = BATCH // STRETCH
    for i in range(0, len(stretches) - size + 1, size):
        yield [example for stretch in stretches[i : i + size] for example in stretch]


def loss_of(model: TwoViews, tokens: Tokens, batch: Sequence[Example]) -> torch.Tensor:
    questions, q_mask = tokens.tensors([e.question for e in batch], "query", QUESTION_TOKENS)
    rows = [row_text(e.passage) for e in batch]
    passages, p_mask = tokens.tensors(rows, "passage", PASSAGE_TOKENS)
    same = torch.tensor([[a == b for b in rows] for a in rows])
    (q_dense, q_tokens), (p_dense, p_tokens) = model(questions), model(passages)
    matched = best_matches(q_tokens, q_mask, p_tokens, p_mask)
    dense = contrast(q_dense @ p_dense.T, same, DENSE_SCALE)
    return dense + contrast(matched, same, TOKEN_SCALE)


def training_examples(texts: Texts, *, hold_out: bool) -> list[Example]:
    """What the encoder learns from: questions with the passages that answer them."""
    found = [*written(texts, DATA), *known(CORPUS / "expected_questions.jsonl", texts)]
    return [e for e in found if e.answers and not (hold_out and e.held_out)]


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--base", type=Path, required=True)
    reading.add_argument("--out", type=Path, required=True)
    reading.add_argument("--hold-out", action="store_true")
    reading.add_argument("--steps", type=int, default=600)
    wanted = reading.parse_args()
    torch.manual_seed(SEED)
    examples = training_examples(Texts.from_environment(), hold_out=wanted.hold_out)
    state_file = wanted.out / "state.pt"
    done = torch.load(state_file) if state_file.exists() else {"step": 0}
    model = TwoViews(wanted.out if state_file.exists() else wanted.base)
    tokens = Tokens.of(wanted.base)
    learning = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=RATE, weight_decay=0.01)
    if "optimizer" in done:
        optimizer.load_state_dict(done["optimizer"])
    model.train()
    step, began, losses = done["step"], time.perf_counter(), []
    print(f"{len(examples)} examples, from step {step}", flush=True)
    while step < wanted.steps:
        epoch = step * BATCH // max(1, len(examples) - BATCH)
        per_epoch = sum(1 for _ in batches(examples, SEED + epoch))
        for number, batch in enumerate(batches(examples, SEED + epoch)):
            if number < step % per_epoch:
                continue
            rate = RATE * min(1, (step + 1) / WARM) * max(0.05, 1 - step / wanted.steps)
            for group in optimizer.param_groups:
                group["lr"] = rate
            loss = loss_of(model, tokens, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()
            losses.append(loss.item())
            step += 1
            if step % 10 == 0:
                mean = sum(losses[-10:]) / len(losses[-10:])
                pace = (time.perf_counter() - began) / max(1, step - done["step"])
                print(f"step {step}: loss {mean:.3f}, {pace:.1f} s a step", flush=True)
            if step % KEPT == 0 or step == wanted.steps:
                model.save(wanted.out)
                torch.save({"step": step, "optimizer": optimizer.state_dict()}, state_file)
            if step >= wanted.steps:
                break
    (wanted.out / "training.json").write_text(json.dumps({"steps": step, "losses": losses}))


if __name__ == "__main__":
    main()
