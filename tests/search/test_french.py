"""French questions: French text through its words, and through a local model of another size."""

from datetime import date
from pathlib import Path

import pytest

from clusterqa.assistant import Assistant, ingest
from clusterqa.corpus.manifest import read_manifest
from clusterqa.index.encoders import model_folder
from clusterqa.settings import UNTRAINED_MODEL
from clusterqa.types import Inquiry

MANIFEST = """
[[works]]
id = "hives"
title = "Rules on hives"
short_title = "Hives"
kind = "guide"
publisher = "Keepers"

[[works.sources]]
id = "hives-en"
language = "en"
file = "texts/hives.en.txt"

[[works.sources]]
id = "hives-fr"
language = "fr"
file = "texts/hives.fr.txt"
"""
TEXTS = {
    "en": "The ceiling for aid to hives is EUR 500 a year.\n\nKeepers write down every swarm.\n",
    "fr": "Le plafond des aides aux ruches est de 500 EUR par an.\n\n"
    "Les apiculteurs notent chaque essaim.\n",
}
QUESTION = "Quel est le plafond des aides aux ruches ?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of 32 numbers with weights drawn at random and the default model's words."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(7)
    bert, folder = tmp_path_factory.mktemp("bert"), tmp_path_factory.mktemp("model")
    words = AutoTokenizer.from_pretrained(model_folder(UNTRAINED_MODEL))
    shape = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64,
    )  # fmt: skip
    BertModel(shape).save_pretrained(bert)
    words.save_pretrained(bert)
    layers = Transformer(str(bert)), Pooling(32)
    SentenceTransformer(modules=list(layers), device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="module")
def assistant(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "manifest.toml").write_text(MANIFEST, "utf-8")
    (corpus / "texts").mkdir()
    for language, text in TEXTS.items():
        (corpus / "texts" / f"hives.{language}.txt").write_text(text, "utf-8")
    works, index = read_manifest(corpus / "manifest.toml"), corpus / "index"
    ingest(works, corpus, index, model=str(model), precision="float32", progress=lambda *_: None)
    return Assistant.open(index, today=date(2026, 1, 1))


def test_a_french_question_finds_the_french_text(assistant: Assistant, model: Path) -> None:
    """this test ensures that the language of the question decides, on both sides of the search."""
    assert assistant.index_ref.encoder == str(model)
    hits = assistant.search(Inquiry(QUESTION))
    assert {hit.passage.source for hit in hits} == {"hives-fr"}
    assert "plafond" in hits[0].passage.text
    assert hits[0].scores.lexical > 0
    assert hits[0].scores.dense == max(hit.scores.dense for hit in hits) > 0
    english = assistant.search(Inquiry("What is the ceiling for aid to hives?"))
    assert {hit.passage.source for hit in english} == {"hives-en"}


def test_what_is_only_in_the_other_language_is_searched_too(assistant: Assistant) -> None:
    """this test ensures that naming the English text answers a French question from it."""
    hits = assistant.search(Inquiry(QUESTION, documents=("hives-en",)))
    assert {hit.passage.source for hit in hits} == {"hives-en"}
