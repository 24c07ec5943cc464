"""A generator that gives back real clips is as good as real ones; one of noise is not."""

import json

import pytest
import torch
from torch import nn

from multigan.core.prior import Prior
from multigan.core.registries import build_modality
from multigan.errors import ConfigError, UnknownNameError
from multigan.metrics.evaluation import EvaluationConfig
from multigan.modalities.audio import evaluator as audio_evaluator
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.kind import kind_of
from multigan.runs.evaluate import evaluate_pipeline
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component
from tests.data.sounds import write

RATE, LENGTH, PITCHES = 8000, 2048, (57, 64, 71)


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    """Sixty decaying notes of three pitches, as a labelled set."""
    root = tmp_path_factory.mktemp("notes")
    time = torch.arange(LENGTH) / RATE
    generator = torch.Generator().manual_seed(0)
    for pitch in PITCHES:
        for index in range(20):
            detune, level, decay = torch.rand(3, generator=generator).tolist()
            hertz = 440 * 2 ** ((pitch - 69 + 0.2 * detune) / 12)
            tone = sum((2 * torch.pi * k * hertz * time).sin() / k**2 for k in (1, 2, 3, 4))
            sound = (0.2 + 0.2 * level) * tone * (-(3 + 9 * decay) * time).exp()
            write(root / str(pitch) / f"{index:02d}.wav", sound.numpy(), RATE)
    return load_audio(root, length=LENGTH, trim_db=None)


class Replay(nn.Module):
    """Gives back the class's own clips, picked by the latent."""

    def __init__(self, samples, labels) -> None:
        super().__init__()
        self.samples, self.labels = samples, labels
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, latent, condition=None):
        picked = [
            self.samples[self.labels == label][int(1000 * z[0].abs()) % 20]
            for z, label in zip(latent, condition, strict=True)
        ]
        return torch.stack(picked) + self.weight


class Noise(Replay):
    def forward(self, latent, condition=None):
        generator = torch.Generator().manual_seed(0)
        return torch.rand(len(latent), *self.samples.shape[1:], generator=generator) * 2 - 1


def pipeline(notes, kind, representation="log_magnitude_if") -> Pipeline:
    component = kind_of("audio").component(notes, Component(representation))
    modality = build_modality(Component(**json.loads(json.dumps(vars(component)))))
    raw, labels = notes.source.read(torch.arange(len(notes)))
    generator = kind(modality.encode(raw), labels)
    return Pipeline(generator, modality, Prior(4), condition=notes.condition)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(audio_evaluator, "CLASSIFIER_STEPS", 25)


def asked(pipeline, notes, extractor="") -> EvaluationConfig:
    return EvaluationConfig(pipeline, notes, notes, "notes", (), 20, extractor, 0, None)


def by_name(results):
    return {result.name: result for result in results}


def test_real_clips_are_as_good_as_real_clips_and_noise_is_not(notes, quick):
    good = by_name(evaluate_pipeline(pipeline(notes, Replay), notes, num_samples=48))
    bad = by_name(evaluate_pipeline(pipeline(notes, Noise), notes, num_samples=48))
    assert good["agreement"].value > 0.9
    assert bad["agreement"].value < 0.6
    for name in ("frechet", "kernel", "divergence", "different-bins"):
        assert good[name].value < bad[name].value, name
    assert good["pitch"].value > 0.9
    assert good["pitch"].round_trip_bound > 0.9
    assert bad["pitch"].value < 0.3
    assert good["novelty"].value < 0.1  # they are copies
    assert good["novelty"].control == pytest.approx(1, abs=0.1)
    assert bad["novelty"].value > 2
    assert all(result.round_trip_bound is not None for result in good.values())
    assert good["clipping"].value == 0


def test_what_cannot_be_measured_is_said_at_once(notes):
    made = pipeline(notes, Replay)
    with pytest.raises(UnknownNameError, match=r"'claap'\. Did you mean 'clap'"):
        evaluate_pipeline(made, notes, extractor="claap")
    with pytest.raises(ConfigError, match="At least 1 sample is measured, not 0"):
        evaluate_pipeline(made, notes, num_samples=0)


def test_metrics_can_be_chosen_and_unknown_ones_are_named(notes):
    chosen = ["silence", "frechet"]
    results = evaluate_pipeline(
        pipeline(notes, Replay), notes, metrics=chosen, num_samples=30, extractor="random-conv"
    )
    assert [result.name for result in results] == chosen
    with pytest.raises(UnknownNameError, match="loudness"):
        evaluate_pipeline(pipeline(notes, Replay), notes, metrics=["loudnes"], num_samples=30)


def test_what_does_not_suit_the_representation_is_said(notes):
    waveform = pipeline(notes, Replay, "waveform")
    with pytest.raises(ConfigError, match="no frames"):
        evaluate_pipeline(
            waveform, notes, metrics=["buzz"], num_samples=20, extractor="random-conv"
        )
    names = audio_evaluator.suitable(asked(waveform, notes, "random-conv"))
    assert "buzz" not in names


def test_a_generator_without_classes_is_still_judged_by_a_classifier(notes):
    alone = pipeline(notes, Replay)
    alone.condition = None
    names = audio_evaluator.suitable(asked(alone, notes))
    assert "score" in names
    assert not {"agreement", "diversity", "pitch"} & set(names)


def test_digits_are_no_pitches(notes):
    assert audio_evaluator.pitches_of(notes.condition).tolist() == list(PITCHES)
    names = tuple("0123456789")
    condition = type(notes.condition)("class", 10, names)
    assert audio_evaluator.pitches_of(condition) is None
    assert audio_evaluator.pitches_of(type(condition)("class", 2, ("cat", "dog"))) is None
    assert audio_evaluator.pitches_of(None) is None
