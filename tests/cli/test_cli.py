"""The command line as a person or a script meets it."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import PROJECT

CLUSTERQA = str(Path(sys.executable).with_name("clusterqa"))


class Shell:
    """Runs `clusterqa` in a folder of its own, over the small index."""

    def __init__(self, folder: Path, index: Path, corpus: Path) -> None:
        self.folder = folder
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("CLUSTERQA_")},
            "CLUSTERQA_INDEX": str(index),
            "CLUSTERQA_CORPUS": str(corpus),
            "CLUSTERQA_READER": "off",
            "HOME": str(folder),
            "HF_HUB_OFFLINE": "1",
            "CLUSTERQA_OFFLINE": "1",
        }

    def __call__(
        self, *words: str, given: str | bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [CLUSTERQA, *words],
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            cwd=self.folder,
            env=self.environment | environment,
            timeout=120,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, small_index: Path, small_corpus: Path) -> Shell:
    return Shell(tmp_path_factory.mktemp("shell"), small_index, small_corpus)


def one_line(error: str) -> str:
    """The single line of an error, without the program's name."""
    assert error.count("\n") == 1, error
    assert "Traceback" not in error
    return error.removeprefix("clusterqa: ").strip()


def test_an_answer_is_verbatim_and_cited(shell: Shell) -> None:
    """this test ensures that a question gets a sentence of the page and its place."""
    done = shell("ask", "What is a cluster organisation?")
    assert done.returncode == 0
    assert done.stdout.startswith("Cluster organisations are the legal entities that support")
    assert "[1] Cluster definitions, Cluster organisations   guidance, not law" in done.stdout
    assert "https://clustercollaboration.eu/cluster-definitions" in done.stdout
    assert "Not legal advice." in done.stdout


def test_no_answer_is_said_and_exits_3(shell: Shell) -> None:
    """this test ensures that a question outside the documents is refused with exit code 3."""
    done = shell("ask", "Who won the World Cup?")
    assert done.returncode == 3
    assert done.stdout.startswith("No answer in the documents")


def test_an_answer_as_json_is_the_wire_format(shell: Shell) -> None:
    """this test ensures that --json prints one object whose quote stands where it says."""
    answer = json.loads(shell("ask", "--json", "What is a cluster organisation?").stdout)
    quote = answer["citations"][0]["quote"]
    text = (PROJECT / "corpus" / "cluster-definitions.txt").read_text("utf-8")
    assert text[quote["start"] : quote["end"]] == quote["exact"]
    assert answer["statements"][0]["citations"] == [answer["citations"][0]["n"]]
    assert answer["citations"][0]["document"]["legal_status"] == "guidance"


def test_a_law_that_has_ended_comes_first(shell: Shell) -> None:
    """this test ensures that the terminal begins with what makes the answer another one."""
    done = shell("ask", "--as-of", "2031-01-01", "What share of operating costs can aid cover?")
    assert done.returncode == 0
    assert done.stdout.startswith("Attention: Honey Regulation ended on 31 December 2030, and ")
    assert (
        "[1] Honey Regulation, Article 3(2)   consolidated 1 January 2023, expired" in done.stdout
    )
    days = ("--from", "2024-01-01", "--to", "2031-06-01")
    compared = shell("corpus", "diff", "honey", "Article 3(2)", *days)
    assert compared.stderr == (
        "clusterqa: 02018R9001-20230101 applied until 2030-12-31; no later text is here\n"
    )


def test_questions_come_from_a_pipe(shell: Shell) -> None:
    """this test ensures that - and a bare pipe both read standard input."""
    for words in (["ask", "-"], ["ask"]):
        assert shell(*words, given="What is a cluster organisation?\n").returncode == 0


