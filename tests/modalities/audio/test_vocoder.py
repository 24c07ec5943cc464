"""The learned inverter: its losses' truths, a few steps that bring it nearer, and its use."""

import math
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from multigan.errors import ConfigError
from multigan.modalities.audio.networks.vocos import Vocos
from multigan.modalities.audio.representations.inversion import INVERTERS
from multigan.modalities.audio.representations.representation import REPRESENTATIONS
from multigan.modalities.audio.vocoder import MelLoss
from multigan.modalities.recipes import recipe
from multigan.runs.evaluate import evaluate_run
from multigan.runs.session import start
from multigan.runs.synthesis import synthesize
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component

SMALL = {
    "batch_size": 2,
    "steps": 16,
    "optimizers.generator.learning_rate": 3e-3,
    "generator.width": 24,
    "generator.depth": 2,
    "generator.griffin_lim": 4,
    "discriminator.width": 2,
    "discriminator.widest": 4,
    "data.limit": 24,
    "look_every": 0,
    "log_every": 2,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    small = recipe("vocoder").changed(SMALL | {"schedules": {}})
    return start(small, out=tmp_path_factory.mktemp("runs"), device="cpu").fit()


def test_the_mel_loss_of_a_quieter_sound_is_its_ratio():
    time = torch.arange(4096) / 8000
    generator = torch.Generator().manual_seed(0)
    noise = 0.1 * torch.randn(2, 1, 4096, generator=generator) + torch.sin(2000 * time)
    resolutions = [(256, 20), (512, 40)]
    loss = MelLoss(8000, quietest=1e-9, reference=384, resolutions=resolutions)
    assert loss(noise, noise).item() == 0
    # A tenth of the magnitude is one step of base-10 logarithms, in each of the two windows.
    assert loss(noise, 0.1 * noise).item() == pytest.approx(2.0, rel=1e-3)


def test_the_mel_loss_of_silence_has_a_gradient():
    silence = torch.zeros(1, 1, 2048, requires_grad=True)
    loss = MelLoss(8000, quietest=1e-3, reference=384)(torch.randn(1, 1, 2048), silence)
    (gradient,) = torch.autograd.grad(loss, silence)
    assert gradient.isfinite().all()


def test_what_is_below_the_quietest_hardly_counts():
    generator = torch.Generator().manual_seed(0)
    faint, fainter = 1e-5 * torch.randn(2, 1, 1, 4096, generator=generator)
    loss = MelLoss(8000, quietest=3e-3, reference=384)
    assert loss(faint, 0.1 * fainter) < 0.02


def test_a_draft_is_what_griffin_lim_makes_and_is_left_alone_to_begin_with(tmp_path):
    small = recipe("vocoder").changed(SMALL | {"steps": 0})
    generator = start(small, out=tmp_path, device="cpu").fit().pipeline().generator
    options = {name: generator.mel_options[name] for name in generator.mel_options}
    inverter = {"name": "griffin_lim", "options": {"iterations": 4}}
    build = {"sample_rate": 8000, "channels": 1, "length": 6144}
    mel = REPRESENTATIONS.build(Component("mel", options | {"inverter": inverter}), **build)
    rows = generator.examples[:2].view(2, generator.mel_options["n_mels"], -1)
    wanted = mel.synthesize(rows[:, None])
    made = generator(generator.examples[:2]).detach()
    assert (made - wanted).norm() < 0.1 * wanted.norm()
    longer = torch.cat([rows, rows], 2)  # twice as long as it was built for
    direction = generator.spectrum(longer)
    assert direction.shape[2] == longer.shape[2]


def test_a_drafts_gradient_is_how_loudness_follows_the_spectrogram(tmp_path):
    small = recipe("vocoder").changed(SMALL | {"steps": 0})
    generator = start(small, out=tmp_path, device="cpu").fit().pipeline().generator
    latent = generator.examples[:1].clone().requires_grad_()

    def level(louder: float) -> torch.Tensor:
        return generator(latent + louder).square().sum().log()

    (gradient,) = torch.autograd.grad(level(0.0), latent)
    with torch.no_grad():
        slope = (level(0.01) - level(-0.01)) / 0.02
    assert gradient.sum().item() == pytest.approx(slope.item(), rel=0.2)


@pytest.mark.slow
def test_training_brings_spectrograms_nearer(tmp_path):
    alone = SMALL | {"schedules": {}, "generator.griffin_lim": 0}
    run = start(recipe("vocoder").changed(alone), out=tmp_path, device="cpu").fit()
    losses = [row["generator/mel"] for row in run.metrics() if "generator/mel" in row]
    assert losses[-1] < 0.95 * losses[0]


def test_samples_are_copies_of_examples(run):
    pipeline = run.pipeline()
    first, *_, ninth = pipeline(9)
    assert pipeline.generator.examples.any()
    torch.testing.assert_close(first.waveform, ninth.waveform)  # of eight


def test_measuring_copies_of_examples_is_refused(run):
    with pytest.raises(ConfigError, match=r'multigan inspect DATA .*n_fft=384.*"learned"'):
        evaluate_run(run)


def test_adding_copies_of_examples_to_data_is_refused(run):
    with pytest.raises(ConfigError, match="copies of its few examples"):
        synthesize([], run)


def test_a_trained_one_inverts_mel_spectrograms(run):
    options = run.recipe.generator.options
    mel = {name: options[name] for name in ("n_fft", "hop_length", "n_mels", "floor")}
    inverter = {"name": "learned", "options": {"path": str(run.path)}}
    build = {"sample_rate": 8000, "channels": 1, "length": 6144}
    found = REPRESENTATIONS.build(Component("mel", mel | {"inverter": inverter}), **build)
    waveform = torch.sin(2 * math.pi * 440 / 8000 * torch.arange(6144))[None, None]
    planes = found.analyze(waveform)
    made = found.synthesize(planes)
    generator = run.pipeline().generator
    torch.testing.assert_close(made, generator(planes.flatten(1)).detach(), atol=1e-5, rtol=0)
    for change in ({"n_mels": 32}, {"hop_length": 48}, {"floor": 1e-4}):
        with pytest.raises(ConfigError, match=next(iter(change))):
            REPRESENTATIONS.build(Component("mel", mel | change | {"inverter": inverter}), **build)


def test_what_is_saved_with_one_sounds_the_same_without_it(run, tmp_path, monkeypatch):
    vocoder = shutil.copytree(run.path, tmp_path / "vocoder")
    monkeypatch.chdir(tmp_path)
    inverter = {"name": "learned", "options": {"path": "vocoder"}}
    small = recipe("speech").changed(
        {"representation.inverter": inverter, "data.limit": 24, "steps": 1, "batch_size": 2}
        | {"look_every": 0, "generator.width": 4, "discriminator.width": 4}
    )
    trained = start(small, out=tmp_path, device="cpu").fit()
    assert Path(trained.recipe.representation.options["inverter"]["options"]["path"]).is_absolute()
    monkeypatch.chdir("/")
    before = trained.pipeline()(1, seed=0)[0].waveform
    weights = vocoder / "pipeline" / "generator.safetensors"
    save_file({name: 2 * t for name, t in load_file(weights).items()}, weights)  # trained further
    moved = trained.pipeline().save_pretrained(tmp_path / "moved")
    shutil.rmtree(vocoder)
    for pipeline in (trained.pipeline(), Pipeline.from_pretrained(moved)):
        torch.testing.assert_close(pipeline(1, seed=0)[0].waveform, before, rtol=0, atol=0)


def test_a_folder_without_a_vocoder_is_named(tmp_path):
    with pytest.raises(ConfigError, match="no trained vocoder"):
        INVERTERS.build(Component("learned", {"path": str(tmp_path)}))


def test_a_latent_of_another_size_is_refused_with_the_right_one():
    with pytest.raises(ConfigError, match="latent_dim=4096"):
        Vocos(latent_dim=64, sample_shape=(1, 4096))


def test_other_networks_are_refused(tmp_path):
    other = recipe("vocoder").changed({"data.limit": 24, "discriminator": "wavegan"})
    with pytest.raises(ConfigError, match="recipe 'vocoder'"):
        start(other, out=tmp_path, device="cpu")


@pytest.mark.slow
def test_half_precision_trains_it_too(tmp_path):
    small = recipe("vocoder").changed(SMALL | {"steps": 1, "precision": "bfloat16"})
    session = start(small, out=tmp_path, device="cpu")
    assert session.fit().status()["state"] == "finished"
    said = [note for note in session.notes if "bfloat16" in note]
    assert len(said) <= 1  # where this processor's convolutions fail
