"""Every error a user can meet, one small tree; each message names the thing, the place, the remedy.

ClusterQAError            exit 1   HTTP 500
├── UsageError            exit 2   HTTP 422   a question, date, option or setting is not usable
│   └── NotFound          exit 2   HTTP 404   nothing here has that name
├── CorpusError           exit 1   HTTP 500   the manifest or a document cannot be read
├── IndexUnusable         exit 4   HTTP 503   no index, or one that is damaged, foreign or too old
│   └── IndexOpening      exit 4   HTTP 503   it is being opened; a moment later it can be used
└── OutOfTime             exit 1   HTTP 504   the time that a request may take is over
"""


class ClusterQAError(Exception):
    """Any of them; `param` names the field of a request that is to be mended, where it is one."""

    exit_code = 1
    http_status = 500
    title = "Error"

    def __init__(self, message: str = "", *, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class UsageError(ClusterQAError):
    exit_code = 2
    http_status = 422
    title = "Not usable"


class NotFound(UsageError):
    http_status = 404
    title = "Not found"


class CorpusError(ClusterQAError):
    title = "Corpus error"


class IndexUnusable(ClusterQAError):
    exit_code = 4
    http_status = 503
    title = "Index not usable"


class IndexOpening(IndexUnusable):
    """The index is still being opened."""


class OutOfTime(ClusterQAError):
    http_status = 504
    title = "Out of time"
