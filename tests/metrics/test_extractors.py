"""Extractors: features of any sample, the same for the same seed; unsafe files are refused."""

import json
import pickle
import warnings

import pytest
import torch
from torch import Tensor, nn

from multigan.errors import CheckpointError, ConfigError, ShapeError, UnknownNameError
from multigan.imports import torchaudio_guard as compat
from multigan.metrics import (
    EXTRACTORS,
    Features,
    ModuleExtractor,
    build_extractor,
    extract,
    frechet_distance,
)
from multigan.metrics import pretrained_extractors as weights
from multigan.metrics.pretrained_extractors import Inception


def samples(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


SHAPES = [(1, 28, 28), (3, 32, 32), (1, 80, 16), (2, 400), (3, 1, 1), (5, 7, 9)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_random_conv_takes_every_size(shape):
    features = build_extractor("random-conv")(samples(4, *shape))
    assert features.features.shape == (4, 192)
    assert features.features.isfinite().all()
    assert features.logits is None


def test_random_conv_is_a_function_of_its_seed():
    images, before = samples(4, 3, 8, 8), torch.get_rng_state()
    first = build_extractor("random-conv", seed=1)(images)
    assert torch.equal(build_extractor("random-conv", seed=1)(images).features, first.features)
    assert not torch.equal(build_extractor("random-conv")(images).features, first.features)
    assert torch.equal(torch.get_rng_state(), before)
    assert first.extractor["seed"] == 1


def test_random_conv_sees_blur_that_leaves_the_mean_alone():
    images = samples(400, 1, 16, 16)
    blurred = torch.nn.functional.avg_pool2d(images, 3, 1, 1)
    extractor = build_extractor("random-conv")
    real, other, fake = (
        extract(extractor, x).features for x in (images, samples(400, 1, 16, 16, seed=1), blurred)
    )
    assert frechet_distance(real, fake) > 5 * frechet_distance(real, other)


def test_flat_features_are_the_values():
    points = samples(5, 2)
    assert torch.equal(build_extractor("flat")(points).features, points)
    with pytest.raises(ShapeError, match="flat"):
        build_extractor("random-conv")(points)


def test_an_extractor_goes_where_it_is_sent_and_takes_its_samples_along():
    class Where(nn.Module):
        def forward(self, samples: Tensor) -> Tensor:
            seen.append((samples.device.type, samples.dtype))
            return torch.zeros(len(samples), 2)

    seen: list[tuple[str, torch.dtype]] = []
    plain = ModuleExtractor(Where())
    plain(samples(3, 2))
    assert plain.to("meta") is plain  # it has no weights whose place it could share
    plain(samples(3, 2))
    assert [device for device, _ in seen] == ["cpu", "meta"]

    weighted = ModuleExtractor(nn.Linear(2, 2)).to("meta")
    assert weighted.module.weight.device.type == "meta"


def test_extract_joins_batches():
    extractor, images = build_extractor("random-conv"), samples(10, 1, 8, 8)
    whole = extract(extractor, images)
    assert whole.extractor == extractor.describe()
    for parts in (extract(extractor, images, batch_size=3), extract(extractor, images.split(4))):
        torch.testing.assert_close(parts.features, whole.features)
    with pytest.raises(ConfigError, match="no samples"):
        extract(extractor, [])


def test_a_module_runs_in_evaluation_mode_and_gives_logits():
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm1d(3)

        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
            return self.norm(x), x

    module = Two().train()
    extractor = ModuleExtractor(module, name="two")
    module.train()
    points = samples(6, 3)
    features = extract(extractor, points)
    torch.testing.assert_close(features.features, points, atol=1e-4, rtol=1e-4)
    assert torch.equal(features.logits, points)
    assert module.norm.num_batches_tracked == 0


def test_a_description_is_json_and_tells_weights_apart():
    one, other = ModuleExtractor(nn.Linear(2, 3)), ModuleExtractor(nn.Linear(2, 3))
    assert json.loads(json.dumps(one.describe())) == one.describe()
    assert one.describe()["weights"] != other.describe()["weights"]
    assert one.describe()["inception"] is False
    assert ModuleExtractor(nn.Linear(2, 3), inception=True).describe()["inception"] is True


def test_unknown_names_and_options_are_explained():
    with pytest.raises(UnknownNameError, match="Did you mean 'random-conv'"):
        build_extractor("random-cnv")
    with pytest.raises(ConfigError, match="Its options are: seed"):
        build_extractor("random-conv:somewhere")
    assert {"random-conv", "classifier", "module", "file", "clip", "inception"} <= set(EXTRACTORS)


def test_features_keep_their_rows_together():
    features = Features(samples(7, 2), logits=samples(7, 3), labels=torch.arange(7))
    left, right = features.halves(seed=0)
    assert len(left) == len(right) == 3
    assert not set(left.labels.tolist()) & set(right.labels.tolist())
    assert torch.equal(left.features, features.features[left.labels])
    assert torch.equal(left.logits, features.logits[left.labels])
    with pytest.raises(ShapeError, match="6 labels for 7 samples"):
        features.with_labels(torch.arange(6))
    with pytest.raises(ShapeError, match=r"\(N, F\)"):
        Features(samples(7))


# Local files


def save_torchscript(module: nn.Module, path, *example: Tensor) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript is deprecated; Inception's file is older
        script = torch.jit.trace(module, example) if example else torch.jit.script(module)
        script.save(str(path))


def test_torchscript_files_are_extractors(tmp_path):
    module, images = nn.Conv2d(3, 4, 3), samples(5, 3, 8, 8)
    save_torchscript(module, tmp_path / "net.pt", images)
    extractor = build_extractor(f"file:{tmp_path / 'net.pt'}")
    torch.testing.assert_close(extractor(images).features, module(images).detach().flatten(1))
    assert extractor.name == "file:net.pt"
    assert extractor.describe()["weights"].startswith("sha256:")
    assert not extractor.describe()["inception"]


class Trap:
    """Runs code when unpickled."""

    def __reduce__(self):
        return print, ("unpickled",)


def test_pickles_are_refused_unread(tmp_path, capsys):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(Trap()))
    torch.save(Trap(), tmp_path / "b.pth")
    program = torch.export.export(nn.Linear(2, 3), (torch.zeros(1, 2),))
    torch.export.save(program, tmp_path / "c.pt2")
    for name in ("a.pkl", "b.pth", "c.pt2"):
        with pytest.raises(ConfigError, match=r"not a TorchScript archive.*ModuleExtractor"):
            build_extractor(f"file:{tmp_path / name}")
    assert capsys.readouterr().out == ""


def test_missing_files_are_explained(tmp_path):
    for spec in ("file", "inception", "clip", "classifier"):
        with pytest.raises(CheckpointError, match="nowhere"):
            build_extractor(f"{spec}:{tmp_path / 'nowhere'}")


class Detector(nn.Module):
    """Has the calling convention of NVIDIA's Inception file."""

    def forward(
        self, images: Tensor, return_features: bool = False, no_output_bias: bool = False
    ) -> Tensor:
        pixels = images.float().flatten(1)
        if return_features:
            return pixels
        return (pixels[:, :5] / 255).softmax(1)


def test_only_the_known_file_is_inception(tmp_path, monkeypatch):
    path = tmp_path / "inception-2015-12-05.pt"
    save_torchscript(Detector(), path)
    with pytest.raises(ConfigError, match="not the Inception network"):
        build_extractor(f"inception:{path}")
    assert not build_extractor(f"file:{path}").describe()["inception"]

    monkeypatch.setattr(weights, "INCEPTION_SHA256", weights.file_hash(path))
    for spec in ("inception", "file"):
        description = build_extractor(f"{spec}:{path}").describe()
        assert description["inception"] is True
        assert description["resize"] == "299x299, inside the network"


def test_inception_sees_the_original_bytes_in_color(tmp_path):
    save_torchscript(Detector(), tmp_path / "net.pt")
    network = Inception(weights.load_torchscript(tmp_path / "net.pt"))
    pixels = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    features, logits = network(pixels / 127.5 - 1)
    assert torch.equal(features, pixels.float().flatten(1).repeat(1, 3))
    torch.testing.assert_close(logits.softmax(1), (pixels.flatten(1)[:, :5] / 255).softmax(1))
    with pytest.raises(ShapeError, match="gray or in color"):
        network(samples(2, 2, 8, 8))


@pytest.fixture
def transformers():
    compat.install()  # as the package does before it imports transformers
    return pytest.importorskip("transformers", reason="CLIP needs the extra 'text'")


@pytest.mark.parametrize("projected", [False, True], ids=["vision model", "whole model"])
def test_clip_embeds_images_of_any_size(tmp_path, transformers, projected):
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1}
    sizes |= {"num_attention_heads": 2, "projection_dim": 6}
    vision = sizes | {"image_size": 16, "patch_size": 8}
    if projected:
        config = transformers.CLIPConfig(
            vision_config=vision, text_config=sizes | {"vocab_size": 9}, projection_dim=6
        )
        transformers.CLIPModel(config).save_pretrained(tmp_path)
    else:
        config = transformers.CLIPVisionConfig(**vision)
        transformers.CLIPVisionModel(config).save_pretrained(tmp_path)
    extractor = build_extractor(f"clip:{tmp_path}")
    images = samples(3, 1, 20, 24)
    assert extractor(images).features.shape == (3, 6 if projected else 16)
    assert extractor.describe()["resize"].startswith("16x16")
    assert not torch.equal(extractor(images).features, extractor(-images).features)

    (tmp_path / "model.safetensors").rename(tmp_path / "elsewhere")
    with pytest.raises(CheckpointError, match="safetensors"):
        build_extractor(f"clip:{tmp_path}")
