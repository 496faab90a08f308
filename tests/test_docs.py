"""README, docs and program say the same: what is documented exists, and what exists is documented.

Examples are the console blocks. A line with "$ " before it is printed with what it says, which is
compared; the other lines are read as the command line would, and those that only look are run.
"""

import contextlib
import io
import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from places import PROJECT
from starlette.testclient import TestClient
from test_architecture import ORDER
from typer.testing import CliRunner

import clusterqa
from clusterqa.answers import Answer, Facts, Notice, Reason
from clusterqa.assistant import Assistant, ingest
from clusterqa.cli import app
from clusterqa.corpus.manifest import read_manifest
from clusterqa.parsers import PARSERS
from clusterqa.presenting.catalogue import ENGLISH
from clusterqa.presenting.notices import message
from clusterqa.query.dates import times_in
from clusterqa.server import create_app
from clusterqa.server.api import probes
from clusterqa.server.app import BEHIND_A_KEY, PAGES
from clusterqa.settings import UNTRAINED_MODEL, Origin, Settings, load_settings
from clusterqa.types import Scores, Shares

SOURCE = Path(clusterqa.__file__).parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
GUIDES = {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "docs").glob("*.md")}
DOCS = "\n".join([README, *GUIDES.values()])
DECISIONS = sorted((PROJECT / "docs" / "decisions").glob("0*.md"))
PAGES_IN_MARKDOWN = [
    *PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"),
    PROJECT / "corpus" / "README.md", PROJECT / "benchmarks" / "questions" / "README.md",
]  # fmt: skip
LOOKING = ("ask", "search", "corpus status", "corpus history", "corpus diff", "index list")


def commands(command: Any, name: str = "clusterqa") -> Iterator[tuple[str, Any]]:
    """Each command that does something, by its full name."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    for child, sub in command.commands.items():
        yield from commands(sub, f"{name} {child}")


COMMANDS = dict(commands(typer.main.get_command(app)))


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def example_lines() -> list[str]:
    """The lines of console blocks that run this program, without prompt, pipe and comment."""
    lines = [line for block in blocks(DOCS, "console") for line in block.splitlines()]
    found = (re.match(r"(?:\$ |.*\| )?(clusterqa .+)", line) for line in lines)
    return list(dict.fromkeys(match[1].partition(" < ")[0] for match in found if match))


def printed_examples() -> list[tuple[str, str]]:
    """Commands with what the documentation says they print."""
    parts = [re.split(r"^\$ ", b, flags=re.MULTILINE)[1:] for b in blocks(DOCS, "console")]
    pairs = [part.split("\n", 1) for block in parts for part in block]
    return [(command, output) for command, output in pairs]


def split(line: str) -> tuple[str, list[str]]:
    """The command of an example and its arguments."""
    words = shlex.split(line, comments=True)
    name = next(" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in COMMANDS)
    return name, words[len(name.split()) :]


def run(line: str, index: Path, given: str | None = None) -> str:
    """What an example prints over an index, asked on a fixed day; its exit code has to be 0."""
    places = {"CLUSTERQA_INDEX": str(index), "CLUSTERQA_CORPUS": str(PROJECT / "corpus")}
    _, *words = shlex.split(line, comments=True)
    if words[0] in ("ask", "search") and "--as-of" not in words:
        words[1:1] = ["--as-of", "2026-11-23"]
    done = CliRunner().invoke(app, words, input=given, env=places)
    assert done.exit_code == 0, f"{line}: {done.output}"
    return done.stdout


def as_words(text: str) -> list[str]:
    """What is printed without its line breaks, which a terminal's width makes, and its seconds."""
    return re.sub(r"\(\d+\.\d s\)", "(s)", text).split()


# -- the command line ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(command: str) -> None:
    """this test ensures that README or docs name every command and each of its options."""
    names = [name for p in COMMANDS[command].params for name in (*p.opts, *p.secondary_opts)]
    options = [name for name in names if name.startswith("-")]
    assert [o for o in (command, *options) if not re.search(rf"(?<![\w-]){o}(?![\w-])", DOCS)] == []


@pytest.mark.parametrize("line", example_lines())
def test_every_example_can_be_typed(line: str) -> None:
    """this test ensures that each example has a command and options that exist."""
    name, arguments = split(line)
    COMMANDS[name].make_context(name, arguments)


