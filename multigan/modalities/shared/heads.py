"""The last layers of a discriminator, and what they do with the condition.

Shapes: B samples, F features, K classes, attributes or numbers, E embedding size.
"""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    normalize,
    softplus,
)

from multigan.core.condition import ConditionSpec
from multigan.errors import ConfigError
from multigan.modalities.shared.layers import Projection, Standardized

Conditioning = Literal["projection", "concat", "classifier", "contrastive"]
# Those of the last layers alone: nothing is shown earlier.
ByHead = Literal["projection", "classifier", "contrastive"]


class ConditionalDiscriminator(nn.Module):
    """A discriminator whose logits are those of one head over F features of a sample.

    Subclasses set `output` by `make_head` and write `summary`.
    """

    output: nn.Module

    def summary(self, samples: Tensor, condition: Tensor | None) -> Tensor:
        """Returns what the logits are made of: samples (B, *S) -> (B, F)."""
        raise NotImplementedError

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """Scores samples (B, *S) with logits (B, 1)."""
        logits: Tensor = self.output(self.summary(samples, condition), condition)
        return logits

    def logits_and_aux(
        self, samples: Tensor, condition: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Returns the logits (B, 1), and those of an auxiliary head, (B, K) or (B, E), if any."""
        features = self.summary(samples, condition)
        aux = self.output.aux_logits(features) if isinstance(self.output, AUX_HEADS) else None
        return self.output(features, condition), aux

    @property
    def has_aux_logits(self) -> bool:
        """Whether its head predicts conditions."""
        return isinstance(self.output, AUX_HEADS)

    def aux_loss(self, aux_logits: Tensor, condition: Tensor) -> Tensor:
        """Returns how wrong each prediction is, (B,)."""
        assert isinstance(self.output, AUX_HEADS)  # `has_aux_logits` has been asked
        return self.output.aux_loss(aux_logits, condition)


class ScoresLastFeatures(nn.Module):
    """A discriminator whose logit is the `Projection` of its last features.

    Subclasses set `output` and write `features`.
    """

    output: nn.Module

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the activations of its layers, first to last: (B, *S) -> [(B, ...), ...]."""
        raise NotImplementedError

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """Scores samples (B, *S) with logits (B, 1)."""
        last = self.features(samples, condition)[-1].flatten(1)
        logits: Tensor = self.output(last, condition)
        return logits


class ClassifierHead(nn.Module):
    """An unconditional logit, and auxiliary logits of the condition.

    Of classes and attributes they are logits, of numbers standardized values.

    Source: Odena, Olah & Shlens (2017), "Conditional Image Synthesis with Auxiliary Classifier
    GANs".
    """

    def __init__(self, dim: int, spec: ConditionSpec) -> None:
        super().__init__()
        self.output = nn.Linear(dim, 1)
        self.classifier = nn.Linear(dim, spec.size)
        self.standardize = Standardized(spec)
        self.kind = spec.kind

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """(B, F) -> logits (B, 1)."""
        logits: Tensor = self.output(features)
        return logits

    def aux_logits(self, features: Tensor) -> Tensor:
        """(B, F) -> (B, K)."""
        guessed: Tensor = self.classifier(features)
        return guessed

    def aux_loss(self, aux_logits: Tensor, condition: Tensor) -> Tensor:
        """Returns the cross-entropy in nats, or half the mean squared error: (B,)."""
        if self.kind == "class":
            return cross_entropy(aux_logits, condition, reduction="none")
        if self.kind == "attributes":
            wrong = binary_cross_entropy_with_logits(aux_logits, condition, reduction="none")
            return wrong.mean(1)
        return (aux_logits - self.standardize(condition)).square().mean(1) / 2


class ContrastiveHead(nn.Module):
    """A logit, and an embedding near its class's own and far from samples of other classes.

    Source: Kang et al. (2021), "Rebooting ACGAN: Auxiliary Classifier GANs with Stable Training",
    Eq. 8: the data-to-data cross-entropy loss. Embeddings of length one replace the classifier's
    logits, whose gradients explode early in training, and pairs that are near or far enough
    already, by the margins, pull no more. Margin and temperature are theirs for CIFAR-10.

    Raises:
        ConfigError: The condition is no class.
    """

    def __init__(
        self,
        dim: int,
        spec: ConditionSpec,
        *,
        embedding_dim: int = 128,
        margin: float = 0.98,
        temperature: float = 0.5,
    ) -> None:
        super().__init__()
        if spec.kind != "class":
            raise ConfigError(
                f"conditioning='contrastive' tells classes apart, and this data has {spec.kind} "
                "conditions. Use 'classifier' or 'projection'."
            )
        self.output = nn.Linear(dim, 1)
        self.embed = nn.Linear(dim, embedding_dim)
        self.proxies = nn.Embedding(spec.size, embedding_dim)  # one for each class
        self.margin, self.temperature = margin, temperature

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """(B, F) -> logits (B, 1)."""
        logits: Tensor = self.output(features)
        return logits

    def aux_logits(self, features: Tensor) -> Tensor:
        """(B, F) -> embeddings of length one (B, E)."""
        return normalize(self.embed(features), dim=1)

    def aux_loss(self, aux_logits: Tensor, condition: Tensor) -> Tensor:
        """Returns the data-to-data cross-entropy of each sample of a batch: (B,)."""
        proxy = normalize(self.proxies(condition), dim=1)
        near = ((aux_logits * proxy).sum(1) - self.margin).clamp_max(0) / self.temperature  # (B,)
        similar = aux_logits @ aux_logits.T  # (B, B)
        far = (similar - (1 - self.margin)).clamp_min(0) / self.temperature
        same = condition[:, None] == condition[None, :]
        # -log(exp near / (exp near + sum of exp far)), where a sum over nobody is 0.
        others = far.masked_fill(same, -torch.inf).logsumexp(1)
        return softplus(others - near)


AUX_HEADS = (ClassifierHead, ContrastiveHead)


def make_head(conditioning: Conditioning, dim: int, spec: ConditionSpec | None) -> nn.Module:
    """Returns the head for F = `dim` features; "concat" has shown the condition earlier.

    Raises:
        ConfigError: There is no such conditioning, or it does not suit the condition.
    """
    if spec is not None and conditioning == "classifier":
        return ClassifierHead(dim, spec)
    if spec is not None and conditioning == "contrastive":
        return ContrastiveHead(dim, spec)
    return Projection(dim, None if conditioning == "concat" else spec)
