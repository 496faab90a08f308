"""A user's question in, the provisions it names out: "art 27.6 GBER" is Article 27(6) of the GBER.

People write what no law does: "§6", "lit. b", "4.1.k". `LAY` puts it into the law's words, and the
grammar of `references` reads them, so there is one grammar. An `Address` is read from the question
alone; what it denotes in a version of a work, `denoted` looks up.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from clusterqa.languages.analysis import analyzer
from clusterqa.provisions import label_key
from clusterqa.provisions.headings import OTHER_LETTERS, latin_mark, named
from clusterqa.provisions.numerals import roman
from clusterqa.query.works import meant, name_words, without_names
from clusterqa.references.acts import Works, abbreviations
from clusterqa.references.joining import shared
from clusterqa.references.mentions import find_references
from clusterqa.references.places import UNLABELLED, Mention, Place, expanded, found_label, groups
from clusterqa.references.resolving import in_english
from clusterqa.types import Document, Provision, Work

MOST = 50  # addresses read from one question; "Articles 1 to 999" names more than anyone asks for


@dataclass(frozen=True, slots=True)
class Address:
    """A provision that a question names, under the label that documents give it.

    `work` is an id of the manifest, None where the question does not say of which work it is;
    `span` is that of the words in the question, the same for all that "articles 27 and 28" name.
    """

    work: str | None
    label: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Denoted:
    """A provision that an address leads to; not `exact`: the nearest one around what it names."""

    provision: Provision
    exact: bool


def addresses(question: str, works: Sequence[Work], as_of: date) -> tuple[Address, ...]:
    """The provisions that a question names, in its order, at most `MOST`; none if it names none.

    A place in an act that is not among the works is no address, nor is a relative one, "point (b)".
    The date, or a year in the question, decides between works of one name, as in `named_works`.
    """
    if len(re.findall(r"\d+", question)) > 2 * MOST:
        return ()
    named, known = names(works), Works(works)
    text, origin = in_law_words(question, "|".join(map(re.escape, named)), known)
    mentions = find_references(text, known.cited_as)
    acts = acts_in(text, named, as_of)
    acts += [(m.start, m.end, m.work) for m in mentions if m.work and not m.places]
    placed = [replace(m, work=work_named(m, acts, text, known)) for m in mentions if m.places]
    found = (
        Address(mention.work, label, (origin[mention.start][0], origin[mention.end - 1][1]))
        for mention in shared(placed, text)
        if mention.work is None or mention.work in {work.id for work in works}
        for label in labels(mention)
    )
    return tuple(islice(found, MOST))


def denoted(label: str, document: Document) -> tuple[Denoted, ...]:
    """What a label denotes in a document: its provisions, else the nearest around it, else none.

    Several where a document has the label several times: eight of the Treaty's are "Chapter 1".
    """
    by_key: dict[str, list[Provision]] = {}
    for provision in document.provisions:
        by_key.setdefault(key(provision.label), []).append(provision)
    wider = label
    while wider and key(wider) not in by_key:
        wider = re.sub(r"(?:\([^()]*\)|,[^,(]*|^[^,(]*)$", "", wider)
    return tuple(Denoted(provision, wider == label) for provision in by_key.get(key(wider), ()))


def key(label: str) -> str:
    """A label to compare by, in whichever language and whether "Chapter 1" or "Chapter I"."""
    return label_key(re.sub(r"(?<=[a-z] )\d+\b", division, in_english(label)))


def division(match: re.Match[str]) -> str:
    """A division's number as the law counts divisions; those above 20 stay as they are."""
    number = match.group()
    divides = re.search(r"(?:Annex|Part|Title|Chapter) $", match.string[: match.start()])
    return roman(int(number)).upper() if divides and 0 < int(number) <= 20 else number


def is_area(question: str, span: tuple[int, int]) -> bool:
    """Whether the words at a span only say which areas are meant."""
    return bool(re.match(r"[ -](?:assisted )?(?:areas?|regions?|zones?)\b", question[span[1] :]))


def asks_its_text(
    question: str, addresses: Sequence[Address], works: Sequence[Work], language: str
) -> bool:
    """Whether a question says nothing but the places it names: what it asks is their text.

    "How much are the fines under Article 27?" asks for something else.
    """
    beside = question
    for start, end in sorted({address.span for address in addresses}, reverse=True):
        beside = beside[:start] + beside[end:]
    analyze = analyzer(language)
    return set(analyze(without_names(beside, works))) <= SAYING.union(analyze(SAYING_ELSEWHERE))


