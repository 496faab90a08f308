"""Tune the encoder: questions and the passages that answer them in, one model with two views out.

    python -m training.encoder --base DIR --out DIR [--mined] [--hold-out] [--half] [--steps N]

One pass of the transformer gives both views: the mean of the token vectors (dense) and a projection
of each to `TOKEN_SIZE` numbers (late interaction: for each token of the question its best match in
the passage; Khattab and Zaharia 2020). Both learn from the same batch by contrast with all other
passages in it (InfoNCE). Batches are made of stretches of passages that are hard to tell apart: of
neighbouring provisions, or with `--mined` of those that the encoder which it begins with confuses
(`training.mining`). The vocabulary and the lowest layers stay as they are: languages that no
example is in come along with the others. With `--half` products are in bfloat16, three times as
fast where the processor has them. A checkpoint is written every `KEPT` steps, and the same command
goes on from it.
"""

import argparse
import itertools
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from clusterqa.index.encoders import Vectors, without_tokens
from training.examples import DATA, Example, known, written
from training.mining import Miner, confused
from training.texts import CORPUS, Texts, row_text

SEED = 17
PASSAGES, STRETCH = 24, 4  # different passages of a batch, and of a stretch
ASKED, TEMPTED = 2, 1  # questions of a passage in a batch that it answers, that it only tempts
QUESTION_TOKENS, PASSAGE_TOKENS = 128, 160
TOKEN_SIZE = 64
FROZEN = 4  # layers, from below
RATE, WARM = 6e-5, 40  # learning rate of AdamW, steps until it is reached
DENSE_SCALE, TOKEN_SCALE = 50.0, 30.0
ANSWERING = 0.5  # weight of telling what answers from what tempts
MINED_AT_ONCE = 32  # texts
KEPT = 40  # steps from one checkpoint to the next
HEADS = "heads.pt"  # beside the transformer: what turns its states into the views
MINED = "confused.json"  # beside the weights: which passages are told apart in a stretch


class TwoViews(torch.nn.Module):
    """A transformer and the projection of its tokens."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        from transformers import AutoModel

        self.transformer = AutoModel.from_pretrained(folder)
        self.projection = torch.nn.Linear(self.transformer.config.hidden_size, TOKEN_SIZE, False)
        torch.nn.init.orthogonal_(self.projection.weight)
        self.answering = torch.nn.Parameter(torch.tensor([20.0, -14.0]))  # of a match to a logit
        for part in (self.transformer.embeddings, *self.transformer.encoder.layer[:FROZEN]):
            part.requires_grad_(False)
        if (folder / HEADS).exists():
            self.load_state_dict(torch.load(folder / HEADS), strict=False)

    def forward(self, texts: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Dense vectors (texts, hidden) and token vectors (texts, length, TOKEN_SIZE), unit."""
        states = self.transformer(**texts).last_hidden_state
        mask = texts["attention_mask"].unsqueeze(-1).float()
        dense = functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)
        return dense, functional.normalize(self.projection(states), dim=2)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.transformer.save_pretrained(folder)
        heads = {k: v for k, v in self.state_dict().items() if not k.startswith("transformer.")}
        torch.save(heads, folder / HEADS)


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
        prompted = len(self.tokenizer.encode(f"{prompt}:").ids) - 1  # without the mark of the end
        batch = self.tokenizer.encode_batch([f"{prompt}: {text}" for text in texts])
        ids = torch.tensor([item.ids for item in batch])
        mask = torch.tensor([item.attention_mask for item in batch])
        counted = mask.clone()
        counted[:, :prompted] = 0
        counted[ids == 2] = 0  # the mark of the end
        return {"input_ids": ids, "attention_mask": mask}, counted


