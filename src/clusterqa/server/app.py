"""The HTTP edge: JSON for programs under /v1, one page for people, both over one Assistant."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from clusterqa.server import api, chat, pages
from clusterqa.server.guard import Guard
from clusterqa.server.mcp_route import mount_mcp
from clusterqa.server.opening import Assistant, Opener
from clusterqa.server.problems import add_problem_handlers

ABOUT = (
    "Cited answers on EU cluster policy and State aid, in the documents' own words, as the law "
    "stood on the date asked about. Automated; not legal advice."
)


def create_app(assistant_factory: Callable[[], Assistant]) -> FastAPI:
    """The application; `assistant_factory` is called once, in the background, when it starts.

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
    app.add_middleware(Guard)
    app.add_middleware(chat.OpenAIErrors)
    add_problem_handlers(app)
    app.include_router(api.router)
    app.include_router(chat.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=pages.WEB / "static"))
    mount_mcp(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.opener.start()
    yield
