"""The protocol: tools and resources of an Assistant, through standard streams or over HTTP.

Over HTTP every request stands alone and is answered at once, without sessions or open streams, so
nothing is kept between requests and a server can stop at any time.
"""

import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from typing import Any, TypeVar

from anyio.to_thread import run_sync
from mcp import types as wire
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from clusterqa import __version__
from clusterqa.answering import describe_document
from clusterqa.assistant import Assistant
from clusterqa.errors import ClusterQAError
from clusterqa.law.uris import SCHEME, uri_of
from clusterqa.mcp.places import find_place, title_of
from clusterqa.mcp.tools import PLACE, TOOLS
from clusterqa.presenting.catalogue import ENGLISH
from clusterqa.types import Source, Work

logger = logging.getLogger(__name__)
T = TypeVar("T")
Opened = Callable[[], Assistant]  # raises ClusterQAError while there is no index

INSTRUCTIONS = (
    "Documents on EU cluster policy and State aid, quoted word for word in the version that "
    "applied on the date asked about. Use ask for an answer with citations, search and fetch to "
    "read for yourself. A refusal means that the documents do not answer; pass on notices, such "
    f"as that a text has been superseded. {ENGLISH('answer.disclosure')}"
)
READ_ONLY = wire.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
UNFORESEEN = "Something went wrong on the server; its log has the details."
THIS_MACHINE = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")


def mcp_server(opened: Opened) -> Server[Any]:
    """The server; `opened` gives the assistant for each request, in a thread of its own."""
    return Server(
        "clusterqa",
        title="EU cluster policy and State aid",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=partial(call_tool, opened),
        on_list_resources=partial(list_resources, opened),
        on_list_resource_templates=list_templates,
        on_read_resource=partial(read_resource, opened),
    )


# -- tools --------------------------------------------------------------------------------------


async def list_tools(context: Any, params: Any) -> wire.ListToolsResult:
    return wire.ListToolsResult(
        tools=[
            wire.Tool(
                name=name,
                title=tool.title,
                description=tool.description,
                input_schema=tool.arguments.model_json_schema(),
                output_schema=tool.result.json_schema(mode="serialization"),
                annotations=READ_ONLY,
            )
            for name, tool in TOOLS.items()
        ]
    )


async def call_tool(
    opened: Opened, context: Any, params: wire.CallToolRequestParams
) -> wire.CallToolResult:
    """The tool's object and the same as text; what a caller can mend is a result marked so."""
    tool = TOOLS.get(params.name)
    if tool is None:
        names = ", ".join(TOOLS)
        raise MCPError(wire.INVALID_PARAMS, f"no tool {params.name[:60]!r}; there are: {names}")
    try:
        result = await run_sync(lambda: tool.run(opened(), params.arguments or {}))
    except ClusterQAError as error:
        return failed(str(error))
    except Exception:
        logger.exception("tool %s", params.name)
        return failed(UNFORESEEN)
    text = json.dumps(result, ensure_ascii=False)
    return wire.CallToolResult(content=[wire.TextContent(text=text)], structured_content=result)


def failed(message: str) -> wire.CallToolResult:
    return wire.CallToolResult(content=[wire.TextContent(text=message)], is_error=True)


# -- resources ----------------------------------------------------------------------------------


async def list_resources(opened: Opened, context: Any, params: Any) -> wire.ListResourcesResult:
    """Every document that is here; its provisions are named by the template."""
    return wire.ListResourcesResult(resources=await worked(lambda: resources(opened())))


async def worked(work: Callable[[], T], **place: str) -> T:
    """What comes of the work, in a thread of its own; our errors as the protocol's.

    `place` is what an error is about.
    """
    try:
        return await run_sync(work)
    except ClusterQAError as error:
        wrong = wire.INVALID_PARAMS if error.http_status < 500 else wire.INTERNAL_ERROR
        raise MCPError(wrong, str(error), place or None) from error


def resources(assistant: Assistant) -> list[wire.Resource]:
    library = assistant.index.library
    return [resource(*library.sources[id], assistant) for id in library.sources if library.has(id)]


def resource(work: Work, source: Source, assistant: Assistant) -> wire.Resource:
    described = describe_document(work, source, date.today())
    return wire.Resource(
        uri=uri_of(source.id),
        name=source.id,
        title=title_of(described, None),
        description=source.title,
        mime_type="text/plain",
    )


async def list_templates(context: Any, params: Any) -> wire.ListResourceTemplatesResult:
    return wire.ListResourceTemplatesResult(
        resource_templates=[
            wire.ResourceTemplate(
                uri_template=f"{SCHEME}{{document}}/{{label}}",
                name="provision",
                title="A provision of a document",
                description="One article, paragraph, point, recital or section by its label, such "
                "as Article 27(9), Annex I, Article 2(1) or Recital (50).",
                mime_type="text/plain",
            )
        ]
    )


async def read_resource(
    opened: Opened, context: Any, params: wire.ReadResourceRequestParams
) -> wire.ReadResourceResult:
    """The text that a URI names; an error that names the URI if there is none."""
    uri = params.uri
    if not uri.casefold().startswith(SCHEME):
        raise MCPError(wire.INVALID_PARAMS, f"resources here begin with {SCHEME}", {"uri": uri})
    contents = await worked(lambda: contents_of(opened(), uri), uri=uri)
    return wire.ReadResourceResult(contents=[contents])


def contents_of(assistant: Assistant, uri: str) -> wire.TextResourceContents:
    found = find_place(assistant.index.library, uri, date.today())
    told = PLACE.dump_python(found, mode="json")
    meta = told["metadata"] | {"title": found.title, "url": found.url}
    return wire.TextResourceContents(
        uri=uri, mime_type="text/plain", text=found.text, _meta={"clusterqa/place": meta}
    )


# -- transports ---------------------------------------------------------------------------------


async def serve_stdio(opened: Opened) -> None:
    """Serve one client on standard input and output until it closes them."""
    server = mcp_server(opened)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


class HttpEndpoint:
    """An ASGI endpoint for streamable HTTP; it answers while `running`.

    A request that a browser sends for a page of another site carries that site as its origin and
    is refused, which also ends what DNS rebinding could reach.
    """

    def __init__(self, opened: Opened) -> None:
        self._server = mcp_server(opened)
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Request(scope).headers.get("origin")
        if origin is not None and not THIS_MACHINE.fullmatch(origin):
            raise HTTPException(403, "requests from pages of other sites are not answered")
        if self._manager is None:
            raise HTTPException(503, "the server is starting or stopping; try again in a moment")
        await self._manager.handle_request(scope, receive, send)
