"""The Model Context Protocol over one Assistant: questions and documents for other programs.

`places` finds what an id or a URI names, `tools` are what a client can call, `serving` speaks the
protocol, through standard input and output or over HTTP. Only `serving` needs the extra `mcp`.
"""
