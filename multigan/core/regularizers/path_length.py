"""A penalty for generators whose images jump where their styles move evenly."""

from math import prod, sqrt
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor, nn

from multigan.core.draws import normal
from multigan.core.engine import mean_over_processes
from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.protocols import HasStyles
from multigan.core.regularizers.common import REGULARIZERS, Every, Factor
from multigan.errors import ConfigError
from multigan.typed import Above, Below, Fraction


@REGULARIZERS.register("path_length")
class PathLength(nn.Module):
    """Makes a step in any direction of style space change the image by about the same length.

    `weight * E (||J^T y|| - a)^2`, with J the image's slope by the style, y normal noise of the
    image's shape, scaled to the length of one pixel, and a the running mean of ||J^T y||. The mean
    is corrected for its start at zero, as Adam's are: a target of nearly zero would flatten a young
    generator.

    Needs a generator with `styles(latent, condition) -> (B, L, S)` and `synthesize(styles)`.

    Source: Karras et al. (2020), "Analyzing and Improving the Image Quality of StyleGAN", section
    3.2; defaults as in the authors' implementation.

    Args:
        decay: Of the running mean: the share of a new value in it.
        share: Of the batch that is used, which saves memory.
    """

    name: ClassVar[str] = "path_length"
    player: ClassVar[Player] = "generator"
    per_sample: ClassVar[bool] = False
    made_of_gradients: ClassVar[bool] = True
    mean: Tensor
    calls: Tensor

    def __init__(
        self,
        weight: Factor = 2.0,
        every: Every = 4,
        decay: Annotated[float, Above(0), Below(1)] = 0.01,
        share: Fraction = 0.5,
    ) -> None:
        super().__init__()
        self.weight, self.every, self.decay, self.share = weight, every, decay, share
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("calls", torch.zeros(()))

    def check_game(self, game: AdversarialGame) -> None:
        """Raises a ConfigError unless the generator has styles."""
        if not isinstance(game.generator, HasStyles):
            raise ConfigError(
                f"path_length needs a generator with styles, such as 'stylegan2'; "
                f"{type(game.generator).__name__} has none. Leave it out."
            )

    def forward(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        """Returns the term, after moving the running mean."""
        count = max(1, round(self.share * len(scored.latent)))
        condition = None if scored.condition is None else scored.condition[:count]
        generator: Any = game.generator
        styles = generator.styles(scored.latent[:count], condition)
        lengths = path_lengths(styles, generator.synthesize(styles))
        mean = torch.lerp(self.mean, mean_over_processes(lengths.detach().mean()), self.decay)
        self.mean.copy_(mean)
        self.calls += 1
        target = mean / (1 - (1 - self.decay) ** self.calls)
        return self.weight * (lengths - target).square().mean()


def path_lengths(styles: Tensor, samples: Tensor) -> Tensor:
    """Returns how much each sample changes with its styles: (B, L, S), (B, C, *P) -> (B,)."""
    noise = normal(len(samples), *samples.shape[1:], device=samples.device)
    noise = noise / sqrt(prod(samples.shape[2:]))
    (slope,) = torch.autograd.grad((samples * noise).sum(), styles, create_graph=True)
    return slope.square().sum(2).mean(1).add(1e-12).sqrt()  # sqrt has no slope at 0
