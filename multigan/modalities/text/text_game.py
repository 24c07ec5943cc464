"""The adversarial game on text.

Shapes: B texts, L positions, V tokens, E the discriminator's embedding size, N logits per text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from multigan.core.draws import current_part
from multigan.core.game import (
    AdversarialGame,
    Constraint,
    Regularizer,
    ScoredBatch,
    attribute_knob,
    twice_differentiable,
)
from multigan.core.knobs import Knob
from multigan.core.losses import AdversarialLoss
from multigan.core.objective import Batch, Phase, Terms
from multigan.core.prior import Prior
from multigan.errors import ConfigError
from multigan.modalities.text.choosing import largest
from multigan.modalities.text.gumbel import GumbelNoise
from multigan.modalities.text.networks.embedded import TextDiscriminator, as_embedded
from multigan.modalities.text.networks.sequence import TextGenerator, without_dropout
from multigan.modalities.text.relaxations import Relaxation, Sampled
from multigan.modalities.text.vocabulary import masked_mean, until_end

SMALLEST = 0.01  # inverse temperature


class TextGame(AdversarialGame):
    """A generator of tokens against a discriminator of embedded tokens, after a warm-up.

    For the first `warmup_steps` the generator alone learns, by maximum likelihood; the
    discriminator joins for the last `discriminator_warmup` of them, so that the first gradient the
    generator hears is one.

    Args:
        generator: A `TextGenerator`.
        discriminator: A `TextDiscriminator`.
        loss: What the players want from the logits.
        relaxation: How the discriminator's gradient or reward reaches the generator.
        end_id: The token that ends a text.
        regularizers: Of the core; samples are embedded texts (B, L, E) to them.
        augment: Differentiable, on embedded texts (B, L, E).
        discriminator_steps: Discriminator updates per generator update.
        top_share: As in `AdversarialGame`.
        warmup_steps, discriminator_warmup, likelihood_weight, entropy_weight: As in the objective;
            see `objectives.text_game`, also for what follows.
        inverse_temperature, prompt_length: As there.
    """

    generator: TextGenerator
    discriminator: TextDiscriminator

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: AdversarialLoss,
        relaxation: Relaxation,
        *,
        end_id: int = 0,
        regularizers: Sequence[Regularizer | Constraint] = (),
        augment: nn.Module | None = None,
        discriminator_steps: int = 1,
        top_share: float = 1.0,
        warmup_steps: int = 0,
        discriminator_warmup: int = 0,
        likelihood_weight: float = 0.0,
        entropy_weight: float = 0.0,
        inverse_temperature: float = 1.0,
        prompt_length: int = 0,
    ) -> None:
        super().__init__(
            generator,
            as_embedded(discriminator),
            Prior(1),  # the randomness of text lies in its tokens
            loss,
            regularizers=regularizers,
            augment=augment,
            discriminator_steps=discriminator_steps,
            top_share=top_share,
        )
        self.relaxation = relaxation
        self.end_id = self.generator.end_id = end_id
        self.warmup_steps = warmup_steps
        self.discriminator_warmup = discriminator_warmup
        self.likelihood_weight = likelihood_weight
        self.entropy_weight = entropy_weight
        self.inverse_temperature = inverse_temperature
        self.prompt_length = prompt_length
        self._waiting: dict[tuple[int, int, int], list[Sampled]] = {}
        self._follow(playing=False)
        self._check_options()

    @property
    def phases(self) -> tuple[Phase, ...]:  # type: ignore[override]
        """The warm-up's move, where there is one, then those of the game."""
        begins = self.warmup_steps
        early = begins - self.discriminator_warmup
        discriminator, generator = super().phases
        game = (
            replace(discriminator, active=lambda step: step >= early),
            replace(
                generator,
                active=lambda step: step >= begins,
                after=partial(self._follow, playing=True, before=generator.after),
            ),
        )
        if not begins:
            return game
        warmup = Phase(
            "likelihood",
            self.generator,
            self.likelihood_terms,
            active=lambda step: step < begins,
            after=partial(self._follow, playing=False),
        )
        return (warmup, *game)

    @property
    def knobs(self) -> Mapping[str, Knob]:
        """Those of the game, the temperature, and the weights of likelihood and entropy."""
        return {
            **super().knobs,
            "inverse_temperature": attribute_knob(self, "inverse_temperature", minimum=SMALLEST),
            "likelihood.weight": attribute_knob(self, "likelihood_weight"),
            "entropy.weight": attribute_knob(self, "entropy_weight"),
        }

    def likelihood_terms(self, batch: Batch, step: int) -> Terms:
        """The mean negative log-likelihood of a real token, in nats."""
        return {"nll": self._nll(batch)}

    def discriminator_terms(self, batch: Batch, step: int) -> Terms:
        """Scores real against generated texts; the generator is not differentiated."""
        due = self._due("discriminator", step)
        penalized = any(r.per_sample for r in due)
        real = self.shown(batch)
        fake = self.relaxation.show(self, self._next_sampled(batch, step))
        if penalized and not fake.requires_grad:  # its table of vectors is frozen
            real, fake = real.requires_grad_(), fake.requires_grad_()
        with twice_differentiable(penalized):
            real_logits = self.score(real, batch.condition)
            fake_logits = self.score(fake, batch.condition)
            terms = {"adversarial": self.loss.discriminator(real_logits, fake_logits).mean()}
            scored = ScoredBatch(real, fake, real_logits, fake_logits, fake, batch.condition)
            return terms | self._extra_terms(due, scored) | self._observed(real_logits, fake_logits)

    def generator_terms(self, batch: Batch, step: int) -> Terms:
        """Scores fresh samples, replayed with gradient; adds likelihood and entropy."""
        with without_dropout(self.generator):
            sampled = self.sample(batch)
            states = self.generator.hidden(sampled.ids, batch.condition)
            scores = self.relaxation.adversarial(self, batch, sampled, states)
        terms = {"adversarial": scores.adversarial}
        if scores.entropy is not None:
            terms["entropy"] = -self.entropy_weight * scores.entropy
        if self.likelihood_weight:
            terms["likelihood"] = self.likelihood_weight * self._nll(batch)
        due = self._due("generator", step)
        if scores.scored is None:
            return terms
        return terms | self._extra_terms(due, scores.scored)

    @torch.no_grad()
    def sample(
        self, batch: Batch, *, repeat: int = 1, generator: TextGenerator | None = None
    ) -> Sampled:
        """Samples `repeat` texts for each of the batch, conditioned and prompted as it is.

        Args:
            batch: Real texts.
            repeat: How many for each.
            generator: Another than the player, such as its average.
        """
        generator = generator or self.generator
        ids, condition = batch.samples, batch.condition
        noise = GumbelNoise(len(ids), ids.shape[1], generator.vocab_size, ids.device, repeat=repeat)
        prompt = ids[:, : self.prompt_length].repeat(repeat, 1) if self.prompt_length else None
        if condition is not None:
            condition = condition.repeat(repeat, *[1] * (condition.ndim - 1))
        with without_dropout(generator):
            made, states = generator.sample(
                repeat * len(ids),
                lambda logits, position: largest(logits + noise.at(position)),
                condition=condition,
                prefix=prompt,
                length=ids.shape[1],
            )
        mask = until_end(made, self.end_id)
        free = mask.clone()
        free[:, : self.prompt_length] = False
        return Sampled(made, states, mask, free, noise)

    def made(self, batch: Batch, generator: nn.Module) -> Tensor:
        """Returns the tokens that a generator samples in a batch's place, (B, L)."""
        assert isinstance(generator, TextGenerator)
        return self.sample(batch, generator=generator).ids

    def shown(self, batch: Batch) -> Tensor:
        """Looks the real tokens up as the discriminator sees them, (B, L, E)."""
        ids = batch.samples
        return self.discriminator.embed(ids, until_end(ids, self.end_id))

    def scored(self, batch: Batch, fake: Tensor) -> ScoredBatch:
        """Scores generated vectors (B, L, E), against the real ones if the loss is relativistic."""
        with torch.no_grad():
            real = self.shown(batch)
            relativistic = self.loss.relativistic
            real_logits = self.score(real, batch.condition) if relativistic else None
        fake_logits = self.score(fake, batch.condition)
        return ScoredBatch(real, fake, real_logits, fake_logits, fake, batch.condition)

    def _next_sampled(self, batch: Batch, step: int) -> Sampled:
        """Returns fakes for one discriminator update.

        Those of all of a step's updates are sampled in one call, unless a condition or a prompt
        ties them to the batch.
        """
        if self.discriminator_steps == 1 or batch.condition is not None or self.prompt_length:
            return self.sample(batch)
        place = (step, *current_part())
        if not self._waiting.get(place):
            sampled = self.sample(batch, repeat=self.discriminator_steps)
            old = [key for key in self._waiting if key[0] != step]
            for key in old:
                del self._waiting[key]
            self._waiting[place] = sampled.chunks(self.discriminator_steps)
        return self._waiting[place].pop(0)

    def _follow(self, *, playing: bool, before: Callable[[], None] | None = None) -> None:
        if before is not None:
            before()
        self.relaxation.follow(self.generator, playing=playing)

    def _nll(self, batch: Batch) -> Tensor:
        mask = until_end(batch.samples, self.end_id)
        return -masked_mean(self.generator.log_probs(batch.samples, batch.condition), mask)

    def _check_options(self) -> None:
        if not 0 <= self.discriminator_warmup <= self.warmup_steps:
            raise ConfigError(
                f"discriminator_warmup is {self.discriminator_warmup}, but lies between 0 and "
                f"warmup_steps, which is {self.warmup_steps}."
            )
        if not 0 <= self.prompt_length < self.generator.length:
            raise ConfigError(
                f"prompt_length is {self.prompt_length}, but lies between 0 and "
                f"{self.generator.length - 1}."
            )
        needing = [r.name for r in self.regularizers if r.player == "generator"]
        if needing and not self.relaxation.pathwise:
            raise ConfigError(
                f"{', '.join(needing)} needs a gradient through the discriminator's input, which "
                "this relaxation does not have. Use straight-through, or leave it out."
            )
