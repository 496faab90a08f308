"""The routes that read documents, passages and provisions, over an index of the small corpus."""

import hashlib
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant
from clusterqa.server import create_app
from clusterqa.server.api.connections import day_for
from clusterqa.server.api.paging import CursorGone, cursor_after, place_of
from clusterqa.settings import Settings

NEWEST = "02018R9001-20230101"


@pytest.fixture(scope="module")
def client(small_assistant: Assistant, small_settings: Settings) -> TestClient:
    return TestClient(create_app(lambda: small_assistant, small_settings))


def read(client: TestClient, path: str, **query: str | int) -> Any:
    response = client.get(path, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def problem(client: TestClient, path: str, **query: str | int) -> tuple[int, str]:
    response = client.get(path, params=query)
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["detail"]


def pages(client: TestClient, path: str, what: str, **query: str | int) -> list[list[Any]]:
    """The items of every page, following the cursors."""
    found: list[list[Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = read(client, path, **query, **cursor)
        found.append(page[what])
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


# Documents ---------------------------------------------------------------------------------------


def test_documents_page_by_page(client: TestClient) -> None:
    """this test ensures that every document that is here comes once, two to a page, in order."""
    found = pages(client, "/v1/documents", "documents", limit=2)
    assert [[each["document"]["id"] for each in page] for page in found] == [
        ["cluster-definitions", "32018R9001"],
        ["02018R9001-20200701", NEWEST],
        ["32020R9002"],
    ]


def test_a_document(client: TestClient, small_corpus: Path) -> None:
    """this test ensures that a document is dated on the day asked about, hashed and counted."""
    found = read(client, "/v1/documents/32018R9001", as_of="2019-05-01")
    assert found["document"]["legal_status"] == "in_force"
    assert read(client, "/v1/documents/32018R9001")["document"]["legal_status"] == "superseded"
    file = small_corpus / "official" / "32018R9001.en.xhtml"
    assert found["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    listed = pages(client, found["links"]["passages"], "passages", limit=100)
    assert [found["passages"]] == [len(page) for page in listed]


def test_passages_are_the_text(client: TestClient) -> None:
    """this test ensures that paging through passages gives every one once, at its offsets."""
    text = client.get(f"/v1/documents/{NEWEST}/text").text
    found = [
        passage
        for page in pages(client, f"/v1/documents/{NEWEST}/passages", "passages", limit=3)
        for passage in page
    ]
    assert len({each["id"] for each in found}) == len(found) > 6
    assert all(text[each["start"] : each["end"]] == each["text"] for each in found)
    assert [each["start"] for each in found] == sorted(each["start"] for each in found)


def test_a_file_byte_for_byte(client: TestClient, small_corpus: Path) -> None:
    """this test ensures that the file is what was read and runs nothing in a browser."""
    response = client.get("/v1/documents/32018R9001/file")
    assert response.content == (small_corpus / "official" / "32018R9001.en.xhtml").read_bytes()
    assert response.headers["content-type"] == "application/xhtml+xml"
    assert response.headers["content-disposition"] == 'attachment; filename="32018R9001.en.xhtml"'
    assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    shown = client.get("/v1/documents/cluster-definitions/file")
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_file_that_changed_is_not_sent(
    small_assistant: Assistant, small_settings: Settings, tmp_path: Path
) -> None:
    """this test ensures that bytes which the index never read are refused, and missing ones too."""
    corpus = shutil.copytree(small_settings.corpus, tmp_path / "corpus")
    settings = replace(small_settings, corpus=corpus)
    client = TestClient(create_app(lambda: small_assistant, settings))
    (corpus / "official" / "32018R9001.en.xhtml").write_text("<html>other</html>")
    (corpus / "official" / "32020R9002.en.xhtml").unlink()
    outside = tmp_path / "outside.txt"
    (corpus / "cluster-definitions.txt").rename(outside)
    (corpus / "cluster-definitions.txt").symlink_to(outside)
    assert problem(client, "/v1/documents/32018R9001/file")[0] == 409
    assert problem(client, "/v1/documents/32020R9002/file")[0] == 404
    assert problem(client, "/v1/documents/cluster-definitions/file")[0] == 409


@pytest.mark.parametrize(
    "id", ["nothing", "..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a%00b", "wax-guide", "honey", "%20"]
)
@pytest.mark.parametrize("part", ["", "/file", "/text", "/passages"])
def test_an_id_is_only_looked_up(client: TestClient, id: str, part: str) -> None:
    """this test ensures that an id which is no document's is 404, whatever path it looks like."""
    assert client.get(f"/v1/documents/{id}{part}").status_code == 404


# Passages and provisions -------------------------------------------------------------------------


def test_a_passage_and_what_is_around_it(client: TestClient) -> None:
    """this test ensures that a passage comes with its neighbours, links and versions."""
    listed = read(client, f"/v1/documents/{NEWEST}/passages", limit=100)["passages"]
    labels = [each["locator"]["label"] for each in listed]
    at = labels.index("Article 4(2)")
    found = read(client, f"/v1/passages/{listed[at]['id']}", as_of="2024-01-01")
    assert (found["before"], found["passage"], found["after"]) == tuple(listed[at - 1 : at + 2])
    assert found["cite_as"]["eu"].endswith("Article 4(2)")
    links = found["connections"]
    assert [(each["document"], each["label"]) for each in links["references"]] == [
        (NEWEST, "Article 4(1)")
    ]
    assert [(each["document"], each["wording"]) for each in links["versions"]] == [
        ("32018R9001", "absent"), ("02018R9001-20200701", "absent"), (NEWEST, "same"),
    ]  # fmt: skip


def test_the_first_and_the_last_passage_have_one_neighbour(client: TestClient) -> None:
    """this test ensures that the passage of another document is no neighbour."""
    listed = read(client, f"/v1/documents/{NEWEST}/passages", limit=100)["passages"]
    first, last = (read(client, f"/v1/passages/{listed[n]['id']}") for n in (0, -1))
    assert first["before"] is None and first["after"] == listed[1]
    assert last["before"] == listed[-2] and last["after"] is None


def test_a_provision_on_a_date(client: TestClient) -> None:
    """this test ensures that work, label and date lead to the text that applied, in its place."""
    asked = {"work": "honey", "label": "article 3 (2)"}
    old = read(client, "/v1/provisions", **asked, as_of="2019-01-01")
    new = read(client, "/v1/provisions", **asked, as_of="2024-01-01")
    assert (old["document"]["id"], new["document"]["id"]) == ("32018R9001", NEWEST)
    assert "50 %" in old["text"] and "60 %" in new["text"]
    assert new["path"] == ["Article 3", "Article 3(2)"]
    assert (new["before"]["label"], new["after"]["label"]) == ("Article 3(1)", "Article 3(3)")
    compared = {v["document"]: v["wording"] for v in new["connections"]["versions"]}
    assert compared["32018R9001"] == "different" and compared["02018R9001-20200701"] == "same"


def test_what_a_provision_is_made_of(client: TestClient) -> None:
    """this test ensures that the provisions right inside one are listed with their places."""
    asked = {"work": "honey", "label": "Article 3(3)", "as_of": "2024-01-01"}
    found = read(client, "/v1/provisions", **asked)
    text = client.get(f"/v1/documents/{NEWEST}/text").text
    assert [text[each["start"] : each["end"]][:13] for each in found["inside"]] == [
        "(a) the wages", "(b) the costs", "(c) the costs",
    ]  # fmt: skip
    assert found["after"] is None


def test_how_a_provision_changed(client: TestClient) -> None:
    """this test ensures that history and difference over HTTP are those of `corpus`."""
    asked = {"work": "honey", "label": "Article 3(2)"}
    wordings = read(client, "/v1/provisions/history", **asked)["wordings"]
    assert [(each["valid_from"], each["changed_by"]) for each in wordings] == [
        ("2018-01-01", []), ("2020-07-01", ["Regulation 2020/9002"]),
    ]  # fmt: skip
    days = {"from": "2019-01-01", "to": "2024-01-01"}
    changes = read(client, "/v1/provisions/diff", **asked, **days)["changes"]
    changed = [(c["kind"], c["text"].strip()) for c in changes if c["kind"] != "same"]
    assert changed == [("removed", "50"), ("added", "60")]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"work": "wax", "label": "Article 1"}, 404, "no work 'wax'"),
        ({"work": "honey", "label": "Article 99"}, 404, "has no 'Article 99'"),
        ({"work": "honey", "label": "Article 1", "as_of": "2012-01-01"}, 404, "nearest: 32018R90"),
        ({"work": "honey", "label": "Article 1", "language": "fr"}, 404, "no fr text"),
        ({"work": "honey", "label": "Article 1", "language": "french"}, 422, "language: "),
        ({"work": "honey"}, 422, "label: is missing"),
        ({"work": "honey", "label": "Article 1", "asof": "2019-01-01"}, 422, "asof: is no field"),
    ],
)
def test_provisions_that_are_not_there(
    client: TestClient, query: dict[str, str], status: int, words: str
) -> None:
    """this test ensures that what cannot be found is said in one line, with the right status."""
    found, detail = problem(client, "/v1/provisions", **query)
    assert found == status and words in detail


