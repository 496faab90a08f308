"""Fit the reader: labelled questions in, src/clusterqa/untrained.json and its figures out.

    python -m training.fit_reader --index DIR --collection DIR ... QUESTIONS ...

Each of the ten best hits of a question is an example, right if it holds a judged passage. A
logistic model over the standardised features of `clusterqa.search.features` is fitted on all, then
stretched so that the best hit's probability is calibrated. One model is for texts of which
questions are expected; the other, for all other texts, is fitted on the same questions asked of the
corpus without its expected questions and on collections (SQuAD 2.0, CLAPnq), which count less, for
they are not of the field. Figures are out of fold: ten folds, all turns of a conversation in one.
Needs what `pip install -e '.[dev]'` brings.
"""

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from clusterqa.assistant import Assistant
from clusterqa.evaluation import normalise, open_collection, read_collection, read_questions
from clusterqa.evaluation.datasets.questions import Question
from clusterqa.evaluation.datasets.reading import is_evidence
from clusterqa.provisions import label_key
from clusterqa.search.features import Features, features
from clusterqa.settings import UNTRAINED_MODEL
from clusterqa.types import Hit, Inquiry, Turn

READ = 10  # hits
OF_ANOTHER_FIELD = 0.15  # weight of a collection's question against one of the corpus
REGULARISATION = 0.3  # scikit-learn's C
ANSWERED = 0.77  # share of the answerable questions of the corpus to answer, at least in part
ANSWERED_BARE = 0.64  # the same without expected questions, where more hits are wrong
SURE = 0.5  # least probability of an answer that is not called partial
# Which way a feature may speak; all others speak for a hit.
AGAINST = ("behind", "names_missing", "no_count", "no_limit")
BOUNDS = {**dict.fromkeys(AGAINST, (None, 0.0)), "words": (None, None)}
BANDS = 5  # of probability, with equally many questions
TARGET = Path(__file__).parents[1] / "src" / "clusterqa" / "untrained.json"


@dataclass(frozen=True, slots=True)
class Example:
    """A question's hits: their features, which are right, its group, set, type and weight."""

    set: str
    type: str
    group: str
    answerable: bool
    features: list[Features]
    right: list[bool]
    weight: float


def examples(assistant: Assistant, folder: Path, today: date) -> Iterator[Example]:
    """The questions of a set on the corpus."""
    conversations: dict[str, list[Turn]] = {}
    for question in read_questions(folder):
        history = conversations.setdefault(question.conversation or question.id, [])
        asked = assistant.query(Inquiry(question.question, question.as_of, (), tuple(history)))
        hits = assistant.hits(asked)[:READ]
        yield Example(
            set=folder.name,
            type=question.type,
            group=f"{folder.name} {question.conversation or question.id}",
            answerable=question.answerable,
            features=features(assistant.index, asked, hits),
            right=[is_right(assistant, hit, question) for hit in hits],
            weight=1.0,
        )
        history.append(Turn(question.question, question.as_of or today))


def is_right(assistant: Assistant, hit: Hit, question: Question) -> bool:
    """Whether a hit holds a judged quote, or is of its label."""
    (found,) = assistant.described([hit], date.max)
    labels = {label_key(found.locator.label), label_key(found.pinpoint.label)}
    return any(
        gold.doc == hit.passage.source
        and (
            normalise(gold.quote) in normalise(hit.passage.text) or label_key(gold.label) in labels
        )
        for gold in (*question.gold, *question.alternatives)
    )


def collection_examples(folder: Path, work: Path, today: date) -> Iterator[Example]:
    """The questions of a collection of paragraphs."""
    collection = read_collection(folder, titles=True)
    assistant = open_collection(
        collection, work / folder.name, model=UNTRAINED_MODEL, precision="auto",
        progress=lambda *_: None,
    )  # fmt: skip
    for inquiry, evidence in collection.measure.keywords["placed"]:  # type: ignore[attr-defined]
        asked = assistant.query(Inquiry(inquiry.text, today))
        hits = assistant.hits(asked)[:READ]
        places = [(hit.passage.start, hit.passage.end) for hit in hits]
        yield Example(
            set=folder.name,
            type=inquiry.type,
            group=f"{folder.name} {inquiry.id}",
            answerable=bool(evidence),
            features=features(assistant.index, asked, hits),
            right=[is_evidence(place, evidence) for place in places],
            weight=OF_ANOTHER_FIELD,
        )