def test_make_targets_exist() -> None:
    """this test ensures that every `make` command that is shown is a target."""
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    shown = set(re.findall(r"(?:^|`)make ([a-z]+)", DOCS, re.MULTILINE))
    assert {"ask", "serve", "test", "check", "bench"} <= shown <= targets


@pytest.fixture(scope="module")
def clone_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index that a clone builds without a network: of the definitions page alone."""
    folder = tmp_path_factory.mktemp("clone")
    ignored = shutil.ignore_patterns("official", "own", "added.toml")
    corpus = shutil.copytree(PROJECT / "corpus", folder / "corpus", ignore=ignored)
    works, nothing = read_manifest(corpus / "manifest.toml"), lambda *_: None
    ingest(
        works, corpus, folder / "index", model=UNTRAINED_MODEL, precision="auto", progress=nothing
    )
    return folder / "index"


def test_the_first_answer_is_printed_as_shown(clone_index: Path) -> None:
    """this test ensures that the README's answer is what a clone answers."""
    (command, output), *_ = printed_examples()
    assert command == 'clusterqa ask "What is a cluster organisation?"'
    assert as_words(run(command, clone_index)) == as_words(output)


def test_examples_print_what_is_shown(mirror_index: Path) -> None:
    """this test ensures that what the documentation prints of the law is what is printed."""
    _, *examples = printed_examples()
    assert len(examples) == 2
    for command, output in examples:
        assert as_words(run(command, mirror_index)) == as_words(output)