def test_a_batch_keeps_order_and_survives_bad_lines(shell: Shell) -> None:
    """this test ensures that each line gets a line, errors name theirs, and the rest goes on."""
    lines = [
        '{"id": "a", "question": "What is a cluster organisation?", "as_of": null}',
        '{"id": "b", "question": "What is a cluster?", "as_of": "2026-02-30"}',
        "not json",
        '{"id": "d", "question": 7}',
        '{"id": "e", "question": ""}',
        '["f"]',
        '{"id": "g", "question": "Who wrote about related industries?"}',
        '{"id": "h", "question": "What is a cluster?", "as_of": "2019-W18-3"}',
    ]
    done = shell("search", "--jsonl", "-k", "3", given="\n".join(lines) + "\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [row["id"] for row in rows] == ["a", "b", None, "d", "e", None, "g", "h"]
    assert ["error" in row for row in rows] == [False, True, True, True, True, True, False, True]
    assert "line 2: as_of '2026-02-30' is not a date" in rows[1]["error"]
    assert "line 8: as_of '2019-W18-3' is not a date" in rows[7]["error"]
    hit = rows[0]["hits"][0]
    assert hit["rank"] == 1
    assert hit["document"]["id"] == "cluster-definitions"
    assert hit["locator"]["label"] == "Cluster organisations"
    assert len(hit["text"]) == hit["end"] - hit["start"]


def test_turns_of_a_conversation_follow_each_other(shell: Shell) -> None:
    """this test ensures that a follow-up is understood with the turn before it."""
    lines = [
        {"id": "1", "question": "What is a cluster organisation?", "conversation": "x"},
        {"id": "2", "question": "And whom do they serve?", "conversation": "x"},
        {"id": "3", "question": "And whom do they serve?", "conversation": "y"},
    ]
    given = "\n".join(json.dumps(line) for line in lines)
    rows = [json.loads(line) for line in shell("ask", "--jsonl", given=given).stdout.splitlines()]
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert rows[1]["understood_as"] == "What is a cluster organisation? And whom do they serve?"
    assert rows[2]["understood_as"] is None


def test_a_batch_comes_from_a_file(shell: Shell, tmp_path: Path) -> None:
    """this test ensures that --jsonl takes a file, and says where a line is no JSON."""
    file = tmp_path / "questions.jsonl"
    file.write_text('{"id": "a", "question": "What is a cluster organisation?"}\n\n{"id": \n')
    done = shell("ask", "--jsonl", str(file))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, [row["id"] for row in rows]) == (0, ["a", None])
    assert rows[0]["status"] == "answered"
    assert rows[1]["error"] == (
        "line 3: no JSON from its character 7 on; "
        'write {"id": "1", "question": "What is a cluster?"}'
    )


