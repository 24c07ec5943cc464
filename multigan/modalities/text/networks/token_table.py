"""Vectors for the tokens that go in, and logits for those that come out.

Shapes: V tokens, E embedding size, H hidden size; `...` are any texts and positions.
"""

from torch import Tensor, nn
from torch.nn.functional import linear, pad


class TokenTable(nn.Module):
    """One table for input and output; a row more than tokens stands before the first.

    Sharing the table, behind a projection from the hidden states, makes a generator smaller,
    faster, and better on little data.

    Source: Inan, Khosravi & Socher (2017), "Tying Word Vectors and Word Classifiers"; Press & Wolf
    (2017), "Using the Output Embedding to Improve Language Models".

    Args:
        vocab_size: V.
        dim: E.
        hidden_dim: H.
        tied: Whether the table is shared.
    """

    def __init__(self, vocab_size: int, dim: int, hidden_dim: int, *, tied: bool = True) -> None:
        super().__init__()
        self.start_id = vocab_size
        self.embedding = nn.Embedding(vocab_size + 1, dim)
        # Logits of the order of one, whether they come of the table or of a layer of its own.
        nn.init.normal_(self.embedding.weight, std=dim**-0.5 if tied else 0.1)
        self.output: nn.Linear | None = None if tied else nn.Linear(hidden_dim, vocab_size)
        self.project = nn.Linear(hidden_dim, dim) if tied else None
        self.bias = nn.Parameter(self.embedding.weight.new_zeros(vocab_size)) if tied else None

    def forward(self, ids: Tensor) -> Tensor:
        """Looks tokens up: (...) -> (..., E)."""
        vectors: Tensor = self.embedding(ids)
        return vectors

    def shifted(self, ids: Tensor) -> Tensor:
        """Looks up what is read before each token of (B, L): the start, then all but the last."""
        return self(pad(ids[:, :-1], (1, 0), value=self.start_id))

    def logits(self, hidden: Tensor) -> Tensor:
        """Turns states (..., H) into logits (..., V)."""
        if self.output is not None:
            logits: Tensor = self.output(hidden)
            return logits
        assert self.project is not None
        return linear(self.project(hidden), self.embedding.weight[:-1], self.bias)
