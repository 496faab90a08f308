"""Whether a body is the document that was asked for: bytes go in, a reason against it comes out.

Challenge and error pages come with status 200 too, and an error page may even repeat the CELEX
number; acts name one another. So the first act that the text names must be the one asked for, a
consolidation must bear its language and date, the title must follow, and later an article.
"""

import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from clusterqa.provisions.headings import words
from clusterqa.types import Source, WorkKind

HEAD = 8_000  # characters; in the acts at hand the title is complete within 4 000
# Of the title's pairs of neighbouring words. An act's own title has 0.97 or more, since "n°" may be
# printed as "n o"; the nearest other one without that act's number has 0.8.
TITLE_SHARE = 0.85
MOST_UNPACKED = 200_000_000
MARKUP = re.compile(r"(?s)<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>")
CHALLENGE = re.compile(rb"(?i)captcha|awswaf|gokuprops|challenge-platform|enable javascript")
ARTICLE = re.compile(r"\barticle\s+(\d|premier|unique)|\bsole article\b")
ISSUE = re.compile(r"OJ ([LC] \d+), (\d{1,2}\.\d{1,2}\.\d{4})")
ACT_CELEX = re.compile(r"[03]((?:199|20\d)\d)([A-Z])(\d{4})(?:-(\d{4})(\d\d)(\d\d))?")
# Not the end of a day like 20/05/2003, which stands over older acts.
ACT_NUMBER = re.compile(r"\b(?:(?<!/)\d{1,4}/(?:199|20\d)\d|(?:199|20\d)\d/\d{1,5})\b")
START_DATE = re.compile(rb'<INFO\.CONSLEG\b[^>]*\bSTART\.DATE="(\d{8})"')
VERSION = re.compile(r"\b[03]?(\d{4}[a-z]\d{4}) [—–-] ([a-z]{2}) [—–-] (\d\d)\.(\d\d)\.(\d{4})")


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file: what to ask for, in turn, which media types may come, and the check.

    The forms are those that public clients of the Cellar were answered for (decision 0043); it
    matches the whole of a type, and answers 404 for a form that it lists and does not have.
    """

    accepts: tuple[str, ...]
    types: frozenset[str]
    fault: Callable[[bytes, Source, WorkKind], str | None]


def fault_in(content: bytes, media_type: str, source: Source, kind: WorkKind, form: Form) -> str:
    """Why the body is not this source's document; empty if nothing speaks against it."""
    if not content:
        return "the body is empty"
    kind_of_body = media_type.partition(";")[0].strip().lower()
    if kind_of_body and kind_of_body not in form.types:
        return f"the body is {kind_of_body}, not {min(form.types, key=len)}"
    return form.fault(content, source, kind) or ""


