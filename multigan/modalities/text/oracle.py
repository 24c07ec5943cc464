"""The synthetic oracle: a random LSTM whose sentences are data of a distribution that is known.

A model trained on the oracle's sentences can be asked both what it cannot be asked about real text:
how likely its samples are under the true distribution, and how likely true sentences are under it.

The oracle of the literature is one particular network: LSTM and embedding of size 32, vocabulary
5,000, every weight drawn from N(0, 1), start token 0, sentences of 20 tokens. Its entropy, 5.746
nats a token, differs from that of a redrawn one by up to 0.3, so numbers of different oracles
cannot be compared.

Source: Yu et al. (2017), "SeqGAN: Sequence Generative Adversarial Nets with Policy Gradient".

Shapes: B sentences, L tokens, V vocabulary, H hidden size, E embedding size.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from multigan.core.draws import seed_from, seeded
from multigan.errors import DataError

START = 0
LENGTH = 20
BLOCK = 500  # sentences sampled at once: 500 x 5,000 logits are 10 MB
SCORED = 50  # sentences scored at once: 50 x 20 x 5,000 logits are 20 MB

GATES = ("i", "f", "c", "og")  # torch's order: input, forget, cell, output


class Oracle(nn.Module):
    """An LSTM language model without training, `log_probs` and `sample` of its distribution.

    Args:
        vocab_size: V.
        embedding_dim: E.
        hidden_dim: H.
    """

    def __init__(
        self, vocab_size: int = 5000, embedding_dim: int = 32, hidden_dim: int = 32
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, batch_first=True)
        self.output = nn.Linear(hidden_dim, vocab_size)
        self.requires_grad_(False)

    @property
    def vocab_size(self) -> int:
        """V."""
        return self.embedding.num_embeddings

    @classmethod
    def drawn(cls, seed: int, vocab_size: int = 5000, size: int = 32) -> Self:
        """Returns an oracle of the literature's kind, but not the literature's: other weights."""
        oracle = cls(vocab_size, size, size)
        with seeded(seed, "oracle"):
            for name, weight in oracle.named_parameters():
                # torch's LSTM adds two biases where the oracle has one.
                nn.init.zeros_(weight) if "bias_hh" in name else nn.init.normal_(weight)
        return oracle

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Loads the 15 arrays of an oracle from an `.npz`.

        They are `embedding` (V, E); for each gate in i, f, og and c `w` (E, H), `u` (H, H) and `b`
        (H,), e.g. `wi`; `wo` (H, V) and `bo` (V,).

        Raises:
            DataError: The file is missing, is not an `.npz`, or lacks an array or has one of
                another shape.
        """
        arrays = _read(Path(path))
        vocab_size, embedding_dim = arrays["embedding"].shape
        hidden_dim = arrays["wo"].shape[0]
        oracle = cls(vocab_size, embedding_dim, hidden_dim)
        try:
            weights = {
                "embedding.weight": arrays["embedding"],
                "lstm.weight_ih_l0": torch.cat([arrays[f"w{gate}"].mT for gate in GATES]),
                "lstm.weight_hh_l0": torch.cat([arrays[f"u{gate}"].mT for gate in GATES]),
                "lstm.bias_ih_l0": torch.cat([arrays[f"b{gate}"] for gate in GATES]),
                "lstm.bias_hh_l0": torch.zeros(4 * hidden_dim),
                "output.weight": arrays["wo"].mT,
                "output.bias": arrays["bo"],
            }
            oracle.load_state_dict(weights)
        except RuntimeError as error:  # shapes that do not fit one another
            raise DataError(f"The arrays in {path} do not make an oracle: {error}") from None
        return oracle

    @torch.no_grad()
    def log_probs(self, ids: Tensor, *, alpha: float = 1.0) -> Tensor:
        """Returns the log probability (B, L) of each token of sentences (B, L), in nats.

        Its logits are multiplied by the inverse temperature `alpha`.
        """
        parts = []
        for block in torch.split(ids, SCORED):
            logits = alpha * self._logits(block)
            chosen = logits.gather(-1, block.unsqueeze(-1)).squeeze(-1)
            parts.append(chosen - logits.logsumexp(-1))
        return torch.cat(parts)

    @torch.no_grad()
    def sample(self, count: int, *, seed: int, length: int = LENGTH, alpha: float = 1.0) -> Tensor:
        """Returns sentences (count, L) of token ids; the first few do not depend on `count`."""
        blocks = []
        for start in range(0, count, BLOCK):
            draws = torch.Generator().manual_seed(seed_from(seed, "oracle", start))
            blocks.append(self._block(length, draws, alpha))
        return torch.cat(blocks)[:count]

    def nll(self, ids: Tensor, alphas: Sequence[float]) -> list[float]:
        """Returns the mean negative log-likelihood of a token of (B, L) at each alpha."""
        return [-self.log_probs(ids, alpha=alpha).mean().item() for alpha in alphas]

    @torch.no_grad()
    def entropy(self, ids: Tensor) -> float:
        """Returns the entropy in nats a token, estimated over sentences (B, L) of this oracle.

        It is the mean of the exact entropies of every next token, which varies less than the
        sentences' own log probabilities and has the same expectation.
        """
        total = 0.0
        for block in torch.split(ids, SCORED):
            log_probs = self._logits(block).log_softmax(-1)
            total -= (log_probs.exp() * log_probs).sum().item()
        return total / ids.numel()

    def _logits(self, ids: Tensor) -> Tensor:
        """Returns the logits (B, L, V) of each token given those before it."""
        before = torch.cat([torch.full_like(ids[:, :1], START), ids[:, :-1]], 1)
        hidden, _ = self.lstm(self.embedding(before))
        logits: Tensor = self.output(hidden)
        return logits

    def _block(self, length: int, draws: torch.Generator, alpha: float) -> Tensor:
        """Returns BLOCK sentences (BLOCK, L)."""
        device = self.embedding.weight.device
        token = torch.full((BLOCK, 1), START, device=device)
        state, tokens = None, []
        for _ in range(length):
            hidden, state = self.lstm(self.embedding(token), state)
            # Where a uniform number falls among the summed probabilities is three times as fast as
            # torch.multinomial, which draws a number for every token of the vocabulary.
            summed = (alpha * self.output(hidden[:, 0])).softmax(-1).cumsum(-1)
            where = torch.rand(BLOCK, 1, generator=draws).to(device) * summed[:, -1:]
            token = torch.searchsorted(summed, where, right=True).clamp(max=self.vocab_size - 1)
            tokens.append(token)
        return torch.cat(tokens, 1)


def _read(path: Path) -> dict[str, Tensor]:
    """Returns an oracle's arrays by name."""
    names = {"embedding", "wo", "bo", *(kind + gate for kind in "wub" for gate in GATES)}
    try:
        with np.load(path, allow_pickle=False) as file:
            missing = sorted(names - set(file.files))
            if missing:
                raise DataError(
                    f"{path} lacks {', '.join(missing)} of an oracle's 15 arrays; it has "
                    f"{', '.join(file.files)}."
                )
            arrays = {name: torch.from_numpy(file[name]).float() for name in names}
    except (OSError, ValueError, TypeError, zipfile.BadZipFile) as error:
        if isinstance(error, DataError):  # which is a ValueError
            raise
        raise DataError(
            f"{path} cannot be read as an oracle: {error}. Expected an .npz of its 15 arrays."
        ) from None
    if arrays["embedding"].ndim != 2 or arrays["wo"].ndim != 2:
        raise DataError(f"{path}: embedding and wo have to be matrices, (V, E) and (H, V).")
    return arrays
