"""What every generator of text can do: sample token by token, and replay all tokens at once.

Sampling needs no gradient, so it runs with a cache and keeps no graph. Training then replays the
sampled tokens in one parallel pass, whose logits, and so whose losses and gradients, are those of
the token-by-token loop: a token only depends on the tokens before it, and what is fed back is a
token's number, through which no gradient flows (Nie et al. 2019, "RelGAN", feed back the argmax).

Shapes: B texts, L positions, V tokens, H hidden size.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from multigan.core.condition import ConditionSpec
from multigan.errors import ShapeError
from multigan.modalities.text.networks.token_table import TokenTable
from multigan.modalities.text.vocabulary import Compute, over_vocabulary, token_log_probs, until_end

Choose = Callable[[Tensor, int], Tensor]  # (logits (B, V) in float32, position) -> tokens (B,)


class TextGenerator(nn.Module, ABC):
    """A distribution over rows of tokens, one token after the other.

    Attributes:
        length: L, the most tokens in a row.
        vocab_size: V.
        condition: What it is conditioned on, or None.
        end_id: The token that ends a text; set by whoever knows the tokenizer.
    """

    def __init__(self, sample_shape: tuple[int, ...], condition: ConditionSpec | None) -> None:
        super().__init__()
        if len(sample_shape) != 2:
            raise ShapeError(
                f"{type(self).__name__} makes texts of shape (length, vocabulary), not "
                f"{tuple(sample_shape)}. Use it with text."
            )
        self.length, self.vocab_size = sample_shape
        self.condition = condition
        self.end_id = 0

    @abstractmethod
    def hidden(self, ids: Tensor, condition: Tensor | None = None) -> Tensor:
        """Returns the states (B, L, H) from which each token of `ids` (B, L) is predicted.

        The state at a position has seen the tokens before it, and the condition.
        """

    @abstractmethod
    def head(self, hidden: Tensor) -> Tensor:
        """Turns states (..., H) into logits (..., V)."""

    @abstractmethod
    def begin(self, count: int, condition: Tensor | None = None) -> Any:
        """Returns the state before the first token of `count` texts, for `advance`."""

    @abstractmethod
    def advance(self, state: Any, tokens: Tensor | None) -> tuple[Tensor, Any]:
        """Reads the latest tokens (B,), None before the first, and returns (B, H) and a state."""

    def forward(self, ids: Tensor, condition: Tensor | None = None) -> Tensor:
        """Returns the logits (B, L, V) of each token, given those before it."""
        logits: Tensor = self.head(self.hidden(ids, condition))
        return logits

    def log_probs(self, ids: Tensor, condition: Tensor | None = None) -> Tensor:
        """Returns the log-probability of each token of `ids`, (B, L); zero after the first end."""
        mask = until_end(ids, self.end_id)
        hidden = self.hidden(ids, condition)
        return token_log_probs(self.head, hidden, ids, mask, vocab=self.vocab_size)

    def over_vocabulary(self, hidden: Tensor, mask: Tensor, compute: Compute) -> tuple[Tensor, ...]:
        """Computes something of the logits, block by block; see `vocabulary.over_vocabulary`."""
        return over_vocabulary(self.head, hidden, mask, compute, vocab=self.vocab_size)

    @torch.no_grad()
    def sample(
        self,
        count: int,
        choose: Choose,
        *,
        condition: Tensor | None = None,
        prefix: Tensor | None = None,
        free: Sequence[int] = (),
        length: int | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Samples texts token by token.

        Args:
            count: B.
            choose: Picks each token.
            condition: What the generator is conditioned on.
            prefix: (B, P): how the texts begin.
            free: How many texts, the first ones, have their token chosen all the same, at each
                position of the prefix; none says none. `choose` then sees only these.
            length: How many tokens; None for all L.

        Returns:
            Tokens (B, L), filled with the end after the first end, and the states (B, L, H) from
            which they were predicted.
        """
        state = self.begin(count, condition)
        tokens: Tensor | None = None
        ended = torch.zeros(count, dtype=torch.bool, device=self.device)
        length = length or self.length
        rows, states = [], []
        for position in range(length):
            hidden, state = self.advance(state, tokens)
            chosen = self._chosen(hidden, position, choose, prefix, free)
            tokens = torch.where(ended, self.end_id, chosen)
            ended = ended | (tokens == self.end_id)
            rows.append(tokens)
            states.append(hidden)
            if not ended.is_cuda and ended.all():  # asking a GPU would make the processor wait
                break
        return self._filled(rows, states, length)

    def _chosen(
        self,
        hidden: Tensor,
        position: int,
        choose: Choose,
        prefix: Tensor | None,
        free: Sequence[int],
    ) -> Tensor:
        if prefix is None or position >= prefix.shape[1]:
            return choose(self.head(hidden).float(), position)
        count = free[position] if free else 0
        if not count:
            return prefix[:, position]
        chosen = choose(self.head(hidden[:count]).float(), position)
        return torch.cat([chosen, prefix[count:, position]])

    def _filled(
        self, rows: list[Tensor], states: list[Tensor], length: int
    ) -> tuple[Tensor, Tensor]:
        missing = length - len(rows)
        ends = [torch.full_like(rows[0], self.end_id)] * missing
        nothing = [torch.zeros_like(states[0])] * missing
        return torch.stack(rows + ends, dim=1), torch.stack(states + nothing, dim=1)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device


class TableGenerator(TextGenerator):
    """A generator with one table for the tokens it reads and those it writes.

    Subclasses set `tokens`.
    """

    tokens: TokenTable

    def head(self, hidden: Tensor) -> Tensor:
        """(..., H) -> logits (..., V)."""
        return self.tokens.logits(hidden)


@contextmanager
def without_dropout(network: nn.Module) -> Iterator[None]:
    """Switches off what is random in a network, so that a replay repeats what was sampled.

    cuDNN's recurrent layers refuse a backward pass in eval mode; they stay in training mode.
    """
    modes = [(part, part.training) for part in network.modules()]
    for part, _ in modes:
        part.training = isinstance(part, nn.RNNBase)
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training
