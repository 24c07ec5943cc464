"""A small neural language model, trained here: how well one text predicts another.

It sees further back than the n-gram model and generalizes over words, and takes minutes instead of
a second. What its two directions mean is said in `ngram_model`.

Shapes: B texts, L positions, V words.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from multigan.core.draws import seeded
from multigan.errors import MeasureError
from multigan.modalities.text.metrics.corpus import Corpus

IGNORED = -100  # positions after a text's end; torch's cross entropy leaves them out


@dataclass(frozen=True)
class NeuralModelOptions:
    """The model and its training.

    Attributes:
        width: Units of the LSTM, and of the embedding.
        dropout: The share of activations dropped before and after the LSTM.
        epochs: Passes over the training text, 9 tenths of it; the rest tells which was the best.
        batch_size: Texts in a batch.
        learning_rate: Of Adam.
        seed: Of the weights, the order and the dropout.
    """

    width: int = 192
    dropout: float = 0.3
    epochs: int = 6
    batch_size: int = 64
    learning_rate: float = 4e-3
    seed: int = 0


def neural_nll(
    training: Corpus,
    scored: Corpus,
    options: NeuralModelOptions | None = None,
    device: torch.device | str = "cpu",
) -> float:
    """Returns the mean negative log-likelihood of a word or a text's end, in nats.

    Args:
        training: What an LSTM is trained on.
        scored: What it predicts. Both share a numbering; see `ngram_model.with_unknown`.
        options: Of the model.
        device: Where it is trained.
    """
    options = options or NeuralModelOptions()
    if len(training) < 10:
        raise MeasureError(
            f"A language model needs at least 10 texts to train on, not {len(training)}."
        )
    known, asked = _rows(training), _rows(scored)
    held = len(known) // 10
    with seeded(options.seed, "language model"):
        model = _Model(training.vocab_size, options).to(device)
        order = torch.randperm(len(known)).tolist()
        held_out, learned = ([known[i] for i in part] for part in (order[:held], order[held:]))
        best = _train(model, learned, held_out, options)
    model.load_state_dict(best)
    return _nll(model, asked)


class _Model(nn.Module):
    """Word numbers (B, L) before each place -> logits (B, L, V + 1); the last is the end."""

    def __init__(self, vocab_size: int, options: NeuralModelOptions) -> None:
        super().__init__()
        self.edge = vocab_size  # before a text, the start; as a target, the end
        self.embedding = nn.Embedding(vocab_size + 1, options.width)
        self.lstm = nn.LSTM(options.width, options.width, batch_first=True)
        self.dropout = nn.Dropout(options.dropout)
        self.output = nn.Linear(options.width, vocab_size + 1)
        self.output.weight = self.embedding.weight  # Press & Wolf (2017): one table for both
        nn.init.normal_(self.embedding.weight, std=0.1)

    def forward(self, words: Tensor) -> Tensor:
        hidden, _ = self.lstm(self.dropout(self.embedding(words)))
        logits: Tensor = self.output(self.dropout(hidden))
        return logits

    def loss(self, batch: list[Tensor]) -> Tensor:
        """Returns the summed negative log-likelihood of texts, each (L,)."""
        device = self.embedding.weight.device
        edge = torch.tensor([self.edge])
        inputs = pad_sequence([torch.cat([edge, text]) for text in batch], True).to(device)
        targets = pad_sequence([torch.cat([text, edge]) for text in batch], True, IGNORED)
        logits = self(inputs).flatten(0, 1)
        kept = (targets.flatten() != IGNORED).nonzero().squeeze(1).to(device)
        return cross_entropy(logits[kept], targets.flatten().to(device)[kept], reduction="sum")


def _train(
    model: _Model, learned: list[Tensor], held_out: list[Tensor], options: NeuralModelOptions
) -> dict[str, Tensor]:
    """Trains, and returns the weights that predicted the held-out texts best."""
    batches = max(len(learned) // options.batch_size, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=options.learning_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, options.epochs * batches)
    lowest, best = float("inf"), model.state_dict()
    for _ in range(options.epochs):
        order = torch.randperm(len(learned)).tolist()
        for index in range(batches):
            batch = [learned[i] for i in order[index::batches]]
            loss = model.loss(batch) / sum(len(text) + 1 for text in batch)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        value = _nll(model, held_out) if held_out else 0.0
        if value < lowest:
            lowest = value
            best = {name: weight.clone() for name, weight in model.state_dict().items()}
    return best


@torch.no_grad()
def _nll(model: _Model, texts: list[Tensor]) -> float:
    model.eval()
    ordered = sorted(texts, key=len)  # alike in length, so little is padding
    parts = [ordered[start : start + 128] for start in range(0, len(ordered), 128)]
    total = sum(model.loss(part).item() for part in parts)
    model.train()
    return total / sum(len(text) + 1 for text in texts)


def _rows(corpus: Corpus) -> list[Tensor]:
    """Returns each text's words (L,)."""
    return list(torch.split(torch.from_numpy(corpus.words), corpus.lengths.tolist()))