class Model:
    """A logistic model of hits whose best probability is calibrated, on features as they come."""

    def __init__(self, names: Sequence[str], known: Sequence[Example]) -> None:
        self.names = names
        table = np.vstack([rows(names, one) for one in known])
        right = np.concatenate([np.array(one.right) for one in known])
        weight = np.concatenate([np.full(len(one.right), one.weight) for one in known])
        mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
        found = one_way(names, (table - mean) / spread, right, weight)
        self.weights = found[1:] / spread
        self.intercept = float(found[0] - self.weights @ mean)
        self.stretch(known)

    def stretch(self, known: Sequence[Example]) -> None:
        """Scale and shift the model so that the best hit's probability is calibrated."""
        best = [int(np.argmax(self.logits(one))) for one in known]
        values = np.array([[self.logits(one)[i]] for one, i in zip(known, best, strict=True)])
        right = np.array([one.right[i] for one, i in zip(known, best, strict=True)])
        weight = np.array([one.weight for one in known])
        line = LogisticRegression(C=1e6).fit(values, right, sample_weight=weight)
        scale = float(line.coef_[0, 0])
        self.weights = self.weights * scale
        self.intercept = self.intercept * scale + float(line.intercept_[0])

    def logits(self, example: Example) -> np.ndarray:
        return rows(self.names, example) @ self.weights + self.intercept

    def best(self, example: Example) -> tuple[float, bool]:
        """The best hit's probability, and whether it is right."""
        logits = self.logits(example)
        return float(1 / (1 + np.exp(-logits.max()))), example.right[int(np.argmax(logits))]