# Stems of words that ask for the text of a provision.
SAYING = frozenset(
    "say state read provid text content word mean show give tell explain quot full exact pleas see"
    " paragraph point articl recit annex regul law rule dit prévoit".split()
)
SAYING_ELSEWHERE = (
    "steht sagt regelt lautet bestimmt wat staat er zegt luidt bepaalt cosa dice prevede stabilisce"
    " establece qué que mówi stanowi brzmi diz estabelece står siger säger říká stanoví hovorí"
    " λέει ορίζει προβλέπει казва гласи предвижда spune prevede mond szól rendelkezik sanoo säätää"
    " ütleb sätestab sako nosaka sakoma nustatyta kaže propisuje pravi določa jgħid deir"
    " verordnung verordening reglamento regolamento rozporządzenie regulamento"
)


# -- a mention's labels -----------------------------------------------------------------------


def labels(mention: Mention) -> Iterator[str]:
    """The labels of its places, as documents write them: "point 92" for "paragraph (92)"."""
    for place in filter(is_absolute, mention.places):
        for one in expanded(place):
            label = re.sub(r"(?<=[a-z] )\d+\b", division, in_english(found_label(one)))
            yield re.sub(r"\b(?:point|paragraph) \(?([^()]+)\)?", r"point \1", label)


def is_absolute(place: Place) -> bool:
    """Whether it says where in an act it is, in numbers that an act can have."""
    steps = [step for step in place if step.kind != "act"]
    numbers = [number for step in steps for number in (*step.numbers, step.last)]
    if not steps or steps[0].kind in UNLABELLED or {"this", "that"} & {*numbers}:
        return False
    relative = steps[0].kind == "point" and not numbers[0][:1].isdigit()
    return not relative and not any(n.isdigit() and len(n) > 3 for n in numbers)


# -- the work it is of ------------------------------------------------------------------------

Act = tuple[int, int, str]  # start and end in the text; an id, or a name as `Works` finds it
TO_ACT = re.compile(
    r"[,;]? ?\(?(?:(?:of|in|to|under|du|des|de|dans) )?(?:the |l[ea] |(?:de )?l')?(?:\d{4} )?"
)
FROM_ACT = re.compile(r"(?:'s)?[,:;)]? ?\(?(?:(?:in|at|under|dans) )?(?:its |the |l[ea] |l'|à )?")
SOME_ACT = re.compile(r"(?:the|that|the said|the same|ce|cette|[ld]edit|ladite) \w+|an act .*")


def names(works: Sequence[Work]) -> dict[str, list[Work]]:
    """The works by what they are called, in lower case, longest name first."""
    named: dict[str, list[Work]] = {}
    for work in works:
        for name in {n.casefold() for n in (work.short_title, *work.names)}:
            named.setdefault(name.replace("’", "'"), []).append(work)
    return dict(sorted(named.items(), key=lambda item: (-len(item[0]), item[0])))


def acts_in(text: str, named: dict[str, list[Work]], as_of: date) -> list[Act]:
    """Where the text says a name that leaves one work, given its years and the date."""
    if not named:
        return []
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, named))})(?!\w)", re.IGNORECASE)
    found = [
        (m.start(), m.end(), meant(named[m.group().casefold()], name_words(text), as_of))
        for m in pattern.finditer(text)
    ]
    return [(start, end, works[0].id) for start, end, works in found if len(works) == 1]


def work_named(mention: Mention, acts: Sequence[Act], text: str, known: Works) -> str | None:
    """The work that a mention says it is of, or that is named right beside it."""
    for start, _, name in acts:
        inside = mention.start < start < mention.end
        if inside or (start >= mention.end and TO_ACT.fullmatch(text, mention.end, start)):
            return known.find(name) or name
    if mention.work:
        name = mention.work
        return known.find(name) or (None if SOME_ACT.fullmatch(name) else name)
    for _, end, name in acts:
        if end <= mention.start and FROM_ACT.fullmatch(text, end, mention.start):
            return known.find(name) or name
    return None


# -- lay words --------------------------------------------------------------------------------

