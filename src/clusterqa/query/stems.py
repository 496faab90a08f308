"""A question in, the stems out that say what it is about."""

from functools import cache

from clusterqa.languages.analysis import analyzer
from clusterqa.languages.language import languages


def content(question: str, language: str) -> frozenset[str]:
    """The stems of a question that say what it is about."""
    return frozenset(analyzer(language)(question)) - GENERAL


@cache
def own_stems(language: str) -> frozenset[str]:
    """The stems of a language's words that every rule and every question has."""
    known = languages().get(language)
    return frozenset(analyzer(language)(" ".join(known.telling))) if known else frozenset()


# Stems of words that ask without saying about what.
GENERAL = frozenset(
    "long much mani same appli chang differ say mean count also still hold true get matter happen"
    " now today exact ask question tell explain thing case more back earlier first previous start"
    " longtemp combien même".split()
)
