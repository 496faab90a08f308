"""Train the reader: questions with what the search finds for them in, reader.json out.

    python -m training.reader --index DIR [--work DIR] [--lines N] [SET ...]

Each question of `data` about a text of the index is searched; a later turn as it was typed, after
the turns before it. The reranker is a linear model of the search's hits, learned list by list: what
answers against all else that was found (ListNet). The network then learns from the first
`READ` hits of each question which of them answer, where what only tempts counts in full and what
was found beside it, unjudged, in part. Figures and the bands of confidence are out of fold: a fold
is a writer. Sets of questions that measure are only printed. Works that the encoder was trained on
count as well: the figures of those that were held out of it stand apart.
"""

import argparse
import itertools
import json
import math
import pickle
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from torch.nn import functional

from clusterqa.assistant import Assistant
from clusterqa.errors import UsageError
from clusterqa.evaluation.datasets.questions import Gold
from clusterqa.evaluation.judging import is_right
from clusterqa.index import Index
from clusterqa.query.understanding import Query
from clusterqa.search.features import features
from clusterqa.search.reader import Network, Trained, inputs, untrained
from clusterqa.search.reranker import reranked, signals
from clusterqa.search.retrieval import RERANKED, retrieve
from clusterqa.types import Hit, Inquiry, Turn
from training.examples import DATA, HELD_OUT_WORKS
from training.fit_reader import SURE, bands

READ = 10  # hits that the network judges
UNITS, STEPS, RATE, DECAY, DRAWN = 16, 800, 5e-3, 1e-2, 256
UNJUDGED = 0.3  # weight of a hit that nobody judged, among the first
BANDS = 6
# Shares of the sources that are taken to be without expected questions, by turns.
WITHOUT = (0.0, 1.0, 0.5)
REFUSED = 0.75  # share of the near misses to refuse
TARGET = Path(__file__).parents[1] / "src" / "clusterqa" / "reader.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked, what answers it and what only tempts, and where it is from."""

    group: str
    writer: str
    language: str
    inquiry: Inquiry
    gold: tuple[Gold, ...]
    tempting: tuple[Gold, ...]

    @property
    def held_out(self) -> bool:
        """Whether the encoder was not trained on its work."""
        golds = (*self.gold, *self.tempting)
        return any(work in gold.doc for gold in golds for work in HELD_OUT_WORKS)


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found for a question as it was read: which hits answer, which only tempt."""

    asked: Asked
    query: Query
    hits: list[Hit]
    right: list[bool]
    tempting: list[bool]
    without: float  # share of the sources that had no expected questions


@dataclass(frozen=True, slots=True)
class Judged:
    """What the network sees of a question's first hits, shape (hits, inputs), and what is so."""

    asked: Asked
    rows: np.ndarray
    right: np.ndarray
    tempting: np.ndarray


# -- questions ----------------------------------------------------------------------------------


def of_the_data(assistant: Assistant, today: date) -> Iterator[Asked]:
    """The questions of the data about texts of the index, in the order of the files."""
    for path in sorted(DATA.glob("*.jsonl")):
        for line in map(json.loads, path.read_text("utf-8").splitlines()):
            yield from asked_in(line, assistant, today)


def asked_in(line: dict[str, Any], assistant: Assistant, today: date) -> Iterator[Asked]:
    sources = assistant.library.sources
    turns = line.get("turns", [line])
    history: tuple[Turn, ...] = ()
    for turn in turns:
        tempting = [turn["tempting"]] if line["kind"] == "near_miss" else []
        golds = [] if tempting else turn["passages"]
        here = [golden(p) for p in (*golds, *tempting) if p["source"] in sources]
        if here or not (golds or tempting):
            day = day_of(here, assistant, today)
            yield Asked(
                group=f"{line['kind']}{' later' if history else ''}",
                writer=line["writer"],
                language=line["language"],
                inquiry=Inquiry(turn["question"], day, (), history),
                gold=() if tempting else tuple(here),
                tempting=tuple(here) if tempting else (),
            )
        history = (*history, Turn(turn["question"], day_of(here, assistant, today)))


def golden(place: dict[str, Any]) -> Gold:
    return Gold(place["source"], place["label"], place["quote"])


def day_of(golds: Sequence[Gold], assistant: Assistant, today: date) -> date | None:
    """A day on which the first of the texts applied; None for today."""
    if not golds:
        return None
    _, source = assistant.library.sources[golds[0].doc]
    if source.valid_to and source.valid_to < today:
        return source.valid_to
    return source.valid_from if source.valid_from and source.valid_from > today else None


