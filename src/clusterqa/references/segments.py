"""The words of one place in a citation: "Articles 25 to 30", "point (a)", "the first subparagraph".

`segment` reads one of them at a position of a text and says what it names and where it ends.
English and French share the grammar: their units differ, their numbers are told apart by form.
"""

import re
from dataclasses import dataclass

from clusterqa.languages.quantities import alternatives, unit_words
from clusterqa.provisions.headings import LATIN
from clusterqa.references.places import Step, continued

UNITS = {
    "article": ("article", "Article"), "art.": ("article", "Article"),
    "paragraph": ("paragraph", "paragraph"), "point": ("point", "point"),
    "chapter": ("chapter", "Chapter"), "section": ("section", "Section"),
    "subsection": ("subsection", "Subsection"), "annex": ("annex", "Annex"),
    "part": ("part", "Part"), "title": ("title", "Title"), "recital": ("recital", "Recital"),
    "protocol": ("annex", "Protocol"), "footnote": ("footnote", "Footnote"),
    "subparagraph": ("subparagraph", "subparagraph"), "indent": ("indent", "indent"),
    "sentence": ("sentence", "sentence"), "paragraphe": ("paragraph", "paragraph"),
    "chapitre": ("chapter", "Chapitre"), "sous-section": ("subsection", "Sous-section"),
    "annexe": ("annex", "Annexe"), "partie": ("part", "Partie"), "titre": ("title", "Titre"),
    "considérant": ("recital", "Recital"), "alinéa": ("subparagraph", "alinéa"),
    "tiret": ("indent", "tiret"), "phrase": ("sentence", "phrase"), "lettre": ("point", "point"),
    "regulation": ("act", "Regulation"), "directive": ("act", "Directive"),
    "decision": ("act", "Decision"), "treaty": ("act", "Treaty"), "act": ("act", "Act"),
    "règlement": ("act", "règlement"), "décision": ("act", "décision"),
    "statute": ("annex", "Statute"),
}  # fmt: skip
LATIN_END = rf"(?: {LATIN}\b)"
DIGITS = rf"\d+(?:{LATIN_END}|[a-z]{{1,2}}\b)?"
LETTER = r"(?:[a-z]{1,2}|[ivx]{1,5})"
GROUP = rf"\((?:{DIGITS}|{LETTER})\)"
GROUPS = rf"(?:{GROUP}| \([a-z]{{1,4}}\))*"
ROMAN_OR_DIGIT = r"(?:[IVXLC]+|\d+(?:\.\d+)*[a-zA-Z]?)(?: ?[a-z]\b|A\b)?(?! bis)(?![\w%])"
LATIN_DIVISION = rf"\d+{LATIN_END}"
# One number of each kind; what follows a bare number must not make it a quantity.
NO_QUANTITY = (
    rf"(?:(?<=\))|(?![\d/])(?!\.\d)(?! ?%)(?! (?:{alternatives(unit_words())}"
    r"|per|persons?|calendar|working|mm)\b))"
)
NUMBERS = {
    "article": re.compile(
        rf"(?:premier\b|1er\b|\d+\.\d+|{DIGITS}){GROUPS}(?:,? \(\d+\)(?=,? point))?{NO_QUANTITY}"
    ),
    "paragraph": re.compile(rf"(?:{DIGITS}|\(\d+\)){GROUPS}{NO_QUANTITY}"),
    "point": re.compile(
        rf"(?:{GROUP}{GROUPS}|(?:{DIGITS}|{LETTER})\)(?: {LETTER}\))*|\d+(?:\.\d+)+[a-z]?"
        rf"|{DIGITS}(?: [a-z]\)|{GROUPS})){NO_QUANTITY}"
    ),
    "recital": re.compile(rf"\(?\d+\)?{NO_QUANTITY}"),
    "footnote": re.compile(rf"\(?\d+\)?{NO_QUANTITY}"),
    "annex": re.compile(rf"\(?No \d+\)?|{ROMAN_OR_DIGIT}|[A-Z](?!\w)"),
    "part": re.compile(rf"(?:ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|One|Two|Three|Four|Five|Six|Seven)\b"
                       rf"|{ROMAN_OR_DIGIT}|[A-Z](?!\w)"),
    "subsection": re.compile(rf"{ROMAN_OR_DIGIT}|[A-Z](?!\w)"),
}  # fmt: skip
DIVISION_NUMBER = re.compile(rf"(?:{LATIN_DIVISION}|{ROMAN_OR_DIGIT}){NO_QUANTITY}")
TAIL = re.compile(rf"{GROUP}{GROUPS}(?!\w)")
BETWEEN = re.compile(
    r",? (?P<word>and/or|and|or|et|ou|to|à|as well as|ainsi que)(?: aux?)? |, ?"
    r"|(?P<dash>[–-])(?=\d)"
)
ASIDE = re.compile(r" \([^()\d][^()]*(?:\([^()]*\)[^()]*)*\)(?=,| and| or| et| ou)")
UNIT = re.compile(
    r"(?P<unit>[Aa]rticles?|[Aa]rt\.|[Pp]aragraphe?s?|[Pp]oints?|[Cc]hapters?|[Cc]hapitres?|[Ss]ections?"
    r"|[Ss]ubsections?|[Ss]ous-sections?|[Aa]nnex(?:es|e)?|Parts?|parties?|Titles?|titres?"
    r"|[Rr]ecitals?|[Cc]onsidérants?|Protocols?|[Ff]ootnotes?|lettres?)(?: |(?<=rticle)(?=\d))"
)
LONE_ANNEX = re.compile(r"(?:the |l['’])(?P<unit>Annex|annexe)\b(?! [IVX\d])")
ORDINAL_WORD = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|last|introductory"
    r"|premi(?:er|ère)|deuxième|second|seconde|troisième|quatrième|cinquième|sixième|dernier|dernière)"
)
ORDINAL = re.compile(
    rf"(?:the |l[ea] )?(?P<first>{ORDINAL_WORD})(?:(?:, | and | or | to | et | ou )(?:the |l[ea] )?"
    rf"{ORDINAL_WORD})* (?P<unit>subparagraph|paragraph|indent|sentence|alinéa|tiret|phrase)s?\b"
)
DEICTIC = re.compile(
    r"(?:(?P<this>[Tt]his|the present|l[ea] présente?|présente?)|(?P<that>that|the said|the same"
    r"|ce|cet|cette|ledit|ladite|dudit)) (?P<unit>Article|paragraph|point|subparagraph|Chapter"
    r"|Section|Annex|Part|Protocol|Statute|Regulation|Directive|Decision|Treaty|Act|article"
    r"|paragraphe|chapitre|section|annexe|partie|alinéa|règlement|directive|décision)\b"
    r"(?! [\d(IVX])"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """One or several steps of a kind, read from `start` to `end`; `plural` as its unit was."""

    steps: tuple[Step, ...]
    start: int
    end: int
    plural: bool = False

    @property
    def kind(self) -> str:
        return self.steps[0].kind


def segment(text: str, position: int) -> Segment | None:
    """The segment that begins at `position`, if one does."""
    if found := DEICTIC.match(text, position):
        kind, word = UNITS[found["unit"].lower()]
        which = "this" if found["this"] else "that"
        if kind == "act" and which == "that":
            return None
        return Segment((Step(kind, (which,), word),), position, found.end())
    if found := ORDINAL.match(text, position):
        kind, word = UNITS[found["unit"]]
        first = found["first"]
        if kind == "paragraph":  # an unnumbered paragraph, counted
            kind, word = "subparagraph", "paragraph"
        return Segment((Step(kind, (first,), word),), position, found.end())
    if found := UNIT.match(text, position):
        name = found["unit"].lower()
        plural = name.endswith("s")
        singular = "annex" if name == "annexes" else name.removesuffix("s")
        kind, word = UNITS[singular]
        if read := numbers(text, found.end(), Step(kind, (), word), plural=plural):
            return Segment(read[0], position, read[1], plural)
    if found := LONE_ANNEX.match(text, position):
        kind, word = UNITS[found["unit"].lower()]
        return Segment((Step(kind, (), word),), position, found.end())
    return None


def numbers(
    text: str, position: int, unit: Step, *, plural: bool
) -> tuple[tuple[Step, ...], int] | None:
    """The steps that the numbers at `position` name, and where they end."""
    pattern = NUMBERS.get(unit.kind, DIVISION_NUMBER)
    found = pattern.match(text, position)
    if not found or (unit.kind == "point" and found.group().isalpha()):
        return None
    steps, end = [Step(unit.kind, split(found.group(), unit), unit.word)], found.end()
    while between := BETWEEN.match(text, end):
        word, here = "to" if between["dash"] else between["word"] or ",", between.end()
        more = next_number(text, here, pattern, steps[-1], bare=plural or word != ",")
        if not more:
            break
        given, end = more
        if word in ("to", "à") and not steps[-1].last:
            before = steps[-1]
            steps[-1] = Step(unit.kind, before.numbers, unit.word, last=given[-1])
        else:
            steps.append(Step(unit.kind, given, unit.word))
    return tuple(steps), end


def next_number(
    text: str, position: int, pattern: re.Pattern[str], before: Step, *, bare: bool
) -> tuple[tuple[str, ...], int] | None:
    """What a list goes on with: groups alone, "(3)", or a number in full."""
    grouped = before.kind in ("article", "paragraph", "point") and len(before.numbers) > 1
    if grouped and (found := TAIL.match(text, position)):
        return continued(before.numbers, split(found.group(), before)), found.end()
    found = pattern.match(text, position)
    if not found or (not bare and before.kind != "point"):
        return None
    if before.kind in ("article", "paragraph") and not found.group().lstrip("(")[0].isdigit():
        return None
    given = split(found.group(), before)
    if before.kind == "point" and len(before.numbers) > 1 and len(given) == 1:
        given = continued(before.numbers, given) if not given[0].isdigit() else given
    return given, found.end()


def split(words: str, unit: Step) -> tuple[str, ...]:
    """The groups of a number: "107(3)(a)" is 107, 3, a; "b) iii)" is b, iii."""
    if words in ("premier", "1er"):
        return ("1",)
    if unit.kind == "annex" and "No" in words:
        return (f"(No {words.strip('()No ')})",)
    if unit.kind in ("article", "paragraph", "point", "recital", "footnote"):
        if unit.kind == "article" and re.match(r"\d+\.\d", words):
            return tuple(re.findall(r"\d+[a-z]?|[a-z]+", words))
        found = re.findall(rf"\d+(?:\.\d+)+[a-z]?|{DIGITS}|[a-z]+", words)
        return tuple(number.strip() for number in found)
    return (words.strip().upper() if words.isalpha() else words.strip(),)
