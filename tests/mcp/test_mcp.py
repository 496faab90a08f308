"""The Model Context Protocol, spoken by the official client through pipes and over HTTP."""

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, TextContent, TextResourceContents
from starlette.testclient import TestClient

from clusterqa.answers import Answer, CheckResult
from clusterqa.assistant import Assistant
from clusterqa.errors import IndexUnusable, UsageError
from clusterqa.law.uris import read_uri, uri_of
from clusterqa.mcp.places import find_place, span_of
from clusterqa.mcp.serving import mcp_server
from clusterqa.mcp.tools import TOOLS
from clusterqa.provisions import label_key
from clusterqa.server import create_app

MODES = ["legacy", "auto"]  # the handshake of 2025, and requests that stand alone
INTENSITY = "What is the aid intensity of operating aid?"
PARAGRAPH = "02018R9001-20230101/Article 3(2)"
QUOTE = (
    "The aid intensity of operating aid shall not exceed 60 % of the total eligible costs during "
    "the period over which the aid is granted."
)
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


def with_client(
    server: Any, work: Callable[[Client], Awaitable[Any]], *, mode: str = "auto"
) -> Any:
    """What comes of the work with a client of a server: an address, a command or the thing."""

    async def main() -> Any:
        async with Client(server, mode=mode) as client:
            try:
                return await work(client)
            except MCPError as error:  # carried out, since a task group would wrap it
                return error

    result = anyio.run(main)
    if isinstance(result, MCPError):
        raise result
    return result


def call(server: Any, tool: str, *, mode: str = "auto", **arguments: Any) -> CallToolResult:
    async def work(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    found = with_client(server, work, mode=mode)
    assert isinstance(found, CallToolResult)
    return found


def structured(result: CallToolResult) -> Any:
    """The object of a result, which its one text says too."""
    assert not result.is_error
    assert json.loads(text_of(result)) == result.structured_content
    return result.structured_content


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@pytest.fixture(scope="module")
def endpoint(running_server: str) -> str:
    return f"{running_server}/mcp"


def command(index: Path) -> list[str]:
    corpus = str(index.parent / "corpus")
    return ["-m", "clusterqa", "mcp", "--index", str(index), "--corpus", corpus]


@pytest.fixture(scope="module")
def program(small_index: Path) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable, args=command(small_index), env=dict(os.environ)
    )


# tools -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_the_tools(endpoint: str, mode: str) -> None:
    """this test ensures that four tools are there, read-only, described and with both schemas."""
    found = with_client(endpoint, lambda client: client.list_tools(), mode=mode).tools
    assert [tool.name for tool in found] == ["search", "fetch", "ask", "check"]
    for tool in found:
        assert tool.annotations.read_only_hint and not tool.annotations.destructive_hint
        assert tool.annotations.idempotent_hint and not tool.annotations.open_world_hint
        assert tool.title and tool.description
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
    search, fetch, ask, check = found
    assert search.input_schema["required"] == ["query"]
    assert list(search.output_schema["properties"]) == ["results"]
    assert fetch.input_schema["required"] == ["id"]
    assert list(fetch.output_schema["properties"]) == ["id", "title", "text", "url", "metadata"]
    assert ask.input_schema["required"] == ["question"]
    assert {"type": "string", "format": "date"} in ask.input_schema["properties"]["as_of"]["anyOf"]
    assert set(ask.output_schema["properties"]) == {field.name for field in fields(Answer)}
    assert check.input_schema["required"] == ["check"]
    assert set(check.output_schema["properties"]) == {field.name for field in fields(CheckResult)}


@pytest.mark.parametrize("mode", MODES)
def test_search_and_fetch(endpoint: str, mode: str) -> None:
    """this test ensures that what search finds can be fetched by its id and has an address."""
    results = structured(call(endpoint, "search", query=INTENSITY, mode=mode))["results"]
    assert len(results) > 1
    assert all(set(each) == {"id", "title", "url"} and each["url"] for each in results)
    first = results[0]
    assert first["title"] == (
        "Honey Regulation, Article 3(2) (consolidated 1 January 2023, in force, applies until 31 "
        "December 2030)"
    )
    fetched = structured(call(endpoint, "fetch", id=first["id"], mode=mode))
    assert {key: fetched[key] for key in first} == first
    assert fetched["text"] == f"2. {QUOTE}"
    told = fetched["metadata"]
    assert told["uri"] == "clusterqa://02018R9001-20230101/Article%203%282%29"
    assert told["document"]["legal_status"] == "in_force"
    assert told["status_on"] == str(date.today())
    assert told["path"][-2:] == ["Article 3", "Article 3(2)"]
    named = structured(call(endpoint, "fetch", id=PARAGRAPH, mode=mode))
    assert (named["id"], named["text"]) == (PARAGRAPH, fetched["text"])
    assert named["metadata"]["path"] == told["path"]


