"""The adversarial game: one generator, one discriminator, a loss and its regularizers.

Shapes: B samples, S sample shape, N logits per sample, Z latent size.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.modules.batchnorm import _BatchNorm

from multigan.core.knobs import Knob
from multigan.core.losses import AdversarialLoss
from multigan.core.objective import Batch, Objective, Phase, Terms
from multigan.core.precision import rounds_products, tf32
from multigan.core.prior import Prior
from multigan.core.protocols import ChecksGame, HasAuxiliaryHead, HasStrength
from multigan.errors import ConfigError

Player = Literal["generator", "discriminator"]
MOST_STEPS = 100  # of the discriminator, per step of the generator


@dataclass(frozen=True)
class ScoredBatch:
    """A real and a generated batch with the discriminator's logits for both.

    Attributes:
        real, fake: (B, *S). Both require gradients in the discriminator's phase when a
            regularizer that is `per_sample` is due.
        real_logits, fake_logits: (B, N), scored in full precision when such a regularizer is due.
            `real_logits` is None in the generator's phase of a loss that is not relativistic.
        latent: (B, Z), from which `fake` was generated.
        condition: (B, ...) or None, shared by both halves.
        real_aux, fake_aux: The auxiliary logits (B, ...) of a discriminator with such a head; see
            `AdversarialGame.logits_and_aux`. `real_aux` is None where `real_logits` is.
    """

    real: Tensor
    fake: Tensor
    real_logits: Tensor | None
    fake_logits: Tensor
    latent: Tensor
    condition: Tensor | None
    real_aux: Tensor | None = None
    fake_aux: Tensor | None = None


@runtime_checkable
class Regularizer(Protocol):
    """An extra term for one player, added on every `every`-th step.

    Attributes:
        name: What logs call the term, and its knob `name.weight`.
        player: Whose term it is.
        weight: The factor in front of it.
        every: Its interval in steps; the game multiplies the term by it, which keeps its mean.
        per_sample: Whether it needs the gradient of each sample's own logits, which a
            discriminator with batch statistics does not have.

    One of other gradients than each sample's own says so by `made_of_gradients`. One that does not
    go with every game is also a `multigan.core.protocols.ChecksGame`.
    """

    @property
    def name(self) -> str: ...
    @property
    def player(self) -> Player: ...
    @property
    def weight(self) -> float: ...
    @property
    def every(self) -> int: ...
    @property
    def per_sample(self) -> bool: ...

    def __call__(self, game: "AdversarialGame", scored: ScoredBatch) -> Tensor: ...


@runtime_checkable
class Constraint(Protocol):
    """A limit on one player's weights, enforced after each of its updates."""

    @property
    def name(self) -> str: ...
    @property
    def player(self) -> Player: ...

    def enforce(self, player: nn.Module) -> None: ...