def test_a_difference_backwards(client: TestClient) -> None:
    """this test ensures that days in the wrong order are the caller's mistake, not a 404."""
    query = {"work": "honey", "label": "Article 1", "from": "2024-01-01", "to": "2019-01-01"}
    assert problem(client, "/v1/provisions/diff", **query)[0] == 422


@pytest.mark.parametrize(
    ("today", "day"),
    [
        ("2019-05-01", "2019-05-01"),
        ("2026-11-01", "2020-06-30"),
        ("2010-01-01", "2018-01-01"),
    ],
)
def test_a_passage_is_read_when_it_applied(
    small_assistant: Assistant, today: str, day: str
) -> None:
    """this test ensures that the links of an old text are of its own time unless asked."""
    source = small_assistant.library.sources["32018R9001"][1]
    assert day_for(source, date.fromisoformat(today)) == date.fromisoformat(day)


# Search ------------------------------------------------------------------------------------------


def test_search_page_by_page(client: TestClient) -> None:
    """this test ensures that pages together are the one long page, by URL and by body."""
    whole = read(client, "/v1/search", q="aid for honey", k=50)
    found = pages(client, "/v1/search", "hits", q="aid for honey", k=4)
    assert [hit for page in found for hit in page] == whole["hits"]
    assert len(found) > 2 and whole["next"] is None
    body = {"question": "aid for honey", "k": 4}
    first = client.post("/v1/search", json=body).json()
    second = client.post("/v1/search", json=body | {"cursor": first["next"]}).json()
    assert [first["hits"], second["hits"]] == found[:2]