def test_empty_input_is_said(shell: Shell, tmp_path: Path) -> None:
    """this test ensures that a pipe or a file without a question is an error and no silence."""
    (tmp_path / "none.jsonl").write_text("\n \n")
    for words, name in (
        (["ask", "--jsonl"], "standard input"),
        (["search", "--jsonl", str(tmp_path / "none.jsonl")], str(tmp_path / "none.jsonl")),
    ):
        done = shell(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert one_line(done.stderr).startswith(f"{name} is empty; write a question a line")
    done = shell("ask", "--jsonl", "nowhere.jsonl")
    assert (done.returncode, one_line(done.stderr)) == (
        2,
        "nowhere.jsonl: no such file; name one with a question a line",
    )
    done = shell("ask", "-", given=" \n")
    assert (done.returncode, "the question is empty" in one_line(done.stderr)) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["ask", "--index", "nowhere", "x"], 4, "--index nowhere: no index is there"),
        (["search", "--index", "nowhere", "x"], 4, "--index nowhere: no index is there"),
        (["serve", "--index", "nowhere"], 4, "--index nowhere: no index is there"),
        (["index", "verify", "--index", "nowhere"], 4, "--index nowhere: no index is there"),
        (["ask", "--corpus", "nowhere", "x"], 2, "--corpus nowhere: no such folder"),
        (["corpus", "status", "--corpus", "nowhere"], 2, "--corpus nowhere: no such folder"),
        (["ingest", "--corpus", "nowhere"], 2, "--corpus nowhere: no such folder"),
    ],
)
def test_a_named_folder_is_never_made_unasked(
    shell: Shell, words: list[str], code: int, message: str
) -> None:
    """this test ensures that a misspelt folder is an error, and that nothing is built there."""
    done = shell(*words)
    assert (done.returncode, one_line(done.stderr).partition(";")[0]) == (code, message)
    assert not (shell.folder / "nowhere").exists()


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands(shell: Shell, name: str) -> None:
    """this test ensures that the script names the program, and what a shell asks is answered."""
    done = shell("completion", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert "_CLUSTERQA_COMPLETE=complete_" + name in done.stdout
    asked = {"bash": {"COMP_WORDS": "clusterqa corpus st", "COMP_CWORD": "2"}}.get(
        name,
        {"_TYPER_COMPLETE_ARGS": "clusterqa corpus st", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    )
    told = shell(_CLUSTERQA_COMPLETE=f"complete_{name}", **asked)
    assert "status" in told.stdout
    assert "sync" not in told.stdout


def test_the_scripts_are_read_by_their_shells(shell: Shell) -> None:
    """this test ensures that bash takes the script as it is."""
    script = shell("completion", "bash").stdout
    done = subprocess.run(["bash", "-c", f"{script}\ncomplete -p clusterqa"], capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"clusterqa" in done.stdout
    assert shell("completion", "tcsh").returncode == 2


def on_a_terminal(shell: Shell, columns: int, *words: str, **environment: str) -> str:
    """What a command writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [CLUSTERQA, *words], stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE,
        cwd=shell.folder,
        env=shell.environment | {"COLUMNS": str(columns), "TERM": "xterm"} | environment,
    )  # fmt: skip
    os.close(theirs)
    shown = b"".join(parts(ours)).decode().replace("\r\n", "\n")
    os.close(ours)
    error = running.communicate(timeout=60)[1]
    assert running.returncode == 0, error
    return shown


def parts(terminal: int) -> Iterator[bytes]:
    """What is in a terminal until its other end is closed."""
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # Linux says so at the end
            return
        if not part:
            return
        yield part


def test_a_terminal_gets_its_width_and_whole_words(shell: Shell) -> None:
    """this test ensures that lines fit the terminal, break between words and lose none of them."""
    words = ["search", "-k", "3", "--quiet", "What is a cluster organisation?"]
    piped = shell(*words).stdout
    for columns in (40, 72):
        shown = on_a_terminal(shell, columns, *words, NO_COLOR="1")
        assert shown.split() == piped.split()
        text = [line for line in shown.splitlines() if not re.match(r"\d\. ", line)]
        longest = max(len(line) for line in text if " " in line)
        assert columns - 15 < longest <= columns


def test_colour_is_for_terminals_that_want_it(shell: Shell) -> None:
    """this test ensures that bold and the accent are there on a terminal, and only there."""
    words = [
        "ask",
        "--quiet",
        "--as-of",
        "2024-01-01",
        "What share of operating costs can aid cover?",
    ]
    shown = on_a_terminal(shell, 80, *words)
    assert "\x1b[36m[1] Honey Regulation, Article 3(2)\x1b[0m" in shown
    assert set(re.findall(r"\x1b\[\d+m", shown)) == {"\x1b[1m", "\x1b[36m", "\x1b[0m"}
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_a_terminal(shell, 80, *words, **environment)
    assert "\x1b" not in shell(*words).stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["ask", ""], 2, "the question is empty"),
        (["ask", "a" * 20_000], 2, "the question has 20000 characters, at most 2000 are read"),
        (["ask", "--as-of", "2026-02-30", "x"], 2, "--as-of '2026-02-30' is not a date"),
        (["ask", "--doc", "nonsense", "x"], 2, "document 'nonsense' is not in the index"),
        (["serve", "--port", "99999"], 2, "port 99999 (flag); use 1 to 65535"),
        (["corpus", "sync"], 1, "offline is set, so nothing was fetched; unset CLUSTERQA_OFFLINE"),
        (["corpus", "sync", "--mirror", "nowhere"], 2, "nowhere"),
        (["corpus", "sync", "--group", "fish", "--mirror", "."], 2, "--group 'fish' is unknown"),
        (["corpus", "sync", "nothing", "--mirror", "."], 2, "is called 'nothing'"),
        (["eval", "--questions", "nowhere"], 1, "nowhere"),
        (["asq"], 2, "No such command 'asq'"),
        (["ask", "--nonsense"], 2, "No such option"),
    ],
)
def test_wrong_use_gets_one_line(shell: Shell, words: list[str], code: int, message: str) -> None:
    """this test ensures that a mistake is named in one line with its exit code."""
    done = shell(*words)
    assert message in one_line(done.stderr)
    assert done.returncode == code


def test_a_port_in_use_is_named(shell: Shell) -> None:
    """this test ensures that serve says which port is taken and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = shell("serve", "--port", str(port))
    assert f"127.0.0.1:{port} cannot be used" in one_line(done.stderr)
    assert done.returncode == 1


def test_another_models_index_is_refused(shell: Shell) -> None:
    """this test ensures that an index of another encoder does not answer."""
    done = shell("ask", "What is a cluster?", CLUSTERQA_MODEL="another-model")
    assert "was built with all-MiniLM-L6-v2, not another-model" in one_line(done.stderr)
    assert done.returncode == 4


def test_a_first_question_builds_the_index(shell: Shell, tmp_path: Path) -> None:
    """this test ensures that in an empty folder, with no setting, a question is answered."""
    environment = {k: v for k, v in shell.environment.items() if not k.startswith("CLUSTERQA_")}
    done = subprocess.run(
        [CLUSTERQA, "ask", "What is a cluster organisation?"],
        cwd=tmp_path,
        env=environment | {"HOME": str(tmp_path), "CLUSTERQA_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert "no index yet; building one" in done.stderr
    assert "going on without these official texts (offline is set): " in done.stderr
    assert ", GBER, " in done.stderr
    assert done.stderr.count("\n") == 2
    assert "[1] Cluster definitions, Cluster organisations" in done.stdout


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("valid_from = 2026-02-30", "manifest.toml"),
        ("[[works]]\nid = 'a'\n[[works]]\nid = 'a'", "manifest.toml"),
    ],
)
def test_a_wrong_manifest_is_named(
    shell: Shell, tmp_path: Path, manifest: str, message: str
) -> None:
    """this test ensures that ingest names the manifest and leaves the index alone."""
    (tmp_path / "manifest.toml").write_text(manifest, encoding="utf-8")
    done = shell("ingest", "--corpus", str(tmp_path))
    assert message in one_line(done.stderr)
    assert done.returncode == 1
    assert shell("ask", "What is a cluster organisation?").returncode == 0


def test_settings_show_where_they_came_from(shell: Shell) -> None:
    """this test ensures that config show names the value and the place of each setting."""
    (shell.folder / "clusterqa.toml").write_text("port = 8123\n", encoding="utf-8")
    try:
        rows = shell("config", "show", CLUSTERQA_HOST="localhost").stdout.splitlines()
    finally:
        (shell.folder / "clusterqa.toml").unlink()
    shown = {row.split()[0]: row.split()[1:] for row in rows}
    assert shown["port"] == ["8123", "clusterqa.toml"]
    assert shown["host"] == ["localhost", "environment"]
    assert shown["model"] == ["all-MiniLM-L6-v2", "environment"]


def test_the_index_can_be_listed_and_verified(shell: Shell, small_index: Path) -> None:
    """this test ensures that the current generation is marked and every file checked."""
    name = (small_index / "CURRENT").read_text("utf-8").strip()
    assert f"* {name}  all-MiniLM-L6-v2" in shell("index", "list").stdout
    assert shell("index", "verify").stdout.startswith(f"{name}: ")


def test_the_corpus_says_what_is_here(shell: Shell) -> None:
    """this test ensures that corpus status lists versions with their dates and presence."""
    done = shell("corpus", "status")
    assert done.returncode == 0
    first = done.stdout.splitlines()[0]
    assert re.fullmatch(
        r"5 of 6 versions are here, 5 in the index \(\d+ passages\); 1 unobtainable", first
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["02018R9001-20230101", "en", "2023-01-01", "to", "2030-12-31", "present"] in [
        row[:6] for row in rows
    ]
    assert ["wax-guide", "en", "…", "to", "…", "unobtainable", "-"] in rows


def test_nothing_reaches_for_a_network(shell: Shell) -> None:
    """this test ensures that an answer opens no socket at all."""
    program = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('a socket was opened')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from clusterqa.cli import main\n"
        "sys.argv = ['clusterqa', 'ask', 'What is a cluster organisation?']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=shell.folder,
        env=shell.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetched(url: str, body: dict[str, object] | None = None) -> tuple[int, bytes]:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_serving_answers_over_http(shell: Shell) -> None:
    """this test ensures that serve answers questions, shows the page and ends on a signal."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    server = subprocess.Popen(
        [CLUSTERQA, "serve", "--port", str(port), "--quiet"],
        cwd=shell.folder,
        env=shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        wait_until_ready(f"{address}/readyz")
        status, body = fetched(f"{address}/v1/ask", {"question": "What is a cluster organisation?"})
        answer = json.loads(body)
        assert status == 200
        assert answer["citations"][0]["locator"]["label"] == "Cluster organisations"
        assert fetched(f"{address}/v1/search", {"question": ""})[0] == 422
        assert b"<title>" in fetched(f"{address}/")[1]
    finally:
        server.send_signal(signal.SIGINT)
        error = server.communicate(timeout=30)[1].decode()
    assert "Traceback" not in error


def wait_until_ready(url: str) -> None:
    for _ in range(150):
        try:
            if fetched(url)[0] == 200:
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.2)
    raise AssertionError(f"{url} did not become ready")


def test_an_interrupted_ingest_changes_nothing(shell: Shell, small_index_copy: Path) -> None:
    """this test ensures that Ctrl-C during ingest ends in one line and the old index answers."""
    environment = shell.environment | {"CLUSTERQA_INDEX": str(small_index_copy)}
    before = (small_index_copy / "CURRENT").read_text("utf-8")
    running = subprocess.Popen(
        [CLUSTERQA, "ingest"],
        cwd=shell.folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        # a job that a shell started in the background inherits an ignored SIGINT
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    for _ in range(600):
        if list(small_index_copy.glob(".building-*")) or running.poll() is not None:
            break
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    error = running.communicate(timeout=60)[1]
    assert error == "clusterqa: interrupted\n"
    assert running.returncode == 130
    assert (small_index_copy / "CURRENT").read_text("utf-8") == before
    assert not list(small_index_copy.glob(".building-*"))
    assert shell("ask", "What is a cluster?", CLUSTERQA_INDEX=str(small_index_copy)).returncode == 0


def test_history_and_diff_of_a_provision(shell: Shell) -> None:
    """this test ensures that a provision's texts and what changed in them can be read."""
    shown = shell("corpus", "history", "honey", "Article 3(2)").stdout
    assert "2018-01-01 to 2020-06-30\n2. The aid intensity of operating aid" in shown
    assert "2020-07-01 to 2030-12-31, changed by Regulation 2020/9002\n" in shown
    days = ["--from", "2019-01-01", "--to", "2024-01-01"]
    shown = shell("corpus", "diff", "honey", "Article 3(2)", *days).stdout
    assert shown == (
        "32018R9001 → 02018R9001-20230101\n"
        "2. The aid intensity of operating aid shall not exceed [-50-] {+60+} % of the total "
        "eligible costs during the period over which the aid is granted.\n"
    )
    answer = json.loads(shell("corpus", "diff", "honey", "Article 3(2)", *days, "--json").stdout)
    assert [change["kind"] for change in answer["changes"]] == ["same", "removed", "added", "same"]
    assert shell("corpus", "history", "honey", "Article 3(2)").stderr == ""
    wrong = shell("corpus", "history", "honey", "Article 99")
    assert "no version here has 'Article 99'" in one_line(wrong.stderr)
    assert wrong.returncode == 2


def test_the_corpus_verifies_from_its_bytes(shell: Shell) -> None:
    """this test ensures that every document is read again and compared with the index."""
    done = shell("corpus", "verify")
    assert done.returncode == 0, done.stdout
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"same"}
    assert "passages" in shell("corpus", "status").stdout


def test_search_explains_its_scores(shell: Shell) -> None:
    """this test ensures that --explain says what was searched and what each part brought."""
    done = shell("search", "-k", "1", "--explain", "art. 3.2 Honey Regulation")
    assert done.returncode == 0
    head, _, hit, scores, *_ = done.stdout.splitlines()
    assert head == "Searched as: art. 3.2 Honey Regulation"
    assert hit.startswith("1. Honey Regulation, Article 3")
    assert "named 2 gives" in scores and "lexical" in scores


# check -------------------------------------------------------------------------------------------


def test_figures_are_checked(shell: Shell) -> None:
    """this test ensures that figures are put against a rule as of a day, as text and as JSON."""
    done = shell("check", "ceiling", "aid=0.05m", "--as-of", "2024-01-01")
    assert (done.returncode, done.stdout.splitlines()) == (0, [
        "By these figures: not above EUR 55 000; the aid is possible.",
        "    Honey Regulation, Article 4(1) (02018R9001-20230101)",
        "Not checked: aid for colonies lost to hornets.",
    ])  # fmt: skip
    done = shell("check", "ceiling", "aid=50000", "--as-of", "2019-05-01", "--json")
    assert json.loads(done.stdout)["outcome"] == "beyond"


def test_the_checks_are_listed(shell: Shell) -> None:
    """this test ensures that without a name the checks of the day and their figures are named."""
    done = shell("check", "--as-of", "2024-01-01")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[::2]] == ["ceiling", "honey_house"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ceiling", "aid"), "'aid' is no figure; write it like staff=60"),
        (("ceiling", "aid=many"), "'many' is not a number; write it like 60, 300000 or 12m"),
        (("ceiling", "staff=5"), "ceiling compares aid, not staff"),
        (("sme", "staff=5"), "no check 'sme'; there are: ceiling, honey_house"),
    ],
)
def test_a_wrong_check_is_one_line(shell: Shell, words: tuple[str, ...], said: str) -> None:
    """this test ensures that a figure or a check that is not known is one line and exit code 2."""
    done = shell("check", *words)
    assert (done.returncode, one_line(done.stderr)) == (2, said)
