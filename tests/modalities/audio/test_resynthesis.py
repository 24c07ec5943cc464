"""A discriminator that looks and listens: what it scores, and that the game can be played."""

import pytest
import torch

from multigan.core.draws import seeded
from multigan.errors import ConfigError
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.audio.networks.frames import FrameDiscriminator
from multigan.modalities.audio.networks.waveform import WaveformDiscriminator
from multigan.modalities.audio.resynthesis import Listening
from multigan.modalities.recipes import recipe
from multigan.runs.session import resume, start

IF = {"name": "log_magnitude_if", "options": {"n_fft": 64, "hop_length": 16}}
HEARING = {"name": "waveform", "options": {"width": 2, "widest": 4, "windows": [128]}}
SMALL = {
    "batch_size": 2,
    "steps": 2,
    "data.limit": 24,
    "generator.width": 8,
    "discriminator.width": 8,
    "look_every": 0,
}


def test_the_second_logit_is_the_sounds():
    modality = AudioModality(8000, 1, 1024, IF)
    with seeded(0):
        looking = FrameDiscriminator(sample_shape=modality.sample_shape, width=8)
        hearing = WaveformDiscriminator(sample_shape=(1, 1024), width=2, widest=4)
        samples = torch.rand(3, *modality.sample_shape) - 0.5
    samples.requires_grad_()
    listening = Listening(looking, hearing, modality)
    logits = listening(samples)
    assert logits.shape == (3, 2)
    expected = hearing(modality.waveforms(samples)).mean(1)
    torch.testing.assert_close(logits[:, 1], expected)
    for column in range(2):  # both reach the samples, twice differentiably
        (gradient,) = torch.autograd.grad(logits[:, column].sum(), samples, create_graph=True)
        assert gradient.any()
        gradient.square().sum().backward(retain_graph=True)
    gradients = [p.grad for p in hearing.parameters() if p.grad is not None]
    assert gradients
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert len(listening.features(samples)) > len(looking.features(samples))


def test_notes_can_be_listened_to_while_training(tmp_path):
    asked = SMALL | {"objective": "resynthesis", "objective.hearing": HEARING}
    run = start(recipe("notes").changed(asked), out=tmp_path, device="cpu").fit()
    assert resume(run, steps=3, device="cpu").fit().status()["step"] == 3


def test_waveforms_need_no_resynthesis(tmp_path):
    asked = SMALL | {"objective": "resynthesis"}
    with pytest.raises(ConfigError, match="representation such as"):
        start(recipe("wavegan").changed(asked), out=tmp_path, device="cpu")
