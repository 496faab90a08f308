"""Markdown (CommonMark with tables and footnotes) into a `Document`, as a reader sees it.

Marks of emphasis, links and code are taken out, images too; lists keep their bullets and numbers,
tables are rows with " | ", code stands as it is. Comments and front matter are no text.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from clusterqa.parsers.outline import Block, document_from_blocks, utf8
from clusterqa.provisions.lines import SPACE
from clusterqa.types import Document

FENCE = re.compile(r"\s*(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})(?:\s(?P<text>.*))?")
CLOSING_MARKS = re.compile(r"(?:^|(?<=\s))#+$")
UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*")
RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}\s*")
QUOTE = re.compile(r"(?: {0,3}> ?)+")
ITEM = re.compile(r"(?P<indent>\s*)(?P<mark>[-*+]|\d{1,9}[.)])(?:\s+(?P<text>.*)|$)")
DIVIDER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
NOTE = re.compile(r" {0,3}\[\^(?P<name>[^\]\s]+)\]:\s*(?P<text>.*)")
TARGET = re.compile(r" {0,3}\[(?P<name>[^\]^][^\]]*)\]:\s*\S+(?:\s+[\"'(].*)?\s*")
CODE = re.compile(r"(?<!`)(`{1,5})(?!`)(?P<code>.{1,2000}?)(?<!`)\1(?!`)")
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
KEPT = re.compile(r"\x00(\d+)\x00")
WHERE = r"\((?:[^()\\]|\\.|\([^()]{0,500}\)){0,1000}\)"
IMAGE = re.compile(rf"!\[[^\[\]]{{0,1000}}\](?:{WHERE}|\[[^\[\]]{{0,200}}\])?")
LINK = re.compile(rf"\[(?P<text>[^\[\]]{{0,1000}})\]{WHERE}")
REFERENCE = re.compile(r"\[(?P<text>[^\[\]^][^\[\]]{0,1000})\](?:\[(?P<name>[^\[\]]{0,200})\])?")
CALL = re.compile(r"\[\^(?P<name>[^\]\s]{1,200})\]")
ADDRESS = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000}|[^<>\s@]{1,100}@[^<>\s@]{1,100})>")
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
EMPHASIS = [
    re.compile(r"(?P<mark>\*{1,3})(?=[^\s*])(?P<text>.{1,500}?)(?<=[^\s*])(?P=mark)(?!\*)"),
    re.compile(r"(?<!\w)(?P<mark>_{1,3})(?=[^\s_])(?P<text>.{1,500}?)(?<=[^\s_])(?P=mark)(?!\w)"),
    re.compile(r"(?P<mark>~~)(?=\S)(?P<text>.{1,500}?)(?<=\S)~~"),
]


def parse_markdown(content: bytes, source: str) -> Document:
    """The document in a UTF-8 Markdown file.

    Raises `CorpusError` for another encoding or a file without text.
    """
    text = utf8(content, source).replace("\x00", "\ufffd").expandtabs(4)
    lines = list(without_comments(without_front_matter(text.split("\n"))))
    reader = Reader()
    body = reader.without_definitions(lines)
    return document_from_blocks(source, [*reader.blocks(body), *reader.footnotes()])


def without_front_matter(lines: list[str]) -> list[str]:
    if lines[0].rstrip() == "---":
        for index, line in enumerate(lines[1:], start=1):
            if line.rstrip() in ("---", "..."):
                return lines[index + 1 :] if any(":" in e for e in lines[1:index]) else lines
    return lines


def without_comments(lines: list[str]) -> Iterator[str]:
    """The lines without `<!-- … -->`, which code may show."""
    fence, comment = "", False
    for line in lines:
        found = FENCE.match(line)
        if not comment and found and (not fence or closes(line, fence)):
            fence = "" if fence else found["fence"]
        if fence:
            yield line
            continue
        kept, rest = "", line
        while rest:
            before, mark, rest = rest.partition("-->" if comment else "<!--")
            kept += "" if comment else before
            comment = comment != bool(mark)
        if kept.strip() or not line.strip():
            yield kept


def closes(line: str, fence: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(fence) and set(bare) == {fence[0]}


@dataclass(slots=True)
class Reader:
    """Turns lines into blocks; footnotes are numbered as they are called, as renderers do.

    `counts` holds, for each ordered list now open, its indentation and last number.
    """

    notes: dict[str, list[str]] = field(default_factory=dict)
    targets: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    counts: list[tuple[int, int]] = field(default_factory=list)
    in_list: bool = False

    def without_definitions(self, lines: list[str]) -> list[str]:
        """The lines without the footnotes and link targets that they define, which are kept."""
        left: list[str] = []
        fence, note = "", ""
        for index, line in enumerate(lines):
            found = FENCE.match(line)
            if found and (not fence or closes(line, fence)):
                fence, note = ("" if fence else found["fence"]), ""
            definition = None if fence else NOTE.match(line)
            if definition:
                note = definition["name"].casefold()
                self.notes[note] = [definition["text"]]
            elif note and (line.startswith("  ") or (line.strip() and lines[index - 1].strip())):
                self.notes[note].append(line)
            elif note and not line.strip():
                self.notes[note].append("")
                left.append("")
            elif not fence and (target := TARGET.fullmatch(line)):
                self.targets.add(target["name"].casefold())
            else:
                note = ""
                left.append(line)
        return left

    def footnotes(self) -> Iterator[Block]:
        """The notes in the order of their calls, then those that nothing calls."""
        done: set[str] = set()
        while len(done) < len(self.notes):
            called = [name for name in self.numbers if name not in done]
            name = next(iter(called), None) or next(n for n in self.notes if n not in done)
            number = self.numbers.setdefault(name, len(self.numbers) + 1)
            text = self.inline(" ".join(self.notes[name]))
            yield Block("footnote", text and f"{number}. {text}", label=f"Footnote {number}")
            done.add(name)

    def blocks(self, lines: list[str]) -> Iterator[Block]:
        index = 0
        while index < len(lines):
            end = self.end_of(lines, index)
            yield from self.block(lines[index:end])
            index = end

    def end_of(self, lines: list[str], index: int) -> int:
        """Where the block that begins with a line ends."""
        line, rest = lines[index], range(index + 1, len(lines))
        if fence := FENCE.match(line):
            return next((n + 1 for n in rest if closes(lines[n], fence["fence"])), len(lines))
        if self.is_code(line):
            goes_on = (n for n in rest if lines[n].strip() and not lines[n].startswith("    "))
            return next(goes_on, len(lines))
        if not line.strip() or HEADING.fullmatch(line) or RULE.fullmatch(line):
            return index + 1
        if is_divided(lines, index):
            return next((n for n in rest if "|" not in lines[n]), len(lines))
        quoted, item = QUOTE.match(line), ITEM.fullmatch(line)
        for n in rest:
            if not quoted and not item and UNDERLINE.fullmatch(lines[n]):
                return n + 1
            if quoted and QUOTE.match(lines[n]):
                continue
            if not lines[n].strip() or begins(lines, n, in_paragraph=not item):
                return n
        return len(lines)

    def block(self, lines: list[str]) -> Iterator[Block]:
        """The block that the lines are; a quotation may hold several, a blank line none."""
        line = lines[0]
        if fence := FENCE.match(line):
            inner = lines[1:-1] if closes(lines[-1], fence["fence"]) else lines[1:]
            yield Block("text", unindented(inner, fence.start("fence")))
        elif self.is_code(line):
            yield Block("text", unindented(lines, 4))
        elif not line.strip() or RULE.fullmatch(line):
            return
        elif heading := HEADING.fullmatch(line):
            self.leave_list()
            text = CLOSING_MARKS.sub("", (heading["text"] or "").strip())
            yield Block("heading", self.inline(text), len(heading["marks"]))
        elif QUOTE.match(line):
            yield from self.blocks([QUOTE.sub("", quoted, count=1) for quoted in lines])
        elif is_divided(lines, 0):
            yield from (Block("row", self.row(row)) for row in [line, *lines[2:]])
        elif item := ITEM.fullmatch(line):
            mark, text = self.marked(item), self.joined([item["text"] or "", *lines[1:]])
            yield Block("item", text and f"{mark} {text}")
        elif len(lines) > 1 and UNDERLINE.fullmatch(lines[-1]):
            yield Block("heading", self.joined(lines[:-1]), 1 if "=" in lines[-1] else 2)
        else:
            if not line.startswith(" "):
                self.leave_list()
            yield Block("text", self.joined(lines))

    def is_code(self, line: str) -> bool:
        """Whether the line is code by its indentation, which within a list means something else."""
        return line.startswith("    ") and bool(line.strip()) and not self.in_list

    def leave_list(self) -> None:
        self.in_list, self.counts = False, []

    def marked(self, item: re.Match[str]) -> str:
        """The bullet or number that a reader sees; renderers count on from a list's first one."""
        indent, self.in_list = len(item["indent"]), True
        while self.counts and self.counts[-1][0] > indent:
            self.counts.pop()
        again = bool(self.counts) and self.counts[-1][0] == indent
        if item["mark"] in ("-", "*", "+"):
            if again:
                self.counts.pop()
            return "•"
        number = self.counts.pop()[1] + 1 if again else int(item["mark"][:-1])
        self.counts.append((indent, number))
        return f"{number}{item['mark'][-1]}"

    def joined(self, lines: list[str]) -> str:
        return self.inline(" ".join(line.strip().removesuffix("\\") for line in lines))

    def row(self, line: str) -> str:
        cells = re.split(r"(?<!\\)\|", line.strip().removeprefix("|"))
        cells = cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells
        found = [self.inline(cell) for cell in cells]
        return " | ".join(found).strip() if any(found) else ""

    def inline(self, text: str) -> str:
        """The text without its marks; code and escaped characters are set aside meanwhile."""
        kept: list[str] = []

        def keep(found: re.Match[str], group: int | str = 1) -> str:
            kept.append(found[group])
            return f"\x00{len(kept) - 1}\x00"

        text = CODE.sub(lambda found: keep(found, "code"), text)
        text = ADDRESS.sub(keep, ESCAPE.sub(keep, text))
        text = TAG.sub("", BREAK.sub(" ", text))
        text = LINK.sub(r"\g<text>", IMAGE.sub("", CALL.sub(self.called, text)))
        text = REFERENCE.sub(self.referred, text)
        for pattern in EMPHASIS:
            for _ in range(3):  # strong within emphasis within strong
                before, text = text, pattern.sub(r"\g<text>", text)
                if text == before:
                    break
        text = KEPT.sub(lambda found: kept[int(found[1])], html.unescape(text))
        return SPACE.sub(" ", KEPT.sub(lambda found: kept[int(found[1])], text)).strip()

    def called(self, found: re.Match[str]) -> str:
        name = found["name"].casefold()
        if name not in self.notes:
            return found[0]
        return f"[{self.numbers.setdefault(name, len(self.numbers) + 1)}]"

    def referred(self, found: re.Match[str]) -> str:
        name = (found["name"] or found["text"]).casefold()
        return found["text"] if name in self.targets else found[0]


def begins(lines: list[str], index: int, *, in_paragraph: bool) -> bool:
    """Whether the line begins a block of its own; few lists may interrupt a paragraph."""
    line = lines[index]
    if any(p.fullmatch(line) for p in (HEADING, RULE)) or FENCE.match(line) or QUOTE.match(line):
        return True
    if item := ITEM.fullmatch(line):
        return not in_paragraph or bool(
            item["text"] and item["mark"] in ("-", "*", "+", "1.", "1)")
        )
    return is_divided(lines, index)


def is_divided(lines: list[str], index: int) -> bool:
    """Whether the line is the head of a table: a row with a row of dashes below it."""
    below = lines[index + 1] if index + 1 < len(lines) else ""
    return "|" in lines[index] and "|" in below and bool(DIVIDER.fullmatch(below.strip()))


def unindented(lines: list[str], indent: int) -> str:
    return "\n".join(line[min(indent, len(line) - len(line.lstrip())) :].rstrip()
                     for line in lines).strip("\n")  # fmt: skip