Origin = Sequence[tuple[int, int]]  # of each character: the span of the question it stands for
Rule = tuple[str, Callable[[re.Match[str]], str]]
UNITS = {
    "art": "Article", "arts": "Articles", "article": "Article", "articles": "Articles",
    "§": "paragraph", "§§": "paragraphs", "par.": "paragraph", "pars.": "paragraphs",
    "para": "paragraph", "paras": "paragraphs", "paragraph": "paragraph",
    "paragraphs": "paragraphs", "paragraphe": "paragraph", "paragraphes": "paragraphs",
    "pt": "point", "pts": "points", "point": "point", "points": "points",
    "recital": "Recital", "recitals": "Recitals", "whereas": "Recital",
    "considérant": "Recital", "considérants": "Recitals", "considerant": "Recital",
    "annex": "Annex", "annexe": "Annex", "annexes": "Annexes", "section": "Section",
    "chapter": "Chapter", "chapitre": "Chapter", "footnote": "Footnote",
    "definition": "Article 2, point", "definitions": "Article 2, points",
    "définition": "Article 2, point", "définitions": "Article 2, points",
}  # fmt: skip
NAMED = {
    "article": "Article", "also_article": "Article", "articles": "Articles", "annex": "Annex",
    "also_annex": "Annex", "chapter": "Chapter", "section": "Section", "recital": "Recital",
    "paragraph": "paragraph", "point": "point",
}  # fmt: skip
# Words of one language that mean something else before a number in another, or in their own.
AMBIGUOUS = {"comma", "led", "leden", "nr", "onder", "st"}


def units(*keys: str, number_first: bool = False) -> dict[str, str]:
    """What provisions are called in every language of the Union, with what the law calls them."""
    found = named(*keys, number_first=number_first).items()
    return {w: NAMED[key] for word, key in found if (w := word.rstrip(".")) not in AMBIGUOUS}


UNITS = {**units(*NAMED), **UNITS}
BEFORE = units("article", "also_article", "annex", "chapter", "paragraph", number_first=True)
BEHIND_NUMBER = "|".join(map(re.escape, sorted(BEFORE, key=len, reverse=True)))
ROMAN_NUMBERED = "|".join(sorted(units("annex", "also_annex", "chapter"), key=len, reverse=True))
UNIT = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
MARK = (
    rf"(?:[a-z]|aa|bb|cc|dd|[ivx]{{2,5}}|[{OTHER_LETTERS}]{{1,3}})"  # of a point; not "to" or "is"
)
SUB = "|".join(["litt?", "letter", "lettre", "onder", *map(re.escape, units("point"))])
GROUP = r"\((?:\d{1,3}[a-z]?|[a-z]{1,2}|[ivx]{1,5}|(?-i:[A-Z]))\)"
NUMBER = r"(?<![\w.,/-])[1-9]\d{0,2}[a-z]{0,2}"
SAID_OF = (
    "about between by compare de des dit does du explain in is of per que see selon the under vs"
    " what with".split()
)
OF = r"(?:of )?(?:the )?"
IN_LIST = "".join(rf"(?<!\b{unit} )" for unit in sorted(set(UNITS.values()))) + "".join(
    rf"(?<![\d)] {word} )" for word in ("and", "or", "to", "et", "ou")
)


def in_law_words(question: str, named: str, known: Works) -> tuple[str, Origin]:
    """The question with its addresses as the law would write them, and whence each character is."""
    text, origin = question, [(i, i + 1) for i in range(len(question))]
    listed = r"(?:(?:,| and| or| et| ou) [1-9][\w.()]*)*"
    bare = rf"{IN_LIST}{NUMBER}(?:\.[1-9]\d?|\.[a-z]\b|{GROUP})+(?={listed} {OF}(?:{named})\b)"
    for pattern, words in (*LAY, (bare if named else "(?!)", as_article), *late(known)):
        text, origin = rewritten(text, origin, re.compile(pattern, re.IGNORECASE), words)
    return text, origin


def rewritten(
    text: str, origin: Origin, pattern: re.Pattern[str], words: Callable[[re.Match[str]], str]
) -> tuple[str, list[tuple[int, int]]]:
    """The text with every match in other words, which stand for all that the match stood for."""
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    last = 0
    for match in pattern.finditer(text):
        new = words(match)
        parts += [text[last : match.start()], new]
        spans += origin[last : match.start()]
        spans += [(origin[match.start()][0], origin[match.end() - 1][1])] * len(new)
        last = match.end()
    return "".join((*parts, text[last:])), [*spans, *origin[last:]]


