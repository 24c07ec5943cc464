"""Texts as features: what is alike is near, and any local transformer will do."""

import pytest
import torch

from multigan.errors import CheckpointError, ConfigError
from multigan.metrics.frechet import frechet_distance
from multigan.modalities.text.metrics.encoders import TransformerEncoder, build_text_encoder

REFERENCES = [
    f"a {color} {animal} sits on a {place} ."
    for color in ("red", "black", "white")
    for animal in ("cat", "dog", "bird")
    for place in ("chair", "roof", "street")
]


def test_latent_semantics_tells_texts_apart():
    encoder = build_text_encoder("lsa", REFERENCES)
    real = encoder(REFERENCES).features
    swapped = encoder(["a chair red . cat sits on a a"] * len(REFERENCES)).features
    assert frechet_distance(real, real) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(real, swapped) > 0.1
    assert encoder.describe()["fitted_to"] == "27 references"
    assert encoder([""]).features.abs().sum() == 0


@pytest.mark.parametrize("references", [["a b", "c d"], ["a b", "a c"]])
def test_latent_semantics_needs_common_words(references):
    with pytest.raises(ConfigError, match="Fewer than two words stand in two of the 2"):
        build_text_encoder("lsa", references)


@pytest.mark.parametrize("spec", ["bert", "lsa:x", "transformer", "clip:x"])
def test_unknown_encoders_are_refused(spec):
    with pytest.raises(ConfigError, match="Known: lsa, and transformer:<folder>"):
        build_text_encoder(spec, REFERENCES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    transformers = pytest.importorskip("transformers", reason="needs the extra 'text'")
    from tokenizers import Tokenizer, models, pre_tokenizers

    folder = tmp_path_factory.mktemp("encoder")
    words = sorted({word for text in REFERENCES for word in text.split()})
    vocabulary = {word: index for index, word in enumerate(["[PAD]", "[UNK]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=32
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=32,
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def test_a_transformer_encodes_each_text_alike_whatever_stands_beside_it(folder):
    encoder = build_text_encoder(f"transformer:{folder}", REFERENCES)
    together = encoder([*REFERENCES, "a cat"]).features
    alone = encoder(["a cat"]).features
    assert together.shape == (28, 16)
    assert torch.allclose(together[-1:], alone, atol=1e-5)
    described = encoder.describe()
    assert described["model"] == "bert"
    assert described["weights"].startswith("sha256:")


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"no config\.json"):
        TransformerEncoder(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(CheckpointError, match="holds no encoder with its tokenizer"):
        TransformerEncoder(tmp_path)
