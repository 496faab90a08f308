"""Run the application as a process: it listens, logs as JSON and ends without dropping a request.

On SIGTERM or Ctrl-C it takes no more connections, finishes what is in flight and goes.
"""

import asyncio

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from clusterqa.server.logs import log_as_json
from clusterqa.server.middleware.hosts import listed
from clusterqa.settings import Settings

GRACE_SECONDS = 5  # beyond what a request may take
READING_SECONDS = 120  # that a client has to take what was sent to it


def serve(app: FastAPI, settings: Settings, *, quiet: bool = False) -> None:
    """Serve until told to stop."""
    log_as_json(quiet=quiet, in_full=settings.log_questions)
    uvicorn.Server(config(app, settings)).run()


def config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn is to run it. Only `proxies` are believed about where a request came from."""
    return uvicorn.Config(
        app,
        http=Connection,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=listed(settings.proxies),
        timeout_graceful_shutdown=settings.time_limit + GRACE_SECONDS,
    )


class Connection(H11Protocol):
    """uvicorn's, cut once its client has left something unread for `READING_SECONDS`.

    Otherwise a client that never reads would keep it, and the rest of its response, for ever.
    """

    def connection_made(  # type: ignore[override]  # as in uvicorn
        self, transport: asyncio.Transport
    ) -> None:
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # says so as soon as anything waits

    def pause_writing(self) -> None:
        super().pause_writing()
        self.cutting = self.loop.call_later(READING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.cutting.cancel()
