"""The HTTP edge: JSON for programs under /v1, one page for people, both over one Assistant."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from clusterqa.server import api, feedback_page, finding_pages, pages, source_pages
from clusterqa.server.feedback_page import KeepOpinion
from clusterqa.server.guard import Guard
from clusterqa.server.opening import Assistant, Opener
from clusterqa.server.problems import add_problem_handlers
from clusterqa.server.words import WEB

ABOUT = (
    "Cited answers on EU cluster policy and State aid, in the documents' own words, as the law "
    "stood on the date asked about. Automated; not legal advice."
)


def create_app(
    assistant_factory: Callable[[], Assistant],
    *,
    corpus: Path | None = None,
    keep_opinion: KeepOpinion | None = None,
) -> FastAPI:
    """The application; `assistant_factory` is called once, in the background, when it starts.

    `corpus` is the folder of the PDFs that the page shows, None to show their text alone;
    `keep_opinion` keeps what readers say of answers, None asks for no opinion.

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
    app.state.opener = Opener(assistant_factory)
    app.state.corpus, app.state.keep_opinion = corpus, keep_opinion
    app.add_middleware(Guard)
    add_problem_handlers(app)
    app.include_router(api.router)
    for page in (pages, source_pages, finding_pages, feedback_page):
        app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=WEB / "static"))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.opener.start()
    yield
