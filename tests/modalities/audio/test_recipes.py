"""Every recipe of sounds trains, resumes and samples; what it makes are sounds."""

import pytest
import torch

from multigan.errors import ConfigError
from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.recipes import RECIPES, recipe
from multigan.runs.evaluate import evaluate_pipeline
from multigan.runs.session import resume, start

SMALL = {
    "batch_size": 2,
    "generator.width": 4,
    "discriminator.width": 4,
    "data.limit": 24,
    "steps": 2,
    "look_every": 0,
}
SOUNDS = sorted(name for name, make in RECIPES.items() if make().modality == "audio")


@pytest.mark.parametrize("name", SOUNDS)
def test_every_recipe_trains_resumes_and_samples(name, tmp_path):
    run = start(recipe(name).changed(SMALL), out=tmp_path, device="cpu").fit()
    assert resume(run, steps=3, device="cpu").fit().status()["step"] == 3
    sounds = run.pipeline()(3)
    assert all(isinstance(sound, Audio) for sound in sounds)
    assert all(sound.waveform.isfinite().all() and sound.waveform.any() for sound in sounds)


def test_a_vocoder_is_not_asked_for_metrics_that_it_has_not(tmp_path):
    asked = recipe("vocoder").changed(SMALL | {"evaluate_every": 1})
    with pytest.raises(ConfigError, match=r"evaluate_every=1: A vocoder .* evaluate_every=0"):
        start(asked, out=tmp_path, device="cpu")
    assert not any(tmp_path.iterdir())


def test_sounds_with_numbers_are_learned_sampled_and_measured(tmp_path):
    time = torch.arange(1024) / 8000
    hertz = 200 + 1000 * torch.rand(12, generator=torch.Generator().manual_seed(0))
    sounds = 0.5 * (2 * torch.pi * hertz[:, None] * time).sin()
    asked = SMALL | {"data.sample_rate": 8000, "steps": 1}
    run = start(recipe("notes").changed(asked), data=(sounds, hertz), out=tmp_path, device="cpu")
    pipeline = run.fit().pipeline()
    assert pipeline.condition.kind == "vector"
    assert len(pipeline(2, condition=torch.tensor([[440.0], [660.0]]))) == 2
    own = load_audio((sounds, hertz), sample_rate=8000)
    names = ["frechet", "silence"]
    found = evaluate_pipeline(pipeline, own, num_samples=12, metrics=names)
    assert {result.name for result in found} == set(names)


def test_the_recipes_of_the_papers_play_their_game():
    for name in ("specgan", "wavegan"):
        paper = recipe(name)
        assert (paper.loss, paper.discriminator_steps, paper.batch_size) == ("wasserstein", 5, 64)
        assert paper.regularizers == {"gradient_penalty": {"weight": 10.0}}
        adam = paper.optimizers["generator"]
        assert (adam.learning_rate, adam.beta1, adam.beta2) == (1e-4, 0.5, 0.9)
