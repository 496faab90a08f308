"""The words of a question in, its language out."""

import re

from clusterqa.languages.analysis import FUNCTION_WORDS


def question_language(question: str) -> str:
    """The language whose function words a question uses more; English when in doubt."""
    words = set(re.findall(r"[^\W\d_]+", question.lower()))
    counts = {language: len(words & ignored) for language, ignored in FUNCTION_WORDS.items()}
    return "fr" if counts["fr"] > counts["en"] else "en"


# Words that tell some other languages of the Union, none of them usual in English or French.
UNSERVED_WORDS = {
    "de": "der das den dem ist sind ein eine einer eines für und oder nicht wie wann wer welche"
    " welcher welches mit von zu auf bei werden wird kann darf gilt hoch viel auch zum zur",
    "es": "el los las para por cuál cuáles qué cómo cuándo cuánto cuánta quién del una con se puede"
    " ayuda ayudas es está según",
    "it": "il gli lo di che è sono una della delle dei degli qual quali quanto quando chi"
    " può nel nella con aiuti aiuto",
    "nl": "het een van voor zijn wat hoe wanneer welke wie kan mag niet met wordt worden ook naar",
    "pt": "os para por qual quais que como quando quanto quem uma da dos das é são não"
    " pode auxílio auxílios",
    "pl": "jest są jaka jaki jakie kiedy kto czy dla na się nie może oraz pomocy pomoc ile",
}  # fmt: skip


def is_unserved(question: str) -> bool:
    """Whether a question is surely in another language than those that are understood."""
    words = set(re.findall(r"[^\W\d_]+", question.lower()))
    served = [len(words & ignored) for ignored in FUNCTION_WORDS.values()]
    others = [len(words & set(known.split())) for known in UNSERVED_WORDS.values()]
    return max(others) >= 2 and max(others) > max(served)
