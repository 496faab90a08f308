"""Whether the process is up and whether it can answer; for whatever watches over it, so no key."""

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from clusterqa.server.opening import TheOpener
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