def test_every_result_can_be_fetched(assistant: Assistant) -> None:
    """this test ensures that every passage of the index is fetched word for word by its id."""
    library = assistant.library
    passages = [p for source in library.files for _, p in library.passages_of(source, most=999)]
    assert len(passages) == sum(library.passage_counts().values()) == 64
    for passage in passages:
        found = find_place(library, passage.id, TODAY)
        assert (found.id, found.metadata.document.id) == (passage.id, passage.source)
        assert found.text == passage.text
        assert found.url


def test_passages_lead_to_each_other(assistant: Assistant) -> None:
    """this test ensures that following `next` reads a document once, from start to end."""
    ids = assistant.library.passage_ids("32018R9001")
    read: list[str] = []
    before: str | None = None
    id: str | None = ids[0]
    while id is not None:
        found = find_place(assistant.library, id, TODAY)
        assert found.metadata.previous == before
        read.append(id)
        before, id = id, found.metadata.next
    assert read == ids and len(ids) > 10


def test_every_provision_has_a_place(assistant: Assistant) -> None:
    """this test ensures that every provision is read by its URI and by its neighbours' words."""
    library, seen = assistant.library, 0
    for source in library.files:
        document = library.document(source)
        seen += len(document.provisions)
        for provision in document.provisions:
            place = find_place(library, f"{source}/{provision.label}", TODAY)
            again = find_place(library, place.metadata.uri, TODAY)
            assert place == again
            assert place.text == document.text[place.metadata.start : place.metadata.end]
            for id in filter(None, (place.metadata.previous, place.metadata.next)):
                assert find_place(library, id, TODAY).id == id
    assert seen == 66


def test_search_says_todays_status(endpoint: str) -> None:
    """this test ensures that a text found for a past date is not called one in force."""
    results = structured(call(endpoint, "search", query=f"In May 2019: {INTENSITY}"))["results"]
    assert "(text of 1 January 2018, superseded, applied until 30 June 2020)" in results[0]["title"]


def test_fetch_of_a_document(endpoint: str, assistant: Assistant) -> None:
    """this test ensures that a document is fetched whole, with its own address."""
    fetched = structured(call(endpoint, "fetch", id="cluster-definitions"))
    assert fetched["text"] == assistant.library.document("cluster-definitions").text
    assert fetched["url"] == "https://clustercollaboration.eu/cluster-definitions"
    assert fetched["metadata"]["label"] is None


@pytest.mark.parametrize("mode", MODES)
def test_ask(endpoint: str, mode: str) -> None:
    """this test ensures that an answer comes as it does elsewhere, for today and for a date."""
    today = structured(call(endpoint, "ask", question=INTENSITY, mode=mode))
    assert today["statements"] == [{"text": QUOTE, "citations": [1], "composed": False}]
    assert (today["object"], today["status"], today["as_of"]) == ("answer", "answered", str(TODAY))
    past = structured(call(endpoint, "ask", question=INTENSITY, as_of="2019-05-01", mode=mode))
    assert past["as_of"] == "2019-05-01"
    assert past["citations"][0]["document"]["id"] == "32018R9001"
    assert "superseded_source" in [notice["code"] for notice in past["notices"]]


@pytest.mark.parametrize("mode", MODES)
def test_check(endpoint: str, mode: str) -> None:
    """this test ensures that figures are put against the rule of the day, with its words."""
    arguments: dict[str, Any] = {"check": "ceiling", "figures": {"aid": 50000}, "mode": mode}
    now = structured(call(endpoint, "check", **arguments))
    assert (now["outcome"], now["limit"]) == ("within", 55000)
    then = structured(call(endpoint, "check", as_of="2019-05-01", **arguments))
    assert (then["outcome"], then["limit"]) == ("beyond", 40000)
    assert then["citations"][0]["document"]["id"] == "32018R9001"
    assert then["message"] == "By these figures: above EUR 40 000; the aid is not possible."


