"""A question in, the stems out that say what it is about."""

from clusterqa.languages.analysis import analyzer


def content(question: str, language: str) -> frozenset[str]:
    """The stems of a question that say what it is about."""
    return frozenset(analyzer(language)(question)) - GENERAL


# Stems of words that ask without saying about what.
GENERAL = frozenset(
    "long much mani same appli chang differ say mean count also still hold true get matter happen"
    " now today exact ask question tell explain thing case more back earlier first previous start"
    " longtemp combien même".split()
)
