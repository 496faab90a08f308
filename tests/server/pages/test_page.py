"""The page in a real browser: Debian's Chromium against a real server on loopback.

Every state is looked at by axe in light, dark and at 320 px, and kept as a picture below
`test-artefacts/page/`. Whatever a test does, no request may leave the server and no rule of the
Content Security Policy may be broken.
"""

import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest
import uvicorn
from conftest import build
from pdf_files import at, down, wrapped, write_pdf
from places import DATA, PROJECT
from running import Held, page_app, running, wait_until

from clusterqa.answers import Answer
from clusterqa.assistant import Assistant
from clusterqa.corpus.own_documents import add_document
from clusterqa.parsers.pdf import Rect, rectangles
from clusterqa.records import Feedback
from clusterqa.server.app import EMBEDDED
from clusterqa.server.pages.rendering import digest
from clusterqa.settings import UNTRAINED_MODEL
from clusterqa.types import Document, Inquiry

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Page = Any  # of playwright, which may not be installed
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if not CHROMIUM:
    pytest.skip("Chromium is not installed", allow_module_level=True)

TODAY = date(2026, 11, 23)
ARTEFACTS = PROJECT / "test-artefacts" / "page"
AXE = (DATA / "axe" / "axe.min.js").read_text(encoding="utf-8")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
DISCLOSURE = (
    "Automated answers in the words of the documents. Not legal advice. "
    "Not a website of an EU institution."
)
YEARS = "For how many years may operating aid be granted?"
SEVEN = (
    "Operating aid may be granted to the beekeeper who runs the honey house. "
    "The aid shall not be granted for more than seven years."
)
SHARE = "What is the aid intensity of operating aid?"

# -- a PDF whose quotes are hyphenated, across columns and across pages --------------------------

LEFT = [
    "Beeswax is rendered in a steam bath at",
    "sixty-five degrees. The wax is then",
    "strained through a linen cloth and set",
    "aside to cool overnight, so that impu-",
    "rities sink to the bottom of the pail.",
    "Any wax guild may lend its steam bath",
    "to those of its members who bring more",
]
RIGHT = [
    "than forty combs a year. Candles from",
    "the guild carry a seal, which is regis-",
    "tered with the beekeepers' chamber and",
    "shows the year in which they were cast.",
]
HYPHENATED = "so that impurities sink"
ACROSS_COLUMNS = "who bring more than forty combs"
LEDGER = wrapped(" ".join(f"Guild {n} cast {n * 7} candles in the year." for n in range(60)), 80)
HALF = len(LEDGER) // 2
ACROSS_PAGES = f"{LEDGER[HALF - 1][-10:]} {LEDGER[HALF][:12]}"


def wax_guide() -> bytes:
    first = [
        at(100, 780, "A guide to wax", size=18, font="F2"),
        down(60, 740, LEFT),
        down(320, 740, RIGHT),
    ]
    return write_pdf(["\n".join(first), down(60, 760, LEDGER[:HALF]), down(60, 760, LEDGER[HALF:])])


# -- the server and the browser ------------------------------------------------------------------


class PageAssistant(Assistant):
    """The real one, and a state of an answer that depends on more than these few documents."""

    def ask(self, inquiry: Inquiry) -> Answer:
        found = super().ask(inquiry)
        if "and the weather" in inquiry.question:
            return replace(found, status="partial")
        return found


class Site:
    """A running server: its address, what it was told, and what it reads."""

    def __init__(self, base: str, assistant: Assistant, feedback: Feedback, pdf: bytes) -> None:
        self.base, self.assistant, self.feedback, self.pdf = base, assistant, feedback, pdf

    @property
    def guide(self) -> Document:
        return self.assistant.library.document("wax-guide")

    def quote(self, source: str, words: str, *, check: str | None = None) -> str:
        """The address of a quote in its document."""
        start = self.assistant.library.document(source).text.index(words)
        end = start + len(words)
        return f"document?id={source}&start={start}&end={end}&check={check or digest(words)}#quote"


