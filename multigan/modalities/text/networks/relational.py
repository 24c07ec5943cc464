"""The relational memory that RelGAN writes with.

Shapes: B texts, L positions, V tokens, K memory slots, M memory size = heads * head size.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm

from multigan.core.condition import ConditionSpec
from multigan.core.registries import GENERATORS
from multigan.modalities.shared.layers import ConditionEmbedding, embedding_of
from multigan.modalities.text.networks.sequence import TableGenerator
from multigan.modalities.text.networks.token_table import TokenTable
from multigan.typed import Count


class _WholeNorm(nn.Module):
    """Normalizes over all but the batch, with a gain and a bias for each of the last axis.

    As `tf.contrib.layers.layer_norm` does by default, which RelGAN's memory was built with.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, values: Tensor) -> Tensor:
        """(B, K, size) -> (B, K, size)."""
        return layer_norm(values, values.shape[1:]) * self.gain + self.bias


class RelationalMemory(nn.Module):
    """Slots that attend to each other and to the latest input, behind input and forget gates.

    Source: Santoro et al. (2018), "Relational recurrent neural networks", one block, unit gates,
    a two-layer perceptron; queries are scaled by (2 * key size + value size)^-0.5, as RelGAN's
    memory does.
    """

    def __init__(self, input_dim: int, slots: int, heads: int, head_size: int) -> None:
        super().__init__()
        self.slots, self.heads, self.head_size = slots, heads, head_size
        size = heads * head_size
        self.read = nn.Linear(input_dim, size)
        self.queries_keys_values = nn.Linear(size, 3 * size, bias=False)
        self.norms = nn.ModuleList([_WholeNorm(3 * size), _WholeNorm(size), _WholeNorm(size)])
        self.perceptron = nn.Sequential(nn.Linear(size, size), nn.ReLU(), nn.Linear(size, size))
        self.input_gates = nn.Linear(size, 2 * size, bias=False)
        self.memory_gates = nn.Linear(size, 2 * size, bias=False)
        eye = torch.eye(slots, size)  # every slot starts as something of its own
        self.register_buffer("start", eye, persistent=False)
        self.start: Tensor

    def forward(self, vector: Tensor, memory: Tensor) -> Tensor:
        """Returns the memory (B, K, M) after reading (B, input_dim)."""
        read = self.read(vector).unsqueeze(1)
        both = torch.cat([memory, read], dim=1)  # (B, K + 1, M)
        both = self.norms[1](both + self._attended(both))
        both = self.norms[2](both + self.perceptron(both))
        gates = self.input_gates(read) + self.memory_gates(memory.tanh())
        let_in, keep = gates.chunk(2, dim=-1)
        # Forget gates start near open: + 1.
        return let_in.sigmoid() * both[:, :-1].tanh() + (keep + 1).sigmoid() * memory

    def _attended(self, both: Tensor) -> Tensor:
        batch, rows, _ = both.shape
        parts = self.norms[0](self.queries_keys_values(both))
        q, k, v = parts.view(batch, rows, self.heads, 3, self.head_size).permute(3, 0, 2, 1, 4)
        weights = ((q * (3 * self.head_size) ** -0.5) @ k.transpose(-1, -2)).softmax(-1)
        return (weights @ v).transpose(1, 2).flatten(2)


@GENERATORS.register("relational-memory")
class RelationalGenerator(TableGenerator):
    """The generator of Nie et al. (2019), "RelGAN".

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None; added to every embedding.
        embedding_dim: Size of the tokens' embeddings.
        slots, heads, head_size: Of the memory; RelGAN's are 1, 2 and 256.
        latent_dim: Not used: the randomness of text lies in its tokens.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        latent_dim: int = 0,
        embedding_dim: Count = 32,
        slots: Count = 1,
        heads: Count = 2,
        head_size: Count = 256,
    ) -> None:
        super().__init__(sample_shape, condition)
        width = slots * heads * head_size
        self.tokens = TokenTable(self.vocab_size, embedding_dim, width, tied=False)
        self.told = ConditionEmbedding(condition, embedding_dim, std=0.1) if condition else None
        self.memory = RelationalMemory(embedding_dim, slots, heads, head_size)

    def hidden(self, ids: Tensor, condition: Tensor | None = None) -> Tensor:
        """Reads token after token, for each depends on the memory; the logits come all at once."""
        state, tokens, states = self.begin(len(ids), condition), None, []
        for position in range(ids.shape[1]):
            hidden, state = self.advance(state, tokens)
            states.append(hidden)
            tokens = ids[:, position]
        return torch.stack(states, dim=1)

    def begin(self, count: int, condition: Tensor | None = None) -> Any:
        """Returns the first memory."""
        return self.memory.start.expand(count, -1, -1), embedding_of(self.told, condition)

    def advance(self, state: Any, tokens: Tensor | None) -> tuple[Tensor, Any]:
        """Reads one more token of each text."""
        memory, embedded = state
        if tokens is None:
            tokens = torch.full((len(memory),), self.tokens.start_id, device=memory.device)
        vector = self.tokens(tokens)
        memory = self.memory(vector if embedded is None else vector + embedded, memory)
        return memory.flatten(1), (memory, embedded)
