"""Whether the process is up, whether it can answer, and what it has done; for what watches it."""

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from clusterqa.server.assistants import TheOpener
from clusterqa.server.problems import declared

router = APIRouter(tags=["operation"])


@dataclass(frozen=True, slots=True)
class Health:
    status: Literal["ok"] = "ok"


@dataclass(frozen=True, slots=True)
class Readiness:
    index: str
    status: Literal["ready"] = "ready"


@router.get("/healthz")
async def healthz() -> Health:
    """The process is up; says nothing of the index."""
    return Health()


@router.get("/readyz", responses=declared(500, 503))
async def readyz(opener: TheOpener) -> Readiness:
    """The id of the index that answers, or 503 while there is none."""
    assistant = opener.opened
    if assistant is None:
        assistant = await run_in_threadpool(opener.get, patience=0)
    return Readiness(assistant.index_ref.id)


METRICS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Prometheus's text format", "content": {"text/plain": {}}}
}


@router.get("/metrics", responses=METRICS | declared(401, 429), response_class=Response)
async def metrics(request: Request) -> Response:
    """Counters and timings since the start; behind a key wherever one is needed."""
    found = generate_latest(request.app.state.metrics.registry)
    return Response(found, headers={"Content-Type": CONTENT_TYPE_LATEST})