def test_examples_answer(
    mirror_index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """this test ensures that every example that only looks finds something."""
    monkeypatch.chdir(tmp_path)
    lines = [e for e in example_lines() if split(e)[0].removeprefix("clusterqa ") in LOOKING]
    given = json.dumps({"id": 1, "question": "What is a cluster?"})
    Path("questions.jsonl").write_text(given + "\n", encoding="utf-8")
    assert len(lines) > 8
    monkeypatch.delenv("CLUSTERQA_READER")
    for line in lines:
        assert run(line, mirror_index, "What is a cluster?" if line.endswith(" -") else given)


# -- settings, routes, metrics, reasons ---------------------------------------------------------


@pytest.mark.parametrize("origin", load_settings()[1], ids=lambda origin: origin.name)
def test_every_setting_is_documented(origin: Origin) -> None:
    """this test ensures that settings.md has a row for every setting, with its default."""
    rows = [row for row in GUIDES["settings"].splitlines() if row.startswith("|")]
    (row,) = [row for row in rows if f"`CLUSTERQA_{origin.name.upper()}`" in row]
    default = {f.name: f.default for f in fields(Settings)}[origin.name]
    if isinstance(default, int | str) and default != "":
        assert f"`{str(default).lower()}`" in row.lower()


def test_every_documented_variable_exists() -> None:
    """this test ensures that no variable is shown that nothing reads."""
    known = {f"CLUSTERQA_{f.name.upper()}" for f in fields(Settings)}
    known |= {"CLUSTERQA_COMPOSER_KEY", "CLUSTERQA_QUESTIONS", "CLUSTERQA_PDFS"}
    known |= {"CLUSTERQA_FAULTS"}
    assert set(re.findall(r"CLUSTERQA_[A-Z_]+", DOCS)) == known


def paths(*routers: Any) -> list[str]:
    return sorted({route.path for router in routers for route in router.routes})


@pytest.mark.parametrize("path", [*paths(*BEHIND_A_KEY, probes.router), "/mcp", "/openapi.json"])
def test_every_route_is_documented(path: str) -> None:
    """this test ensures that clients.md names every route for programs."""
    assert re.search(rf"[ `]{re.escape(path)}[`?]", GUIDES["clients"])


@pytest.mark.parametrize("path", paths(*PAGES))
def test_every_page_is_documented(path: str) -> None:
    """this test ensures that using.md names every page for people."""
    assert re.search(rf"`{re.escape(path)}[`?]", GUIDES["using"])


def test_every_documented_route_exists() -> None:
    """this test ensures that clients.md shows no route that is not there."""
    shown = set(re.findall(r"/v1/[a-z/{}]+[a-z}]", GUIDES["clients"]))
    assert shown == {path for path in paths(*BEHIND_A_KEY) if path.startswith("/v1/")}


def test_every_refusal_is_documented() -> None:
    """this test ensures that using.md explains each reason of a refusal."""
    assert set(re.findall(r"^\| `([a-z_]+)` \|", GUIDES["using"], re.MULTILINE)) == set(
        get_args(Reason)
    )


def test_every_field_of_an_answer_is_documented() -> None:
    """this test ensures that clients.md has a row for each field of an answer."""
    section = GUIDES["clients"].partition("### An answer")[2].partition("###")[0]
    cells = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert named == {field.name for field in fields(Answer)}


def test_every_score_is_documented() -> None:
    """this test ensures that clients.md has each of a passage's scores, and which have shares."""
    section = GUIDES["clients"].partition("### A passage that was found")[2].partition("###")[0]
    rows = re.findall(r"^\| (`.*?`) \|.*\| (yes|no) \|$", section, re.MULTILINE)
    scores = [(name, share) for cell, share in rows for name in re.findall(r"`(\w+)`", cell)]
    assert {name for name, _ in scores} == {field.name for field in fields(Scores)}
    assert {name for name, share in scores if share == "yes"} == {f.name for f in fields(Shares)}


def documented_times() -> list[tuple[str, date]]:
    """Each expression of time in using.md with the day that it is said to mean."""
    rows = re.findall(r"^\| (\".*?\") \| (\d{4}-\d\d-\d\d) \|", GUIDES["using"], re.MULTILINE)
    return [
        (words, date.fromisoformat(day))
        for cell, day in rows
        for words in re.findall(r'"(.*?)"', cell)
    ]


@pytest.mark.parametrize(("words", "day"), documented_times())
def test_a_documented_time_is_understood(words: str, day: date) -> None:
    """this test ensures that the times in using.md mean the days that stand beside them."""
    works = read_manifest(PROJECT / "corpus" / "manifest.toml")
    found = times_in(f"What applied {words}?", works, date(2026, 12, 1))
    assert (found.days, found.unknown) == ((day,), ())


def test_documented_times_without_a_day() -> None:
    """this test ensures that using.md says rightly which times are said and which are not seen."""
    _, _, text = GUIDES["using"].partition("A time that is not understood (")
    text, _, rest = " ".join(text.split()).partition(")")
    unseen, _, _ = rest.partition("still mean today: ")[2].partition(". ")
    said, silent = (re.findall(r'"(.*?)"', part) for part in (text, unseen))
    assert len(said) == len(silent) == 4
    for words in said + silent:
        found = times_in(f"What applied {words}?", (), date(2026, 12, 1))
        assert (found.days, found.unknown) == ((), (words,) if words in said else ()), words


def test_every_format_is_documented() -> None:
    """this test ensures that clients.md names every kind of file that is read."""
    section = GUIDES["clients"].partition("## Files that are read")[2]
    assert set(re.findall(r"`(\.\w+)`", section)) == set(PARSERS)


@pytest.fixture(scope="module")
def client(small_assistant: Assistant, small_settings: Settings) -> TestClient:
    return TestClient(create_app(lambda: small_assistant, small_settings))


def test_every_metric_is_documented(client: TestClient) -> None:
    """this test ensures that serving.md names every figure that /metrics has of its own."""
    assert client.get("/readyz").status_code == 200
    names = set(re.findall(r"^# TYPE (clusterqa_\w+)", client.get("/metrics").text, re.MULTILINE))
    names = {name for name in names if not name.endswith("_created")}
    assert names == set(re.findall(r"`(clusterqa_[a-z_]+)`", GUIDES["serving"]))


# -- examples of clients ------------------------------------------------------------------------


def test_requests_can_be_sent(client: TestClient) -> None:
    """this test ensures that the examples for curl are answered."""
    lines = [line for block in blocks(GUIDES["clients"], "console") for line in block.splitlines()]
    assert len(lines) == 2
    for line in lines:
        _, url, *options = shlex.split(line)
        path = url.removeprefix("http://127.0.0.1:8000")
        body = options[options.index("-d") + 1] if "-d" in options else None
        headers = {"Content-Type": "application/json"}
        found = client.post(path, content=body, headers=headers) if body else client.get(path)
        assert found.status_code == 200, found.text


def test_the_client_for_openai_runs(running_server: str) -> None:
    """this test ensures that the example for OpenAI's client prints an answer or a refusal."""
    (program,) = blocks(GUIDES["clients"], "python")
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(program.replace("http://127.0.0.1:8000", running_server), names)
    names["client"].close()
    assert "Not legal advice" in out.getvalue()


def test_json_can_be_read() -> None:
    """this test ensures that every JSON block is JSON."""
    found = blocks(DOCS, "json")
    assert len(found) == 6
    for block in found:
        json.loads(block)


def test_the_shown_notice_is_what_is_said() -> None:
    """this test ensures that the notice in clients.md is one of the program, word for word."""
    shown, *_ = [json.loads(block) for block in blocks(GUIDES["clients"], "json")]
    words, day = shown["facts"]["words"], date.fromisoformat(shown["facts"]["day"])
    notice = Notice(shown["code"], shown["citation"], Facts(words=tuple(words), day=day))
    assert {*shown} == {field.name for field in fields(Notice)}
    assert message(notice, ENGLISH) == shown["message"]


# -- the pages themselves -----------------------------------------------------------------------


def test_the_readme_is_short() -> None:
    """this test ensures that the README stays a door: at most 120 lines."""
    assert README.count("\n") <= 120


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def links(page: Path) -> list[tuple[str, str]]:
    """(address, anchor) of every link of a page."""
    return re.findall(r"\]\(([^)\s#]*)#?([^)\s]*)\)", page.read_text("utf-8"))


def test_links_are_found() -> None:
    """this test ensures that the test below has links to follow."""
    assert ("corpus/README.md", "") in links(PROJECT / "README.md")
    assert sum(len(links(page)) for page in PAGES_IN_MARKDOWN) > 50


@pytest.mark.parametrize("page", PAGES_IN_MARKDOWN, ids=lambda p: str(p.relative_to(PROJECT)))
def test_links_lead_somewhere(page: Path) -> None:
    """this test ensures that every link to a file or a heading of the project finds it."""
    for target, anchor in links(page):
        if target.startswith("http"):
            continue
        found = page.parent / target if target else page
        assert found.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)", found.read_text("utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), f"{target}#{anchor}"


