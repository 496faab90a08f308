"""Settings: the layers, what overrides what, and values that are refused by name."""

import dataclasses
from pathlib import Path

import pytest

from clusterqa import settings as module
from clusterqa.errors import UsageError
from clusterqa.settings import Origin, Settings, load_settings


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, with no variables and no user file."""
    for field in dataclasses.fields(Settings):
        monkeypatch.delenv(f"CLUSTERQA_{field.name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "user_config_path", lambda name: tmp_path / "config" / name)
    monkeypatch.setattr(module, "user_data_path", lambda name: tmp_path / "data" / name)
    return tmp_path


def test_defaults_lie_with_the_user_when_there_is_no_corpus_here(place: Path) -> None:
    """this test ensures that an installed program keeps its corpus among the user's data."""
    found, origins = load_settings()
    assert found == Settings(
        corpus=place / "data" / "clusterqa" / "corpus",
        index=place / "data" / "clusterqa" / "index",
        model="clusterqa-encoder",
        reader=True,
        precision="auto",
        mirror="",
        host="127.0.0.1",
        port=8000,
        records=place / "data" / "clusterqa" / "records.sqlite",
    )
    assert {origin.place for origin in origins} == {"default"}


def test_without_the_reader_the_encoder_is_the_untrained_one(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that one switch is enough, and that another encoder stays as chosen."""
    monkeypatch.setenv("CLUSTERQA_READER", "off")
    found, origins = load_settings()
    assert (found.reader, found.model) == (False, "all-MiniLM-L6-v2")
    assert next(o.place for o in origins if o.name == "model") == "environment"
    assert load_settings({"model": "mine"})[0].model == "mine"
    with pytest.raises(UsageError, match=r"reader is off \(environment\), but clusterqa-encoder"):
        load_settings({"model": "clusterqa-encoder"})


def test_a_corpus_in_the_folder_is_used(place: Path) -> None:
    """this test ensures that a checkout is worked on in place."""
    (place / "corpus").mkdir()
    (place / "corpus" / "manifest.toml").touch()
    found, _ = load_settings()
    assert (found.corpus, found.index) == (Path("corpus"), Path("index"))


def test_a_nearer_layer_overrides_a_farther_one(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that flag > environment > file here > user's file > default."""
    (place / "config" / "clusterqa").mkdir(parents=True)
    user = place / "config" / "clusterqa" / "clusterqa.toml"
    user.write_text('host = "a"\nport = 1\nmirror = "m"\nmodel = "user"\n', encoding="utf-8")
    (place / "clusterqa.toml").write_text('host = "b"\nport = 2\nmirror = "n"\n', encoding="utf-8")
    monkeypatch.setenv("CLUSTERQA_HOST", "c")
    monkeypatch.setenv("CLUSTERQA_PORT", "3")
    found, origins = load_settings({"port": 4, "host": None})
    assert (found.port, found.host, found.mirror, found.model) == (4, "c", "n", "user")
    assert [o for o in origins if o.name in ("port", "host", "mirror", "model")] == [
        Origin("model", "user", str(user)),
        Origin("mirror", "n", "clusterqa.toml"),
        Origin("host", "c", "environment"),
        Origin("port", "4", "flag"),
    ]


def test_empty_and_foreign_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that an empty variable sets nothing and others do no harm."""
    monkeypatch.setenv("CLUSTERQA_HOST", "")
    monkeypatch.setenv("CLUSTERQA_QUESTIONS", "elsewhere")
    assert load_settings()[0].host == "127.0.0.1"


@pytest.mark.parametrize(
    ("word", "meant"), [("1", True), ("true", True), ("ON", True), ("0", False), ("no", False)]
)
def test_a_switch_is_read_from_words(
    monkeypatch: pytest.MonkeyPatch, place: Path, word: str, meant: bool
) -> None:
    """this test ensures that a variable and the file can both say yes or no."""
    (place / "clusterqa.toml").write_text("cellar_private = true", encoding="utf-8")
    monkeypatch.setenv("CLUSTERQA_OFFLINE", word)
    found, _ = load_settings()
    assert (found.offline, found.cellar_private) == (meant, True)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("colour = 1", "unknown setting 'colour' in clusterqa.toml; known are corpus, index, "
         "model, reader, precision, mirror, host, port"),
        ('port = "many"', "port = 'many' in clusterqa.toml is not usable: invalid literal for "
         "int() with base 10: 'many'"),
        ("port = true", "port = True in clusterqa.toml is not usable: a bool is no int"),
        ("port = 1.5", "port = 1.5 in clusterqa.toml is not usable: a float is no int"),
        ('mirror = ["a"]', "mirror = ['a'] in clusterqa.toml is not usable: a list is no str"),
        ("corpus = 5", "corpus = 5 in clusterqa.toml is not usable: "),
        ("port = 70000", "port 70000 (clusterqa.toml); use 1 to 65535"),
        ('offline = "perhaps"', "offline = 'perhaps' in clusterqa.toml is not usable: write true"),
        ("offline = 2", "offline = 2 in clusterqa.toml is not usable: write true or false"),
        ('cellar = "ftp://example.eu"', "cellar 'ftp://example.eu' (clusterqa.toml); use an "
         "address like https://publications.europa.eu"),
        ('cellar = "http://me:secret@example.eu"', "cellar 'http://me:secret@example.eu'"),
        ("port = 0", "port 0 (clusterqa.toml); use 1 to 65535"),
        ('precision = "half"', "precision 'half' (clusterqa.toml); use auto, float32 or bfloat16"),
        ("port = ", "clusterqa.toml: Invalid value (at end of document); mend the file or move it"),
    ],
)  # fmt: skip
def test_what_is_not_usable_is_named_with_its_place(place: Path, toml: str, message: str) -> None:
    """this test ensures that a bad setting is refused by name, value and place."""
    (place / "clusterqa.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_settings()
    assert message in str(raised.value)


def test_an_unreadable_settings_file_is_refused(place: Path) -> None:
    """this test ensures that a file in another encoding is named, not half read."""
    (place / "clusterqa.toml").write_bytes(b'host = "\xff"')
    with pytest.raises(UsageError, match=r"clusterqa\.toml: .*mend the file or move it away"):
        load_settings()


def test_a_bad_flag_is_named() -> None:
    """this test ensures that the place of a bad value given as a flag is the flag."""
    with pytest.raises(UsageError, match=r"port 99999 .flag.; use 1 to 65535"):
        load_settings({"port": 99999})
