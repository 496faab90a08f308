"""Terms of art in plain words, and the names of acts in a reader's language."""

import tomllib

import pytest
from places import PROJECT

from clusterqa.presenting.catalogue import LANGUAGES, Words, act_names, catalogue
from clusterqa.presenting.glosses import TERMS, found


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The aid intensity of operating aid shall not exceed 50 %.",
         ["aid_intensity", "operating_aid"]),
        ("Aid intensities may be increased.", ["aid_intensity"]),
        ("L’intensité de l’aide n’excède pas 50 %.", ["aid_intensity"]),
        ("the total amount of de minimis aid granted to a single undertaking",
         ["single_undertaking", "de_minimis"]),
        ("A single undertaking is all undertakings that", ["single_undertaking", "undertaking"]),
        ("une entreprise unique", ["single_undertaking"]),
        ("shall be exempt from the notification requirement", ["notification"]),
        ("The cooperating aids were notifiedly late.", []),
    ],
)  # fmt: skip
def test_terms_are_found(text: str, terms: list[str]) -> None:
    """this test ensures that terms are known in both languages, and none within another's name."""
    assert list(found(text)) == terms


def test_every_term_is_whole() -> None:
    """this test ensures that each term has its forms, its name among them, and plain words."""
    for term in TERMS:
        for language in LANGUAGES:
            forms = catalogue()[f"gloss.{term}_forms"][language].split(", ")
            name = catalogue()[f"gloss.{term}_name"][language].replace("’", "'")
            assert name in forms
            assert catalogue()[f"gloss.{term}_said"][language].endswith(".")
    assert {key.split(".")[1].rpartition("_")[0] for key in catalogue()
            if key.startswith("gloss.") and "_" in key} == set(TERMS)  # fmt: skip


def test_every_act_has_a_french_name() -> None:
    """this test ensures that no work of the manifest goes by its English name in French."""
    manifest = tomllib.loads((PROJECT / "corpus" / "manifest.toml").read_text("utf-8"))
    names = [work["short_title"] for work in manifest["works"]]
    french, english = Words("fr"), Words("en")
    assert [name for name in names if french.act(name) == name] == []
    assert [name for name in names if english.act(name) != name] == []
    assert set(act_names()) <= set(names)
    assert french.act("Regulation (EU) 2023/1315") == "Règlement (UE) 2023/1315"
    assert french.act("Our cluster strategy") == "Our cluster strategy"
