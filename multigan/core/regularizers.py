"""Extra terms that keep a player well behaved. Any loss goes with any of them.

Each is a small dataclass whose `weight` is a knob that a schedule or a person may turn while the
run trains. Weights follow the cited papers' definitions, so their published values carry over.

Shapes: B samples, S sample shape, N logits per sample.
"""

import math
import reprlib
import sys
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from multigan.core.draws import normal, uniform
from multigan.core.engine import mean_over_processes
from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.errors import ConfigError
from multigan.registry import Registry

REGULARIZERS: Registry[type] = Registry("regularizer")


def squared_gradient_norm(logits: Tensor, samples: Tensor) -> Tensor:
    """Returns ||d score / d sample||^2 per sample: logits (B, N), samples (B, *S) -> (B,).

    A sample's score is the mean of its logits, so the penalty of a patch discriminator does
    not grow with the number of patches.
    """
    # Summing over the batch is safe because a sample's logits depend on no other sample; the
    # game refuses discriminators with batch norm.
    (gradient,) = torch.autograd.grad(logits.mean(1).sum(), samples, create_graph=True)
    return gradient.square().flatten(1).sum(1)


def _one_centered(game: AdversarialGame, samples: Tensor, condition: Tensor | None) -> Tensor:
    """Returns the mean of (||dD/dx|| - 1)^2 at `samples` (B, *S)."""
    samples = samples.detach().requires_grad_()
    squared = squared_gradient_norm(game.score(samples, condition), samples)
    return (squared.add(1e-12).sqrt() - 1).square().mean()  # sqrt has no slope at 0


def _check(regularizer: Any) -> None:
    """Raises a `ConfigError` unless `weight` and `every` are what a regularizer can have."""
    _check_number(regularizer, "weight")
    name, every = regularizer.name, regularizer.every
    if not isinstance(every, int) or isinstance(every, bool) or every < 1:
        raise ConfigError(
            f"{name}.every must be an interval in steps, a whole number from 1 on, not {every!r}."
        )


def _check_number(
    regularizer: Any, option: str, *, above: float | None = None, below: float = math.inf
) -> None:
    """Raises a `ConfigError` unless an option is finite, at least 0 or `above`, and `below`."""
    value = getattr(regularizer, option)
    fits = (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) <= sys.float_info.max  # not so for NaN
        and (value >= 0 if above is None else value > above)
        and value < below
    )
    if not fits:
        least = "of at least 0" if above is None else f"above {above:g}"
        most = "" if below == math.inf else f" and below {below:g}"
        raise ConfigError(
            f"{regularizer.name}.{option} must be a finite number {least}{most}, not "
            f"{reprlib.repr(value)}."
        )


@REGULARIZERS.register("r1")
@dataclass
class R1:
    """Zero-centered gradient penalty on real samples: `weight / 2 * E ||dD/dx||^2`.

    Source: Mescheder, Geiger & Nowozin (2018), "Which Training Methods for GANs do actually
    Converge?".
    """

    weight: float = 10.0
    every: int = 1
    name: ClassVar[str] = "r1"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _check(self)

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        assert scored.real_logits is not None  # always scored in the discriminator's phase
        return self.weight / 2 * squared_gradient_norm(scored.real_logits, scored.real).mean()


@REGULARIZERS.register("r2")
@dataclass
class R2:
    """Zero-centered gradient penalty on generated samples; see `R1`."""

    weight: float = 10.0
    every: int = 1
    name: ClassVar[str] = "r2"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _check(self)

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        return self.weight / 2 * squared_gradient_norm(scored.fake_logits, scored.fake).mean()


@REGULARIZERS.register("gradient_penalty")
@dataclass
class WassersteinGradientPenalty:
    """One-centered gradient penalty at points between real and generated samples.

    Source: Gulrajani et al. (2017), "Improved Training of Wasserstein GANs", Algorithm 1.
    """

    weight: float = 10.0
    every: int = 1
    name: ClassVar[str] = "gradient_penalty"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _check(self)

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        # One mixture per sample, shared by its elements.
        shape = (1,) * (scored.real.ndim - 1)
        mix = uniform(len(scored.real), *shape, device=scored.real.device)
        between = torch.lerp(scored.real.detach(), scored.fake.detach(), mix)
        return self.weight * _one_centered(game, between, scored.condition)


