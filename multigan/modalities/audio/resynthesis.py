"""A game about pictures of sound, whose discriminator also listens to the sound they stand for.

Shapes: B samples, S sample shape, C channels, T samples of a waveform, N logits.
"""

from dataclasses import replace
from typing import Annotated

import torch
from torch import Tensor, nn

from multigan.core.objective import Objective
from multigan.core.registries import DISCRIMINATORS, OBJECTIVES, Ingredients
from multigan.errors import ConfigError
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.shared.objectives import game
from multigan.typed import Component
from multigan.typed.registry import NamedIn


class Listening(nn.Module):
    """Two discriminators in one: of samples, and of the waveforms they are turned back into.

    Each gives one logit: those of the waveform's many places are averaged, so that neither of the
    two drowns the other.

    Args:
        looking: Of samples (B, *S).
        hearing: Of waveforms (B, C, T).
        modality: Turns samples into waveforms, with gradients.
    """

    def __init__(self, looking: nn.Module, hearing: nn.Module, modality: AudioModality) -> None:
        super().__init__()
        self.looking, self.hearing = looking, hearing
        self._modality = (modality,)  # not registered: it is no part of a discriminator

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """Scores samples (B, *S) with logits (B, 2)."""
        seen = self.looking(samples, condition).mean(1, keepdim=True)
        heard = self.hearing(self._waveforms(samples), condition).mean(1, keepdim=True)
        return torch.cat([seen, heard], 1)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the activations of both."""
        heard: list[Tensor] = self.hearing.features(  # type: ignore[operator]
            self._waveforms(samples), condition
        )
        seen: list[Tensor] = self.looking.features(samples, condition)  # type: ignore[operator]
        return [*seen, *heard]

    def _waveforms(self, samples: Tensor) -> Tensor:
        return self._modality[0].waveforms(samples)


WAVEFORM = Component("waveform")


@OBJECTIVES.register("resynthesis")
def resynthesis(
    ingredients: Ingredients,
    hearing: Annotated[Component, NamedIn(DISCRIMINATORS)] = WAVEFORM,
) -> Objective:
    """Returns the recipe's game, with a second discriminator that hears what samples sound like.

    Args:
        ingredients: The recipe and its networks.
        hearing: The discriminator of waveforms: its name, or its name and options. That of the
            papers, which is the default, wants a GPU; with {"width": 8, "widest": 8} a step of
            `notes` takes five times as long as without, on a CPU.

    Raises:
        ConfigError: The samples are no sounds, or are waveforms already.
    """
    modality, looking = ingredients.modality, ingredients.discriminator
    if not isinstance(modality, AudioModality) or modality.representation.name == "waveform":
        raise ConfigError(
            "Only pictures of sounds can be turned into waveforms to listen to. Choose a "
            "representation such as log_magnitude_if, or the objective 'game'."
        )
    if looking is None:
        raise ConfigError("The game needs a discriminator, and the recipe has none.")
    listening = DISCRIMINATORS.build(
        hearing,
        sample_shape=(modality.channels, modality.length),
        condition=ingredients.condition,
    )
    return game(replace(ingredients, discriminator=Listening(looking, listening, modality)))
