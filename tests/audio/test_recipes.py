"""Every recipe of sounds trains, resumes and samples; what it makes are sounds."""

import pytest

from multigan.modalities.audio.clip import Audio
from multigan.recipes import RECIPES, recipe
from multigan.session import resume, start

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


def test_the_recipes_of_the_papers_play_their_game():
    for name in ("specgan", "wavegan"):
        paper = recipe(name)
        assert (paper.loss, paper.discriminator_steps, paper.batch_size) == ("wasserstein", 5, 64)
        assert paper.regularizers == {"gradient_penalty": {"weight": 10.0}}
        adam = paper.optimizers["generator"]
        assert (adam.learning_rate, adam.beta1, adam.beta2) == (1e-4, 0.5, 0.9)
