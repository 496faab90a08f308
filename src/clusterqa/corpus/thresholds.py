"""`thresholds.toml` in, rules with figures out: what a reader's own figures can be put against.

A `Threshold` is a figure of the law and the words that set it, a `FigureCheck` a question that some
of them answer together. Whether the words stand in the law of a day is seen in `law/thresholds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from clusterqa.errors import CorpusError

Comparison = Literal["below", "at_most", "plus"]
CheckKind = Literal["category", "limit", "intensity"]
Role = Literal["rule", "base", "increase", "ceiling"]
Unit = Literal["", "EUR", "%", "year"]
Said = Mapping[str, str]  # language to words
Forms = Mapping[str, tuple[str, ...]]  # language to the words that mean it


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """What a figure is of; a `decoy` is known only so that its figures are not another's."""

    id: str
    unit: Unit
    name: Said
    words: Forms
    decoy: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Circumstance:
    """What a figure depends on; of those of one `kind` only one can hold."""

    id: str
    name: Said
    words: Forms
    kind: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Uncovered:
    """What a check leaves open."""

    id: str
    said: Said


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure of a measure in its unit, and what keeps to it; `plus` adds it to another one."""

    measure: str
    comparison: Comparison
    figure: float


@dataclass(frozen=True, slots=True, eq=False)
class LawWords:
    """Words of a provision, by language; `other` has those of other versions of it."""

    label: str
    quote: Said
    other: Forms = field(default_factory=dict)

    def wordings(self, language: str) -> tuple[str, ...]:
        """Every way in which versions in a language say it; none if the language has none."""
        own = self.quote.get(language)
        return (own, *self.other.get(language, ())) if own else ()


@dataclass(frozen=True, slots=True, eq=False)
class Threshold:
    """Limits that words of a provision set: each of `all`, and one of `any` if there are some.

    It counts from `since` to `until`, where all circumstances `given` hold. In an intensity it has
    a `role`: an `increase` or a `ceiling` is `of` bases, all if none is named; of the increases of
    a `group` the highest counts. In a category `said` is what it is called, `asked` what asks for
    it, `means` the circumstance that follows. `also` are more words that have to stand, `other` is
    how other versions say the same.
    """

    id: str
    label: str
    quote: Said
    all: tuple[Limit, ...]
    other: Forms = field(default_factory=dict)
    any: tuple[Limit, ...] = ()
    also: tuple[LawWords, ...] = ()
    since: date | None = None
    until: date | None = None
    given: tuple[str, ...] = ()
    role: Role = "rule"
    of: tuple[str, ...] = ()
    group: str = ""
    means: str = ""
    said: Said | None = None
    asked: Forms | None = None

    @property
    def limits(self) -> tuple[Limit, ...]:
        return (*self.all, *self.any)

    @property
    def words(self) -> tuple[LawWords, ...]:
        """All that has to stand in the law, the words with the figure first."""
        return (LawWords(self.label, self.quote, self.other), *self.also)

    def counts_on(self, day: date) -> bool:
        return (self.since or date.min) <= day <= (self.until or date.max)


@dataclass(frozen=True, slots=True, eq=False)
class FigureCheck:
    """Rules of the first of `works` that applies; `subject` are words of a question about them.

    A `category` is the first rule that is met, or `none` (which `none_means` a circumstance); a
    `limit` is kept (`within`) or not (`beyond`); an `intensity` is a base with increases up to a
    ceiling. `takes` is the measure of a figure that is of nothing else, `adds` whether several are
    added up. Yes means beyond, unless `beyond_means_no` or a question has words that turn it round
    (`reversed`). It is about a question only where what it `requires` holds.
    """

    id: str
    kind: CheckKind
    works: tuple[str, ...]
    name: Said
    subject: Forms
    rule: tuple[Threshold, ...]
    takes: str = ""
    adds: bool = False
    requires: tuple[str, ...] = ()
    none: Said | None = None
    none_means: str = ""
    within: Said | None = None
    beyond: Said | None = None
    beyond_means_no: bool = False
    reversed: Forms | None = None
    unchecked: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that its rules compare, each once."""
        return tuple(dict.fromkeys(one.measure for rule in self.rule for one in rule.limits))


@dataclass(frozen=True, slots=True, eq=False)
class WaysOfWriting:
    """How questions write figures: scales, and words by what they do to the figures beside them."""

    scales: Mapping[str, float]
    between: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    adding: tuple[str, ...] = ()
    exceeding: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """All that `thresholds.toml` holds."""

    measure: tuple[Measure, ...] = ()
    circumstance: tuple[Circumstance, ...] = ()
    check: tuple[FigureCheck, ...] = ()
    unchecked: tuple[Uncovered, ...] = ()
    reading: WaysOfWriting | None = None

    def unit_of(self, measure: str) -> Unit:
        return next(one.unit for one in self.measure if one.id == measure)


def read_thresholds(path: Path) -> Thresholds:
    """The rules in a file; none if there is no such file.

    Raises `CorpusError` for a file that is none of them, or where a rule names what is not there.
    """
    import msgspec  # here, because `--help` waits for imports

    try:
        found = msgspec.toml.decode(path.read_bytes(), type=Thresholds)
    except FileNotFoundError:
        return Thresholds()
    except (msgspec.MsgspecError, ValueError, OSError) as error:
        raise CorpusError(f"{path}: {error}; mend the file or move it away") from error
    for place, name in unknown_names(found):
        raise CorpusError(f"{path}: {place} names {name!r}, which is not in the file; add it")
    return found


def unknown_names(found: Thresholds) -> list[tuple[str, str]]:
    """Where a check names a measure, a circumstance or what it leaves open that is not there."""
    measures = {one.id for one in found.measure}
    circumstances = {one.id for one in found.circumstance}
    uncovered = {one.id for one in found.unchecked}
    return [
        (f"check {check.id}", name)
        for check in found.check
        for names, known in (
            ((*check.measures, *filter(None, [check.takes])), measures),
            (circumstances_of(check), circumstances),
            (check.unchecked, uncovered),
        )
        for name in names
        if name not in known
    ]


def circumstances_of(check: FigureCheck) -> tuple[str, ...]:
    """The circumstances that a check names, in whichever place."""
    meant = filter(None, (check.none_means, *(rule.means for rule in check.rule)))
    return (*check.requires, *(name for rule in check.rule for name in rule.given), *meant)
