"""`mcp`: the assistant for a client that starts it as a program and speaks to it."""

import sys
from importlib.util import find_spec

from clusterqa.cli.app import CorpusDir, IndexDir, app, say
from clusterqa.cli.opening import opened, settings_with
from clusterqa.errors import ClusterQAError


@app.command()
def mcp(index: IndexDir = None, corpus: CorpusDir = None) -> None:
    """Serve the Model Context Protocol on standard input and output."""
    if find_spec("mcp") is None:
        raise ClusterQAError(
            "mcp is missing, which this command needs; run: pip install 'clusterqa[mcp]'"
        )
    settings = settings_with(index=index, corpus=corpus)
    assistant = opened(settings, quiet=False)
    if sys.stdin.isatty():
        say("this speaks MCP to a client that starts it, not to a person; Ctrl-D ends it")
    import anyio

    from clusterqa.mcp.serving import serve_stdio

    anyio.run(serve_stdio, lambda: assistant)
