"""Models of transformers: built small from a configuration, trained, saved, loaded, sampled."""

import pytest
import torch

from multigan import Pipeline, TextTrainer
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.errors import ConfigError
from multigan.typed import Component
from tests.modalities.text.networks import GENERATOR_OPTIONS, SHAPE, V, make_generator

transformers = pytest.importorskip("transformers", reason="needs the extra 'text'")

TEXTS = [
    f"{who} {does} the {what}." for who in "ABCD" for does in ("sees", "has") for what in "xyz"
]
TINY = {
    "data.vocab_size": 300,
    "generator.config": {"n_layer": 1, "n_head": 2, "n_embd": 16, "n_positions": 64},
    "discriminator.config": {
        "model_type": "bert",
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "hidden_size": 16,
        "intermediate_size": 16,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
    },
    "objective.warmup_steps": 2,
    "objective.discriminator_warmup": 1,
    "batch_size": 4,
    "log_every": 1,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hf")
    return TextTrainer(TEXTS, recipe="hf-text", steps=4, out=folder, changes=TINY).fit()


def test_two_adversarial_steps_then_transformers_reads_what_was_saved(run, tmp_path):
    rows = run.metrics()
    assert sum("generator/adversarial" in row for row in rows) == 2
    pipeline = run.pipeline()
    folder = pipeline.save_transformers(tmp_path / "model")
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = pipeline.modality.encode_texts(["A sees the x."])
    start = torch.tensor([[pipeline.modality.end_id]])
    logits = model(torch.cat([start, ids[:, :-1]], dim=1)).logits
    torch.testing.assert_close(logits, pipeline.generator.eval()(ids), rtol=1e-4, atol=1e-5)
    assert tokenizer("A sees", add_special_tokens=False)["input_ids"] == ids[0, :2].tolist()
    written = model.generate(start, max_new_tokens=5, do_sample=False, pad_token_id=0)
    assert written.shape[0] == 1


def test_a_saved_pipeline_needs_no_folder_of_the_model(run):
    again = Pipeline.from_pretrained(run.path)
    assert again(3, seed=5) == run.pipeline()(3, seed=5)
    assert all(isinstance(text, str) for text in again(3, prompt="A sees"))


def test_a_local_model_is_trained_further(run, tmp_path):
    folder = str(run.pipeline().save_transformers(tmp_path / "model"))
    changes = {
        **TINY,
        "data.tokenizer": folder,
        "data.vocab_size": None,
        "generator": {"name": "causal-lm", "options": {"model": folder}},
    }
    del changes["generator.config"]
    further = TextTrainer(TEXTS, recipe="hf-text", steps=1, out=tmp_path, changes=changes).fit()
    moved = tmp_path / "gone"
    (tmp_path / "model").rename(moved)
    assert len(further.pipeline()(2)) == 2


def test_adapters_learn_alone_and_are_saved_and_loaded_exactly(run, tmp_path):
    folder = str(run.pipeline().save_transformers(tmp_path / "model"))
    options = {"model": folder, "adapter_rank": 2, "adapter_alpha": 8.0}
    changes = {
        **TINY,
        "data.tokenizer": folder,
        "data.vocab_size": None,
        "generator": {"name": "causal-lm", "options": options},
        "optimizers.likelihood.learning_rate": 1e-2,
    }
    del changes["generator.config"]
    adapted = TextTrainer(TEXTS, recipe="hf-text", steps=4, out=tmp_path, changes=changes).fit()
    (tmp_path / "model").rename(tmp_path / "gone")

    pipeline = adapted.pipeline()
    assert Pipeline.from_pretrained(adapted.path)(3, seed=5) == pipeline(3, seed=5)
    before = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "gone").state_dict()
    weights = pipeline.generator.state_dict()
    of_layer = {n.removeprefix("model.").replace(".layer.", "."): n for n in weights}
    for name, weight in before.items():
        torch.testing.assert_close(weights[of_layer[name]], weight, rtol=0, atol=0)
    learned = [w for name, w in weights.items() if name.endswith("up.weight")]
    assert len(learned) == 4  # attention and perceptron have two layers each
    assert all(weight.abs().sum() > 0 for weight in learned)

    merged = transformers.AutoModelForCausalLM.from_pretrained(
        pipeline.save_transformers(tmp_path / "merged")
    )
    ids = pipeline.modality.encode_texts(["A sees the x."])
    start = torch.tensor([[pipeline.modality.end_id]])
    logits = merged(torch.cat([start, ids[:, :-1]], dim=1)).logits
    torch.testing.assert_close(logits, pipeline.generator.eval()(ids), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Name either a model"),
        ({"model": "nowhere/at-all"}, "Cannot build the model nowhere/at-all"),
        ({"config": {"model_type": "gtp2"}}, "Cannot build the model"),
        ({"config": {}, "adapter_rank": -1}, "adapter_rank must be .* of at least 0, not -1"),
    ],
)
def test_mistakes_are_named(options, message):
    with pytest.raises(ConfigError, match=message):
        GENERATORS.build(
            Component("causal-lm", options), latent_dim=1, sample_shape=SHAPE, condition=None
        )


@pytest.mark.parametrize(
    ("registry", "kind", "config", "positions"),
    [
        (GENERATORS, "causal-lm", {"model_type": "gpt2", "n_layer": 1, "n_head": 1}, "n_positions"),
        (DISCRIMINATORS, "encoder", {"model_type": "bert"}, "max_position_embeddings"),
    ],
)
def test_texts_longer_than_a_models_positions_are_refused(registry, kind, config, positions):
    sizes = {"hidden_size": 8, "num_attention_heads": 1, "num_hidden_layers": 1}
    sizes = {"n_embd": 8} if kind == "causal-lm" else sizes | {"intermediate_size": 8}
    told = {"sample_shape": SHAPE, "condition": None}
    told |= {"latent_dim": 1} if kind == "causal-lm" else {}
    length = SHAPE[0]
    registry.build(Component(kind, {"config": config | sizes | {positions: length}}), **told)
    short = Component(kind, {"config": config | sizes | {positions: length - 1}})
    with pytest.raises(ConfigError, match=f"has {length - 1} positions, and texts have {length}"):
        registry.build(short, **told)


def test_a_smaller_vocabulary_is_refused(tmp_path):
    make_generator("causal-lm").model.save_pretrained(tmp_path)
    with pytest.raises(ConfigError, match=f"knows {V} tokens and the tokenizer 50"):
        GENERATORS.build(
            Component("causal-lm", {"model": str(tmp_path)}),
            latent_dim=1,
            sample_shape=(5, 50),
            condition=None,
        )
    assert GENERATOR_OPTIONS["causal-lm"]["config"]["model_type"] == "gpt2"
