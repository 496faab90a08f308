"""An answer as it was kept in, the same as Markdown, CSL-JSON or BibTeX out.

What is kept may be older than this program, so it is read as plain values, not as an `Answer`.
"""

import json
import re
from datetime import date
from typing import Any

from clusterqa.answers import FOREMOST
from clusterqa.presenting.answers import status_text
from clusterqa.presenting.catalogue import ENGLISH as WORDS

LATEX = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


def markdown(answer: dict[str, Any]) -> str:
    """Statements with the numbers of their sources, the sources, the notices."""
    day = {"date": answer["as_of"]}
    question = f"**{answer['question']}** {WORDS('answer.dated', **day)}"
    first = [notice for notice in answer["notices"] if notice["code"] in FOREMOST]
    notes = [notice for notice in answer["notices"] if notice not in first]
    parts = [question if answer["question"] else WORDS("answer.as_of", **day)]
    parts += [f"**{WORDS('answer.foremost', message=notice['message'])}**" for notice in first]
    if answer["status"] == "no_answer":
        parts.append(WORDS("refusal.short"))
    if short := answer.get("short"):
        parts.append(f"**{short['text']}**")
    parts += [statement(each) for each in answer["statements"]]
    parts += [source(each) for each in answer["citations"]]
    parts += [WORDS("answer.note", message=notice["message"]) for notice in notes]
    identity = WORDS("answer.identity", answer=answer["id"], index=answer["index"]["id"])
    parts.append(f"{WORDS('answer.disclosure')} {identity}")
    return "\n\n".join(parts) + "\n"


def statement(said: dict[str, Any]) -> str:
    """What is verbatim as a quotation, what was composed as it is."""
    mark = "" if said.get("composed") else "> "
    lines = "\n".join(f"{mark}{line}" for line in said["text"].splitlines())
    return lines + "".join(f" [{n}]" for n in said["citations"])


def source(citation: dict[str, Any]) -> str:
    words = f"[{citation['n']}] {citation['cite_as']['eu']}"
    status = status_text(citation["document"]["legal_status"], WORDS)
    address = citation["links"]["source"]
    return f"{words} ({status}, {citation['document']['id']})" + (
        f" <{address}>" if address else ""
    )


def csl_json(answer: dict[str, Any]) -> str:
    """An array of CSL items, one for each citation (citationstyles.org, schema 1.0)."""
    items = [csl_item(answer, citation) for citation in answer["citations"]]
    return json.dumps(items, ensure_ascii=False, indent=1)


def csl_item(answer: dict[str, Any], citation: dict[str, Any]) -> dict[str, Any]:
    document = citation["document"]
    item = {
        "id": f"{answer['id']}-{citation['n']}",
        "type": "legislation" if document["celex"] else "document",
        "title": title(citation),
        "title-short": document["short_title"],
        "number": document["celex"],
        "section": citation["locator"]["label"],
        "issued": issued(document["version_date"]),
        "version": version(citation),
        "references": ", ".join(citation.get("amended_by", ())) or None,
        "language": document["language"],
        "URL": citation["links"]["source"],
        "note": citation["cite_as"]["eu"],
    }
    return {name: value for name, value in item.items() if value is not None}


def title(citation: dict[str, Any]) -> str:
    """The title, and the acts whose amendments brought the words that are quoted."""
    acts = citation.get("amended_by")
    amended = f", {WORDS('source.amended', act=WORDS.both(acts))}" if acts else ""
    return f"{citation['document']['title']}{amended}"


def version(citation: dict[str, Any]) -> str | None:
    """The consolidated version that words of an amendment are quoted from; None for others."""
    document = citation["document"]
    if not citation.get("amended_by") or document["authentic"] or not document["version_date"]:
        return None
    day = WORDS.date(date.fromisoformat(document["version_date"]))
    return WORDS("version.consolidated", date=day)


def issued(day: str | None) -> dict[str, Any] | None:
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else None


def bibtex(answer: dict[str, Any]) -> str:
    """A `@misc` entry for each citation."""
    return "\n".join(bibtex_entry(answer, citation) for citation in answer["citations"])


def bibtex_entry(answer: dict[str, Any], citation: dict[str, Any]) -> str:
    document = citation["document"]
    fields = {
        "title": f"{{{latex(title(citation))}}}",
        "year": (document["version_date"] or "")[:4],
        "number": latex(document["celex"] or ""),
        "version": latex(version(citation) or ""),
        "note": latex(citation["cite_as"]["eu"]),
        "url": re.sub(r"[{}\\\s]", "", citation["links"]["source"] or ""),
        "language": document["language"],
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{answer['id']}-{citation['n']},", *lines, "}"]) + "\n"


def latex(text: str) -> str:
    """The text as LaTeX would print it."""
    return " ".join(text.translate(LATEX).split())
