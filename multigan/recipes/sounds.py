"""Recipes for sounds."""

from dataclasses import replace

from multigan.config import Recipe
from multigan.recipes.images import image
from multigan.registry import Component


def speech() -> Recipe:
    """Returns the recipe for spoken words by class, sized for two CPU cores.

    A mel spectrogram of 64 bands and 64 frames is a picture, so the game, the networks and the
    schedules are those of `image`. The window and hop are a vocoder's, 1024 and 256 samples at
    22 kHz (Kong et al. 2020, "HiFi-GAN"), in milliseconds.
    """
    return replace(
        image(),
        name="speech",
        summary="Spoken words by class: mel spectrograms, DCGAN, relativistic, R1 and R2.",
        modality="audio",
        data=Component(
            "speech",
            {"sample_rate": 8000, "length": 6144, "trim_db": 40, "normalize": "peak"},
        ),
        # The floor is the quietest that recordings at home have to say.
        representation=Component(
            "mel",
            {"n_fft": 384, "hop_length": 96, "n_mels": 64, "floor": 0.02, "scaling": "range"},
        ),
        batch_size=32,
        steps=3600,
        look_every=300,
        checkpoint_every=300,
        metrics=(),
    )
