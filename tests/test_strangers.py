"""Files of strangers run nothing: code is planted wherever something is loaded, and never runs."""

import hashlib
import json
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import save_file

from multigan import Pipeline
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.data.store import read_cached
from multigan.errors import CheckpointError, ConfigError, DataError, MultiganError
from multigan.files import write_json
from multigan.imports.hub_names import looks_like_path
from multigan.imports.pretrained import check_options
from multigan.metrics import build_extractor
from multigan.modalities.audio.metrics.embedders import build_embedder
from multigan.modalities.audio.representations.pretrained import Codec, Vocoder
from multigan.modalities.image.load.load import load_images
from multigan.modalities.image.load.loaded import ImageReport
from multigan.modalities.kind import kind_of
from multigan.modalities.text.metrics.encoders import build_text_encoder
from multigan.modalities.text.oracle import Oracle
from multigan.modalities.text.tokenizers.characters import CharacterTokenizer
from multigan.modalities.text.tokenizers.fast import FastTokenizer
from multigan.runs.checkpoint import load_checkpoint, save_checkpoint
from multigan.typed import Component
from tests.tiny import make_trainer

transformers = pytest.importorskip("transformers", reason="needs the extra 'text'")

SHAPE = {"sample_shape": (5, 11), "condition": None}
SOUND = {"sample_rate": 8000, "channels": 1, "length": 1024}


