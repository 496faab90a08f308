"""The HTTP edge: JSON for programs under /v1, one page for people, both over one Assistant."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from clusterqa.index import current_name
from clusterqa.server import (
    answers,
    api,
    documents,
    feedback,
    pages,
    passages,
    probes,
    provisions,
)
from clusterqa.server.guard import Guard
from clusterqa.server.opening import Assistant, Opener
from clusterqa.server.problems import add_problem_handlers
from clusterqa.server.recording import Recorded, open_records
from clusterqa.settings import Settings

ABOUT = (
    "Cited answers on EU cluster policy and State aid, in the documents' own words, as the law "
    "stood on the date asked about. Automated; not legal advice."
)
ROUTERS = (
    api.router,
    answers.router,
    feedback.router,
    documents.router,
    passages.router,
    provisions.router,
    probes.router,
    pages.router,
)
# For an application inside another program: records end with it, and nobody is turned away.
EMBEDDED = Settings(
    corpus=Path("corpus"), index=Path("index"),
    hosts="*", key_rate="off", address_rate="off", reload_seconds=0,
)  # fmt: skip


def create_app(
    assistant_factory: Callable[[], Assistant], settings: Settings = EMBEDDED
) -> FastAPI:
    """The application; `assistant_factory` is called in the background when it starts, and again
    when another generation has become current.

    /docs and /redoc are off because they load their scripts from a CDN.
    """
    app = FastAPI(
        title="clusterqa",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    records = open_records(settings)
    app.state.settings = settings
    app.state.records = records
    app.state.opener = Opener(
        lambda: Recorded(assistant_factory(), records.answers),
        current=partial(current_name, settings.index),
    )
    app.add_middleware(Guard)
    add_problem_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=pages.WEB / "static"))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.opener.start(reload_seconds=app.state.settings.reload_seconds)
    yield
    app.state.opener.stop()
