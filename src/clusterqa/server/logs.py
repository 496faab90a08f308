"""The log as JSON, one object to a line, with the request it belongs to and nothing people wrote.

Messages of unforeseen errors may quote a question, so an exception is logged by its kind and where
it was raised; with `log_questions` it is logged in full.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from clusterqa.characters import shown
from clusterqa.server.routes import request_id


class JsonFormatter(logging.Formatter):
    def __init__(self, *, in_full: bool) -> None:
        super().__init__()
        self.in_full = in_full

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC)
        entry: dict[str, Any] = {
            "time": f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
        }
        entry |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            entry |= self.raised(record.exc_info[1])
        said = {k: v for k, v in entry.items() if v is not None}
        return shown(json.dumps(said, ensure_ascii=False))

    def raised(self, error: BaseException) -> dict[str, Any]:
        if self.in_full:
            return {"exception": "".join(traceback.format_exception(error))}
        frames = traceback.extract_tb(error.__traceback__)
        return {
            "exception": type(error).__name__,
            "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }


def log_as_json(*, quiet: bool, in_full: bool) -> None:
    """Send every log of this process to standard error as JSON; warnings and worse if `quiet`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(in_full=in_full))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("clusterqa").setLevel(logging.WARNING if quiet else logging.INFO)