class Views:
    """A model in training as the encoder that mining asks, in bfloat16 where `half` is set."""

    name, dimension = "in training", 384

    def __init__(self, folder: Path, *, half: bool) -> None:
        self.model, self.tokens, self.half = TwoViews(folder).eval(), Tokens.of(folder), half

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None]) -> Vectors:
        return self.encoded(texts, "passage", PASSAGE_TOKENS, progress)

    def encode_queries(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        found = self.encoded(texts, "query", QUESTION_TOKENS, lambda _: None)
        return found, without_tokens(texts)

    def encoded(
        self, texts: Sequence[str], prompt: str, longest: int, progress: Callable[[int], None]
    ) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            for first in range(0, len(order), MINED_AT_ONCE):
                rows = order[first : first + MINED_AT_ONCE]
                batch, _ = self.tokens.tensors([texts[i] for i in rows], prompt, longest)
                vectors[rows] = self.model(batch)[0].float().numpy()
                progress(len(rows))
        return vectors


def best_matches(
    questions: torch.Tensor, q_mask: torch.Tensor, passages: torch.Tensor, p_mask: torch.Tensor
) -> torch.Tensor:
    """The mean over a question's tokens of each one's best match; shape (questions, passages)."""
    similar = torch.einsum("qld,pmd->qplm", questions, passages)
    similar = similar.masked_fill(p_mask[None, :, None, :] == 0, -1.0)
    best = similar.max(3).values * q_mask[:, None, :]
    return best.sum(2) / q_mask.sum(1).clamp(min=1)[:, None]


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions and passages: `answers` says which answers which, `tempts` which only tempts.

    Both are masks of shape (questions, passages).
    """

    questions: list[str]
    passages: list[str]
    answers: torch.Tensor
    tempts: torch.Tensor


class Batches:
    """Batches of stretches of passages, each with some of its questions."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.confused: dict[str, list[str]] = {}
        self.texts: dict[str, str] = {}
        self.asked: dict[str, list[Example]] = defaultdict(list)
        self.answering: dict[str, set[str]] = defaultdict(set)
        places: dict[tuple[str, str, int], str] = {}
        for one in examples:
            row = row_text(one.passage)
            places[one.source, one.text_language, one.passage.start] = row
            self.texts[row] = f"{one.source}.{one.text_language}"
            self.asked[row].append(one)
            if one.answers:
                self.answering[one.asked].add(row)
        self.rows = list(dict.fromkeys(places[place] for place in sorted(places)))

    def __len__(self) -> int:
        return len(self.rows) // PASSAGES - 1

    def mine(self, encoder: Miner, kept: Path) -> None:
        """Make stretches of what an encoder confuses; what is kept from before is read."""
        if not kept.exists():
            asked = {
                row: [one.asked for one in found if one.answers]
                for row, found in self.asked.items()
            }
            texts = [self.texts[row] for row in self.rows]
            found = confused(encoder, self.rows, texts, asked, self.answering)
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(found), encoding="utf-8")
        self.confused = json.loads(kept.read_text("utf-8"))

    def stretches(self, order: random.Random) -> list[list[str]]:
        """Every passage in one stretch, with those that it is confused with or its neighbours."""
        left = dict.fromkeys(self.rows)
        found = []
        for row in order.sample(self.rows, len(self.rows)) if self.confused else ():
            others = [other for other in self.confused.get(row, ()) if other in left]
            if row in left and len(others) >= STRETCH - 1:
                found.append([row, *order.sample(others, STRETCH - 1)])
                for one in found[-1]:
                    del left[one]
        rest, first = list(left), order.randrange(STRETCH)
        return found + [rest[i : i + STRETCH] for i in range(first, len(rest), STRETCH)]

    def epoch(self, seed: int) -> Iterator[Batch]:
        """Every passage once, in another order and with other questions for every seed."""
        order = random.Random(seed)
        stretches = [found for found in self.stretches(order) if len(found) == STRETCH]
        order.shuffle(stretches)
        size = PASSAGES // STRETCH
        for i in range(0, len(self) * size, size):
            yield self.batch([row for s in stretches[i : i + size] for row in s], order)

    def batch(self, rows: list[str], order: random.Random) -> Batch:
        chosen: list[tuple[Example, int]] = []
        for number, row in enumerate(rows):
            for answers, most in ((True, ASKED), (False, TEMPTED)):
                found = [one for one in self.asked[row] if one.answers is answers]
                chosen += [(one, number) for one in order.sample(found, min(most, len(found)))]
        answers = torch.tensor(
            [[row in self.answering[e.asked] for row in rows] for e, _ in chosen]
        )
        tempts = torch.zeros_like(answers)
        for n, (one, number) in enumerate(chosen):
            tempts[n, number] = not one.answers
        return Batch([one.asked for one, _ in chosen], rows, answers, tempts & ~answers)


