"""Works of an open index under another heading: what a manifest would say of the same texts."""

from dataclasses import replace

from clusterqa.assistant import Assistant


def replaced(assistant: Assistant, name: str, *, by: str) -> None:
    """Let the manifest of an assistant's index say that one work was superseded by another."""
    library = assistant.library
    works = (replace(w, superseded_by=by) if w.id == name else w for w in library.works)
    library.works = tuple(works)
    library.sources = {s.id: (w, s) for w in library.works for s in w.sources}
    library.versions_on.cache_clear()
