"""The routes for programs, under /v1, and the probes."""
