"""Sampling text: what is asked for is what comes."""

import pytest
import torch

from multigan.core import engine
from multigan.core.prior import Prior
from multigan.errors import ConfigError, ShapeError
from multigan.modalities.text.choosing import Sharpening, choose_by
from multigan.modalities.text.modality import TextModality
from multigan.modalities.text.pipeline import TextPipeline
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component
from tests.modalities.text.networks import CLASSES, GENERATOR_OPTIONS, L, V, make_generator

WORDS = [chr(ord("a") + index) for index in range(V - 2)]
TOKENIZER = {"kind": "word", "lowercase": True, "spaced": True, "words": WORDS}


def pipeline(name: str = "lstm", condition=None) -> TextPipeline:
    return TextPipeline(
        make_generator(name, condition),
        TextModality(TOKENIZER, L),
        Prior(4),
        condition=condition,
        components={
            "generator": Component(name, GENERATOR_OPTIONS[name]),
            "modality": Component("text", {"tokenizer": TOKENIZER, "length": L}),
        },
    )


@pytest.mark.parametrize("name", GENERATOR_OPTIONS)
def test_the_first_texts_are_the_same_for_any_number_and_batch(name):
    writer = pipeline(name)
    texts = writer(9, seed=3, batch_size=2)
    assert writer(4, seed=3, batch_size=64) == texts[:4]
    assert writer(9, seed=4) != texts
    assert all(isinstance(text, str) for text in texts)
    ids = writer.generate_ids(9, seed=3)
    assert ids.shape == (9, L)
    assert ids.dtype == torch.int64
    assert writer.modality.decode(ids) == texts


@pytest.mark.parametrize("name", GENERATOR_OPTIONS)
def test_a_saved_pipeline_writes_the_same(name, tmp_path):
    writer = pipeline(name, CLASSES)
    again = Pipeline.from_pretrained(writer.save_pretrained(tmp_path / "saved"))
    assert isinstance(again, TextPipeline)
    assert again(6, seed=1) == writer(6, seed=1)


def test_a_prompt_begins_every_text_and_its_words_are_known():
    writer = pipeline()
    assert all(text.startswith("a b") for text in writer(8, prompt="A b"))
    with pytest.raises(ConfigError, match=r"never seen 'zebra'"):
        writer(1, prompt="a zebra")
    with pytest.raises(ConfigError, match=f"at most {L}. Shorten it"):
        writer(1, prompt="a " * L)


def test_unknown_words_are_never_written():
    assert not any("unknown" in text for text in pipeline()(200))


def test_zero_temperature_is_the_likeliest_token():
    writer = pipeline()
    texts = writer(5, temperature=0)
    assert len(set(texts)) == 1
    assert writer(5, truncation=0) == texts
    assert writer(5, top_k=1) == texts


def test_sampled_tokens_have_the_probabilities_of_the_generator():
    writer = pipeline()
    ids = writer.generate_ids(20_000, batch_size=4000)
    logits = writer.generator(torch.zeros(1, L, dtype=torch.long))[0, 0].detach()
    logits[1] = -torch.inf
    shares = ids[:, 0].bincount(minlength=V) / len(ids)
    torch.testing.assert_close(shares, logits.softmax(-1), rtol=0, atol=0.015)


def test_log_probs_are_the_generators():
    writer = pipeline()
    log_probs, ids = writer.log_probs(["a b c", "b"], batch_size=1)
    wanted = writer.generator.eval().log_probs(ids)
    torch.testing.assert_close(log_probs, wanted.detach())
    assert (log_probs[0, 4:] == 0).all()
    assert (log_probs[0, :4] < 0).all()


def test_classes_are_asked_for_by_name_or_number():
    writer = pipeline(condition=CLASSES)
    assert writer(3, condition=[0, 1, 2], seed=2) == writer(3, seed=2)
    with pytest.raises(ConfigError, match="no class 3"):
        writer(1, condition=3)


def test_there_is_no_latent_space():
    for ask in (pipeline().interpolate, pipeline().directions, pipeline().project):
        with pytest.raises(ConfigError, match="token by token"):
            ask()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -1}, "temperature must be .* 0 to 100"),
        ({"top_k": -1}, "top_k"),
        ({"top_p": 0}, "top_p"),
    ],
)
def test_wrong_sharpening_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        Sharpening(**options)


def test_sharpening_keeps_what_it_says():
    logits = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()
    torch.testing.assert_close(
        Sharpening(temperature=0.5)(logits)[0], torch.tensor([0.25, 0.09, 0.0225, 0.0025]) / 0.365
    )
    assert Sharpening(top_k=2)(logits).gt(0).tolist() == [[True, True, False, False]]
    assert Sharpening(top_p=0.75)(logits).gt(0).tolist() == [[True, True, False, False]]
    assert Sharpening(top_p=0.81)(logits).gt(0).tolist() == [[True, True, True, False]]
    assert Sharpening(never=(0,))(logits)[0, 0] == 0


def test_a_number_chooses_the_token_whose_sum_passes_it():
    probs = torch.tensor([[0.25, 0.0, 0.5, 0.25]]).repeat(5, 1)
    numbers = torch.tensor([0.0, 0.2, 0.25, 0.7, 0.9999999])
    assert choose_by(numbers, probs).tolist() == [0, 0, 2, 2, 3]


@pytest.mark.parametrize("has_float64", [True, False])
@pytest.mark.parametrize("size", [63, 64, 1000])
def test_a_token_is_where_the_summed_probabilities_pass_the_number(size, has_float64, monkeypatch):
    monkeypatch.setattr(engine, "WITHOUT_FLOAT64", set() if has_float64 else {"cpu"})
    probs = (5 * torch.randn(2000, size)).softmax(-1) * (torch.rand(2000, size) < 0.3)
    numbers = torch.rand(2000)
    numbers[:3] = torch.tensor([0.0, 1 - 2**-24, 0.5])
    tokens = choose_by(numbers, probs)
    sums = probs.double().cumsum(-1)
    wanted = torch.searchsorted(sums, numbers.unsqueeze(1) * sums[:, -1:], right=True).squeeze(1)
    assert (tokens == wanted).float().mean() > 0.998  # else two tokens meet at the number
    assert (probs.gather(1, tokens.unsqueeze(1)) > 0).all()


def test_the_modality_writes_lines(tmp_path):
    modality = TextModality({"kind": "byte"}, 4)
    assert modality.write("a\nb", tmp_path / "x.5").read_text() == "a\nb\n"
    sheet = modality.write_sheet(["a\nb", "\ud800"], tmp_path / "sheet", columns=4)
    assert sheet.read_text() == "a ⏎ b\n?\n"
    with pytest.raises(ShapeError, match="token numbers"):
        modality.encode(torch.zeros(2, 4))
    with pytest.raises(ShapeError, match="token numbers"):
        modality.decode(torch.zeros(2, 4))


@pytest.mark.parametrize("value", [float("nan"), 0.0])
def test_what_a_diverged_generator_says_is_still_a_token(value):
    tokens = choose_by(torch.full((3,), 0.5), torch.full((3, 100), value))
    assert tokens.max() < 100