def test_a_refusal_is_no_error(endpoint: str) -> None:
    """this test ensures that a refusal is a result that says so."""
    refused = structured(call(endpoint, "ask", question="Who won the football World Cup?"))
    assert (refused["status"], refused["reason"]) == ("no_answer", "outside_scope")


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("fetch", {"id": "nothing"}, "id: nothing here is named 'nothing'"),
        ("fetch", {"id": ""}, "is no id"),
        ("fetch", {"id": "x" * 1000}, "is no id"),
        ("fetch", {"id": "../../etc/passwd"}, "nothing here is named '..'"),
        ("fetch", {"id": "honey"}, "name one of its versions: 32018R9001, 02018R9001-20200701"),
        ("fetch", {"id": "32018R9001/Article 99"}, "32018R9001 has no 'Article 99'"),
        ("fetch", {}, "id: Field required"),
        ("fetch", {"id": 5}, "id: Input should be a valid string"),
        ("ask", {"question": INTENSITY, "as_of": "May 2019"}, "as_of: use a date as YYYY-MM-DD"),
        ("ask", {"question": INTENSITY, "as_of": 20190501.5}, "as_of: use a date as YYYY-MM-DD"),
        ("ask", {"question": INTENSITY, "asof": "2019-05-01"}, "asof: Extra inputs"),
        ("ask", {"question": " "}, "the question is empty"),
        ("search", {"query": "x" * 3000}, "at most 2000 are read"),
        ("check", {"check": "sme"}, "no check 'sme'; there are: ceiling, honey_house"),
        ("check", {"check": "ceiling"}, "ceiling: nothing can be compared; give aid"),
        ("check", {"check": "ceiling", "figures": {"staff": 5}}, "compares aid, not staff"),
        ("check", {"check": "ceiling", "figures": {"aid": -5}}, "give a number from 0 on"),
        ("check", {"check": "honey_house", "given": ["small"]}, "no circumstance 'small'"),
    ],
)
def test_what_a_caller_can_mend(
    endpoint: str, tool: str, arguments: dict[str, Any], words: str
) -> None:
    """this test ensures that wrong ids, dates and arguments come back as one clear line."""
    result = call(endpoint, tool, **arguments)
    assert result.is_error and result.structured_content is None
    assert words in text_of(result)
    assert "\n" not in text_of(result)


