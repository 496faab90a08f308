"""Cut a multilingual vocabulary to what the languages of the Union use.

    python -m training.vocabulary --base DIR --out DIR [--size N] [--public DIR]

The embeddings of multilingual-e5-small are four fifths of its weights, for about a hundred
languages. Kept are the pieces that the official texts, other acts, the data and public training
sets (`--public`, gzipped JSON lines) use twice or more, every single character of a Union script,
the commonest Greek and Cyrillic pieces, and the commonest Latin ones up to the size. A unigram
tokenizer says what it lacks in shorter pieces, so nothing becomes unknown. 48,000 pieces make a
tokenizer of 1.6 MB that loads in 0.1 s, where the whole one takes 1.1 s.
"""

import argparse
import gzip
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from clusterqa.errors import ClusterQAError
from training.check import typed
from training.examples import DATA
from training.texts import Texts

KEPT_AS_THEY_ARE = ("modules.json", "sentence_bert_config.json", "tokenizer_config.json")
SPECIAL = 5  # pieces at the beginning: marks of begin, padding, end, unknown, and the comma
OTHER_SCRIPT = 2500  # pieces each of Greek and of Cyrillic
LONGEST, SAMPLED = 4000, 3000  # chars of a text, lines of a public set
LATIN = re.compile("[▁\x20-\x7e\xa0-\u017f\u0218-\u021b\u2010-\u2044€№«»„“”‘’…]+")
GREEK = re.compile("[▁\u0370-\u03ff\u1f00-\u1fff]+")
CYRILLIC = re.compile("[▁а-яА-Я]+")
VIETNAMESE = re.compile("[ơưăđĐ\u1ea0-\u1ef9]")


def texts_used(texts: Texts, public: Path | None) -> Iterator[str]:
    """What it must say well: official texts, every second act, questions, public sets."""
    for path in sorted(texts.mirror.glob("*.xhtml")):
        source, language = path.name.split(".")[:2]
        yield from (passage.text for passage in texts.passages(source, language))
    for path in sorted(texts.acts.glob("*.xhtml.gz"))[::2]:
        with suppress(ClusterQAError):  # some hold a notice and no text
            yield from (passage.text for passage in texts.passages(path.name.split(".")[0], "en"))
    yield from (question for _, question in typed(DATA))
    for path in sorted(public.glob("*.jsonl.gz")) if public else ():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line, _ in zip(lines, range(SAMPLED), strict=False):
                yield " ".join(v for v in json.loads(line).values() if isinstance(v, str))


def pieces_kept(vocabulary: list[Any], used: Counter[int], size: int) -> list[int]:
    """The numbers of the pieces that are kept, in their order; the commonest come first in it."""
    kept = {*range(SPECIAL), *(number for number, times in used.items() if times > 1)}
    pieces = [piece for piece, _ in vocabulary]
    scripts = (LATIN, GREEK, CYRILLIC)
    kept |= {
        n
        for n, piece in enumerate(pieces)
        if len(piece.strip("▁")) == 1 and any(script.fullmatch(piece) for script in scripts)
    }
    for script in (GREEK, CYRILLIC):
        found = (n for n, piece in enumerate(pieces) if script.fullmatch(piece))
        kept |= {n for n, _ in zip(found, range(OTHER_SCRIPT), strict=False)}
    latin = (n for n, p in enumerate(pieces) if LATIN.fullmatch(p) and not VIETNAMESE.search(p))
    for number in latin:
        if len(kept) >= size:
            break
        kept.add(number)
    return sorted(kept)


def cut(base: Path, out: Path, size: int, texts: Iterator[str]) -> int:
    """Write the model of `base` with a smaller vocabulary; the number of pieces it has."""
    from safetensors.torch import load_file, save_file
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    used: Counter[int] = Counter()
    for text in texts:
        used.update(tokenizer.encode(text[:LONGEST], add_special_tokens=False).ids)
    plain = json.loads(tokenizer.to_str())
    kept = pieces_kept(plain["model"]["vocab"], used, size)
    plain["model"]["vocab"] = [plain["model"]["vocab"][n] for n in kept]
    plain["added_tokens"] = [one for one in plain["added_tokens"] if one["content"] != "<mask>"]
    out.mkdir(parents=True, exist_ok=True)
    (out / "tokenizer.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    for name in KEPT_AS_THEY_ARE:
        shutil.copy(base / name, out / name)
    shutil.copytree(base / "1_Pooling", out / "1_Pooling", dirs_exist_ok=True)
    weights = load_file(base / "model.safetensors")
    name = next(name for name in weights if "word_embeddings" in name)
    weights[name] = weights[name][kept].clone().contiguous()
    save_file(weights, str(out / "model.safetensors"), metadata={"format": "pt"})
    config = json.loads((base / "config.json").read_text("utf-8")) | {"vocab_size": len(kept)}
    (out / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    return len(kept)


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--base", type=Path, required=True)
    reading.add_argument("--out", type=Path, required=True)
    reading.add_argument("--size", type=int, default=48_000)
    reading.add_argument("--public", type=Path)
    wanted = reading.parse_args()
    texts = texts_used(Texts.from_environment(), wanted.public)
    print(cut(wanted.base, wanted.out, wanted.size, texts), "pieces")


if __name__ == "__main__":
    main()