def one_way(
    names: Sequence[str], table: np.ndarray, right: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Intercept and weights of a logistic model in which evidence only ever speaks one way.

    Without that, a model of questions that share few words with the law takes shared words for a
    bad sign, and refuses those who ask in the law's own.
    """
    sign = np.where(right, 1.0, -1.0)

    def loss(model: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (table @ model[1:] + model[0])
        slope = -sign * weight / (1 + np.exp(margin))
        value = weight @ np.logaddexp(0, -margin) + model[1:] @ model[1:] / (2 * REGULARISATION)
        return value, np.r_[slope.sum(), slope @ table + model[1:] / REGULARISATION]

    bounds = [(None, None)] + [BOUNDS.get(name, (0.0, None)) for name in names]
    start = np.zeros(len(names) + 1)
    return np.asarray(minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x)


def rows(names: Sequence[str], example: Example) -> np.ndarray:
    return np.array([[getattr(found, name) for name in names] for found in example.features])


def out_of_fold(names: Sequence[str], known: Sequence[Example]) -> list[tuple[float, bool]]:
    """Probability and rightness of each example by a model that has not seen its group."""
    found: list[tuple[float, bool]] = [(0.0, False)] * len(known)
    groups = [one.group for one in known]
    for seen, unseen in GroupKFold(10).split(groups, groups=groups):
        model = Model(names, [known[i] for i in seen])
        for i in unseen:
            found[i] = model.best(known[i])
    return found


def figures(known: Sequence[Example], judged: Sequence[tuple[float, bool]], least: float) -> str:
    """One line of figures over examples with their best probabilities."""
    answerable = np.array([one.answerable for one in known])
    sure = np.array([probability for probability, _ in judged])
    right = np.array([is_right for _, is_right in judged])
    first = np.array([bool(one.right and one.right[0]) for one in known])
    error = calibration_error(sure, right)
    parts = [f"n {len(known)}", f"first hit right {first[answerable].mean():.3f}"]
    parts += [f"best right {right[answerable].mean():.3f}", f"calibration error {error:.3f}"]
    if answerable.any() and not answerable.all():
        parts += [
            f"AUROC {roc_auc_score(answerable, sure):.3f}",
            f"answered {(sure >= least)[answerable].mean():.3f}",
            f"refused {(sure < least)[~answerable].mean():.3f}",
            f"right of answered {right[answerable & (sure >= least)].mean():.3f}",
        ]
    return ", ".join(parts)


def calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(sum(abs((sure - right)[bins == b].sum()) for b in range(10)) / len(sure))


def bands(judged: Sequence[tuple[float, bool]], count: int) -> list[tuple[float, int, int]]:
    """Bands of probability: lower end, questions, and those whose best hit is right."""
    ordered = sorted(judged)
    parts = np.array_split(np.arange(len(ordered)), count)
    return [
        (0.0 if n == 0 else round(ordered[part[0]][0], 4), len(part),
         sum(ordered[i][1] for i in part))
        for n, part in enumerate(parts)
    ]  # fmt: skip


def data_version(folders: Iterable[Path]) -> str:
    """A hash over the labelled questions."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.glob("*.json*")):
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def without_expansion(assistant: Assistant) -> None:
    """Make the assistant's index like one of texts of which no questions are expected."""
    search = assistant.index.search
    search.expansion.links = search.expansion.links[:0]
    search.expanded_sources = frozenset()


def fitted(
    known: Sequence[Example], names: Sequence[str]
) -> tuple[Model, list[tuple[float, bool]]]:
    return Model(names, known), out_of_fold(names, known)


def report(known: Sequence[Example], judged: Sequence[tuple[float, bool]], least: float) -> None:
    """Print the figures of each set, and of each type of its unanswerable questions."""
    for name in dict.fromkeys(one.set for one in known):
        chosen = [i for i, one in enumerate(known) if one.set == name]
        print(name, figures([known[i] for i in chosen], [judged[i] for i in chosen], least))
        for kind in dict.fromkeys(known[i].type for i in chosen if not known[i].answerable):
            them = [i for i in chosen if known[i].type == kind and not known[i].answerable]
            refused = np.mean([judged[i][0] < least for i in them])
            print(f"  {kind}: refused {refused:.3f} of {len(them)}")


def least_of(known: Sequence[Example], judged: Sequence[tuple[float, bool]], share: float) -> float:
    """The probability that a share of the corpus's answerable questions reaches."""
    kept = sorted(
        sure for one, (sure, _) in zip(known, judged, strict=True)
        if one.answerable and one.weight == 1
    )  # fmt: skip
    return kept[int((1 - share) * len(kept))]


def plain_weights(model: Model, least: float) -> dict[str, object]:
    weights = zip(model.names, model.weights, strict=True)
    return {
        "intercept": round(model.intercept, 4),
        "weights": asdict(Features(**{name: round(float(w), 4) for name, w in weights})),
        "least": round(least, 4),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("questions", type=Path, nargs="+")
    options.add_argument("--index", type=Path, required=True)
    options.add_argument("--collection", type=Path, action="append", default=[])
    options.add_argument("--work", type=Path, default=Path(".fit"))
    options.add_argument("--today", type=date.fromisoformat, default=date.today())
    given = options.parse_args()
    assistant = Assistant.open(given.index, today=given.today)
    expanded = [e for folder in given.questions for e in examples(assistant, folder, given.today)]
    without_expansion(assistant)
    bare = [e for folder in given.questions for e in examples(assistant, folder, given.today)]
    for folder in given.collection:
        bare += collection_examples(folder, given.work, given.today)
    expanded, bare = ([e for e in some if e.features] for some in (expanded, bare))
    names = [field.name for field in fields(Features)]
    model, judged = fitted(expanded, names)
    least = least_of(expanded, judged, ANSWERED)
    print(f"texts of which questions are expected, answered from {least:.3f}")
    report(expanded, judged, least)
    other, others = fitted(bare, [name for name in names if name != "expansion"])
    other_least = least_of(bare, others, ANSWERED_BARE)
    print(f"other texts, answered from {other_least:.3f}")
    report(bare, others, other_least)
    plain = {
        "fitted_on": {
            "sets": sorted({one.set for one in bare}),
            "questions": len(expanded),
            "data": data_version([*given.questions, *given.collection]),
        },
        "expanded": plain_weights(model, least),
        "bare": plain_weights(other, other_least),
        "answered": SURE,
        "bands": bands(judged, BANDS),
    }
    TARGET.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
