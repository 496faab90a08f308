"""The nouns: everything that flows between stages, frozen, in the field's words.

Positions are offsets in code points into `Document.text`, half open: `text[start:end]`.
`Answer` and what it holds are the wire format too: HTTP and `--json` serialise them as they stand.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

WorkKind = Literal["law", "soft_law", "guide", "page"]
ProvisionKind = Literal[
    "title", "recital", "part", "chapter", "section", "article", "paragraph", "point",
    "annex", "heading", "footnote", "table", "text",
]  # fmt: skip
LegalStatus = Literal["in_force", "superseded", "expired", "not_yet", "guidance"]
AnswerStatus = Literal["answered", "partial", "no_answer"]
Relation = Literal["definition", "refers_to", "referred_by", "translation"]
Reason = Literal[
    "not_in_corpus", "work_not_present", "no_version_for_date", "provision_not_in_version",
    "outside_scope", "unclear_question",
]  # fmt: skip
Outcome = Literal["same", "reworded", "added", "removed"]
Sureness = Literal["likely", "possibly", "uncertain"]
Remedy = Literal["sync", "add"]
Lack = Literal["subject", "provision"]
Cause = Literal[
    "late", "offline", "proxy", "unreachable", "broken", "status", "unreadable", "too_large",
    "no_completion", "no_text", "too_long",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One version of a work in one language: the thing that is read, dated and cited.

    `valid_from` and `valid_to` are the first and last day on which this text applied (None: open).
    `authentic` is true for an act as printed in the Official Journal, false for a consolidation.
    `file` is relative to the corpus folder; `sha256` is of the file's bytes as first seen.
    """

    id: str
    work: str
    language: str
    title: str
    celex: str | None = None
    eli: str | None = None
    oj: str | None = None
    published: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    authentic: bool = True
    url: str | None = None
    file: str | None = None
    sha256: str | None = None
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A work and its versions; `amends` and `superseded_by` name other works by id.

    `names` are what else people call it, word for word.
    """

    id: str
    title: str
    short_title: str
    kind: WorkKind
    publisher: str
    superseded_by: str | None = None
    amends: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    note: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provision:
    """A labelled span of a document; `parent` is an index into `Document.provisions`."""

    kind: ProvisionKind
    label: str
    title: str
    start: int
    end: int
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A span of a document that cites `label` in `work`; `reason` says why one of them is missing.

    `work` is an id of the manifest; a citation of a whole act has a work and no label.
    """

    start: int
    end: int
    work: str | None
    label: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Where a printed page begins in the text, with its printed label."""

    start: int
    label: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """A span of a consolidated text and the CELEX number of the act that last changed it."""

    start: int
    end: int
    act: str


@dataclass(frozen=True, slots=True)
class Document:
    """One normalised string and its provisions, in reading order, parents before children.

    `amendments` are what a consolidation marks with arrows; the arrows are not in the text.
    """

    source: str
    text: str
    provisions: tuple[Provision, ...]
    pages: tuple[Page, ...] = ()
    amendments: tuple[Amendment, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieval unit: a provision-sized span with its label and the headings down to it.

    `id` is stable across ingests while source, label and text are unchanged.
    `context` is what a reader of the page would see above it: titles and the lead-in of a list.
    """

    id: str
    source: str
    start: int
    end: int
    text: str
    label: str
    kind: ProvisionKind
    path: tuple[str, ...] = ()
    context: str = ""
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """What the search found of a passage; higher is better.

    `lexical` is BM25, 0 or more; `dense`, `sentence` and `figure` are cosines in [-1, 1] of the
    passage, its best sentence and its best with a figure of the kind asked for, 0 for none.
    `expansion` and `expansion_words` are the cosine and BM25 of the nearest question that it is
    expected to be asked, `expansion_covered` the share of the question's words in all of those;
    `expanded` is 1 if any are expected of its text, else 0. `standing` is the share of its score
    that a passage of its kind keeps. `named` is what it gains for being asked for by name, `work` 1
    if its work is, `subject` in [0, 1] how much the question before was about its article.
    """

    lexical: float = 0.0
    dense: float = 0.0
    sentence: float = 0.0
    expansion: float = 0.0
    expansion_words: float = 0.0
    expansion_covered: float = 0.0
    figure: float = 0.0
    standing: float = 1.0
    expanded: float = 0.0
    named: float = 0.0
    work: float = 0.0
    subject: float = 0.0


@dataclass(frozen=True, slots=True)
class Shares:
    """What each of the `Scores` brought to a hit's score, which is their sum, at most 1."""

    lexical: float = 0.0
    dense: float = 0.0
    sentence: float = 0.0
    expansion: float = 0.0
    expansion_words: float = 0.0
    expansion_covered: float = 0.0
    figure: float = 0.0
    named: float = 0.0
    work: float = 0.0
    subject: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score in [0, 1], higher is better, and what the score came from.

    `best_sentence` is the document span of the sentence nearest to the question, or of the
    provision that it names; `sentences` are the document spans of all of the passage's with their
    cosines, in reading order.
    """

    passage: Passage
    score: float
    scores: Scores = Scores()
    shares: Shares = Shares()
    best_sentence: tuple[int, int] = (0, 0)
    sentences: tuple[tuple[int, int, float], ...] = ()


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
    """Where a quote stands; `lead_ins` quote what introduces the list that it is a point of."""

    n: int
    passage_id: str
    document: DocumentRef
    locator: Locator
    quote: Quote
    links: Links
    cite_as: CiteAs
    lead_ins: tuple[Quote, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()


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
    here.
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
class Answer:
    """What the documents say, or that they do not; `confidence` in [0, 1], and what it means.

    `experience` is what a confidence means, null beside a refusal; `confidence_words` say it.
    `nearest` are passages offered beside a refusal: where to look, not an answer. `compared` is
    there if the answer sets two wordings of a provision side by side, or says that they are one.
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
    object: str = "answer"


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the same conversation and the date it was asked for."""

    question: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question as it is asked: of a day, or of the one that it means; of documents, or of all.

    `documents` are ids of works or sources; `history` are the turns before it, oldest first.
    """

    question: str
    as_of: date | None = None
    documents: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
