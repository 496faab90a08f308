"""The OpenAPI document and the server say the same, found out with requests made from it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
from running import running
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant
from clusterqa.records import Database, Keys
from clusterqa.server import create_app
from clusterqa.settings import Settings

OPENAIS = ("/v1/chat/", "/v1/models")  # whose errors have OpenAI's shape
CASES = 15  # for each operation, beside those that cover the limits of its parameters
CONFIG = """
# What a schema cannot say: how long a body is in all, and that one day is not after another.
[checks]
negative_data_rejection.expected-statuses = [400, 401, 404, 405, 410, 413, 422]
positive_data_acceptance.expected-statuses = ["2xx", 404, 413]

[[operations]]
include-path = "/v1/provisions/diff"
checks.positive_data_acceptance.expected-statuses = ["2xx", 404, 422]
"""


def test_every_route_is_as_described(
    small_assistant: Assistant, small_settings: Settings, tmp_path: Path
) -> None:
    """this test ensures that whatever a route is sent, it answers as the document says."""
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    settings = replace(small_settings, keys="always", records=tmp_path / "records.sqlite")
    key = Keys(Database(settings.records)).add("schemathesis")
    with running(lambda: small_assistant, settings) as (address, _):
        command = [
            sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()",
            "run", f"{address}/openapi.json", "--checks", "all", "--max-examples", str(CASES),
            "--header", f"Authorization: Bearer {key}", "--no-color", "--seed", "1",
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
        )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "Failures" not in done.stdout


def documented(client: TestClient) -> list[tuple[str, dict[str, Any]]]:
    """Path and method of every operation, with what is said of it."""
    paths = client.get("/openapi.json").json()["paths"]
    return [(f"{method} {path}", said) for path in paths for method, said in paths[path].items()]


def test_everything_is_described(small_assistant: Assistant, small_settings: Settings) -> None:
    """this test ensures that operations, parameters and refusals have words, schemas, examples."""
    client = TestClient(create_app(lambda: small_assistant, small_settings))
    operations = documented(client)
    assert len(operations) >= 20
    for name, said in operations:
        assert said["summary"] and said["description"] and said["tags"], name
        if "/v1/" not in name:
            continue
        assert said["security"] == [{"key": []}], name
        assert {"401", "408", "421", "429", "500", "503", "504"} <= said["responses"].keys(), name
        for parameter in said.get("parameters", ()):
            assert parameter.get("description") or parameter["schema"].get("description"), name
        for status, response in said["responses"].items():
            assert response["content"], name
            own = status[0] < "4" or name.split()[1].startswith(OPENAIS)
            problem = response["content"].get("application/problem+json")
            assert (problem and problem["example"]["status"]) == (None if own else int(status))


def test_the_examples_work(small_assistant: Assistant, small_settings: Settings) -> None:
    """this test ensures that the description's own example of a question is answered."""
    client = TestClient(create_app(lambda: small_assistant, small_settings))
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    fields = schemas["AskRequest"]["properties"]
    body = {"question": fields["question"]["examples"][0], "as_of": fields["as_of"]["examples"][0]}
    assert client.post("/v1/ask", json=body).status_code == 200


def test_the_methods_of_a_path(small_assistant: Assistant, small_settings: Settings) -> None:
    """this test ensures that a refused method is told all that the path has."""
    client = TestClient(create_app(lambda: small_assistant, small_settings))
    assert client.put("/v1/search").headers["allow"] == "GET, HEAD, POST"
    assert client.put("/v1/documents/x/file").headers["allow"] == "GET, HEAD"


def test_the_description_is_served_offline(
    small_assistant: Assistant, small_settings: Settings
) -> None:
    """this test ensures that the document needs no key and points to no other machine."""
    with running(lambda: small_assistant, replace(small_settings, keys="always")) as (address, _):
        document = httpx2.get(f"{address}/openapi.json").json()
    assert document["openapi"].startswith("3.") and "servers" not in document