def of_a_set(folder: Path) -> Iterator[Asked]:
    """The questions of a set that measures, later turns with those before them."""
    histories: dict[str, tuple[Turn, ...]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for entry in map(json.loads, path.read_text("utf-8").splitlines()):
            for turn in entry.get("turns", [entry]):
                name = str(turn.get("conversation") or entry["id"])
                history = histories.get(name, ())
                day = date.fromisoformat(turn["as_of"]) if turn.get("as_of") else None
                golds = [*turn["gold"], *turn.get("alternatives", ())]
                yield Asked(
                    group=f"{folder.name}{' later' if history else ''}",
                    writer=folder.name,
                    language=turn.get("language", ""),
                    inquiry=Inquiry(turn["question"], day, (), history),
                    gold=tuple(Gold(g["doc"], g["label"], g["quote"]) for g in golds),
                    tempting=(),
                )
                histories[name] = (*history, Turn(turn["question"], day))


# -- what is found ------------------------------------------------------------------------------


def found_for(assistant: Assistant, asked: Asked, without: float) -> Found | None:
    """What the search finds before any reranking; None for a question that cannot be read."""
    try:
        query = assistant.query(asked.inquiry)
    except UsageError:
        return None
    hits = retrieve(assistant.index, assistant.encoder, query, k=RERANKED)
    right = [holds(hit, asked.gold) for hit in hits]
    tempting = [holds(hit, asked.tempting) for hit in hits]
    return Found(asked, query, hits, right, tempting, without)


def all_found(assistant: Assistant, asked: Sequence[Asked], without: float = 0.0) -> list[Found]:
    """What is found for questions while a share of the sources has no expected questions."""
    found = []
    with less_expanded(assistant.index, without):
        for one in asked:
            of_one = found_for(assistant, one, without)
            if of_one is not None and of_one.hits:
                found.append(of_one)
    print(f"{len(asked)} questions searched", flush=True)
    return found


@contextmanager
def less_expanded(index: Index, share: float) -> Iterator[None]:
    """An index in which a share of the sources, drawn once, is as if nobody expected questions."""
    search = index.search
    links, sources = search.expansion.links, search.expanded_sources
    drawn = random.Random(3).sample(sorted(sources), round(share * len(sources)))
    rows = np.unique(search.passage_rows[search.of_sources(drawn)])
    search.expansion.links = links[~np.isin(links[:, 1], rows)]
    search.expanded_sources = sources - set(drawn)
    try:
        yield
    finally:
        search.expansion.links, search.expanded_sources = links, sources


def holds(hit: Hit, golds: Iterable[Gold]) -> bool:
    """Whether a hit is one of the judged passages."""
    return any(is_right(hit, gold) for gold in golds)


# -- the reranker -------------------------------------------------------------------------------


def ranking_of(found: Sequence[Found]) -> dict[str, float]:
    """Weights of the signals, so that what answers is the likeliest of all hits (ListNet)."""
    lists = [one for one in found if any(one.right)]
    names = list(signals(lists[0].hits)[0])
    table = np.zeros((len(lists), RERANKED, len(names)), np.float32)
    right, there = np.zeros(table.shape[:2], bool), np.zeros(table.shape[:2], bool)
    for n, one in enumerate(lists):
        rows = [[of_hit[name] for name in names] for of_hit in signals(one.hits)]
        table[n, : len(rows)], right[n, : len(rows)], there[n, : len(rows)] = rows, one.right, True
    spread = table[there].std(0) + 1e-6
    inputs_, answers, hits = map(torch.tensor, (table / spread, right, there))
    weights = torch.zeros(len(names), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        logits = (inputs_ @ weights).masked_fill(~hits, -1e4)
        lost = logits.logsumexp(1) - logits.masked_fill(~answers, -1e4).logsumexp(1)
        total = lost.mean() + 1e-3 * weights.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    plain = weights.detach().numpy() / spread
    return {name: round(float(value), 4) for name, value in zip(names, plain, strict=True)}


# -- the network --------------------------------------------------------------------------------


def all_judged(
    assistant: Assistant, found: Sequence[Found], ranking: dict[str, float]
) -> list[Judged]:
    seen = []
    for without, group in itertools.groupby(found, key=lambda one: one.without):
        with less_expanded(assistant.index, without):
            seen += [judged(assistant, one, ranking) for one in group]
    return seen


def judged(assistant: Assistant, found: Found, ranking: dict[str, float]) -> Judged:
    """The first hits in the reranker's order, as the network sees them."""
    order = reranked(found.hits, ranking)[:READ]
    place = {hit.passage.id: n for n, hit in enumerate(found.hits)}
    numbers = [place[hit.passage.id] for hit in order]
    shared = features(assistant.index, found.query, order)
    rows = [list(row.values()) for row in inputs(assistant.index, found.query, order, shared)]
    right, tempting = (np.array(one)[numbers] for one in (found.right, found.tempting))
    return Judged(found.asked, np.array(rows, np.float32), right, tempting)


def network_of(names: tuple[str, ...], known: Sequence[Judged], seed: int) -> Network:
    """A network that tells the hits that answer from those that tempt, by logistic loss."""
    torch.manual_seed(seed)
    table = np.concatenate([one.rows for one in known])
    right = np.concatenate([one.right for one in known])
    tempting = np.concatenate([one.tempting for one in known])
    first = np.concatenate([np.arange(len(one.right)) < 3 for one in known])
    weight = np.where(right | tempting, 1.0, UNJUDGED * first).astype(np.float32)
    weight[right] *= weight[~right].sum() / weight[right].sum()
    mean, spread = table.mean(0), table.std(0) + 1e-4
    rows, answers = torch.tensor((table - mean) / spread), torch.tensor(right).float()
    weights = torch.tensor(weight)
    hidden, out = torch.nn.Linear(len(names), UNITS), torch.nn.Linear(UNITS, 1, bias=False)
    direct = torch.nn.Linear(len(names), 1)
    parts = [*hidden.parameters(), *out.parameters(), *direct.parameters()]
    optimizer = torch.optim.AdamW(parts, lr=RATE, weight_decay=DECAY)
    for step in range(STEPS):
        drawn = torch.multinomial(weights, 4 * DRAWN, replacement=True)
        logits = (out(torch.tanh(hidden(rows[drawn]))) + direct(rows[drawn]))[:, 0]
        loss = functional.binary_cross_entropy_with_logits(logits, answers[drawn])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / STEPS)
    units = torch.cat([hidden.weight, hidden.bias[:, None]], 1)
    return Network(
        names,
        rounded(mean),
        rounded(spread),
        tuple(rounded(unit) for unit in units.detach().numpy()),
        rounded(out.weight[0].detach().numpy()),
        rounded(direct.weight[0].detach().numpy()),
        round(float(direct.bias), 4),
    )


def rounded(values: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def best_of(network: Network, one: Judged) -> tuple[float, bool]:
    """The first hit's probability, and whether it answers."""
    row = dict(zip(network.names, one.rows[0].tolist(), strict=True))
    return network.probability(row), bool(one.right[0])


@dataclass(frozen=True, slots=True)
class Line:
    """What stretches and shifts a logit so that the best hit's probability is calibrated."""

    scale: float
    shift: float

    @classmethod
    def through(cls, results: Sequence[tuple[float, bool]]) -> "Line":
        fitted = LogisticRegression(C=1e6).fit(
            [[logit(sure)] for sure, _ in results], [right for _, right in results]
        )
        return cls(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))

    def results(self, results: Sequence[tuple[float, bool]]) -> list[tuple[float, bool]]:
        moved = [self.scale * logit(sure) + self.shift for sure, _ in results]
        found = [1 / (1 + math.exp(-value)) for value in moved]
        return [(sure, right) for sure, (_, right) in zip(found, results, strict=True)]

    def network(self, network: Network) -> Network:
        return replace(
            network,
            out=rounded(np.array(network.out) * self.scale),
            direct=rounded(np.array(network.direct) * self.scale),
            bias=round(network.bias * self.scale + self.shift, 4),
        )


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def out_of_fold(names: tuple[str, ...], known: Sequence[Judged]) -> list[tuple[float, bool]]:
    """For each question the best hit by a network that saw no line of its writer."""
    results: list[tuple[float, bool]] = [(0.0, False)] * len(known)
    for writer in sorted({one.asked.writer for one in known}):
        network = network_of(names, [k for k in known if k.asked.writer != writer], seed=1)
        for n, one in enumerate(known):
            if one.asked.writer == writer:
                results[n] = best_of(network, one)
    return results


# -- figures ------------------------------------------------------------------------------------


def threshold(known: Sequence[Judged], results: Sequence[tuple[float, bool]]) -> float:
    """The least probability of what is quoted: `REFUSED` of the near misses do not reach it."""
    sure = [value for value, _ in results]
    near = [s for s, one in zip(sure, known, strict=True) if one.asked.group == "near_miss"]
    return float(np.quantile(near, REFUSED))


def report(
    name: str, found: Sequence[Found], ranking: dict[str, float],
    results: Sequence[tuple[float, bool]], least: float,
) -> None:  # fmt: skip
    """One line of figures: ranks before and after, what is rightly answered and refused, AUROC."""
    answerable = np.array([bool(one.asked.gold) for one in found])
    sure = np.array([value for value, _ in results])
    right = np.array([is_right for _, is_right in results])
    line = f"{name:34} n {len(found):4}"
    if answerable.any():
        before = [one.right for one in found if one.asked.gold]
        after = [in_order(one, ranking) for one in found if one.asked.gold]
        for kind, lists in (("fused", before), ("reranked", after)):
            shares = (np.mean([any(one[:k]) for one in lists]) for k in (1, 3, 5, RERANKED))
            line += f"  {kind} " + " ".join(f"{share:.2f}" for share in shares)
        line += f"  likeliest {right[answerable].mean():.2f}"
        line += f"  rightly answered {(right & (sure >= least))[answerable].mean():.2f}"
    if not answerable.all():
        line += f"  refused {(sure < least)[~answerable].mean():.2f}"
    if 0 < right.sum() < len(right):
        line += f"  AUROC of right {roc_auc_score(right, sure):.2f}"
    if 0 < answerable.sum() < len(found):
        line += f", of answerable {roc_auc_score(answerable, sure):.2f}"
    print(line, flush=True)


def in_order(one: Found, ranking: dict[str, float]) -> list[bool]:
    """Which hits answer, in the reranker's order."""
    place = {hit.passage.id: right for hit, right in zip(one.hits, one.right, strict=True)}
    return [place[hit.passage.id] for hit in reranked(one.hits, ranking)]


def cached(path: Path, make: Any) -> Any:
    """What was made before and kept, else what is made now."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(make()))
    return pickle.loads(path.read_bytes())


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--index", type=Path, required=True)
    reading.add_argument("--work", type=Path, default=Path(".reader"))
    reading.add_argument("--lines", type=int, default=6000)
    reading.add_argument("--today", type=date.fromisoformat, default=date(2026, 11, 23))
    reading.add_argument("--write", action="store_true")
    reading.add_argument("sets", type=Path, nargs="*")
    wanted = reading.parse_args()
    index = Index.open(wanted.index)
    assistant = Assistant(index, index.encoder(), today=wanted.today, reader=untrained())
    lines = list(of_the_data(assistant, wanted.today))
    kept = [one for one in lines if one.held_out]
    others = [one for one in lines if not one.held_out]
    random.Random(5).shuffle(others)
    lines = [*kept, *others[: max(0, wanted.lines - len(kept))]]
    known = []
    for n, share in enumerate(WITHOUT):
        part = lines[n :: len(WITHOUT)]
        make = partial(all_found, assistant, part, share)
        known += cached(wanted.work / f"data-{share}.pickle", make)
    ranking = ranking_of([one for one in known if one.asked.held_out])
    seen = all_judged(assistant, known, ranking)
    names = input_names(assistant, known[0])
    results = out_of_fold(names, seen)
    line = Line.through(results)
    results = line.results(results)
    least = threshold(seen, results)
    network = line.network(network_of(names, seen, seed=1))
    print(f"quoted from {least:.2f}; ranking {ranking}")
    report_all(known, ranking, results, least)
    for folder, share in itertools.product(wanted.sets, (0.0, 1.0)):
        make = partial(all_found, assistant, list(of_a_set(folder)), share)
        measured = cached(wanted.work / f"{folder.name}-{share}.pickle", make)
        found = [best_of(network, one) for one in all_judged(assistant, measured, ranking)]
        print("without expected questions:" if share else "with expected questions:")
        report_all(measured, ranking, found, least)
    if wanted.write:
        sure = max(least, SURE)
        reader = Trained(ranking, network, round(least, 3), sure, tuple(bands(results, BANDS)))
        TARGET.write_text(json.dumps(asdict(reader), indent=1) + "\n", encoding="utf-8")


def input_names(assistant: Assistant, one: Found) -> tuple[str, ...]:
    shared = features(assistant.index, one.query, one.hits)
    return tuple(inputs(assistant.index, one.query, one.hits, shared)[0])


def report_all(
    found: Sequence[Found], ranking: dict[str, float],
    results: Sequence[tuple[float, bool]], least: float,
) -> None:  # fmt: skip
    """A line for each group, for each of its languages, and for what was held out."""
    kinds = {
        "": lambda one: one.asked.group,
        "language": lambda one: f"  {one.asked.group} {one.asked.language}",
        "held out": lambda one: f"  {one.asked.group} held out" if one.asked.held_out else "",
    }
    for kind in kinds.values():
        for name in sorted({kind(one) for one in found} - {""}):
            chosen = [n for n, one in enumerate(found) if kind(one) == name]
            of_name = [found[n] for n in chosen], ranking, [results[n] for n in chosen]
            report(name, *of_name, least)


if __name__ == "__main__":
    main()
