"""Markdown (CommonMark with tables and footnotes) into a `Document`, as a reader sees it.

Marks of emphasis, links and code are taken out, images too; lists keep their bullets and numbers,
tables are rows with " | ", code stands as it is. Comments and front matter are no text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from clusterqa.errors import CorpusError
from clusterqa.parsers.decoding import decoded
from clusterqa.parsers.eurlex import read_body
from clusterqa.parsers.html import BLOCKS, HtmlPage, around
from clusterqa.parsers.outline import Block, document_from_blocks
from clusterqa.provisions.lines import SPACE
from clusterqa.types import Document

BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<fields>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
MOST_NESTED = 100  # blocks within blocks; what stands deeper is lost, so it is refused


def parse_markdown(content: bytes, source: str) -> Document:
    """The document in a UTF-8 Markdown file.

    Raises `CorpusError` for another encoding or a file without text.
    """
    tokens = grammar().parse(without_front_matter(decoded(content, source)))
    if max((token.level for token in tokens), default=0) >= MOST_NESTED - 1:
        raise CorpusError(
            f"{source}: blocks are nested more than {MOST_NESTED - 2} deep, so that they cannot be "
            "read whole; save it anew with less"
        )
    tree = SyntaxTreeNode(tokens)
    notes = [node for node in tree.walk() if node.type == "footnote_reference"]
    reader = MarkdownReader({name_of(note): note for note in reversed(notes)})
    return document_from_blocks(source, [*reader.blocks(tree), *reader.footnotes()])


def grammar() -> MarkdownIt:
    """Notes stay where they are defined: the plugin's own tail drops those that nothing calls."""
    known = MarkdownIt("commonmark", {"maxNesting": MOST_NESTED})
    known.enable(["table", "strikethrough"])
    return known.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)


def without_front_matter(text: str) -> str:
    """The text behind its metadata; lines between two rules that hold no field are text."""
    found = FRONT_MATTER.match(text)
    return text[found.end() :] if found and ":" in found["fields"] else text


def name_of(note: SyntaxTreeNode) -> str:
    return str(note.meta["label"]).casefold()


@dataclass(slots=True)
class MarkdownReader:
    """Turns a syntax tree into blocks; footnotes are numbered as they are called.

    `notes` are the definitions by name, `numbers` those called so far.
    """

    notes: dict[str, SyntaxTreeNode]
    numbers: dict[str, int] = field(default_factory=dict)

    def blocks(self, node: SyntaxTreeNode) -> Iterator[Block]:
        match node.type:
            case "heading":
                yield Block("heading", self.inline(node), int(node.tag[1]))
            case "paragraph":
                yield Block("text", self.inline(node))
            case "fence" | "code_block":
                yield Block("text", node.content.strip("\n") if node.content.strip() else "")
            case "html_block":
                yield from raw(node.content)
            case "tr":
                cells = [self.inline(cell) for cell in node.children]
                yield Block("row", " | ".join(cells).strip() if any(cells) else "")
            case "bullet_list" | "ordered_list":
                for number, item in enumerate(node.children, int(node.attrs.get("start", 1))):
                    mark = f"{number}{item.markup}" if node.type == "ordered_list" else "•"
                    yield from self.marked(mark, item)
            case "footnote_reference":
                return
            case _:
                for child in node.children:
                    yield from self.blocks(child)

    def marked(self, mark: str, item: SyntaxTreeNode) -> Iterator[Block]:
        """The item's blocks, its first one with the bullet or number that a reader sees."""
        for block in self.blocks(item):
            if mark and block.kind == "text" and block.text:
                block = Block("item", f"{mark} {block.text}")
            elif mark and block.kind == "heading" and block.text:
                block = replace(block, text=f"{mark} {block.text}")
            mark = "" if block.text else mark
            yield block

    def footnotes(self) -> Iterator[Block]:
        """The notes in the order of their calls, then those that nothing calls."""
        left = dict(self.notes)
        while left:
            name = next((name for name in self.numbers if name in left), next(iter(left)))
            number = self.number(name)
            inner = (block for part in left.pop(name).children for block in self.blocks(part))
            text = SPACE.sub(" ", " ".join(block.text for block in inner)).strip()
            yield Block("footnote", text and f"{number}. {text}", label=f"Footnote {number}")

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers) + 1)

    def inline(self, node: SyntaxTreeNode) -> str:
        """The words in a heading, a paragraph or a cell, without their marks."""
        return SPACE.sub(" ", self.words(node)).strip()

    def words(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "text" | "code_inline":
                return node.content
            case "softbreak" | "hardbreak":
                return " "
            case "html_inline":
                return " " if BREAK.fullmatch(node.content) else ""
            case "footnote_ref":
                known = name_of(node) in self.notes
                return f"[{self.number(name_of(node))}]" if known else f"[^{node.meta['label']}]"
            case "image":
                return ""
            case _:
                return "".join(self.words(child) for child in node.children)


def raw(markup: str) -> Iterator[Block]:
    """The blocks of HTML within Markdown, read as a page is."""
    body = read_body(f"<body>{markup}".encode(), "HTML within Markdown")
    page = HtmlPage(within=True, blocky=around(body, BLOCKS))
    return page.blocks(body)
