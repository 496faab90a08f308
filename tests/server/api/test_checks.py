"""The routes and the page on which figures are put against rules, over the small index."""

from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant
from clusterqa.server import create_app
from clusterqa.settings import Settings


@pytest.fixture(scope="module")
def client(small_assistant: Assistant, small_settings: Settings) -> TestClient:
    return TestClient(create_app(lambda: small_assistant, small_settings))


def posted(client: TestClient, **body: Any) -> Any:
    response = client.post("/v1/checks", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_the_checks_of_a_day(client: TestClient) -> None:
    """this test ensures that a client learns what can be checked, of what, and where it stands."""
    found = client.get("/v1/checks", params={"as_of": "2024-01-01"}).json()["checks"]
    assert [
        (one["check"]["id"], [f["id"] for f in one["figures"]], one["labels"]) for one in found
    ] == [
        ("ceiling", ["aid"], ["Article 4(1)"]),
        ("honey_house", ["intensity"], ["Article 3(2)"]),
    ]


def test_a_figure_is_checked(client: TestClient) -> None:
    """this test ensures that the outcome comes with the limit, its words and what is left open."""
    found = posted(client, check="ceiling", figures={"aid": 55000.01}, as_of="2024-01-01")
    assert (found["outcome"], found["limit"], found["unit"]) == ("beyond", 55000, "EUR")
    (citation,) = found["citations"]
    assert citation["quote"]["exact"].startswith(
        "Aid under this Regulation shall not exceed EUR 55"
    )
    assert "id=02018R9001-20230101&start=985&end=1067" in citation["links"]["viewer"]
    assert client.get(citation["links"]["viewer"].partition("#")[0]).status_code == 200
    assert [one["id"] for one in found["unchecked"]] == ["hornets"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"check": "sme"}, 404, "no check 'sme'"),
        ({"check": "ceiling"}, 422, "nothing can be compared"),
        ({"check": "ceiling", "figures": {"aid": -1}}, 422, "at least 0"),
        ({"check": "ceiling", "figures": {"aid": "many"}}, 422, "has to be a number"),
        ({"check": "ceiling", "figures": {"staff": 1}}, 422, "compares aid, not staff"),
        ({"check": "ceiling", "asof": "2024-01-01"}, 422, "is no field of this request"),
        ({"check": "ceiling", "figures": {"aid": 1}, "as_of": "2017-01-01"}, 404, "2017-01-01"),
    ],
)
def test_what_cannot_be_checked(
    client: TestClient, body: dict[str, Any], status: int, words: str
) -> None:
    """this test ensures that a request that cannot be served is refused in one line."""
    response = client.post("/v1/checks", json=body)
    assert (response.status_code, words in response.text) == (status, True)


def test_an_answer_carries_its_checks(client: TestClient) -> None:
    """this test ensures that the figures of a question are checked over HTTP and on the page."""
    question = "Can a beekeeping cluster get EUR 60 000?"
    found = client.post("/v1/ask", json={"question": question, "as_of": "2024-01-01"}).json()
    said = "No by these figures: above EUR 55 000; the aid is not possible."
    assert [one["message"] for one in found["checks"]] == [said]
    page = client.get("/ask", params={"question": question, "as_of": "2024-01-01"}).text
    assert said in page
    assert "Not checked: aid for colonies lost to hornets." in page
    french = {"question": question, "as_of": "2024-01-01", "lang": "fr"}
    assert (
        "Non, d’après ces chiffres : plus de EUR 55 000" in client.get("/ask", params=french).text
    )


# The page ---------------------------------------------------------------------------------------


def test_the_page_of_all_checks(client: TestClient) -> None:
    """this test ensures that each check of the day has a form with its figures."""
    page = client.get("/check", params={"as_of": "2024-01-01"}).text
    assert page.count('action="check"') == 2
    assert 'name="aid"' in page and 'name="intensity"' in page
    assert "No rule that compares figures" in client.get("/check?as_of=2017-01-01").text


def test_the_page_of_a_check(client: TestClient) -> None:
    """this test ensures that what is typed is kept and answered with the words of the law."""
    page = client.get("/check?name=ceiling&aid=0.05m&as_of=2024-01-01").text
    assert "By these figures: not above EUR 55 000; the aid is possible." in page
    assert 'value="0.05m"' in page
    assert "Aid under this Regulation shall not exceed EUR 55 000 for each" in page


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("name=ceiling&aid=many", 422, "“many” is not a number"),
        ("name=ceiling&given=swarm", 422, "These figures cannot be compared"),
        ("name=ceiling&given=nothing&aid=5", 422, "These figures cannot be compared"),
        ("name=sme", 404, "There is no such check"),
        ("name=honey_house&as_of=2019-05-01", 404, "There is no such check"),
    ],
)
def test_what_the_page_cannot_check(
    client: TestClient, address: str, status: int, words: str
) -> None:
    """this test ensures that wrong fields are told in words on the page."""
    response = client.get(f"/check?{address}")
    assert (response.status_code, words in response.text) == (status, True)


def test_a_provision_has_the_form_of_its_rule(client: TestClient) -> None:
    """this test ensures that a rule can be checked beside its provision, and nowhere else."""
    beside = {"id": "02018R9001-20230101", "as_of": str(date(2024, 1, 1))}
    page = client.get("/document", params=beside | {"at": "Article 4(1)"}).text
    assert "Put figures against this rule: ceiling for a cluster" in page
    page = client.get("/document", params=beside | {"at": "Article 2"}).text
    assert "Put figures against this rule" not in page