def test_search_result_blocks(client: TestClient) -> None:
    """this test ensures that a passage is one block with a text for each of its lines."""
    query: dict[str, str | int] = {"q": "Which costs are eligible?", "k": 1, "as_of": "2024-01-01"}
    (hit,) = read(client, "/v1/search", **query)["hits"]
    (block,) = read(client, "/v1/search", **query, format="search_result")["content"]
    assert block == {
        "type": "search_result",
        "source": f"clusterqa://{NEWEST}/Article%203%283%29",
        "title": "Honey Regulation, Article 3(3)",
        "content": [{"type": "text", "text": line} for line in hit["text"].splitlines()],
        "citations": {"enabled": True},
    }
    assert len(block["content"]) == 4


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwiYiIsMV0", "WyJhIiwiYiIsLTFd", "A" * 200])
def test_cursors_of_nobody(client: TestClient, cursor: str) -> None:
    """this test ensures that a cursor we never gave is refused by that name."""
    for path in ("/v1/documents", f"/v1/documents/{NEWEST}/passages"):
        assert problem(client, path, cursor=cursor)[0] == 404
    assert problem(client, "/v1/search", q="a", cursor=cursor)[0] == 404


def test_a_cursor_belongs_to_its_request_and_index(client: TestClient) -> None:
    """this test ensures that going on in another list, or after an ingest, is refused."""
    cursor = read(client, "/v1/documents", limit=1)["next"]
    assert problem(client, f"/v1/documents/{NEWEST}/passages", cursor=cursor)[0] == 404
    mine = cursor_after(7, of="list", index="gen-1")
    assert place_of(mine, of="list", index="gen-1", start=0) == 7
    with pytest.raises(CursorGone, match="the index has changed"):
        place_of(mine, of="list", index="gen-2", start=0)