def html_fault(content: bytes, source: Source, kind: WorkKind) -> str | None:
    if b"<html" not in content[:4096].lower():
        return "the body is no XHTML or HTML"
    if b"</html" not in content[-4096:].lower():
        return "the body ends before the page does"
    try:
        text = visible_text(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return f"the body is not UTF-8 at byte {error.start}"
    fault = text_fault(text, source, kind)
    if fault and CHALLENGE.search(content):
        return "the body is a challenge page"
    return fault


def text_fault(text: str, source: Source, kind: WorkKind) -> str | None:
    act, head = ACT_CELEX.fullmatch(source.celex or ""), text[:HEAD]
    if act and not (names_version(head, act, source) if act[4] else names_act(head, act)):
        return f"the body does not begin like {source.celex}"
    if not (act or source.title or names_issue(head, source)):
        return f"nothing in the body says that it is {source.celex}"
    if title_share(source.title, head) < TITLE_SHARE:
        return f"the body does not begin with the title of {source.id}"
    if act and kind == "law" and not article_pattern(source.language).search(text):
        return "the body has no article"
    return None


def names_version(head: str, act: re.Match[str], source: Source) -> bool:
    """Whether it is headed like "02014R0651 — EN — 01.07.2023" by this version."""
    year, letter, number, *date = act.groups()
    version = VERSION.search(head)
    wanted = (f"{year}{letter}{number}".lower(), source.language, *reversed(date))
    return version is not None and version.groups() == wanted


def names_act(head: str, act: re.Match[str]) -> bool:
    """Whether the first act named is this one, as "651/2014" or "2023/2831", and is no version."""
    year, number = act[1], int(act[3])
    first = ACT_NUMBER.search(head)
    named = first is not None and first[0] in (f"{number}/{year}", f"{year}/{number}")
    return named and VERSION.search(head) is None


def names_issue(head: str, source: Source) -> bool:
    """Whether it is headed by the number and the day of the Official Journal's issue, as "C 198/1"
    and "27.6.2014" are.
    """
    issue = ISSUE.match(source.oj or "")
    return issue is not None and all(part.casefold() in head for part in issue.groups())


@cache
def article_pattern(language: str) -> re.Pattern[str]:
    """What an act of the language says when it has an article."""
    if language in ("en", "fr"):
        return ARTICLE
    named = (*words()[language]["article"], *words()[language].get("also_article", ()))
    return re.compile("|".join(rf"\b{re.escape(word)}\b" for word in named))


def names_source(head: str, source: Source) -> bool:
    """Whether the beginning of a text in any language names the act, or else its issue."""
    act = ACT_CELEX.fullmatch(source.celex or "")
    return names_act(head, act) if act else names_issue(head, source)


def title_share(title: str, head: str) -> float:
    """The share of the title's pairs of neighbouring words that stand in the text's beginning."""
    wanted = word_pairs(title)
    return len(wanted & word_pairs(head)) / len(wanted) if wanted else 1.0


def word_pairs(text: str) -> set[tuple[str, str]]:
    return set(pairwise(re.findall(r"\w+", text.casefold())))


def visible_text(markup: str) -> str:
    """The text without its markup, folded to lower case, with single spaces."""
    return " ".join(html.unescape(MARKUP.sub(" ", markup)).split()).casefold()


def zip_fault(content: bytes, source: Source, kind: WorkKind) -> str | None:
    """What speaks against a zip of Formex files.

    A consolidation carries its first day in a mark of its own; the notices beside the act, whose
    names end in .doc.xml and .toc.xml, bear its title too and are no text of it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
                return f"the zip holds more than {MOST_UNPACKED:,} bytes"
            if broken := archive.testzip():
                return f"the zip is damaged at {broken}"
            parts = [archive.read(name) for name in archive.namelist() if is_text(name.lower())]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        return f"the body is no zip that can be read ({error})"
    texts = [visible_text(part.decode("utf-8", "replace")) for part in parts]
    if not source.title and not any(names_source(text[:HEAD], source) for text in texts):
        return f"no file in the zip says that it is {source.celex}"
    shares = [title_share(source.title, text[:HEAD]) for text in texts]
    if max(shares, default=0.0) < TITLE_SHARE:
        return f"no file in the zip begins with the title of {source.id}"
    act = ACT_CELEX.fullmatch(source.celex or "")
    days = {day.decode() for part in parts for day in START_DATE.findall(part)}
    if act and act[4] and days and "".join(act.group(4, 5, 6)) not in days:
        return f"the zip holds the version of {', '.join(sorted(days))}"
    return None


def is_text(name: str) -> bool:
    """Whether a file in a zip of Formex is text of the act, by its name in lower case."""
    return name.endswith(".xml") and not name.endswith((".doc.xml", ".toc.xml"))


def settled(content: bytes, form: "Form") -> bytes:
    """The body as it is kept: of a zip, its members in order of name, plain and without a time.

    The Publications Office packs a zip anew for each request, so that the same texts never have the
    same bytes twice (decision 0043).
    """
    if form is not FORMEX:
        return content
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as came, zipfile.ZipFile(buffer, "w") as kept:
        for name in sorted(set(came.namelist())):
            kept.writestr(zipfile.ZipInfo(name), came.read(name))
    return buffer.getvalue()


def pdf_fault(content: bytes, source: Source, kind: WorkKind) -> str | None:
    if not content[:64].lstrip(b"\0\t\r\n ").startswith(b"%PDF-"):
        return "the body is no PDF"
    if b"%%EOF" not in content[-2048:]:
        return "the PDF ends too early"
    return None


PAGE = Form(
    ("application/xhtml+xml, text/html", "text/html", "text/html;type=simplified"),
    frozenset({"application/xhtml+xml", "text/html", "application/xml", "text/xml"}),
    html_fault,
)
FORMEX = Form(
    ("application/zip;mtype=fmx4",),
    frozenset({"application/zip", "application/x-zip-compressed", "application/octet-stream"}),
    zip_fault,
)
PDF = Form(
    (
        *(f"application/pdf;type={k}" for k in ("pdfa1a", "pdfa2a", "pdfa1b", "pdfx", "pdf1x")),
        "application/pdf",
    ),
    frozenset({"application/pdf", "application/octet-stream"}),
    pdf_fault,
)
FORMS = {".xhtml": PAGE, ".html": PAGE, ".zip": FORMEX, ".fmx4": FORMEX, ".pdf": PDF}
