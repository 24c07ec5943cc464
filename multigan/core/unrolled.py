"""A generator that looks ahead: it plays against what the discriminator is about to become.

In the plain game the generator may win by piling all samples where the discriminator is wrong
right now; the discriminator follows, and they chase each other from mode to mode. Here the
generator is scored by a discriminator that has already answered, and its gradient goes through
those answers too.

Source: Metz et al. (2017), "Unrolled Generative Adversarial Networks", Eq. 7 to 10.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call

from multigan.core.game import AdversarialGame, full_precision, twice_differentiable
from multigan.core.objective import Batch, Terms
from multigan.errors import ConfigError

State = Mapping[str, Tensor]


class UnrolledGame(AdversarialGame):
    """The adversarial game whose generator faces the discriminator of `unroll_steps` steps later.

    The steps ahead are plain gradient steps on the adversarial loss: differentiating a penalty's
    update would take third derivatives. They move a copy; the discriminator itself does not change.

    Args:
        unroll_steps: k, how many discriminator steps to look ahead.
        unroll_rate: Their learning rate. Plain gradient steps need a larger one than Adam does.
        options: Those of `AdversarialGame`.

    Raises:
        ConfigError: An option is out of range, or as `AdversarialGame` says.
    """

    def __init__(
        self, *players: Any, unroll_steps: int = 5, unroll_rate: float = 0.1, **options: Any
    ) -> None:
        super().__init__(*players, **options)
        if unroll_steps < 1 or unroll_rate <= 0:
            raise ConfigError(
                "An unrolled game looks at least one step ahead, at a positive rate; got "
                f"unroll_steps={unroll_steps}, unroll_rate={unroll_rate}."
            )
        self.unroll_steps = unroll_steps
        self.unroll_rate = unroll_rate
        self._ahead: State | None = None  # stands in for the discriminator's weights

    def score(self, samples: Tensor, condition: Tensor | None) -> Tensor:
        """Returns the logits of the discriminator, or of what it will be: (B, *S) -> (B, N)."""
        if self._ahead is None:
            return super().score(samples, condition)
        seen = (self.augment(samples), condition)
        logits: Tensor = functional_call(self.discriminator, dict(self._ahead), seen)
        return logits.float()

    def logits_and_aux(
        self, samples: Tensor, condition: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Returns those logits; the auxiliary ones are the discriminator's as it is."""
        if self._ahead is None:
            return super().logits_and_aux(samples, condition)
        _, aux_logits = super().logits_and_aux(samples, condition)
        return self.score(samples, condition), aux_logits

    def generator_terms(self, batch: Batch, step: int) -> Terms:
        """Scores fresh generated samples by the discriminator of some steps later."""
        # A CPU's bfloat16 convolutions may be wrong when they are differentiated twice.
        with full_precision("cpu"), self._looking_ahead(batch):
            return super().generator_terms(batch, step)

    def _real_logits_for_generator(self, batch: Batch) -> Tensor | None:
        # Unlike in the plain game they depend on the generator, through the answers to it.
        return self.score(batch.samples, batch.condition) if self.loss.relativistic else None

    @contextmanager
    def _looking_ahead(self, batch: Batch) -> Iterator[None]:
        # Their own leaves: the trainer has frozen the discriminator's, and its buffers must not
        # learn of a future that never happens.
        weights = {
            name: weight.detach().requires_grad_()
            for name, weight in self.discriminator.named_parameters()
        }
        buffers = {name: b.detach().clone() for name, b in self.discriminator.named_buffers()}
        try:
            with twice_differentiable(True):
                for _ in range(self.unroll_steps):
                    self._ahead = weights | buffers
                    weights = self._after_a_step(weights, batch)
                self._ahead = weights | buffers
                yield
        finally:
            self._ahead = None

    def _after_a_step(self, weights: State, batch: Batch) -> dict[str, Tensor]:
        latent = self.prior.sample(len(batch), device=batch.samples.device)
        fake = self.generator(latent, batch.condition)
        real_logits = self.score(batch.samples, batch.condition)
        fake_logits = self.score(fake, batch.condition)
        loss = self.loss.discriminator(real_logits, fake_logits).mean()
        slopes = torch.autograd.grad(
            loss, list(weights.values()), create_graph=True, allow_unused=True
        )
        moved = zip(weights.items(), slopes, strict=True)
        return {
            name: weight if slope is None else weight - self.unroll_rate * slope
            for (name, weight), slope in moved
        }