def contrast(scores: torch.Tensor, answers: torch.Tensor, scale: float) -> torch.Tensor:
    """InfoNCE: a question finds what answers it among all passages of the batch.

    Of several that answer, each is told from those that do not. Questions without any count for
    nothing here.
    """
    logits = scores * scale
    others = logits.masked_fill(answers, -1e4).logsumexp(1, keepdim=True)
    return (torch.logaddexp(logits, others) - logits)[answers].mean()


def answering(matched: torch.Tensor, batch: Batch, line: torch.Tensor) -> torch.Tensor:
    """Logistic loss: what answers from what tempts and from the best match that does not answer."""
    logits = matched * line[0] + line[1]
    wrong = matched.masked_fill(batch.answers, -1.0).argmax(1)
    hardest = torch.zeros_like(batch.answers)
    hardest[torch.arange(len(wrong)), wrong] = True
    against = hardest | batch.tempts
    lost = functional.softplus(-logits)[batch.answers].mean()
    return lost + functional.softplus(logits)[against].mean()


def encoded(
    model: TwoViews, tokens: Tokens, texts: Sequence[str], prompt: str, longest: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Dense vectors, token vectors and their mask of texts, computed in two halves by length."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    halves = []
    for half in (order[: len(order) // 2], order[len(order) // 2 :]):
        batch, counted = tokens.tensors([texts[i] for i in half], prompt, longest)
        halves.append((*model(batch), counted))
    wide = max(counted.shape[1] for _, _, counted in halves)
    back = torch.tensor(order).argsort()
    dense = torch.cat([half[0] for half in halves])[back]
    words = torch.cat([functional.pad(w, (0, 0, 0, wide - w.shape[1])) for _, w, _ in halves])
    counted = torch.cat([functional.pad(c, (0, wide - c.shape[1])) for _, _, c in halves])
    return dense, words[back], counted[back]


def loss_of(model: TwoViews, tokens: Tokens, batch: Batch) -> torch.Tensor:
    q_dense, q_tokens, q_mask = encoded(model, tokens, batch.questions, "query", QUESTION_TOKENS)
    p_dense, p_tokens, p_mask = encoded(model, tokens, batch.passages, "passage", PASSAGE_TOKENS)
    matched = best_matches(q_tokens, q_mask, p_tokens, p_mask)
    found = contrast(q_dense @ p_dense.T, batch.answers, DENSE_SCALE)
    found = found + contrast(matched, batch.answers, TOKEN_SCALE)
    return found + ANSWERING * answering(matched, batch, model.answering)


def training_examples(texts: Texts, *, hold_out: bool) -> list[Example]:
    """What the encoder learns from: questions with passages that answer them, or that tempt."""
    found = [*written(texts, DATA), *known(CORPUS / "expected_questions.jsonl", texts)]
    return [e for e in found if not (hold_out and e.held_out)]


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--base", type=Path, required=True)
    reading.add_argument("--out", type=Path, required=True)
    reading.add_argument("--mined", action="store_true")
    reading.add_argument("--hold-out", action="store_true")
    reading.add_argument("--half", action="store_true")
    reading.add_argument("--steps", type=int, default=600)
    wanted = reading.parse_args()
    torch.manual_seed(SEED)
    examples = training_examples(Texts.from_environment(), hold_out=wanted.hold_out)
    batches = Batches(examples)
    if wanted.mined:
        batches.mine(Views(wanted.base, half=wanted.half), wanted.out / MINED)
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
    print(f"{len(examples)} examples, {len(batches)} batches an epoch, from {step}", flush=True)
    while step < wanted.steps:
        epoch, begun = divmod(step, len(batches))
        for batch in itertools.islice(batches.epoch(SEED + epoch), begun, None):
            rate = RATE * min(1, (step + 1) / WARM) * max(0.05, 1 - step / wanted.steps)
            for group in optimizer.param_groups:
                group["lr"] = rate
            with torch.autocast("cpu", torch.bfloat16, enabled=wanted.half):
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
