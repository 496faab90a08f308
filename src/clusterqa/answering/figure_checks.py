"""Figures and the law of a day in, what they amount to out, as a result with proven quotes."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from clusterqa.answering.citations import cite
from clusterqa.answering.gate import check_answer
from clusterqa.answering.quotes import Piece
from clusterqa.answers import CheckedFigure, CheckResult, Citation, Designation
from clusterqa.corpus.thresholds import FigureCheck, Said, Thresholds
from clusterqa.errors import NotFound, UsageError
from clusterqa.index import Library
from clusterqa.law.assessment import Assessment, Situation, Weighed, assess
from clusterqa.law.thresholds import Proof, standing
from clusterqa.provisions import label_key

Replied = Literal["yes", "no"] | None


SHARE = ("aid", "costs")


@dataclass(frozen=True, slots=True)
class Compilation:
    """The library, day and language that results are made with."""

    library: Library
    day: date
    language: str

    @property
    def thresholds(self) -> Thresholds:
        return self.library.thresholds

    def assessed(self, check: FigureCheck, situation: Situation) -> Assessment | None:
        rules = standing(self.library, check, self.day, self.language)
        return assess(check, rules, situation, self.thresholds.circumstance)

    def result(self, check: FigureCheck, found: Assessment, replied: Replied) -> CheckResult:
        """An assessment as it goes out; raises `ClusterQAError` if a quote is not byte-exact."""
        proofs = {
            proof: None for one in found.weighed for proof in one.standing.proofs
        }  # each once, in their order
        numbers = {proof: n for n, proof in enumerate(proofs, 1)}
        citations = tuple(self.citation(n, proof) for proof, n in numbers.items())
        check_answer((), citations, self.library.document)
        figures = tuple(
            self.figure(one, numbers[one.standing.proofs[0]], check) for one in found.weighed
        )
        return CheckResult(
            check=Designation(check.id, dict(check.name)),
            outcome=found.outcome,
            answer=replied,
            category=self.category(check, found),
            said=dict(self.said(check, found)),
            figures=figures,
            maybe=tuple(self.rule(check, name) for name in found.maybe),
            missing=tuple(self.measure(name) for name in found.missing),
            limit=found.limit,
            most=found.most,
            unit=self.thresholds.unit_of(check.takes) if check.takes else "",
            unchecked=tuple(
                Designation(one.id, dict(one.said))
                for name in check.unchecked
                for one in self.thresholds.unchecked
                if one.id == name
            ),
            citations=citations,
        )

    def citation(self, n: int, proof: Proof) -> Citation:
        passage = self.library.passage_at(proof.source, proof.start)
        piece = Piece(passage, proof.start, proof.end)
        document = self.library.document(proof.source)
        cited = cite(n, piece, document, self.library.sources, self.day)
        return replace(cited, locator=replace(cited.locator, label=proof.label))

    def figure(self, one: Weighed, citation: int, check: FigureCheck) -> CheckedFigure:
        return CheckedFigure(
            measure=self.measure(one.limit.measure),
            unit=self.thresholds.unit_of(one.limit.measure),
            comparison=one.limit.comparison,
            limit=one.limit.figure,
            written=one.figure,
            given=one.given,
            holds=one.holds,
            rule=self.rule(check, one.standing.rule.id),
            citation=citation,
        )

    def measure(self, name: str) -> Designation:
        found = next(one for one in self.thresholds.measure if one.id == name)
        return Designation(name, dict(found.name))

    def rule(self, check: FigureCheck, name: str) -> Designation:
        """A rule by what it is called, or by the circumstances that it is for."""
        rule = next(rule for rule in check.rule if rule.id == name)
        known = {one.id: one.name for one in self.thresholds.circumstance}
        of = [known[given] for given in rule.given]
        said = rule.said or {
            code: ", ".join(one[code] for one in of) for code in (of[0] if of else {})
        }
        return Designation(name, dict(said))

    def category(self, check: FigureCheck, found: Assessment) -> Designation | None:
        return self.rule(check, found.category) if found.category else None

    def said(self, check: FigureCheck, found: Assessment) -> Said:
        """What the outcome is called; empty where only figures say it."""
        if found.outcome == "category" and found.category:
            return self.rule(check, found.category).said
        by_outcome = {"none": check.none, "within": check.within, "beyond": check.beyond}
        return by_outcome.get(found.outcome) or {}


@dataclass(frozen=True, slots=True)
class CheckOffered:
    """A check, the measures it compares, the circumstances it knows, and where its rules stand."""

    check: Designation
    figures: tuple[Designation, ...]
    given: tuple[Designation, ...]
    documents: tuple[str, ...]
    labels: tuple[str, ...]


# -- asked for by name ----------------------------------------------------------------------------


def check_named(library: Library, name: str) -> FigureCheck:
    """The check of an id; raises `NotFound` naming those there are."""
    for check in library.thresholds.check:
        if check.id == name:
            return check
    names = ", ".join(check.id for check in library.thresholds.check)
    raise NotFound(
        f"no check {name[:60]!r}; there are: {names}" if names
        else "no checks are in this index; run: clusterqa ingest"
    )  # fmt: skip


def checked(
    library: Library, name: str, situation: Situation, day: date, language: str
) -> CheckResult:
    """What figures amount to under a check.

    Raises `NotFound` for an unknown check and for a day on which none of its rules stands,
    `UsageError` for a figure or circumstance that it does not know and where it lacks one.
    """
    check, made = check_named(library, name), Compilation(library, day, language)
    refuse_unknown(made.thresholds, check, situation)
    if not standing(library, check, day, language):
        raise NotFound(f"{name}: no text with its rules applies on {day}; give another day")
    found = made.assessed(check, situation)
    if found is None:
        raise UsageError(f"{name}: nothing can be compared; give {wanted(check)}")
    return made.result(check, found, None)


def checks_there_are(
    library: Library, day: date, language: str, place: tuple[str, str] | None = None
) -> tuple[CheckOffered, ...]:
    """The checks that can be made of figures on a day: those with a rule that stands.

    With a `place`, a work and a label, only those with a rule in that provision or around it.
    """
    thresholds, made = library.thresholds, Compilation(library, day, language)
    known = {one.id: one for one in thresholds.circumstance}
    return tuple(
        CheckOffered(
            Designation(check.id, dict(check.name)),
            tuple(made.measure(name) for name in measures_taken(check, thresholds)),
            tuple(Designation(n, dict(known[n].name)) for n in circumstances_taken(check)),
            tuple(dict.fromkeys(proof.source for one in stood for proof in one.proofs)),
            tuple(dict.fromkeys(one.proofs[0].label for one in stood)),
        )
        for check in thresholds.check
        if place is None or is_of(check, *place)
        if (stood := standing(library, check, day, language))
    )


def is_of(check: FigureCheck, work: str, label: str) -> bool:
    """Whether a check has a rule in a provision of a work, or in one around or inside it."""
    return work in check.works and any(is_inside_label(label, rule.label) for rule in check.rule)


def is_inside_label(one: str, other: str) -> bool:
    """Whether a label is that of a provision or of one around or inside it."""
    short, long = sorted((label_key(one), label_key(other)), key=len)
    return long == short or (bool(short) and long.startswith(f"{short}("))


def refuse_unknown(thresholds: Thresholds, check: FigureCheck, situation: Situation) -> None:
    taken = measures_taken(check, thresholds)
    for name, value in situation.figures.items():
        if name not in taken:
            raise UsageError(f"{check.id} compares {', '.join(taken)}, not {name}", param=name)
        if not 0 <= value < float("inf"):
            raise UsageError(f"{name} is {value:g}; give a number from 0 on", param=name)
    known = {one.id for one in thresholds.circumstance}
    for name in sorted(situation.circumstances - known):
        raise UsageError(
            f"no circumstance {name[:60]!r}; {check.id} knows: "
            f"{', '.join(circumstances_taken(check)) or 'none'}",
            param="given",
        )


def measures_taken(check: FigureCheck, thresholds: Thresholds) -> tuple[str, ...]:
    """The measures of which a check compares a figure; aid and costs make an intensity."""
    known = {one.id for one in thresholds.measure}
    shares = SHARE if check.kind == "intensity" and known.issuperset(SHARE) else ()
    return (*check.measures, *shares)


def circumstances_taken(check: FigureCheck) -> tuple[str, ...]:
    """The circumstances that the rules of a check are for, each once."""
    return tuple(dict.fromkeys(name for rule in check.rule for name in rule.given))


def wanted(check: FigureCheck) -> str:
    """What a check has to be given, in words."""
    needed = check.measures if check.kind != "intensity" else ()
    given = circumstances_taken(check)
    if check.kind != "category" and not any(not rule.given for rule in check.rule):
        return " and ".join([*needed, f"one of: {', '.join(given)}"])
    return " or ".join(needed) or f"at most one of each kind of: {', '.join(given)}"
