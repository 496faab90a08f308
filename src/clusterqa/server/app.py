"""The HTTP edge: JSON for programs under /v1, one page for people, both over one Assistant."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from clusterqa.index import current_name
from clusterqa.server import chat
from clusterqa.server.answer_log import Recorded, Records, open_records
from clusterqa.server.api import (
    answers,
    asking,
    checks,
    documents,
    feedback,
    passages,
    probes,
    provisions,
)
from clusterqa.server.api.mcp import mount_mcp
from clusterqa.server.assistants import Answering, Opener
from clusterqa.server.metrics import Metrics
from clusterqa.server.middleware.auth import Authentication
from clusterqa.server.middleware.concurrency import Capacity, TimeLimit
from clusterqa.server.middleware.errors import Guard
from clusterqa.server.middleware.heads import Heads
from clusterqa.server.middleware.hosts import HostCheck, is_loopback, listed, names_of
from clusterqa.server.middleware.metrics import Observed
from clusterqa.server.middleware.problem_pages import ProblemPages
from clusterqa.server.pages import chat as chat_page
from clusterqa.server.pages import contract, figures, finding, reading
from clusterqa.server.pages import feedback as feedback_page
from clusterqa.server.pages.rendering import WEB
from clusterqa.server.problems import add_problem_handlers
from clusterqa.server.rates import Rate
from clusterqa.settings import Settings

ABOUT = (
    "Cited answers on EU cluster policy and State aid, in the documents' own words, as the law "
    "stood on the date asked about. Automated; not legal advice."
)
BEHIND_A_KEY = (
    asking.router,
    chat.router,
    answers.router,
    feedback.router,
    documents.router,
    passages.router,
    provisions.router,
    checks.router,
)
PAGES = (
    chat_page.router, reading.router, finding.router, figures.router, feedback_page.router,
    contract.router,
)  # fmt: skip
KEY = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="Made with `clusterqa keys add`. Not needed where the server listens on loopback.",
)  # for the OpenAPI document; `Access` is what looks at keys
# For an application inside another program: records end with it, and nobody is turned away.
EMBEDDED = Settings(
    corpus=Path("corpus"), index=Path("index"),
    hosts="*", key_rate="off", address_rate="off", reload_seconds=0,
)  # fmt: skip


def create_app(
    assistant_factory: Callable[[], Answering], settings: Settings = EMBEDDED
) -> FastAPI:
    """The application; `assistant_factory` is called in the background when it starts, and again
    when another generation has become current.

    FastAPI's own /docs and /redoc are off because they load their scripts from a CDN; `contract` is
    ours.
    """
    app = FastAPI(
        title="clusterqa",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    records, metrics = open_records(settings), Metrics()

    def recorded() -> Recorded:
        return Recorded(
            assistant_factory(), records.answers, metrics, log_questions=settings.log_questions
        )

    opener = Opener(recorded, current=partial(current_name, settings.index))
    metrics.watch(opener)
    app.state.settings, app.state.records = settings, records
    app.state.opener, app.state.metrics = opener, metrics
    add_problem_handlers(app)
    add_layers(app, settings, records, metrics)
    for router in BEHIND_A_KEY:
        app.include_router(router, dependencies=[Security(KEY)])
    for router in (probes.router, *PAGES):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=WEB / "static"))
    mount_mcp(app)
    return app


def add_layers(app: FastAPI, settings: Settings, records: Records, metrics: Metrics) -> None:
    """What every request goes through, written from the inside out."""
    app.add_middleware(Capacity, at_work=settings.at_work, waiting=settings.waiting)
    app.add_middleware(TimeLimit, seconds=settings.time_limit)
    app.add_middleware(
        Authentication,
        keys=records.keys,
        required=settings.keys == "always" or not is_loopback(settings.host),
        key_rate=rate("key", settings.key_rate),
        address_rate=rate("address", settings.address_rate),
    )
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=listed(settings.origins),
            allow_methods=("GET", "POST"),
            allow_headers=("Authorization", "Content-Type", "X-Request-Id"),
            expose_headers=("RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"),
        )
    if names := names_of(settings):
        app.add_middleware(HostCheck, names=names)
    app.add_middleware(Guard, body_limit=settings.body_limit)
    app.add_middleware(chat.OpenAIErrors)
    app.add_middleware(ProblemPages)
    app.add_middleware(Heads)
    app.add_middleware(Observed, metrics=metrics)


def rate(policy: str, allowed: str) -> Rate | None:
    return None if allowed == "off" else Rate(policy, allowed)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.opener.start(reload_seconds=app.state.settings.reload_seconds)
    yield
    app.state.opener.stop()
