"""Adversarial losses: what each player wants from the discriminator's logits.

A loss is a pair of pure functions of logits, one per player. Both return one value per
logit and leave the reduction to the game.

Shapes: B samples, N logits per sample (1, or patches x scales).
"""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import relu, softplus

from multigan.typed.registry import Registry


class AdversarialLoss(NamedTuple):
    """The two sides of one adversarial loss, each to be minimized.

    Attributes:
        discriminator: `(real_logits, fake_logits) -> (B, N)`.
        generator: `(real_logits, fake_logits) -> (B, N)`; without `relativistic` it must not
            read `real_logits`, because the game does not score the real batch for it.
        relativistic: Whether the generator's side reads the real logits.
        absolute: Whether a logit of 0 is the border between real and generated. Without it only
            differences of logits matter.
        distance: What the logits say of how far apart real and fake are, `(real_logits,
            fake_logits) -> (B, N)`, where a loss has such a thing; it is logged.
    """

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor, Tensor], Tensor]
    relativistic: bool = False
    absolute: bool = True
    distance: Callable[[Tensor, Tensor], Tensor] | None = None


LOSSES: Registry[AdversarialLoss] = Registry("adversarial loss")

# Goodfellow et al. (2014), "Generative Adversarial Nets": -log D(x) - log(1 - D(G(z))), with
# the generator maximizing log D(G(z)), their remedy for vanishing gradients.
LOSSES["non_saturating"] = AdversarialLoss(
    discriminator=lambda real, fake: softplus(-real) + softplus(fake),
    generator=lambda real, fake: softplus(-fake),
)

# The same paper's zero-sum game, Eq. 1: the generator minimizes log(1 - D(G(z))). Its gradient
# vanishes where the discriminator wins; here to be compared with.
LOSSES["minimax"] = AdversarialLoss(
    discriminator=LOSSES["non_saturating"].discriminator,
    generator=lambda real, fake: -softplus(fake),
)

# Mao et al. (2017), "Least Squares Generative Adversarial Networks", with targets 0 and 1.
LOSSES["least_squares"] = AdversarialLoss(
    discriminator=lambda real, fake: ((real - 1).square() + fake.square()) / 2,
    generator=lambda real, fake: (fake - 1).square() / 2,
)

# Lim & Ye (2017), "Geometric GAN".
LOSSES["hinge"] = AdversarialLoss(
    discriminator=lambda real, fake: relu(1 - real) + relu(1 + fake),
    generator=lambda real, fake: -fake,
)

# Arjovsky et al. (2017), "Wasserstein GAN". Wants a Lipschitz discriminator: pair it with
# `gradient_penalty`, `weight_clipping` or spectral normalization. The distance is the estimate
# that the paper plots: the earth mover's, times the discriminator's Lipschitz constant.
LOSSES["wasserstein"] = AdversarialLoss(
    discriminator=lambda real, fake: fake - real,
    generator=lambda real, fake: -fake,
    absolute=False,
    distance=lambda real, fake: real - fake,
)

# Jolicoeur-Martineau (2018), "The relativistic discriminator", the pairing form; with R1 and R2
# it is the loss of Huang et al. (2024), "The GAN is dead; long live the GAN!". The default.
LOSSES["relativistic"] = AdversarialLoss(
    discriminator=lambda real, fake: softplus(fake - real),
    generator=lambda real, fake: softplus(real - fake),
    relativistic=True,
    absolute=False,
)


def _against_average(better: Tensor, worse: Tensor) -> Tensor:
    """Wants each logit of `better` above the mean of `worse`, and the other way round."""
    return softplus(worse.mean(0) - better) + softplus(worse - better.mean(0))


# Jolicoeur-Martineau (2018), the average form. The means are taken over the part of the batch
# that is scored at once, so its values depend on how a batch is split.
LOSSES["relativistic_average"] = AdversarialLoss(
    discriminator=lambda real, fake: _against_average(better=real, worse=fake),
    generator=lambda real, fake: _against_average(better=fake, worse=real),
    relativistic=True,
    absolute=False,
)