def test_a_long_text_is_not_fetched(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that a text too long for a client is refused with a way to read it."""
    monkeypatch.setattr("clusterqa.mcp.tools.LONGEST_FETCH", 100)
    with pytest.raises(UsageError, match="or read the resource clusterqa://32018R9001"):
        TOOLS["fetch"].run(assistant, {"id": "32018R9001"})


def test_an_unknown_tool(endpoint: str) -> None:
    """this test ensures that a tool that is not there is an error of the protocol."""
    with pytest.raises(MCPError, match="there are: search, fetch, ask"):
        call(endpoint, "delete", id="x")


def test_no_index() -> None:
    """this test ensures that a client is told what to do while there is no index."""

    def no_index() -> Assistant:
        raise IndexUnusable("index/ is empty; run: clusterqa ingest")

    result = call(mcp_server(no_index), "ask", question=INTENSITY)
    assert result.is_error and text_of(result) == "index/ is empty; run: clusterqa ingest"
    with pytest.raises(MCPError, match="index/ is empty; run: clusterqa ingest"):
        with_client(mcp_server(no_index), lambda client: client.list_resources())


def test_unforeseen_errors(caplog: pytest.LogCaptureFixture) -> None:
    """this test ensures that a fault is logged, without the question, and tells nothing inside."""

    def broken() -> Assistant:
        raise RuntimeError("secret detail")

    result = call(mcp_server(broken), "ask", question=INTENSITY)
    assert result.is_error and "secret" not in text_of(result)
    assert "secret detail" in caplog.text and INTENSITY not in caplog.text


# resources -------------------------------------------------------------------------------------


def read(server: Any, uri: str) -> TextResourceContents:
    async def work(client: Client) -> Any:
        return await client.read_resource(uri)

    (contents,) = with_client(server, work).contents
    assert isinstance(contents, TextResourceContents)
    return contents


def test_documents_are_resources(endpoint: str, assistant: Assistant) -> None:
    """this test ensures that every document is listed and read whole under its URI."""
    found = with_client(endpoint, lambda client: client.list_resources()).resources
    assert {each.name for each in found} == set(assistant.library.files)
    for each in found:
        assert each.uri == f"clusterqa://{each.name}"
        assert read(endpoint, each.uri).text == assistant.library.document(each.name).text
    assert (
        found[1].title == "Honey Regulation (text of 1 January 2018, superseded, applied until "
        "30 June 2020)"
    )


@pytest.mark.parametrize(
    "uri",
    [
        "clusterqa://02018R9001-20230101/Article 3(2)",
        "clusterqa://02018R9001-20230101/Article%203%282%29",
        "clusterqa://02018r9001-20230101/article%203(2)",
    ],
)
def test_provisions_are_resources(endpoint: str, uri: str) -> None:
    """this test ensures that a provision is read by its URI, encoded or typed, and described."""
    contents = read(endpoint, uri)
    assert (contents.uri, contents.mime_type) == (uri, "text/plain")
    assert contents.text == f"2. {QUOTE}"
    assert contents.meta is not None
    told = contents.meta["clusterqa/place"]
    assert told["uri"] == "clusterqa://02018R9001-20230101/Article%203%282%29"
    assert told["previous"] == "02018R9001-20230101/Article 3(1)"


def test_provisions_of_official_texts_are_resources(mirror_index: Path) -> None:
    """this test ensures that every label of official texts of all kinds is read by its URI."""
    library = Assistant.open(mirror_index).library
    paragraph = find_place(library, "clusterqa://02014R0651-20230701/Article 27(9)", TODAY)
    assert paragraph.text.startswith("9. The aid intensity of operating aid shall not exceed 50 %")
    assert paragraph.metadata.path == ("Chapter III", "Section 4", "Article 27", "Article 27(9)")
    assert paragraph.metadata.previous == "02014R0651-20230701/Article 27(8)"
    for source in ("02014R0651-20230701", "32023R2831.fr", "32017R1084", "12012E_TXT"):
        document = library.document(source)
        labels = {provision.label for provision in document.provisions}
        assert len(labels) > 60, source
        for label in labels:
            found = span_of(document, read_uri(uri_of(source, label))[1])
            assert found.label is not None and label_key(found.label) == label_key(label)


def test_the_template(endpoint: str) -> None:
    """this test ensures that clients can make a provision's URI from a template."""
    found = with_client(endpoint, lambda client: client.list_resource_templates())
    (template,) = found.resource_templates
    assert template.uri_template == "clusterqa://{document}/{label}"


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("clusterqa://nothing", "nothing here is named 'nothing'"),
        ("clusterqa://32018R9001/Article%2099", "has no 'Article 99'"),
        ("file:///etc/passwd", "resources here begin with clusterqa://"),
        ("clusterqa://%00", "nothing here is named"),
    ],
)
def test_unknown_resources(endpoint: str, uri: str, words: str) -> None:
    """this test ensures that a URI that names nothing is refused as a wrong parameter."""
    with pytest.raises(MCPError) as raised:
        read(endpoint, uri)
    assert raised.value.error.code == -32602
    assert words in raised.value.error.message
    assert raised.value.error.data == {"uri": uri}


# transports ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_pipes_and_http_say_the_same(
    endpoint: str, program: StdioServerParameters, mode: str
) -> None:
    """this test ensures that the program answers through pipes as the server does over HTTP."""

    async def work(client: Client) -> list[Any]:
        info = client.server_info
        assert info is not None and info.name == "clusterqa"
        found = await client.call_tool("search", {"query": f"In May 2019: {INTENSITY}"})
        asked = await client.call_tool("ask", {"question": INTENSITY, "as_of": "2019-05-01"})
        wrong = await client.call_tool("fetch", {"id": "nothing"})
        text = await client.read_resource(f"clusterqa://{PARAGRAPH}")
        answer, contents = structured(asked), text.contents[0]
        assert isinstance(contents, TextResourceContents)
        return [structured(found), answer["statements"], text_of(wrong), contents.text]

    through_pipes = with_client(program, work, mode=mode)
    assert through_pipes == with_client(endpoint, work, mode=mode)