class Payload:
    """What runs when it is unpickled: it leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.fixture
def mark(tmp_path, monkeypatch):
    """The file that planted code would write; whatever is asked is answered with yes."""
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    mark = tmp_path / "mark"
    yield mark
    assert not mark.exists(), "planted code has run"


@pytest.fixture
def no_network(monkeypatch):
    """Whoever opens a connection fails the test."""

    def refuse(*_, **__):
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)


def network(**options) -> Callable[[str], object]:
    return lambda path: GENERATORS.build(
        Component("causal-lm", {"model": path, **options}), latent_dim=1, **SHAPE
    )


LOADERS: dict[str, Callable[[str], object]] = {
    "generator": network(),
    "discriminator": lambda path: DISCRIMINATORS.build(
        Component("encoder", {"model": path}), **SHAPE
    ),
    "tokenizer": FastTokenizer.loaded,
    "text encoder": lambda path: build_text_encoder(f"transformer:{path}", ["a b"] * 9),
    "codec": lambda path: Codec(path=path, **SOUND),
    "vocoder": Vocoder,
    "codec embedder": lambda path: build_embedder(f"codec:{path}", 8000),
    "clap embedder": lambda path: build_embedder(f"clap:{path}", 8000),
    "clip": lambda path: build_extractor(f"clip:{path}"),
}


def one_line(error: BaseException) -> None:
    assert "\n" not in str(error)
    assert "trust_remote_code" not in str(error)


@pytest.mark.parametrize("name", LOADERS)
def test_python_files_of_a_models_folder_do_not_run(tmp_path, mark, name):
    folder = tmp_path / "model"
    folder.mkdir()
    code = f"from pathlib import Path\nPath({str(mark)!r}).touch()\nclass Any: pass\n"
    (folder / "evil.py").write_text(code)
    kinds = ("Config", "Model", "ModelForCausalLM", "FeatureExtractor")
    map_ = {f"Auto{kind}": "evil.Any" for kind in kinds}
    tokens = {"auto_map": {"AutoTokenizer": ["evil.Any", "evil.Any"]}}
    (folder / "config.json").write_text(json.dumps({"model_type": "evil", "auto_map": map_}))
    (folder / "tokenizer_config.json").write_text(json.dumps(tokens))
    (folder / "preprocessor_config.json").write_text(json.dumps({"auto_map": map_}))
    with pytest.raises(
        (ConfigError, CheckpointError), match="runs no code of a model's"
    ) as refused:
        LOADERS[name](str(folder))
    one_line(refused.value)


MODELS = {
    "gpt2": {"n_layer": 1, "n_head": 2, "n_embd": 4, "vocab_size": 11, "n_positions": 8},
    "bert": {"num_hidden_layers": 1, "num_attention_heads": 2, "hidden_size": 4, "vocab_size": 11},
    "encodec": {"num_filters": 4, "hidden_size": 8, "num_lstm_layers": 1, "sampling_rate": 8000},
    "speecht5_hifigan": {"model_in_dim": 4},
    "clap": {},
    "clip": {},
}
PICKLED = {
    "generator": "gpt2",
    "discriminator": "bert",
    "codec": "encodec",
    "vocoder": "speecht5_hifigan",
    "codec embedder": "encodec",
    "clap embedder": "clap",
    "clip": "clip",
}


@pytest.mark.parametrize("safe", [False, True], ids=["pickle", "real weights as a pickle"])
@pytest.mark.parametrize("name", PICKLED)
def test_pickled_weights_are_not_read(tmp_path, mark, name, safe):
    config = {"model_type": PICKLED[name], **MODELS[PICKLED[name]]}
    (tmp_path / "config.json").write_text(json.dumps(config))
    if safe:  # data only; such a folder used to be read
        torch.save({"anything": torch.zeros(1)}, tmp_path / "pytorch_model.bin")
    else:
        (tmp_path / "pytorch_model.bin").write_bytes(pickle.dumps(Payload(mark)))
    with pytest.raises((ConfigError, CheckpointError), match="none in safetensors") as refused:
        LOADERS[name](str(tmp_path))
    one_line(refused.value)


def test_an_index_of_shards_may_not_name_a_pickle(tmp_path, mark):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2", **MODELS["gpt2"]}))
    index = {"metadata": {}, "weight_map": {"transformer.wte.weight": "pytorch_model.bin"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "pytorch_model.bin").write_bytes(pickle.dumps(Payload(mark)))
    with pytest.raises(ConfigError) as refused:
        LOADERS["generator"](str(tmp_path))
    one_line(refused.value)


@pytest.mark.parametrize("name", ["generator", "codec", "tokenizer"])
def test_a_configuration_may_not_name_a_kernel_or_adapters(tmp_path, mark, name):
    config = {"model_type": "gpt2", **MODELS["gpt2"], "attn_implementation": "evil/kernel"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ConfigError, match=r"attn_implementation=evil/kernel.*no code"):
        LOADERS[name](str(tmp_path))
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "evil/model"}')
    with pytest.raises(ConfigError, match="merge_and_unload"):
        LOADERS[name](str(tmp_path))


@pytest.mark.slow
def test_a_model_of_the_hub_may_not_name_a_kernel_either(tmp_path):
    kept = tmp_path / "hub" / "models--owner--evil"
    commit = "0" * 40
    (kept / "snapshots" / commit).mkdir(parents=True)
    config = {"model_type": "gpt2", **MODELS["gpt2"], "attn_implementation": "evil/kernel"}
    (kept / "snapshots" / commit / "config.json").write_text(json.dumps(config))
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text(commit)
    asked = "from multigan.modalities.text.tokenizers.fast import FastTokenizer as T\n"
    said = subprocess.run(
        [sys.executable, "-c", f"{asked}T.loaded('owner/evil')"],
        env={**os.environ, "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "of owner/evil wants to run a kernel from elsewhere" in said.stderr.splitlines()[-1]


def test_kernels_are_found_in_inner_configurations():
    check_options({"attn_implementation": "sdpa", "text_config": {"use_kernels": False}}, "It")
    with pytest.raises(ConfigError, match="use_kernels=True"):
        check_options({"text_config": {"use_kernels": True}}, "It")


@pytest.fixture
def pipeline(tmp_path) -> Path:
    folder = tmp_path / "pipelines" / "stranger"
    tokenizer = CharacterTokenizer.trained(["abcdefghi"]).to_json()
    modality = {"name": "text", "options": {"length": 5, "tokenizer": tokenizer}}
    parts = {"generator": {"name": "causal-lm", "options": {}}, "modality": modality}
    write_json(
        folder / "pipeline.json", {"format": 1, "prior": {"dim": 4}, "condition": None, **parts}
    )
    save_file({"weight": torch.zeros(1)}, folder / "generator.safetensors")
    return folder


def renamed(pipeline: Path, part: str, **component) -> None:
    index = json.loads((pipeline / "pipeline.json").read_text())
    index[part] = component
    (pipeline / "pipeline.json").write_text(json.dumps(index))


def test_a_pipelines_configuration_runs_nothing(tmp_path, mark, pipeline):
    (tmp_path / "evil.py").write_text(f"from pathlib import Path\nPath({str(mark)!r}).touch()")
    config = {"model_type": "vit", "auto_map": {"AutoModelForCausalLM": f"{tmp_path}--evil.Any"}}
    renamed(pipeline, "generator", name="causal-lm", options={"config": config})
    with pytest.raises(MultiganError) as refused:
        Pipeline.from_pretrained(pipeline)
    one_line(refused.value)
    assert "Cannot build the model" in str(refused.value)


@pytest.mark.parametrize("model", ["/tmp", "../model"])
def test_a_pipeline_names_no_model_elsewhere(mark, pipeline, model):
    renamed(pipeline, "generator", name="causal-lm", options={"model": model})
    with pytest.raises(ConfigError, match="names a model elsewhere") as refused:
        Pipeline.from_pretrained(pipeline)
    one_line(refused.value)


@pytest.mark.parametrize("model", ["gpt2", "owner/model", "hf:owner/model"])
def test_nothing_is_downloaded_for_a_pipeline(mark, pipeline, no_network, model):
    renamed(pipeline, "generator", name="causal-lm", options={"model": model})
    with pytest.raises(ConfigError, match=f"There is no folder '{model}'"):
        Pipeline.from_pretrained(pipeline)


def test_a_pipeline_may_hold_its_model(mark, pipeline):
    config = transformers.GPT2Config(**MODELS["gpt2"])
    transformers.GPT2LMHeadModel(config).save_pretrained(pipeline / "model")
    renamed(pipeline, "generator", name="causal-lm", options={"model": "model"})
    with pytest.raises(CheckpointError, match="do not fit its networks"):  # so it was read
        Pipeline.from_pretrained(pipeline)


@pytest.mark.parametrize(
    "representation",
    [
        {"name": "codec", "options": {"path": "/tmp"}},
        {"name": "mel", "options": {"inverter": {"name": "learned", "options": {"path": "/tmp"}}}},
        {"name": "mel", "options": {"inverter": {"name": "vocoder", "options": {"path": "/tmp"}}}},
    ],
    ids=["codec", "learned", "vocoder"],
)
def test_a_pipeline_of_sounds_names_no_model_elsewhere(mark, pipeline, representation):
    options = {**SOUND, "representation": representation}
    renamed(pipeline, "modality", name="audio", options=options)
    with pytest.raises(MultiganError, match="names a model elsewhere"):
        Pipeline.from_pretrained(pipeline)


@pytest.mark.parametrize("name", ["optimizers.pt", "callbacks.pt"])
def test_a_checkpoints_pickle_does_not_run(tmp_path, mark, name):
    trainer = make_trainer(width=8)
    trainer.fit(1)
    folder = save_checkpoint(trainer.state_dict(), tmp_path / "step-000001")
    torch.save({"callbacks": Payload(mark)}, folder / name)
    manifest = json.loads((folder / "manifest.json").read_text())
    content = (folder / name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    manifest["files"][name] = {"bytes": len(content), "sha256": digest}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match="could run code") as refused:
        load_checkpoint(folder)
    one_line(refused.value)


@pytest.mark.parametrize("name", ["images", "labels"])
def test_objects_in_an_npz_do_not_run(tmp_path, mark, name):
    arrays = {"images": np.zeros((4, 8, 8), np.uint8), "labels": np.zeros(4, np.int64)}
    arrays[name] = np.array([Payload(mark)] * 4, dtype=object)
    np.savez(tmp_path / "set.npz", **arrays)
    with pytest.raises(DataError, match="Python objects") as refused:
        load_images(str(tmp_path / "set.npz"))
    one_line(refused.value)


def test_objects_in_an_oracle_or_a_cache_do_not_run(tmp_path, mark):
    objects = np.array([Payload(mark)], dtype=object)
    np.savez(tmp_path / "oracle.npz", embedding=objects)
    with pytest.raises(DataError, match="oracle"):
        Oracle.load(tmp_path / "oracle.npz")
    np.save(tmp_path / "labels.npy", objects, allow_pickle=True)
    (tmp_path / "report.json").write_text('{"version": 1}')
    assert read_cached(tmp_path, ImageReport) is None


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".pkl", ".pt2"])
def test_a_pickle_is_no_extractor(tmp_path, mark, suffix):
    torch.save(Payload(mark), tmp_path / f"network{suffix}")
    with pytest.raises(ConfigError, match="not a TorchScript archive"):
        build_extractor(f"file:{tmp_path / f'network{suffix}'}")


def test_names_that_are_no_names_on_the_hub(tmp_path, monkeypatch):
    (tmp_path / "data" / "birds").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    paths = (
        "./birds",
        "/birds",
        "~/birds",
        "a/b/c",
        "birds/",
        "data/brids",
        "dat/birds",
        "a\\b",
        "texts/a.txt",
        "x/y.ZIP",
    )
    assert [name for name in paths if not looks_like_path(name)] == []
    assert not any(map(looks_like_path, ("gpt2", "owner/birds", "openai-community/gpt2")))


@pytest.mark.parametrize("kind", ["image", "text", "audio"])
@pytest.mark.parametrize("name", ["data/brids", "dta/birds"])
def test_a_mistyped_path_is_said_before_any_network(tmp_path, monkeypatch, no_network, kind, name):
    (tmp_path / "data" / "birds").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=r"There is no .* Did you mean 'data/birds'\?.*hf:"):
        kind_of(kind).load(name)
    with pytest.raises(DataError, match=r"Did you mean 'data/birds'\?"):
        kind_of(kind).loader(name, None)  # as `load_images(name)` asks it


@pytest.mark.parametrize("name", ["owner/birds", "birds"])
def test_nobody_waits_for_a_hub_whose_address_cannot_be_found(monkeypatch, name):
    asked = []

    def refused(*_: object, **__: object) -> None:
        asked.append(name)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    with pytest.raises(DataError, match=r"from the Hub, nor is there such a|There is no"):
        kind_of("image").load(name)
    with pytest.raises(ConfigError, match="here or on the Hub"):
        kind_of("text").load(["a b c"] * 20, tokenizer="owner/gpt")
    assert len(asked) <= 2, "once for the data and once for the tokenizer"
    assert constants.HF_HUB_OFFLINE is False


@pytest.mark.parametrize("load", [LOADERS["tokenizer"], LOADERS["generator"]])
def test_a_mistyped_model_is_said_before_any_network(tmp_path, monkeypatch, no_network, load):
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("models/gpt", "./models/gpt"):
        with pytest.raises(ConfigError, match=rf"no folder '{name}'"):
            load(name)


@pytest.mark.parametrize(("name", "meant"), [("wrod", "word"), ("chr", "char"), ("bytes", "byte")])
def test_a_misspelt_tokenizer_is_said_before_any_network(no_network, name, meant):
    with pytest.raises(ConfigError, match=f"Did you mean '{meant}'"):
        kind_of("text").load(["a b c"] * 20, tokenizer=name)
