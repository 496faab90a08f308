"""An answer and what it holds: the wire format, which HTTP and `--json` serialise as it stands.

Positions are offsets in code points into `Document.text`, half open: `text[start:end]`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from clusterqa.types import Group, Scores, Shares

LegalStatus = Literal["in_force", "superseded", "expired", "not_yet", "guidance"]
AnswerStatus = Literal["answered", "partial", "no_answer"]
Relation = Literal["definition", "refers_to", "referred_by", "translation"]
Reason = Literal[
    "not_in_corpus", "work_not_present", "no_version_for_date", "provision_not_in_version",
    "outside_scope", "unclear_question",
]  # fmt: skip
Outcome = Literal["same", "reworded", "added", "removed"]
Sureness = Literal["likely", "possibly", "uncertain"]
Remedy = Literal["sync", "add", "look", "fetch"]
CheckOutcome = Literal["category", "none", "within", "beyond", "up_to", "open", "rules"]
Lack = Literal["subject", "provision"]
ShortKind = Literal[
    "figure", "date", "duration", "count", "name", "yes_no", "definition", "list", "check"
]  # fmt: skip
SuggestedAs = Literal["related", "nearest", "choice"]
Cause = Literal[
    "late", "offline", "proxy", "unreachable", "broken", "status", "unreadable", "too_large",
    "no_completion", "no_text", "too_long",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DocumentRef:
    id: str
    work: str
    title: str
    short_title: str
    language: str
    celex: str | None
    eli: str | None
    version_date: date | None
    legal_status: LegalStatus
    superseded_by: str | None
    valid_from: date | None
    valid_to: date | None
    authentic: bool


@dataclass(frozen=True, slots=True)
class Locator:
    label: str
    path: tuple[str, ...]
    page: int | None = None
    page_label: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A W3C TextQuoteSelector and TextPositionSelector in one."""

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Links:
    """Where to read on: `source` is the address of the official text.

    `viewer` is the page that shows the quote marked in its document, as a path to be put after the
    server's address: `/document?id=…#quote`. It is null where no server answered.
    """

    viewer: str | None = None
    source: str | None = None
    pdf: str | None = None