@REGULARIZERS.register("dragan")
@dataclass
class DRAGAN:
    """One-centered gradient penalty around real samples, `strength` standard deviations wide.

    Source: Kodali et al. (2017), "On Convergence and Stability of GANs". The noise is normal; the
    deviation is that of the whole batch.
    """

    weight: float = 10.0
    every: int = 1
    strength: float = 0.5
    name: ClassVar[str] = "dragan"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _check(self)
        _check_number(self, "strength")

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        real = scored.real.detach()
        noise = normal(len(real), *real.shape[1:], device=real.device)
        around = real + self.strength * real.std() * noise
        return self.weight * _one_centered(game, around, scored.condition)


@REGULARIZERS.register("lecam")
class LeCam(nn.Module):
    """Pulls each kind of logit towards the other kind's running mean, for scarce data.

    Source: Tseng et al. (2021), "Regularizing Generative Adversarial Networks under Limited
    Data": `E (D(x) - mean fake)^2 + E (D(G(z)) - mean real)^2`, decay 0.99.

    Args:
        weight: The term's factor; the paper uses 0.1 to 0.5 of a hinge or logistic loss.
        every: Interval in steps.
        decay: Of the running means, per update.
    """

    name: ClassVar[str] = "lecam"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = False
    real_mean: Tensor
    fake_mean: Tensor

    def __init__(self, weight: float = 0.3, every: int = 1, decay: float = 0.99) -> None:
        super().__init__()
        self.weight, self.every, self.decay = weight, every, decay
        _check(self)
        _check_number(self, "decay", below=1.0)
        self.register_buffer("real_mean", torch.zeros(()))
        self.register_buffer("fake_mean", torch.zeros(()))

    def forward(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        """Returns the term, after moving the running means."""
        assert scored.real_logits is not None
        for mean, logits in (
            (self.real_mean, scored.real_logits),
            (self.fake_mean, scored.fake_logits),
        ):
            mean.lerp_(mean_over_processes(logits.detach().mean()), 1 - self.decay)
        real = (scored.real_logits - self.fake_mean).square().mean()
        fake = (scored.fake_logits - self.real_mean).square().mean()
        return self.weight * (real + fake)


@REGULARIZERS.register("feature_matching")
@dataclass
class FeatureMatching:
    """Makes generated samples' mean features equal the real ones', layer by layer.

    Needs a discriminator with `features(samples, condition) -> list of (B, ...)`.

    Source: Salimans et al. (2016), "Improved Techniques for Training GANs", section 3.1, with
    the mean over a layer's elements instead of their sum, so that no layer drowns the others.
    """

    weight: float = 1.0
    every: int = 1
    name: ClassVar[str] = "feature_matching"
    player: ClassVar[Player] = "generator"
    per_sample: ClassVar[bool] = False

    def __post_init__(self) -> None:
        _check(self)

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        features = getattr(game.discriminator, "features", None)
        if features is None:
            raise ConfigError(
                f"feature_matching needs a discriminator with a method features(samples, "
                f"condition); {type(game.discriminator).__name__} has none."
            )
        with torch.no_grad():
            real = features(game.augment(scored.real), scored.condition)
        fake = features(game.augment(scored.fake), scored.condition)
        differences = [
            (r.mean(0) - f.mean(0)).square().mean() for r, f in zip(real, fake, strict=True)
        ]
        return self.weight * torch.stack(differences).mean()


@REGULARIZERS.register("weight_clipping")
@dataclass
class WeightClipping:
    """Keeps every weight of the discriminator within [-limit, limit], after each update.

    Source: Arjovsky et al. (2017), "Wasserstein GAN", Algorithm 1.
    """

    limit: float = 0.01
    name: ClassVar[str] = "weight_clipping"
    player: ClassVar[Literal["discriminator"]] = "discriminator"

    def __post_init__(self) -> None:
        _check_number(self, "limit", above=0.0)

    @torch.no_grad()
    def enforce(self, player: nn.Module) -> None:
        """Clips all parameters of `player` in place."""
        for parameter in player.parameters():
            parameter.clamp_(-self.limit, self.limit)
