"""Run the application as a process: it listens, logs as JSON and ends without dropping a request.

On SIGTERM or Ctrl-C it takes no more connections, finishes what is in flight and goes.
"""

import uvicorn
from fastapi import FastAPI

from clusterqa.server.hosts import listed
from clusterqa.server.logs import log_as_json
from clusterqa.settings import Settings

GRACE_SECONDS = 5  # beyond what a request may take


def serve(app: FastAPI, settings: Settings, *, quiet: bool = False) -> None:
    """Serve until told to stop."""
    log_as_json(quiet=quiet, in_full=settings.log_questions)
    uvicorn.Server(config(app, settings)).run()


def config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn is to run it. Only `proxies` are believed about where a request came from."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=listed(settings.proxies),
        timeout_graceful_shutdown=settings.time_limit + GRACE_SECONDS,
    )