@dataclass(frozen=True, slots=True)
class CiteAs:
    eu: str
    oscola: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A provision beside a cited one, to be looked up: where it is, not what it says.

    `document` is the id of the version on the answer's date, `term` the defined term it explains.
    """

    relation: Relation
    document: str
    short_title: str
    label: str
    language: str
    url: str | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands; `lead_ins` quote what introduces the list that it is a point of.

    `amended_by` names the acts whose amendments brought its words, `words_until` is the last day on
    which the provision had them: null while no end is known.
    """

    n: int
    passage_id: str
    document: DocumentRef
    locator: Locator
    quote: Quote
    links: Links
    cite_as: CiteAs
    lead_ins: tuple[Quote, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    amended_by: tuple[str, ...] = ()
    words_until: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """Verbatim sentences, or points of a list after their lead-ins, each of which comes once.

    `citations` are numbers `n` of the answer's citations. A `composed` one is a language model's
    sentence that its citations confirm: only what stands in it between quotation marks is verbatim.
    """

    text: str
    citations: tuple[int, ...]
    composed: bool = False


@dataclass(frozen=True, slots=True)
class ShortWords:
    """Words of a short answer and the pattern they are said in ("most": "At most …").

    `exact` stands in the document of citation `citation` from `start` to `end`, in what is quoted.
    """

    pattern: str
    exact: str
    citation: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Short:
    """The answer in a few words: those of quotes, in fixed patterns, in the question's language.

    `text` is what they come to, which an answer gets last. That of a `check` says what came of the
    one with that id among the answer's `checks`; its words are the law's figures in it.
    """

    kind: ShortKind
    language: str
    words: tuple[ShortWords, ...]
    text: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class DaySpan:
    """The first and last day of a time; None: open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What became of a language model's draft: why there is none, or what of it is confirmed.

    `cause`, `host` and `status` are of one that failed; of `sentences` so many are `confirmed`;
    `verbatim` if some of the documents' own statements stand beside them.
    """

    model: str
    cause: Cause | None = None
    host: str | None = None
    status: int | None = None
    sentences: int = 0
    confirmed: int = 0
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice is about, as values: each code has those of its own, the rest are empty.

    `work` and `works` are short titles, or an act as the question names it; `label` and `labels`
    provisions of `work`, `hidden` more that are not shown; `sources` ids of versions to read
    instead. `since` and `until` are the first and last day of a text or of a comparison, `day` is
    any other one, `days` go with `works`. `language` is the one looked for, `languages` are those
    found. `asked` and `said` are figures as the question and the text write them; `points` are
    parts of a list or an article, `shown` how many of them are quoted. `words` are the question's
    own that were not understood; `lacks` says what it must name, `remedy` how a missing text comes
    here, `group` with which group of works where it does not come by default.
    """

    work: str | None = None
    label: str | None = None
    works: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    hidden: int = 0
    sources: tuple[str, ...] = ()
    day: date | None = None
    days: tuple[date, ...] = ()
    since: date | None = None
    until: date | None = None
    times: tuple[DaySpan, ...] = ()
    outcome: Outcome | None = None
    language: str | None = None
    languages: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    points: int = 0
    shown: int = 0
    words: tuple[str, ...] = ()
    lacks: Lack | None = None
    remedy: Remedy | None = None
    group: Group | None = None
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader must know beside an answer: a code, the citation it is of, and its facts.

    `message` is their English rendering, which an answer gets last; no program needs to read it.
    """

    code: str
    citation: int | None = None
    facts: Facts = Facts()
    message: str = ""


# Codes of what is said before anything else: without it the rest would be misunderstood.
FOREMOST: Final = ("texts_missing", "expired_source")


def in_order(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Notices as they are told: the foremost first, the others as they come."""
    return tuple(sorted(notices, key=lambda notice: notice.code not in FOREMOST))


@dataclass(frozen=True, slots=True)
class Experience:
    """What came of measured answers as sure as this one: `tenths` in 10 quoted the right provision.

    `sureness` sums it up: likely from three quarters on, possibly from a half on.
    """

    sureness: Sureness
    tenths: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The provision and the two days that an answer to "what changed?" compares, and the outcome.

    `label` is that of a provision of `work`, a work's id, in the text in `language`; `changed` are
    the labels of all in it that changed, which the answer may not show all.
    """

    work: str
    label: str
    language: str
    since: date
    until: date
    outcome: Outcome
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """The sentence of a passage that is nearest to the question, at its innermost provision."""

    label: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A `Hit` for the wire; `text` is the document's text from `start` to `end`."""

    rank: int
    score: float
    scores: Scores
    shares: Shares
    passage_id: str
    document: DocumentRef
    locator: Locator
    text: str
    start: int
    end: int
    pinpoint: Pinpoint


@dataclass(frozen=True, slots=True)
class IndexRef:
    id: str
    encoder: str
    built_at: str


@dataclass(frozen=True, slots=True)
class Designation:
    """Something by its id, and what it is called in each language."""

    id: str
    said: dict[str, str]


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """A limit of the law and the figure that was put against it, in the unit of its measure.

    `given` is null where none was given; `parts` are the figures that it is the sum of. `written`
    is the limit as the law writes it, `comparison` what keeps to it: below, at_most, or plus for
    what is added to an aid intensity. `holds` says whether it does, of an increase whether it
    counts; null where that is not known. `rule` is what the limit is for, `citation` the number of
    the result's citation whose quote has it.
    """

    measure: Designation
    unit: str
    comparison: str
    limit: float
    written: str
    given: float | None
    holds: bool | None
    rule: Designation
    citation: int
    parts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What figures amount to under rules of the law, and what that leaves open.

    `outcome` is `category` for the one that is met and `none` for none of them, `within` or
    `beyond` a limit, `up_to` where no figure was to be compared, `open` where these figures do not
    decide, `rules` where only the limits of all categories are told. `answer` is yes or no to the
    question, null where it asks for neither. `said` is what the outcome is called. `maybe` are
    smaller categories or increases that may hold besides, `missing` measures that would decide.
    `limit` is what was kept to or not, `most` what it can become, in `unit`. The citations number
    from 1 in each result. `message` is the English rendering.
    """

    check: Designation
    outcome: CheckOutcome
    answer: Literal["yes", "no"] | None
    category: Designation | None
    said: dict[str, str]
    figures: tuple[CheckedFigure, ...]
    maybe: tuple[Designation, ...]
    missing: tuple[Designation, ...]
    limit: float | None
    most: float | None
    unit: str
    unchecked: tuple[Designation, ...]
    citations: tuple[Citation, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A question to ask next, in its language, and the provision that answers it.

    It is `related` to an answer; beside a refusal it is the `nearest` that is answered, or one
    `choice` where the question left open what it is about.
    """

    relation: SuggestedAs
    question: str
    language: str
    work: str
    short_title: str
    label: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say, or that they do not; `confidence` in [0, 1], and what it means.

    `experience` is what a confidence means, null beside a refusal; `confidence_words` say it.
    `nearest` are passages offered beside a refusal: where to look, not an answer. `compared` is
    there if the answer sets two wordings of a provision side by side, or says that they are one.
    `checks` put figures of the question against rules of the law. `short` is there where the answer
    in a few words is certain. `related` are questions to ask next, each proven to be answered.
    """

    id: str
    question: str
    as_of: date
    status: AnswerStatus
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    notices: tuple[Notice, ...]
    nearest: tuple[Found, ...]
    confidence: float
    index: IndexRef
    timings_ms: dict[str, float]
    reason: Reason | None = None
    understood_as: str | None = None
    confidence_words: str = ""
    experience: Experience | None = None
    compared: Compared | None = None
    checks: tuple[CheckResult, ...] = ()
    short: Short | None = None
    related: tuple[Suggested, ...] = ()
    object: str = "answer"
