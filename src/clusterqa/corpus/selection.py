"""Groups and ids in, the works to be brought out: what a sync is asked for."""

from collections.abc import Sequence
from dataclasses import replace

from clusterqa.corpus.manifest import GROUPS
from clusterqa.errors import UsageError
from clusterqa.types import Work

DEFAULT = "core"


def selected(
    works: Sequence[Work], *, groups: Sequence[str] = (), names: Sequence[str] = ()
) -> tuple[Work, ...]:
    """The works of the groups and those named, in the manifest's order; with neither, the core.

    A name is the id of a work or of a version, which comes without the other versions of its work.
    Raises `UsageError` for a group or an id that is not known.
    """
    for group in groups:
        if group not in GROUPS:
            raise UsageError(f"--group {group!r} is unknown; use one of {', '.join(GROUPS)}")
    known = {one for work in works for one in (work.id, *(s.id for s in work.sources))}
    for name in names:
        if name not in known:
            raise UsageError(f"no work or version is called {name!r}; see: clusterqa corpus status")
    wanted = groups if groups or names else (DEFAULT,)
    found = (work if work.group in wanted else named_part(work, names) for work in works)
    return tuple(work for work in found if work is not None)


def named_part(work: Work, names: Sequence[str]) -> Work | None:
    """A work as far as it is named: whole, with the versions named, or None if it is not."""
    if work.id in names:
        return work
    sources = tuple(source for source in work.sources if source.id in names)
    return replace(work, sources=sources) if sources else None