def test_the_changelog_has_the_version() -> None:
    """this test ensures that the newest dated section is of the version of the program."""
    versions = re.findall(
        r"^## (\d+\.\d+\.\d+) \(\d{4}-\d{2}-\d{2}\)$",
        (PROJECT / "CHANGELOG.md").read_text("utf-8"),
        re.MULTILINE,
    )
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    assert versions[0] == clusterqa.__version__ == project["version"]


def test_decisions_are_numbered_and_listed() -> None:
    """this test ensures that decisions are counted without gaps, one form each, all in the list."""
    assert DECISIONS
    assert [path.name[:4] for path in DECISIONS] == [f"{n + 1:04d}" for n in range(len(DECISIONS))]
    index = (PROJECT / "docs" / "decisions" / "README.md").read_text("utf-8")
    for path in DECISIONS:
        title, date, *_ = path.read_text("utf-8").splitlines()
        assert title.startswith(f"# {path.name[:4]} ")
        assert re.match(r"\d{4}-\d{2}-\d{2}", date)
        assert f"[{path.name[:4]}]({path.name}) | {title[7:]} | {date} |" in index
        parts = re.findall(r"^## (.+)", path.read_text("utf-8"), re.MULTILINE)
        assert parts == ["Question", "Tried", "Decision"]


def test_decisions_named_in_code_exist() -> None:
    """this test ensures that code points to no decision that is not there."""
    named = {
        number
        for path in SOURCE.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if "decision" in line
        for number in re.findall(r"\b0\d{3}\b", line)
    }
    assert named
    assert named <= {path.name[:4] for path in DECISIONS}


def test_the_walk_names_what_exists() -> None:
    """this test ensures that architecture.md names only modules there are, and every package."""
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:/|\.py))`", GUIDES["architecture"]))
    assert [name for name in sorted(named) if not (SOURCE / name).exists()] == []
    packages = {path.parent.relative_to(SOURCE) for path in SOURCE.rglob("__init__.py")}
    assert {f"{package}/" for package in packages if package != Path()} - named == set()


def test_the_walk_has_the_order_of_imports() -> None:
    """this test ensures that architecture.md gives the order that the imports are tested by."""
    (rule,) = re.findall(r"in the order (.*?)\. A test", GUIDES["architecture"], re.DOTALL)
    assert re.findall(r"`([a-z]+)", rule) == [stage for stage in ORDER if stage != "__main__"]