@pytest.fixture(scope="module")
def site(
    small_corpus: Path, small_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(small_index, folder / "index", ignore=shutil.ignore_patterns(".lock"))
    corpus = Path(shutil.copytree(small_corpus, folder / "corpus"))
    pdf = folder / "wax-guide.pdf"
    pdf.write_bytes(wax_guide())
    add_document(pdf, corpus, id="wax-guide")
    build(corpus, folder / "index", model=UNTRAINED_MODEL, precision="float32")
    assistant = PageAssistant.open(folder / "index", today=TODAY)
    app = page_app(assistant, corpus)
    with served(app) as base:
        yield Site(base, assistant, app.state.records.feedback, pdf.read_bytes())
    assistant.index.close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The application on a free port of this machine, for as long as the block lasts."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def open_page(browser: Any, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens an address in a fresh window; in the end nothing may have gone wrong in any of them."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def opened(address: str = "", **options: Any) -> Page:
        context = browser.new_context(
            base_url=site.base,
            viewport={"width": options.pop("width", 1280), "height": options.pop("height", 900)},
            locale=options.pop("locale", "en-GB"),
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("request", lambda r: note_request(r.url, site.base, wrong))
        page = context.new_page()
        page.on("console", lambda m: wrong.append(m.text) if is_fault(m) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        if address is not None:
            page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def note_request(url: str, base: str, wrong: list[str]) -> None:
    if not url.startswith((base, "blob:", "data:", "about:")):
        wrong.append(f"request to {url}")


def is_fault(message: Any) -> bool:
    """A broken policy is reported as an error; so is a 404 or 422 that a test asks for."""
    expected = "the server responded with a status of 4" in message.text
    return message.type == "error" and not expected


# -- states --------------------------------------------------------------------------------------

State = Callable[[Page, Site], None]


def ask(question: str, as_of: str = "") -> State:
    def reach(page: Page, site: Site) -> None:
        page.goto("./")
        page.fill("#question", question)
        if as_of:
            page.fill("#as_of", as_of)
        page.click("form[data-ask] button")
        page.wait_for_selector("#answer, [role=alert]")

    return reach


def visit(address: str) -> State:
    return lambda page, site: page.goto(address) and None


def source_open(page: Page, site: Site) -> None:
    ask(YEARS)(page, site)
    page.click(".chip")
    page.wait_for_selector("dialog[open] mark")


def pdf_open(page: Page, site: Site) -> None:
    page.goto(site.quote("wax-guide", HYPHENATED))
    page.wait_for_selector(".pdf[data-shown]")


def turned_away(page: Page, site: Site) -> None:
    page.goto("./")
    page.fill("#question", YEARS)
    words = "<p role=alert>The server is busy. Try again in 1 second.</p>"
    busy = {"status": 429, "body": words, "content_type": "text/html"}
    page.route("**/ask", lambda route: route.fulfill(**busy))
    page.click("form[data-ask] button")
    page.wait_for_selector(".told")
    page.unroute("**/ask")


def details_open(page: Page, site: Site) -> None:
    ask(YEARS)(page, site)
    for summary in page.query_selector_all("main summary"):
        summary.click()


COMPARED = "compare?work=honey&at=Article+3&old=2019-01-01&new=2024-01-01"
STATES: dict[str, State] = {
    "empty": visit("./"),
    "answered": ask(YEARS),
    "details": details_open,
    "partial": ask(f"{YEARS} and the weather"),
    "refused": ask("Who won the football match?"),
    "refused-date": ask("What does the Honey Regulation say on aid?", "2016-05-01"),
    "turned-away": turned_away,
    "nowhere": visit("nowhere"),
    "superseded": ask(SHARE, "2019-01-01"),
    "ended": ask(SHARE, "2031-01-01"),
    "expiring": ask(YEARS, "2030-12-01"),
    "error": visit("ask?question=eels&as_of=2026-02-30"),
    "not-found": visit("document?id=nothing"),
    "missing": visit("document?id=32018R9001&at=Article+99"),
    "source-open": source_open,
    "source": visit("document?id=02018R9001-20230101&at=Article+3(2)"),
    "source-changes": visit("document?id=02018R9001-20230101&at=Article+3&against=32018R9001"),
    "pdf": pdf_open,
    "changed": ask("How has the aid intensity of operating aid changed between 2019 and 2024?"),
    "compare": visit(COMPARED),
    "compare-choose": visit("compare?work=honey"),
    "docs": visit("docs"),
    "browse": visit("browse"),
    "outline": visit("document?work=honey"),
    "guide": visit("document?id=cluster-definitions"),
    "search": visit("search?q=honey"),
    "french": visit("ask?question=" + YEARS.replace(" ", "+") + "&lang=fr"),
}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "320": {"width": 320},
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_state_has_no_fault_that_axe_finds(
    open_page: Callable[..., Page], site: Site, look: str
) -> None:
    """this test ensures that axe finds nothing, contrast is decided, nothing scrolls sideways."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page = open_page(None, **LOOKS[look])
    faults: list[str] = []
    for name, reach in STATES.items():
        reach(page, site)
        page.wait_for_timeout(50)
        full = name not in ("source-open", "pdf")
        page.screenshot(path=ARTEFACTS / f"{name}-{look}.png", full_page=full)
        faults += [f"{name}: {fault}" for fault in axe_faults(page)]
        if sideways(page):
            faults.append(f"{name}: scrolls sideways")
    assert faults == []


def axe_faults(page: Page) -> list[str]:
    """What axe finds wrong, and where it could not decide about contrast."""
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations', 'incomplete'], preload: false, "
        "rules: {'target-size': {enabled: true}}})"
    )
    undecided = [r for r in found["incomplete"] if r["id"].startswith("color-contrast")]
    return [
        f"{rule['id']} {node['target']} {node.get('failureSummary', '')[:200]}"
        for rule in found["violations"] + undecided
        for node in rule["nodes"]
    ]


def sideways(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(page.evaluate(wide))


# -- asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (320, 568)])
def test_the_disclosure_comes_first(
    open_page: Callable[..., Page], width: int, height: int
) -> None:
    """this test ensures that what answers are is said before the first one, without scrolling."""
    page = open_page(width=width, height=height)
    box = page.get_by_text(DISCLOSURE).bounding_box()
    assert box["y"] + box["height"] < height
    assert box["y"] < page.locator("#question").bounding_box()["y"]


def test_the_whole_journey_without_javascript(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that asking, reading, turning pages and going back need no script."""
    page = open_page(java_script_enabled=False)
    page.fill("#question", YEARS)
    page.click("form[action^=ask] button")
    assert page.locator("h1").inner_text() == YEARS
    assert page.locator(".statement .verbatim").all_inner_texts() == [SEVEN]
    assert page.locator("button:visible").all_inner_texts() == ["Ask"]
    answer = page.url
    page.click(".chip")
    assert page.locator("mark").all_inner_texts() == [SEVEN]
    page.click("a[rel=next]")
    assert page.locator("h1").inner_text() == "Honey Regulation, Article 4"
    page.go_back()
    page.go_back()
    assert page.url == answer
    assert page.locator(".statement .verbatim").all_inner_texts() == [SEVEN]
    page.fill("#question", "And for replacing colonies lost to hornets?")
    page.click("form[action^=ask] button")
    assert page.locator(".earlier").inner_text() == YEARS
    page.click("text=Search")
    page.fill("#q", "honey house")
    page.click("form[role=search] button")
    assert "Honey Regulation, Article 2(b)" in page.locator(".found").inner_text()


def test_an_answer_comes_in_one_piece(open_page: Callable[..., Page]) -> None:
    """this test ensures that an answer takes the place of the page, takes the focus and is said."""
    page = open_page()
    page.evaluate("window.sentinel = 1")
    page.evaluate(
        "window.said = []; new MutationObserver(() => said.push(document.getElementById('status')"
        ".textContent)).observe(document.getElementById('status'), {childList: true})"
    )
    page.fill("#question", YEARS)
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer")
    assert page.evaluate("window.sentinel") == 1
    assert page.evaluate("document.activeElement.id") == "heading"
    playwright.expect(page.locator("#status")).to_have_text("The answer is here.")
    assert page.evaluate("said") == ["Searching the documents …", "The answer is here."]
    assert page.locator("[role=status]").count() == 1
    assert page.locator("[aria-live]").count() == 0
    assert page.title() == f"{YEARS} · clusterqa"


def test_the_back_button_and_deep_links(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that back and forward bring back what was there, an address its answer."""
    page = open_page()
    ask(YEARS)(page, site)
    first = page.url
    page.click(".chip")
    page.wait_for_selector("dialog[open] mark")
    page.go_back()
    page.wait_for_selector("dialog:not([open])", state="attached")
    assert page.url == first
    page.fill("#question", SHARE)
    page.click("form[data-ask] button")
    page.wait_for_selector(f"h1:has-text('{SHARE}')")
    page.go_back()
    page.wait_for_selector(f"h1:has-text('{YEARS}')")
    assert page.locator(".statement .verbatim").all_inner_texts() == [SEVEN]
    page.go_forward()
    page.wait_for_selector(f"h1:has-text('{SHARE}')")
    other = open_page(first)
    assert other.locator(".statement .verbatim").all_inner_texts() == [SEVEN]


def test_back_leads_to_where_one_was(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that a page gone back to is shown where it was left, and a panel is not."""
    page = open_page("browse", height=400)
    page.evaluate("window.scrollTo(0, 300)")
    page.click("li:has(> h2:text-is('Honey Regulation')) .versions a >> nth=0")
    page.wait_for_selector(".outline")
    left = page.evaluate("window.scrollY")
    page.go_back()
    page.wait_for_selector(".shelves")
    page.wait_for_timeout(100)
    assert left == 0
    assert page.evaluate("window.scrollY") > 100
    page.goto("search?q=honey")
    page.click(".found a >> nth=0")
    page.wait_for_selector("dialog[open]")
    page.reload()
    assert page.locator("dialog[open]").count() == 0


def test_the_permalink_holds_the_date(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that the link to an answer gives the texts of the day it was given on."""
    page = open_page("ask?question=" + YEARS.replace(" ", "+"))
    href = page.locator("text=Link to this answer").get_attribute("href")
    assert "&as_of=2026-11-23" in href
    statements = page.locator(".statement").all_inner_texts()
    assert open_page(href, java_script_enabled=False).locator(".statement").all_inner_texts() == (
        statements
    )


def test_follow_ups_stand_in_context(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that a follow-up is understood with the question before it, and says so."""
    page = open_page()
    ask(SHARE)(page, site)
    page.fill("#question", "And for how long?")
    page.click("form[data-ask] button")
    page.wait_for_selector(".earlier")
    assert page.locator(".earlier a").all_inner_texts() == [SHARE]
    assert f"Understood as: {SHARE} And for how long?" in page.locator("#answer").inner_text()
    page.click(".earlier a")
    page.wait_for_selector(f"h1:has-text('{SHARE}')")


def test_a_refusal_shows_where_to_look(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that a refusal says so, names what is covered and opens what is nearest."""
    page = open_page()
    ask("Who won the football match?")(page, site)
    assert "The documents in here do not answer this question." in page.inner_text("#answer")
    assert "They cover Cluster definitions, Honey Regulation" in page.inner_text("#answer")
    assert page.inner_text("#status") == "The documents do not answer this."
    page.click(".found a >> nth=0")
    page.wait_for_selector("dialog[open] mark")


# -- what is cited -------------------------------------------------------------------------------


def test_a_chip_is_a_named_link_that_can_be_hit(open_page: Callable[..., Page]) -> None:
    """this test ensures that a citation is a link with a name, 24 px or more each way."""
    page = open_page("ask?question=" + YEARS.replace(" ", "+"))
    name = "Source 1, Honey Regulation Article 3(1)"
    chips = page.get_by_role("link", name=name, exact=True).all()
    assert len(chips) == 2  # of the short answer and of the statement
    for chip in chips:
        box = chip.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        assert chip.get_attribute("href").startswith("document?id=02018R9001-20230101&")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_source_beside_the_answer(
    open_page: Callable[..., Page], site: Site, width: int
) -> None:
    """this test ensures that a chip shows its sentence, nothing jumps, and Escape leads back."""
    page = open_page(width=width)
    ask(YEARS)(page, site)
    before = page.locator(".statement").bounding_box()
    page.focus(".chip")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] mark")
    assert page.locator("dialog mark").all_inner_texts() == [SEVEN]
    assert page.locator("dialog mark").is_visible()
    assert page.get_by_role("dialog").get_by_role("heading", name="Versions").is_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    assert page.locator("dialog h1").inner_text() == "Honey Regulation, Article 3(1)"
    assert page.evaluate("document.querySelector('dialog').matches(':modal')") == (width == 320)
    page.click("dialog a[rel=next]")
    page.wait_for_selector("dialog h1:has-text('Article 4')")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog:not([open])", state="attached")
    assert page.evaluate("document.activeElement.className") == "chip"
    assert page.locator(".statement").bounding_box() == before


def test_an_unverified_quote_is_never_marked(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that words which do not stand there are not marked, in text and PDF."""
    forged = "document?id=02018R9001-20230101&at=Article+3(2)&start=700&end=760&check=0123456789ab"
    page = open_page(forged)
    assert page.locator("mark").count() == 0
    assert "so nothing is marked" in page.locator(".notice").inner_text()
    assert "60 %" in page.locator(".text").inner_text()
    page = open_page(site.quote("wax-guide", HYPHENATED, check="0123456789ab"))
    page.wait_for_selector(".pdf[data-shown]")
    assert page.locator(".rect, mark").count() == 0
    refused = page.request.get(site.quote("wax-guide", HYPHENATED, check="00").replace(
        "document?", "marks?"))  # fmt: skip
    assert (refused.status, refused.json()["title"]) == (404, "Not found")


INK = """([canvas, x0, x1, top, bottom]) => {
  const { width, height } = canvas, c = canvas.getContext("2d"), k = width / 595;
  const left = Math.round((x0 - 8) * k), wide = Math.round((x1 - x0 + 16) * k);
  const data = c.getImageData(left, Math.round(top * k), wide, Math.round((bottom - top) * k)).data;
  const found = new Set();
  for (let i = 0; i < data.length; i += 4) if (data[i] < 128) found.add((i / 4) % wide);
  return [...found].sort((a, b) => a - b).map((x) => (x + left) / k);
}"""


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (HYPHENATED, [(1, 60 + 5.4 * 25, 60 + 5.4 * 38, 740 - 10.8 * 3),
                      (1, 60, 60 + 5.4 * 11, 740 - 10.8 * 4)]),
        (ACROSS_COLUMNS, [(1, 60 + 5.4 * 24, 60 + 5.4 * 38, 740 - 10.8 * 6),
                          (1, 320, 320 + 5.4 * 16, 740)]),
        (ACROSS_PAGES, [(2, 60 + 5.4 * (len(LEDGER[HALF - 1]) - 10),
                         60 + 5.4 * len(LEDGER[HALF - 1]), 760 - 10.8 * (HALF - 1)),
                        (3, 60, 60 + 5.4 * 12, 760)]),
    ],
    ids=["hyphenated", "columns", "pages"],
)  # fmt: skip
def test_a_quote_is_marked_where_it_is_printed(
    open_page: Callable[..., Page],
    site: Site,
    words: str,
    lines: list[tuple[int, float, float, float]],
) -> None:
    """this test ensures that the rectangles on the drawn page hold the quote's ink and no more."""
    page = open_page(site.quote("wax-guide", words))
    page.wait_for_selector(".pdf[data-shown]")
    assert "".join(page.locator("mark").all_inner_texts()) == words
    start = site.guide.text.index(words)
    told = rectangles(site.pdf, site.guide, start, start + len(words))
    drawn = [drawn_rect(mark) for mark in page.locator(".rect").all()]
    assert len(told) == len(drawn) == len(lines)
    for rect, mark, (number, x0, x1, y) in zip(told, drawn, lines, strict=True):
        assert [rect.page, mark.page] == [number, number]
        near = pytest.approx([x0, x1], abs=0.7)
        assert [mark.x0, mark.x1] == near
        assert [mark.y0, mark.y1] == pytest.approx([rect.y0, rect.y1], abs=0.7)
        canvas = page.query_selector(f"[data-number='{number}'] canvas")
        ink = page.evaluate(INK, [canvas, x0, x1, 842 - y - 6, 842 - y + 1])
        inside = [x for x in ink if x0 - 0.5 <= x <= x1 + 0.5]
        assert len(inside) > 20
        assert min(inside) - mark.x0 < 3 and mark.x1 - max(inside) < 3
        assert [x for x in ink if x not in inside and mark.x0 + 0.5 < x < mark.x1 - 0.5] == []
    page.screenshot(path=ARTEFACTS / f"quote-{len(words)}.png")


def drawn_rect(mark: Any) -> Rect:
    """A rectangle on the screen, in points on its page."""
    share = mark.evaluate(
        "m => { const s = m.closest('.sheet'), a = s.getBoundingClientRect(), "
        "b = m.getBoundingClientRect(); return [+s.dataset.number, (b.left - a.left) / a.width, "
        "(a.bottom - b.bottom) / a.height, (b.right - a.left) / a.width, "
        "(a.bottom - b.top) / a.height]; }"
    )
    number, left, low, right, high = share
    return Rect(number, 595 * left, 842 * low, 595 * right, 842 * high)


def test_the_text_stands_without_pdf_js(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that a quote can be read in its PDF's text when pages cannot be drawn."""
    page = open_page(None)
    page.route("**/pdf.min.mjs", lambda route: route.fulfill(status=200, body="", headers={
        "content-type": "text/javascript"}))  # fmt: skip
    page.goto(site.quote("wax-guide", HYPHENATED))
    failed = "The pages cannot be shown here; the text below is the same."
    playwright.expect(page.locator("#status")).to_have_text(failed)
    assert "".join(page.locator("mark").all_inner_texts()) == HYPHENATED
    assert "strained through a linen cloth" in page.inner_text(".text")
    plain = open_page(site.quote("wax-guide", HYPHENATED), java_script_enabled=False)
    assert plain.get_by_role("link", name="Open the PDF at page 1").is_visible()
    assert "".join(plain.locator("mark").all_inner_texts()) == HYPHENATED


def test_the_past_is_shown_as_the_past(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that a past date marks the whole page, travels along and can be left."""
    page = open_page()
    ask(SHARE, "2019-01-01")(page, site)
    assert "50 %" in page.inner_text(".statement")
    assert page.inner_text(".time") == (
        "You are looking at the past: the texts as they stood on 1 January 2019. Back to today"
    )
    assert "In force on 1 January 2019" in page.inner_text(".source")
    assert "this text applied until 30 June 2020" in page.inner_text(".notice.superseded_source")
    page.click("text=Documents")
    assert "1 January 2019" in page.inner_text(".time")
    page.click("text=Back to today")
    assert page.locator(".time").count() == 0
    ask(SHARE, "2030-12-01")(page, site)
    assert "until 31 December 2030" in page.inner_text(".notice.expires_soon")
    assert "You are looking ahead" in page.inner_text(".time")


# -- reading -------------------------------------------------------------------------------------


def test_a_provision_in_its_article(open_page: Callable[..., Page]) -> None:
    """this test ensures that versions, history, neighbours and changes are a click away."""
    page = open_page("document?id=02018R9001-20230101&at=Article+3(2)")
    assert page.locator(".text .marker").all_inner_texts()[:3] == ["1.", "2.", "3."]
    beside = page.inner_text(".rail")
    assert "1 July 2020 to 31 December 2030: reworded, by Regulation 2020/9002." in beside
    page.click("text=changes since >> nth=0")
    assert page.locator(".text del").text_content() == "removed: 50"
    assert page.locator(".text ins").text_content() == "added: 60"
    page.click("text=See the changes")
    assert page.locator("h1").inner_text() == "Honey Regulation, Article 3(2)"
    cells = page.locator(".differs [role=cell]").all_text_contents()
    assert ["removed: 50" in cells[0], "added: 60" in cells[1]] == [True, True]
    page.goto("document?id=32018R9001&at=Article+3")
    page.click("text=changes by then >> nth=1")
    assert "What changed by the version of 1 January 2023 is marked." in page.inner_text("main")
    assert page.locator(".text del").text_content() == "removed: 50"
    assert page.locator(".text ins").text_content() == "added: 60"
    page.click("text=Read the version of 1 January 2023")
    assert page.locator("h1").inner_text() == "Honey Regulation, Article 3"


def test_a_reference_is_a_link(open_page: Callable[..., Page]) -> None:
    """this test ensures that a reference in the text leads to the provision it names."""
    page = open_page("document?id=02018R9001-20230101&at=Article+4")
    page.click(".text a:has-text('paragraph 1')")
    assert page.locator("h1").inner_text() == "Honey Regulation, Article 4(1)"


def test_what_is_in_here(open_page: Callable[..., Page]) -> None:
    """this test ensures that works, versions, dates and what is missing come from the manifest."""
    page = open_page("browse")
    shelf = page.inner_text("li:has(> h2:text-is('Honey Regulation'))")
    assert "Law · Nobody; the regulation is invented" in shelf
    assert "1 January 2018" in shelf and "until 30 June 2020" in shelf and "Superseded" in shelf
    assert "In force · English · until 31 December 2030 · consolidated" in shelf
    page.click("li:has(> h2:text-is('Honey Regulation')) a >> nth=0")
    page.wait_for_selector(".outline a")
    assert page.locator(".outline a").all_inner_texts()[:2] == ["Recitals", "Article 1"]


def test_a_changed_provision_leads_to_the_comparison(
    open_page: Callable[..., Page], site: Site
) -> None:
    """this test ensures that an answer with one provision in two versions links to both texts."""
    page = open_page()
    ask("How has the aid intensity of operating aid changed since 2019?")(page, site)
    assert page.inner_text(".notice.changed") == (
        "Honey Regulation, Article 3(2): changed between 31 December 2018 and "
        "23 November 2026; the older words come first."
    )
    page.click("text=Compare Article 3(2) on 31 December 2018 and 23 November 2026")
    assert [page.input_value(f"#{name}") for name in ("work", "at", "old", "new", "language")] == [
        "honey", "Article 3(2)", "2018-12-31", "2026-11-23", "en",
    ]  # fmt: skip
    assert "Words removed: 1. Words added: 1." in page.inner_text("main")


def test_what_did_not_change_leads_there_too(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that an unchanged provision can be compared, without script, in French."""
    page = open_page(java_script_enabled=False, locale="fr-FR")
    page.goto("ask?question=What+changed+in+the+definition+of+a+honey+house+since+2019?")
    assert page.inner_text(".notice.unchanged") == (
        "Honey Regulation, Article 2(b) : les mêmes mots le 31 décembre 2018 et le "
        "23 novembre 2026."
    )
    page.click("text=Comparer Article 2(b) le 31 décembre 2018 et le 23 novembre 2026")
    assert [page.input_value(f"#{name}") for name in ("at", "old", "new")] == [
        "Article 2(b)", "2018-12-31", "2026-11-23",
    ]  # fmt: skip
    assert "Les mots sont les mêmes aux deux dates." in page.inner_text("main")


def test_feedback(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that an answer and a single source can be called wrong, script or not."""
    page = open_page("ask?question=" + YEARS.replace(" ", "+"))
    page.click("text=Something wrong with this answer?")
    page.check("text=It is incomplete")
    page.fill("#note-all", "  More?  ")
    page.click("#answer .feedback button")
    page.wait_for_selector("text=Thank you. It has been noted.")
    plain = open_page("ask?question=" + YEARS.replace(" ", "+"), java_script_enabled=False)
    plain.click("text=Cite, definitions, related")
    plain.click("text=Something wrong with this source?")
    plain.check(".rail >> text=The source does not say this")
    plain.click(".rail .feedback button")
    assert plain.locator("h1").inner_text() == "Thank you. It has been noted."
    plain.click("text=Back to the answer")
    assert plain.locator("h1").inner_text() == YEARS
    first, second = site.feedback.all()
    assert (first.verdict, first.citation, first.note) == ("incomplete", None, "More?")
    assert (second.verdict, second.citation, second.answer) == ("bad_citation", 1, first.answer)


# -- what is refused -----------------------------------------------------------------------------

LATER = {
    429: r"Too many requests came from here\. Try again in \d+ seconds?\.",
    503: r"The server is busy\. Try again in 1 second\.",
    504: (
        r"This took too long and was given up\. Try again in a minute, or ask a shorter question\."
    ),
}


@contextmanager
def refusing(site: Site, status: int) -> Iterator[tuple[str, Callable[[], None]]]:
    """A server over the same texts that meets a question with a status, once it was told to."""
    limit: dict[int, dict[str, Any]] = {
        429: {"address_rate": "2/minute"},
        503: {"at_work": 1, "waiting": 0},
    }
    held = Held(site.assistant)
    settings = replace(EMBEDDED, **limit.get(status, {"time_limit": 1}))
    with running(lambda: held, settings) as (address, _), ThreadPoolExecutor(1) as pool:

        def begin() -> None:
            if status == 503:
                pool.submit(urlopen, f"{address}/ask?question=bees", timeout=20)
                wait_until(lambda: held.at_work == 1)

        if status == 429:
            held.go_on.set()
        try:
            yield address, begin
        finally:
            held.go_on.set()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("status", LATER)
def test_who_is_turned_away_reads_when_to_come_back(
    browser: Any, site: Site, status: int, script: bool
) -> None:
    """this test ensures that a limit is told in one sentence, to all, and the question is kept."""
    context = browser.new_context(java_script_enabled=script, locale="en-GB")
    page = context.new_page()
    with refusing(site, status) as (address, begin):
        page.goto(address)
        page.fill("#question", YEARS)
        begin()
        page.focus("form[data-ask] button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".problem")
        words = page.inner_text(".problem")
        assert re.fullmatch(LATER[status], words)
        assert page.input_value("#question") == YEARS
        assert page.locator("form[data-ask] button:not([aria-disabled])").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=ARTEFACTS / f"refused-{status}-{'script' if script else 'plain'}.png")
        if script:
            assert page.inner_text("#status") == words
            assert page.evaluate("document.activeElement.matches('form[data-ask] button')")
            assert page.locator("h1").inner_text() == "Ask about EU cluster policy and State aid"
        else:
            assert page.locator("h1").inner_text() == "Not answered"
            assert page.locator("[role=alert]").inner_text() == words
    context.close()


def test_a_lost_connection_loses_no_question(browser: Any, site: Site) -> None:
    """this test ensures that the question stays to be sent again, and what was told goes then."""
    page = browser.new_page(locale="fr-FR")
    page.goto(site.base)
    page.fill("#question", YEARS)
    page.route("**/ask", lambda route: route.abort())
    page.keyboard.press("Enter")
    page.wait_for_selector(".told")
    lost = (
        "Le serveur est injoignable. Rien n’est perdu : réessayez une fois la connexion rétablie."
    )
    assert [page.inner_text(".told"), page.inner_text("#status")] == [lost, lost]
    assert page.evaluate("document.activeElement.id") == "question"
    page.unroute("**/ask")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer")
    assert page.locator("h1").inner_text() == YEARS
    assert page.locator(".told").count() == 0
    page.close()


def test_a_source_that_is_refused_leaves_the_answer(
    open_page: Callable[..., Page], site: Site
) -> None:
    """this test ensures that a lost connection is told beside the link, and the answer stays."""
    page = open_page("ask?question=" + YEARS.replace(" ", "+"))
    page.route("**/document?*", lambda route: route.fulfill(status=429, body="", headers={}))
    page.click(".chip")
    page.wait_for_selector(".told")
    assert page.inner_text(".told") == "That did not work. Try again in a moment."
    assert page.locator(".statement .verbatim").all_inner_texts() == [SEVEN]
    page.unroute("**/document?*")
    page.click(".chip")
    page.wait_for_selector("dialog[open] mark")
    assert page.locator(".told").count() == 0


# -- keyboard, copies, print, sizes --------------------------------------------------------------


def test_the_whole_journey_by_keyboard(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that Tab, Enter and Escape are enough, and the focus can always be seen."""
    page = open_page("search")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert focus_is_seen(page)
    tab_to(page, ".site a")
    page.keyboard.press("Enter")
    page.wait_for_selector("#question:focus")
    assert focus_is_seen(page)
    page.keyboard.type(YEARS)
    tab_to(page, "form[data-ask] button")
    assert focus_is_seen(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer")
    tab_to(page, ".chip")
    assert focus_is_seen(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] mark")
    tab_to(page, "dialog a[rel=next]")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog h1:has-text('Article 4')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "chip"
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1


def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def focus_is_seen(page: Page) -> bool:
    """Whether what has the focus is outlined and within the window."""
    return bool(page.evaluate(
        "(() => { const e = document.activeElement, s = getComputedStyle(e), b = "
        "e.getBoundingClientRect(); return s.outlineStyle !== 'none' && "
        "parseFloat(s.outlineWidth) >= 2 && b.top >= 0 && "
        "b.left >= 0 && b.bottom <= innerHeight && b.right <= innerWidth; })()"
    ))  # fmt: skip


def test_enter_asks(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that the field has the cursor, Enter asks and Shift+Enter begins a line."""
    page = open_page()
    assert page.evaluate("document.activeElement.id") == "question"
    assert page.locator("[data-keys]").is_visible()
    page.keyboard.type("For how many years")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("may operating aid be granted?")
    assert page.input_value("#question").count("\n") == 1
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer")
    assert page.locator(".statement .verbatim").all_inner_texts() == [SEVEN]
    page.click(".site a")
    page.wait_for_selector("#question:focus")


@pytest.mark.parametrize("script", [True, False])
def test_a_telephone_shows_the_answer_at_once(open_page: Callable[..., Page], script: bool) -> None:
    """this test ensures that the header is one line at 390 px, the answer in the first screen."""
    page = open_page(None, width=390, height=844, java_script_enabled=script)
    for language in ("en", "fr"):
        fields = "&history=|What+is+a+honey+house?&history=|What+is+a+swarm?"
        page.goto(f"ask?question={SHARE.replace(' ', '+')}&lang={language}{fields}")
        assert page.locator(".top").bounding_box()["height"] < 48
        assert not sideways(page)
        last = page.locator(".statement").first.bounding_box()
        assert last["y"] + last["height"] < 844
        assert page.locator(".pages").is_hidden()
        page.click(".menu summary")
        assert page.locator(".pages a").count() == 5
        assert page.locator(".pages").is_visible() and not sideways(page)


def test_terms_of_art_are_one_click_away(open_page: Callable[..., Page]) -> None:
    """this test ensures that a term in the answer is said in plain words when it is clicked."""
    page = open_page(f"ask?question={SHARE.replace(' ', '+')}", java_script_enabled=False)
    assert page.locator(".gloss dd").first.is_hidden()
    page.click("text=In plain words: aid intensity, operating aid")
    said = page.locator(".gloss dd").all_inner_texts()
    assert said[0].startswith("The share of the eligible costs")
    assert len(said) == 2 and page.locator(".gloss dd").first.is_visible()


def test_a_provision_is_chosen_from_a_list(open_page: Callable[..., Page]) -> None:
    """this test ensures that a comparison needs no typed label, script or not."""
    page = open_page("compare", java_script_enabled=False)
    assert page.locator("#at").count() == 0
    page.select_option("#work", "honey")
    page.click("text=Show its provisions")
    assert page.input_value("#old") == "2018-01-01"
    page.select_option("#at", "Article 3(2)")
    page.click("form button:text-is('Compare')")
    assert page.locator("h1").inner_text() == "Honey Regulation, Article 3(2)"
    assert page.locator("ins").all_text_contents() == ["added: 60"]


def test_copies(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that the answer and each citation can be copied with their sources."""
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(YEARS)(page, site)
    page.click("text=Copy with sources")
    playwright.expect(page.locator("#status")).to_have_text("Copied.")
    assert page.locator(".told").all_inner_texts() == ["Copied."]
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.split("\n\n") == [
        f"{YEARS}\nAs of 23 November 2026",
        "At most seven years",
        f"{SEVEN} [1]",
        "[1] Regulation (EU) 2018/9001 on aid for beekeeping clusters, Article 3(1)",
        "Automated answer from the documents. Not legal advice.",
    ]
    bibtex = page.request.get(page.get_by_role("link", name="BibTeX").get_attribute("href"))
    assert (bibtex.status, "02018R9001-20230101" in bibtex.text()) == (200, True)
    page.click("text=Cite, definitions, related")
    page.click("dd:has-text('art 3(1)') button")
    page.wait_for_timeout(50)
    assert page.evaluate("navigator.clipboard.readText()") == (
        "Regulation (EU) 2018/9001 on aid for beekeeping clusters, art 3(1)"
    )


def test_the_last_questions_stay_in_the_browser(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that questions are kept in localStorage alone and can be forgotten."""
    page = open_page()
    ask(YEARS)(page, site)
    assert page.context.cookies() == []
    page.click("text=Start afresh")
    assert page.locator("#recent a").all_inner_texts() == [YEARS]
    page.click("#recent a")
    page.wait_for_selector("#answer")
    page.goto("./")
    page.click("text=Forget them")
    assert page.locator("#recent").is_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_printing(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """this test ensures that the print has question, answer and sources and no controls."""
    import pypdfium2 as pdfium

    page = open_page("ask?question=" + YEARS.replace(" ", "+"), color_scheme="dark")
    page.pdf(path=ARTEFACTS / "answer.pdf")
    printed = pdfium.PdfDocument(ARTEFACTS / "answer.pdf")
    text = " ".join(
        " ".join(printed[n].get_textpage().get_text_range().split()) for n in range(len(printed))
    )
    for words in (YEARS, SEVEN, DISCLOSURE[:40], "Honey Regulation, Article 3(1)", "Cite as",
                  "version of 1 January 2023"):  # fmt: skip
        assert words in text
    address = f"{page.url.partition('?')[0]}?question={quote(YEARS, safe='')}&as_of=2026-11-23"
    assert f"Thisanswer:{address}" in text.replace(" ", "")
    for words in ("Ask a follow-up", "Copy", "Français", "Something wrong"):
        assert words not in text
    assert len(printed) == 1


@pytest.mark.parametrize("name", ["empty", "answered", "source", "compare", "search", "pdf"])
def test_at_twice_the_size(open_page: Callable[..., Page], site: Site, name: str) -> None:
    """this test ensures that 200 % zoom and wider letter spacing lose nothing."""
    page = open_page(None, width=640, height=450, device_scale_factor=2)
    STATES[name](page, site)
    assert not sideways(page)
    page.evaluate(
        "for (const e of document.querySelectorAll('body *')) { e.style.letterSpacing = '.12em'; "
        "e.style.wordSpacing = '.16em'; e.style.lineHeight = '1.5'; }"
    )
    assert not sideways(page)


def test_the_weight_of_a_page(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that an answer weighs under 150 kB and pdf.js waits until it is needed."""
    page = open_page(None)
    sizes: dict[str, int] = {}
    page.on("response", lambda r: sizes.__setitem__(r.url, len(r.body())))
    page.goto("ask?question=" + YEARS.replace(" ", "+"))
    page.wait_for_load_state("networkidle")
    assert not [url for url in sizes if "pdf" in url]
    assert 10_000 < sum(sizes.values()) < 150_000
    page.goto("document?id=02018R9001-20230101&at=Article+3")
    page.wait_for_load_state("networkidle")
    assert not [url for url in sizes if "pdf" in url]


def test_lines_are_of_a_readable_length(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that a line of quoted text has about 65 characters, at most 80."""
    page = open_page(site.quote("wax-guide", HYPHENATED))
    count = page.evaluate(
        "(() => { const p = document.querySelectorAll('.text p')[2], r = document.createRange(); "
        "r.selectNodeContents(p); const lines = new Set([...r.getClientRects()].map(b => "
        "Math.round(b.top))).size; return p.textContent.length / lines; })()"
    )
    assert 50 <= count <= 80


def test_both_languages(open_page: Callable[..., Page], site: Site) -> None:
    """this test ensures that the browser's language is spoken and can be changed by a link."""
    page = open_page(locale="fr-FR")
    assert page.locator("html").get_attribute("lang") == "fr"
    ask(YEARS)(page, site)
    assert "En vigueur" in page.inner_text(".source")
    assert page.inner_text("#status") == "La réponse est là."
    page.click("text=English")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator(".statement .verbatim").all_inner_texts() == [SEVEN]
    page.click("text=Documents")
    assert page.locator("h1").inner_text() == "What is in here"
