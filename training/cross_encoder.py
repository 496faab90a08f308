"""Train the cross-encoder: questions and passages read together in, one model with two heads out.

    python -m training.cross_encoder --base DIR --out DIR [--hold-out] [--hours H]

Question and passage go through the lowest `LAYERS` layers of the tuned encoder as one text, so that
every token of one sees every token of the other. Out of it come a logit of whether the passage
answers (mean of the question's states) and one for each token of the passage, of whether it is
among the words that answer. A question comes with a list of passages: one that answers and those
that the encoder confuses with it, or one that only tempts; public reading sets (`--public`) come
between. The loss is that of the list (ListNet), of each pair by itself (logistic) and of the
tokens. A checkpoint is written every `KEPT` steps, and the same command goes on from it.
"""

import argparse
import gzip
import itertools
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from training.encoder import MINED, Batches, TwoViews, Views, training_examples
from training.examples import Example
from training.texts import Texts, row_text

SEED = 23
LAYERS = 6
LISTS, HARD, NEAR = 10, 2, 1  # lists of a batch; confused and neighbouring passages of each
PUBLIC = 3  # of the lists of a batch, those of public sets
QUESTION_CHARACTERS, LONGEST = 300, 160  # of a question; tokens of a pair
RATE, WARM = 1.5e-4, 100
PAIRWISE, SPAN = 0.5, 0.5  # weights of the losses beside that of the list
FROZEN = 2  # layers, from below
KEPT = 100
CHUNKS = 3  # parts of a batch, by length
HEADS = "cross.pt"
# Public sets that are read (their licences: the model card), with the most lines of each.
SETS = {
    "squad2_part": 9000, "nomiracl_near_misses": 7000, "piaf": 6000, "piaf_ml_fr": 1600,
    "xquad": 5500, "doc2dial": 8000, "nq_oracle": 2700, "or_sharc": 1000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with passages: which answer it, and with what words (None where unknown)."""

    question: str
    passages: list[str]
    answers: list[bool]
    quote: str = ""


class CrossEncoder(torch.nn.Module):
    """The lowest layers of the encoder, a logit of a pair, and logits of a passage's tokens."""

    def __init__(self, folder: Path, *, layers: int = LAYERS) -> None:
        super().__init__()
        self.transformer = TwoViews(folder).transformer if not (folder / HEADS).exists() else None
        if self.transformer is None:
            from transformers import AutoModel

            self.transformer = AutoModel.from_pretrained(folder)
        self.transformer.encoder.layer = self.transformer.encoder.layer[:layers]
        self.transformer.config.num_hidden_layers = layers
        self.transformer.pooler = None
        self.transformer.requires_grad_(True)
        for part in (self.transformer.embeddings, *self.transformer.encoder.layer[:FROZEN]):
            part.requires_grad_(False)
        self.transformer.set_attn_implementation("eager")  # the fastest in bfloat16
        size = int(self.transformer.config.hidden_size)
        self.mixed, self.relevant = torch.nn.Linear(size, size), torch.nn.Linear(size, 1)
        self.quoted = torch.nn.Linear(size, 1)
        if (folder / HEADS).exists():
            self.load_state_dict(torch.load(folder / HEADS), strict=False)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, asked: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of pairs, shape (pairs,), and of their tokens, shape (pairs, length).

        `asked` is 1 for the tokens of the question.
        """
        return self.judged(asked, input_ids=input_ids, attention_mask=attention_mask)

    def judged(self, asked: torch.Tensor, **texts: torch.Tensor) -> tuple[Any, Any]:
        """What both heads make of texts that the transformer takes."""
        states = self.transformer(**texts).last_hidden_state
        mask = asked.unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1)
        logits = self.relevant(torch.tanh(self.mixed(pooled)))[:, 0]
        return logits, self.quoted(states)[:, :, 0]

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.transformer.save_pretrained(folder)
        heads = {k: v for k, v in self.state_dict().items() if not k.startswith("transformer.")}
        torch.save(heads, folder / HEADS)


class Pairs:
    """The tokenizer, and pairs of texts as tensors."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST, strategy="only_second")
        self.tokenizer.enable_padding(pad_id=1, pad_token="<pad>")

    def encoded(
        self, pairs: Sequence[tuple[str, str]]
    ) -> tuple[list[Any], dict[str, torch.Tensor]]:
        found = self.tokenizer.encode_batch(
            [(f"query: {q[:QUESTION_CHARACTERS]}", f"passage: {p}") for q, p in pairs]
        )
        feed = {
            "input_ids": torch.tensor([one.ids for one in found]),
            "attention_mask": torch.tensor([one.attention_mask for one in found]),
            "asked": torch.tensor([[int(s == 0) for s in one.sequence_ids] for one in found]),
        }
        return found, feed


def quoted_tokens(encoding: Any, passage: str, quote: str) -> list[int] | None:
    """1 for the tokens of a pair that are words of the quote; None where it is not read."""
    begin = passage.find(quote)
    if not quote or begin < 0:
        return None
    first, last = begin + len("passage: "), begin + len("passage: ") + len(quote)
    marks = [
        int(s == 1 and a < last and b > first)
        for s, (a, b) in zip(encoding.sequence_ids, encoding.offsets, strict=True)
    ]
    return marks if any(marks) else None


# -- what is asked ------------------------------------------------------------------------------


class OwnLists:
    """Questions of the data, each with what answers and what the encoder confuses with that."""

    def __init__(self, batches: Batches, examples: Sequence[Example]) -> None:
        self.batches, self.examples = batches, list(examples)
        self.place = {row: n for n, row in enumerate(batches.rows)}

    def epoch(self, seed: int) -> Iterator[Asked]:
        order = random.Random(seed)
        for one in order.sample(self.examples, len(self.examples)):
            yield self.of(one, order)

    def of(self, one: Example, order: random.Random) -> Asked:
        row = row_text(one.passage)
        right = self.batches.answering[one.asked]
        others = [r for r in self.batches.confused.get(row, ()) if r not in right]
        at = self.place[row]
        near = [
            self.batches.rows[i]
            for i in (at - 2, at - 1, at + 1, at + 2)
            if 0 <= i < len(self.batches.rows)
        ]
        near = [r for r in near if r not in right and r not in others]
        wanted = HARD if one.answers else 1
        drawn = order.sample(others, min(wanted, len(others)))
        drawn += order.sample(near, min(NEAR + wanted - len(drawn), len(near)))
        return Asked(
            one.asked, [row, *drawn], [one.answers] + [False] * len(drawn),
            one.quote if one.answers else "",
        )  # fmt: skip


class PublicLists:
    """Questions of the public sets, in lists of their own."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[Asked] = []
        for name, most in SETS.items():
            with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
                rows = [json.loads(line) for line in lines]
            self.asked += self.lists(random.Random(SEED).sample(rows, min(most, len(rows))))

    def lists(self, rows: Sequence[dict[str, Any]]) -> Iterator[Asked]:
        """One list a question; a random other passage of the set beside what was judged."""
        order = random.Random(SEED)
        of_question: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            before = row.get("history") or ()
            told = row.get("scenario") or (" ".join(before[-2:]) if before else "")
            of_question[" ".join(f"{row['question']} {told[:200]}".split())].append(row)
        passages = [row["passage"] for row in rows]
        for question, found in of_question.items():
            judged = {row["passage"]: bool(row["answerable"]) for row in found}
            kept = sorted(judged, key=lambda passage: not judged[passage])[:3]
            if judged[kept[0]]:
                kept += [
                    p for p in order.sample(passages, 3 - min(2, len(kept))) if p not in judged
                ]
            yield Asked(question, kept, [judged.get(passage, False) for passage in kept])

    def endless(self, seed: int) -> Iterator[Asked]:
        order = random.Random(seed)
        while True:
            yield from order.sample(self.asked, len(self.asked))


# -- loss ---------------------------------------------------------------------------------------


def loss_of(model: CrossEncoder, pairs: Pairs, lists: Sequence[Asked]) -> torch.Tensor:
    """The loss of lists; pairs are computed in `CHUNKS` parts by length."""
    flat = [(n, one.question, passage) for n, one in enumerate(lists) for passage in one.passages]
    right = [answers for one in lists for answers in one.answers]
    order = sorted(range(len(flat)), key=lambda i: len(flat[i][1]) + len(flat[i][2]))
    size = -(-len(order) // CHUNKS)
    logits: list[torch.Tensor] = [torch.empty(0)] * len(flat)
    spans = []
    for first in range(0, len(order), size):
        numbers = order[first : first + size]
        found, feed = pairs.encoded([flat[i][1:] for i in numbers])
        of_pairs, of_tokens = model(**feed)
        for at, i in enumerate(numbers):
            logits[i] = of_pairs[at].float()
            one = lists[flat[i][0]]
            marks = quoted_tokens(found[at], flat[i][2], one.quote) if right[i] else None
            if marks is not None:
                of_passage = torch.tensor([s == 1 for s in found[at].sequence_ids])
                target = torch.tensor(marks).float()[of_passage]
                spans.append(
                    functional.binary_cross_entropy_with_logits(
                        of_tokens[at].float()[of_passage], target
                    )
                )
    values, answers = torch.stack(logits), torch.tensor(right)
    numbers_ = torch.tensor([n for n, _, _ in flat])
    lost = []
    for n in range(len(lists)):
        mine = numbers_ == n
        if answers[mine].any() and not answers[mine].all():
            lost.append(
                values[mine].logsumexp(0)
                - values[mine].masked_fill(~answers[mine], -1e4).logsumexp(0)
            )
    total = torch.stack(lost).mean() if lost else values.sum() * 0
    each = functional.binary_cross_entropy_with_logits(values, answers.float())
    total = total + PAIRWISE * each
    return total + SPAN * torch.stack(spans).mean() if spans else total


def batches_of(own: Iterator[Asked], public: Iterator[Asked] | None) -> Iterator[list[Asked]]:
    """Lists of a batch: those of the data, and some of the public sets between."""
    others = PUBLIC if public else 0
    while batch := list(itertools.islice(own, LISTS - others)):
        yield batch + (list(itertools.islice(public, others)) if public else [])


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--base", type=Path, required=True)
    reading.add_argument("--out", type=Path, required=True)
    reading.add_argument("--public", type=Path)
    reading.add_argument("--hold-out", action="store_true")
    reading.add_argument("--half", action="store_true")
    reading.add_argument("--layers", type=int, default=LAYERS)
    reading.add_argument("--steps", type=int, default=4000)
    wanted = reading.parse_args()
    torch.manual_seed(SEED)
    examples = training_examples(Texts.from_environment(), hold_out=wanted.hold_out)
    batches = Batches(examples)
    batches.mine(Views(wanted.base, half=wanted.half), wanted.out / MINED)
    own = OwnLists(batches, examples)
    public = PublicLists(wanted.public) if wanted.public else None
    state_file = wanted.out / "state.pt"
    done = torch.load(state_file) if state_file.exists() else {"step": 0}
    model = CrossEncoder(wanted.out if state_file.exists() else wanted.base, layers=wanted.layers)
    pairs = Pairs(wanted.base)
    learning = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=RATE, weight_decay=0.01)
    if "optimizer" in done:
        optimizer.load_state_dict(done["optimizer"])
    step, began, losses = done["step"], time.perf_counter(), []
    print(f"{len(examples)} examples, public {len(public.asked) if public else 0}", flush=True)
    every = itertools.chain.from_iterable(own.epoch(SEED + n) for n in itertools.count())
    between = public.endless(SEED) if public else None
    for batch in itertools.islice(batches_of(every, between), step, None):
        rate = RATE * min(1, (step + 1) / WARM) * max(0.02, 1 - step / wanted.steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16, enabled=wanted.half):
            loss = loss_of(model, pairs, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        losses.append(loss.item())
        step += 1
        if step % 20 == 0:
            mean = sum(losses[-20:]) / len(losses[-20:])
            pace = (time.perf_counter() - began) / max(1, step - done["step"])
            print(f"step {step}: loss {mean:.3f}, {pace:.2f} s a step", flush=True)
        if step % KEPT == 0 or step == wanted.steps:
            model.save(wanted.out)
            torch.save({"step": step, "optimizer": optimizer.state_dict()}, state_file)
        if step >= wanted.steps:
            break
    (wanted.out / "training.json").write_text(json.dumps({"steps": step, "losses": losses}))


if __name__ == "__main__":
    main()