class AdversarialGame(Objective):
    """Two players and the terms each of them minimizes.

    Args:
        generator: `(latent (B, Z), condition) -> samples (B, *S)`.
        discriminator: `(samples (B, *S), condition) -> logits (B, N)`.
        prior: Where latents come from.
        loss: What the players want from the logits.
        regularizers: Extra terms and weight constraints, each belonging to one player.
        augment: Differentiable `(B, *S) -> (B, *S)`, applied to all the discriminator sees.
        discriminator_steps: Discriminator updates per generator update.
        top_share: The share of its samples, in (0, 1], that the generator learns from: those that
            the discriminator likes best. See `top_mean`.

    Raises:
        ConfigError: A gradient penalty was paired with a discriminator that has batch norm, two
            regularizers share a name, or something is not a regularizer.

    Example:
        >>> from multigan.core.losses import LOSSES
        >>> from multigan.core.regularizers import R1, R2
        >>> generator = YourGenerator()  # doctest: +SKIP
        >>> game = AdversarialGame(  # doctest: +SKIP
        ...     generator, YourDiscriminator(), Prior(64), LOSSES["relativistic"],
        ...     regularizers=[R1(0.1), R2(0.1)],
        ... )
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        prior: Prior,
        loss: AdversarialLoss,
        *,
        regularizers: Sequence[Regularizer | Constraint] = (),
        augment: nn.Module | None = None,
        discriminator_steps: int = 1,
        top_share: float = 1.0,
    ) -> None:
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self._may_have_aux = isinstance(discriminator, HasAuxiliaryHead)
        self.augment = augment or nn.Identity()
        self.prior = prior
        self.loss = loss
        self.discriminator_steps = discriminator_steps
        self.top_share = top_share
        self.constraints = [r for r in regularizers if isinstance(r, Constraint)]
        self.regularizers = [_checked(r) for r in regularizers if not isinstance(r, Constraint)]
        # Registered, so that what they remember is saved and moves with the game.
        self.remembering = nn.ModuleList(r for r in regularizers if isinstance(r, nn.Module))
        self._check()

    @property
    def phases(self) -> tuple[Phase, Phase]:
        """The discriminator's move, then the generator's."""
        return (
            Phase(
                "discriminator",
                self.discriminator,
                self.discriminator_terms,
                repeat=self.discriminator_steps,
                after=self._enforcer("discriminator", self.discriminator),
                exact=self._exact("discriminator"),
            ),
            Phase(
                "generator",
                self.generator,
                self.generator_terms,
                after=self._enforcer("generator", self.generator),
                exact=self._exact("generator"),
            ),
        )

    @property
    def averaged(self) -> Mapping[str, nn.Module]:
        """The generator: people sample from its average."""
        return {"generator": self.generator}

    @property
    def knobs(self) -> Mapping[str, Knob]:
        """`<regularizer>.weight` for each, `augment.strength` if there is one, the game's own."""
        knobs = {f"{r.name}.weight": attribute_knob(r, "weight") for r in self.regularizers}
        knobs["top_k.share"] = attribute_knob(self, "top_share", minimum=0.01, maximum=1.0)
        knobs["discriminator_steps"] = Knob(
            lambda: float(self.discriminator_steps),
            lambda value: setattr(self, "discriminator_steps", round(value)),
            minimum=1.0,
            maximum=MOST_STEPS,
        )
        if isinstance(self.augment, HasStrength):
            knobs["augment.strength"] = attribute_knob(self.augment, "strength", maximum=1.0)
        return knobs

    def score(self, samples: Tensor, condition: Tensor | None) -> Tensor:
        """Returns the discriminator's logits for augmented samples: (B, *S) -> (B, N)."""
        return self.discriminator(self.augment(samples), condition).float()

    def shown(self, batch: Batch) -> Tensor:
        """Returns a batch's real samples as the discriminator takes them, without augmentation."""
        return batch.samples

    def made(self, batch: Batch, generator: nn.Module) -> Tensor:
        """Returns what a generator makes in a batch's place, as its samples are, conditions too."""
        latent = self.prior.sample(len(batch), device=batch.samples.device)
        samples: Tensor = generator(latent, batch.condition)
        return samples

    def logits_and_aux(
        self, samples: Tensor, condition: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Returns the logits (B, N) and, of a `HasAuxiliaryHead`, its auxiliary logits (B, ...)."""
        if not self._may_have_aux:
            return self.score(samples, condition), None
        discriminator: Any = self.discriminator
        logits, aux_logits = discriminator.logits_and_aux(self.augment(samples), condition)
        return logits.float(), None if aux_logits is None else aux_logits.float()

    def discriminator_terms(self, batch: Batch, step: int) -> Terms:
        """Scores real against generated samples; the generator is not differentiated."""
        due = self._due("discriminator", step)
        latent = self.prior.sample(len(batch), device=batch.samples.device)
        with torch.no_grad():
            fake = self.generator(latent, batch.condition)
        penalized = any(r.per_sample for r in due)
        real = batch.samples.detach().requires_grad_(penalized)
        fake = fake.to(real.dtype).requires_grad_(penalized)

        with twice_differentiable(penalized):
            real_logits, real_aux = self.logits_and_aux(real, batch.condition)
            fake_logits, fake_aux = self.logits_and_aux(fake, batch.condition)
            terms = {"adversarial": self.loss.discriminator(real_logits, fake_logits).mean()}
            scored = ScoredBatch(
                *(real, fake, real_logits, fake_logits, latent, batch.condition),
                *(real_aux, fake_aux),
            )
            return terms | self._extra_terms(due, scored) | self._observed(real_logits, fake_logits)

    def generator_terms(self, batch: Batch, step: int) -> Terms:
        """Scores fresh generated samples, against the real ones if the loss is relativistic."""
        due = self._due("generator", step)
        latent = self.prior.sample(len(batch), device=batch.samples.device)
        fake = self.generator(latent, batch.condition)
        fake_logits, fake_aux = self.logits_and_aux(fake, batch.condition)
        real_logits = self._real_logits_for_generator(batch)
        # A loss that is not relativistic ignores its first argument, whatever it is.
        loss = self.loss.generator(fake_logits if real_logits is None else real_logits, fake_logits)
        scored = ScoredBatch(
            *(batch.samples, fake, real_logits, fake_logits, latent, batch.condition),
            fake_aux=fake_aux,
        )
        adversarial = top_mean(loss, fake_logits, self.top_share)
        return {"adversarial": adversarial} | self._extra_terms(due, scored)

    def _real_logits_for_generator(self, batch: Batch) -> Tensor | None:
        if not self.loss.relativistic:
            return None
        with torch.no_grad():  # they do not depend on the generator
            return self.score(batch.samples, batch.condition)

    @torch.no_grad()
    def _observed(self, real: Tensor, fake: Tensor) -> Terms:
        """Returns what tells how the discriminator is doing; logged, and read by controllers.

        `advantage` is how much likelier the real of a pair has the higher logit than the lower:
        0 is a coin's toss, 1 is never wrong. `sign` is the mean sign of the real logits, r_t of
        Karras et al. (2020), "Training Generative Adversarial Networks with Limited Data"; where
        only differences of logits mean anything it is the advantage. `distance` is what the loss
        says of how far apart real and generated samples are, if it does.
        """
        advantage = (real - fake).sign().mean()
        observed = {
            "real_logit": real.mean(),
            "fake_logit": fake.mean(),
            "advantage": advantage,
            "sign": real.sign().mean() if self.loss.absolute else advantage,
        }
        if self.loss.distance is not None:
            observed["distance"] = self.loss.distance(real, fake).mean()
        return observed

    def _due(self, player: Player, step: int) -> list[Regularizer]:
        # Weight 0 (a schedule's end, or a person's choice) costs nothing.
        return [
            r for r in self.regularizers if r.player == player and r.weight and step % r.every == 0
        ]

    def _extra_terms(self, due: list[Regularizer], scored: ScoredBatch) -> Terms:
        if not due:
            return {}
        # A regularizer skipped on `every - 1` of `every` steps counts `every` times when due,
        # which keeps its mean strength (Karras et al. 2020, "lazy regularization").
        with full_precision(scored.real.device.type) as lowered:
            if lowered and any(r.per_sample for r in due):
                scored = self._score_again(scored)
            return {r.name: r.every * r(self, scored) for r in due}

    def _score_again(self, scored: ScoredBatch) -> ScoredBatch:
        """Scores in full precision: gradients of gradients of bfloat16 logits are noise."""
        real, fake, condition = scored.real, scored.fake.float(), scored.condition
        real_logits = None if scored.real_logits is None else self.score(real, condition)
        fake_logits = self.score(fake, condition)
        return replace(
            scored, real=real, fake=fake, real_logits=real_logits, fake_logits=fake_logits
        )

    def _exact(self, player: Player) -> frozenset[str]:
        """Returns the terms of a player that are themselves made of gradients."""
        own = (r for r in self.regularizers if r.player == player)
        return frozenset(r.name for r in own if getattr(r, "made_of_gradients", r.per_sample))

    def _enforcer(self, name: Player, player: nn.Module) -> Callable[[], None] | None:
        constraints = [c for c in self.constraints if c.player == name]
        if not constraints:
            return None

        def enforce() -> None:
            for constraint in constraints:
                constraint.enforce(player)

        return enforce

    def _check(self) -> None:
        if not 0 < self.top_share <= 1:
            raise ConfigError(f"top_share lies above 0 and is at most 1, not {self.top_share}.")
        names = [r.name for r in self.regularizers] + [c.name for c in self.constraints]
        if len(set(names)) < len(names):
            raise ConfigError(f"Regularizers must have different names, not {', '.join(names)}.")
        penalties = [r.name for r in self.regularizers if r.per_sample]
        if penalties and any(isinstance(m, _BatchNorm) for m in self.discriminator.modules()):
            raise ConfigError(
                f"{', '.join(penalties)} needs the gradient of each sample's own score, and this "
                "discriminator's batch norm mixes the samples of a batch. Build the discriminator "
                "without batch norm (norm='none'), or leave the penalty out."
            )
        for regularizer in self.regularizers:
            if isinstance(regularizer, ChecksGame):
                regularizer.check_game(self)


def top_mean(losses: Tensor, logits: Tensor, share: float) -> Tensor:
    """Returns the mean loss of the best `share` of the samples: those with the highest logits.

    Generated samples that the discriminator rejects most pull the generator away from the data;
    leaving them out helps late in training, so `share` is best scheduled from 1 to a half.

    Source: Sinha et al. (2020), "Top-k Training of GANs: Improving GAN Performance by Throwing
    Away Bad Samples".

    Args:
        losses, logits: (B, N); both in the order of the samples.
        share: In (0, 1]; at least one sample is kept.
    """
    if share >= 1:
        return losses.mean()
    best = logits.detach().mean(1).topk(max(round(share * len(logits)), 1)).indices
    return losses[best].mean()


def _checked(component: Any) -> Regularizer:
    if isinstance(component, Regularizer):
        return component
    wanted = ("name", "player", "weight", "every", "per_sample", "__call__")
    missing = [name for name in wanted if not hasattr(component, name)]
    raise ConfigError(
        f"{component!r} is neither a regularizer nor a constraint: it has no {', '.join(missing)}."
    )


@contextmanager
def full_precision(device_type: str) -> Iterator[bool]:
    """Leaves autocast and TF32 for the block; yields whether one had been on."""
    lowered = torch.is_autocast_enabled(device_type) or rounds_products()
    with torch.autocast(device_type, enabled=False), tf32(False):
        yield lowered


@contextmanager
def twice_differentiable(needed: bool) -> Iterator[None]:
    """Makes gradients of gradients possible in the block, where they are needed."""
    # Fused attention kernels have no second derivative; the plain one has.
    if not needed:
        yield
        return
    with sdpa_kernel(SDPBackend.MATH):
        yield


def attribute_knob(owner: Any, name: str, **limits: float) -> Knob:
    """Returns a knob that turns an attribute of `owner`."""
    return Knob(
        get=lambda: float(getattr(owner, name)),
        set=lambda value: setattr(owner, name, value),
        **limits,
    )