def grouped(match: re.Match[str]) -> str:
    """ "4.1.k" and "4 (1) (K)" as "4(1)(k)"."""
    numbers: list[str] = re.findall(r"\w+", match.group().lower())
    return numbers[0] + groups(tuple(numbers[1:]))


def as_article(match: re.Match[str]) -> str:
    return f"Article {grouped(match)}"


# No act has so many articles, and `expanded` would count them out; but CELEX numbers are long.
LONG = r"(?<![A-Z]\d{4})[-–] ?\d{4,}|\b(?:to|à) \d{4,}|(?<![A-Z]\d{4}-)\b\d{5,}\b"
VERB = "am|can|could|do|fill|had|have|may|must|need|read|see|should|use|want|was|will|would"
LAY: tuple[Rule, ...] = (
    (r"\s+", lambda m: " "),
    ("’", lambda m: "'"),
    (r"(?<=[\d)]) ?& ?(?=\d)", lambda m: " and "),
    (LONG, lambda m: "-" * len(m.group())),
    (rf"\bI(?= (?:{VERB})\b)", lambda m: "we"),  # no Annex I
    (
        r"\b(?:an?y|at one|no|percentage|some|that|this|what|which) points?\b",
        lambda m: "-" * len(m.group()),
    ),
    (r"(?<=\d)\.?[oº](?!\w)", lambda m: ""),  # ordinals in Portuguese
    (
        rf"(?<![\w.,/-])\(?([1-9]\d{{0,2}}[a-z]?)[.)]? ({BEHIND_NUMBER})\w{{0,4}}\b",
        lambda m: f"{BEFORE[m[2].casefold()]} {m[1]}",
    ),
    (rf"(?<!\w)({UNIT})\.? ?(?=\(?\d)", lambda m: UNITS[m[1].casefold()] + " "),
    (
        rf"(?:(?<=\bof )|(?<=\bde l'))Article ({NUMBER}),? paragraph ({NUMBER})",
        lambda m: f"Article {m[1]}({m[2]})",
    ),
    (r"(?<=[\d)]),? par (?=\d)", lambda m: ", paragraph "),
    (r"(?<=[\d)]),? (?:no|nr|n[°º]|number)\.? ?(?=\d+\b(?!/))", lambda m: ", point "),
    (
        rf"(?<=[\d)]),? (?:{SUB}|points?|pt|sub)\.?(?: \(?|\()({MARK})\)?(?![\w(])",
        lambda m: f", point ({latin_mark(m[1].lower())})",
    ),
    (
        rf"\b(?:{SUB}|point)\.? ({MARK})\)?(?= (?:of|in|du|de l') ?(?:the )?(?:Art|para))",
        lambda m: f"point ({m[1].lower()})",
    ),
    (rf"{NUMBER}(?: ?{GROUP})+(?:[a-z]\b)?", grouped),
    (rf"(?<=Article ){NUMBER}(?:\.\d{{1,2}}(?!\d)|\.{MARK}\b|{GROUP})+", grouped),
    (
        rf"\b({ROMAN_NUMBERED}) ([ivx]+)\b",
        lambda m: f"{UNITS[m[1].casefold()]} {m[2].upper()}",
    ),
    (r"\breg(?:ulation)?\b\.?(?= \(?[\dEN])", lambda m: "Regulation"),
)


def late(known: Works) -> Iterator[Rule]:
    """The rules that know what works are called: "107 TFEU", "gber 27(6)"."""
    treaty = "|".join(abbreviations([known.treaty] if known.treaty else [])) or "(?!)"
    bare = rf"{IN_LIST}{NUMBER}(?:(?:,| and| or| et| ou) \d{{2,3}})*(?= (?:{treaty})\b)"
    yield bare, lambda m: f"Articles {m.group()}"
    leading = (*SAID_OF, *map(str.lower, abbreviations(known.works)))
    said_of = "|".join(rf"(?<=\b{word} )" for word in sorted(leading))
    yield rf"(?:^|(?<=\()|{said_of}){NUMBER}(?:{GROUP})+", as_article