def message(method: str, id: int, **params: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}) + "\n"


def test_nothing_but_the_protocol_on_standard_output(small_index: Path) -> None:
    """this test ensures that standard output holds messages alone, and that its end is no error."""
    hello = message(
        "initialize", 1, protocolVersion="2025-06-18", capabilities={},
        clientInfo={"name": "test", "version": "1"},
    )  # fmt: skip
    ready = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}) + "\n"
    asked = message("tools/call", 2, name="ask", arguments={"question": INTENSITY})
    with subprocess.Popen(
        [sys.executable, *command(small_index)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(f"{hello}{ready}not json\n{asked}")
        process.stdin.flush()
        lines: list[dict[str, Any]] = []
        while not any(line.get("id") == 2 for line in lines):
            lines.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        assert process.stdout.read() == ""
        assert process.wait(timeout=20) == 0
        assert "Traceback" not in process.stderr.read()
    assert all(line["jsonrpc"] == "2.0" for line in lines)
    assert lines[-1]["result"]["structuredContent"]["status"] == "answered"


def test_an_unusable_index_is_one_line(small_index: Path, tmp_path: Path) -> None:
    """this test ensures that the program ends at once, with a remedy, when it cannot answer."""
    (tmp_path / "CURRENT").write_text("nothing")
    done = subprocess.run(
        [sys.executable, *command(small_index), "--index", str(tmp_path)],
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("\n") == 1 and "clusterqa ingest" in done.stderr


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://rebound.example:8000", "null", "http://[bad", ""]
)
def test_pages_of_other_sites_are_refused(endpoint: str, origin: str) -> None:
    """this test ensures that a browser cannot be made to ask for another site."""
    reply = httpx2.post(endpoint, json={}, headers={"Origin": origin})
    assert reply.status_code == 403
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_page_of_this_machine_may_ask(endpoint: str) -> None:
    """this test ensures that a tool in a local page reaches the protocol."""
    reply = httpx2.post(endpoint, json={}, headers={"Origin": "http://localhost:6274"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, -32602)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_no_open_streams_and_no_sessions(endpoint: str, method: str) -> None:
    """this test ensures that nothing is held open for a client between its requests."""
    reply = httpx2.request(method, endpoint, headers={"Accept": "text/event-stream"})
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


def test_the_application_can_start_again(assistant: Assistant) -> None:
    """this test ensures that /mcp answers whenever the application runs, and only then."""
    app = create_app(lambda: assistant)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"Accept": "application/json, text/event-stream"}
    for _ in range(2):
        with TestClient(app, base_url="http://127.0.0.1") as client:
            reply = client.post("/mcp", json=body, headers=accept)
            assert len(reply.json()["result"]["tools"]) == 4
    assert TestClient(app).post("/mcp", json=body, headers=accept).status_code == 503


WITHOUT = """
import sys, importlib.machinery

class Without(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, *more):
        return None if name.startswith("mcp") else super().find_spec(name, *more)

sys.meta_path = [each for each in sys.meta_path if each is not importlib.machinery.PathFinder]
sys.meta_path.append(Without)
"""


def test_without_the_extra(small_index: Path) -> None:
    """this test ensures that the server does without /mcp and the command says what is missing."""
    served = """
from clusterqa.provisions import label_key
from clusterqa.server import create_app
from clusterqa.law.uris import read_uri, uri_of
from clusterqa.server.assistants import Opener
print("/mcp" in [getattr(route, "path", "") for route in create_app(lambda: None).routes])
"""
    done = run_program(WITHOUT + served)
    assert (done.returncode, done.stdout) == (0, "False\n")
    asked = f"""
from clusterqa.cli import main
sys.argv = ["clusterqa", "mcp", "--index", {str(small_index)!r}]
main()
"""
    done = run_program(WITHOUT + asked)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "clusterqa: mcp is missing, which this command needs; run: pip install 'clusterqa[mcp]'\n"
    )


def run_program(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
