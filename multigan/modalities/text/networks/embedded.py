"""What every discriminator of text can do: see tokens, and mixtures of tokens, as vectors.

The game is played on what the discriminator embeds, (B, L, E): real tokens are looked up, and a
generated distribution over tokens is the mean of their vectors. Gradient penalties are taken there.

Shapes: B texts, L positions, V tokens, E embedding size.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from multigan.core.condition import ConditionSpec
from multigan.errors import ShapeError


class TextDiscriminator(nn.Module, ABC):
    """Scores embedded texts (B, L, E).

    Positions after a text's end are zero vectors; a network that scores every token knows them by
    that.

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None.
        embedding_dim: E.
        embedding: The table of the tokens' vectors, if there is one already.
        unit_embeddings: Whether every token's vector is scaled to length sqrt(E). Otherwise a
            discriminator can lower its gradient penalties by growing its vectors alone.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None,
        *,
        embedding_dim: int,
        unit_embeddings: bool,
        embedding: nn.Embedding | None = None,
    ) -> None:
        super().__init__()
        if len(sample_shape) != 2:
            raise ShapeError(
                f"{type(self).__name__} scores texts of shape (length, vocabulary), not "
                f"{tuple(sample_shape)}. Use it with text."
            )
        self.length, self.vocab_size = sample_shape
        self.condition = condition
        self.unit_embeddings = unit_embeddings
        self.embedding = embedding or nn.Embedding(self.vocab_size, embedding_dim)

    def scaled(self, vectors: Tensor) -> Tensor:
        """Scales vectors (..., E) of single tokens as they are to be seen."""
        if not self.unit_embeddings:
            return vectors
        return normalize(vectors, dim=-1) * vectors.shape[-1] ** 0.5

    def table(self) -> Tensor:
        """Returns the vectors of all tokens, (V, E), as they are seen."""
        return self.scaled(self.embedding.weight)

    def embed(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Looks tokens (B, L) up as (B, L, E); zero where the mask is False."""
        return self.scaled(self.embedding(ids)) * mask.unsqueeze(-1)

    @abstractmethod
    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """Scores embedded texts: (B, L, E) -> logits (B, N)."""


def counting(samples: Tensor) -> Tensor:
    """Returns which positions of embedded texts (B, L, E) belong to a text: (B, L)."""
    return (samples.detach() != 0).any(-1)


def as_embedded(discriminator: nn.Module) -> TextDiscriminator:
    """Returns the discriminator, if it is one of text.

    Raises:
        ShapeError: It scores something else.
    """
    if isinstance(discriminator, TextDiscriminator):
        return discriminator
    raise ShapeError(f"{type(discriminator).__name__} does not score text: it embeds no tokens.")


@contextmanager
def second_derivatives(samples: Tensor) -> Iterator[None]:
    """Leaves cuDNN, whose recurrent layers have none, where a penalty may want them."""
    needed = samples.is_cuda and samples.requires_grad and torch.is_grad_enabled()
    cudnn = torch.backends.cudnn
    before = cudnn.enabled  # not `cudnn.flags`, which cannot tell what else is set apart
    cudnn.enabled = before and not needed
    try:
        yield
    finally:
        cudnn.enabled = before
