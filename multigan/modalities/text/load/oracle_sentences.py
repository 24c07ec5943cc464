"""Sentences of the synthetic oracle, as a data set.

Shapes: N sentences, L tokens.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from torch import Tensor

from multigan.data.source import TensorSource
from multigan.modalities.text.load.loaded import TextReport, TextSet
from multigan.modalities.text.oracle import LENGTH, Oracle
from multigan.modalities.text.tokenizers import NumberTokenizer

NAME = "oracle"
PREFIX = f"{NAME}:"
SENTENCES = 10_000
# The data are one fixed draw; a run's seed changes the run, not what it learns from.
TRAINING, HELD_OUT, TEST = 1, 2, 3
DRAWN = 0


@dataclass(frozen=True)
class OracleSet(TextSet):
    """Sentences of an oracle, and the oracle.

    Attributes:
        oracle: Their true distribution.
    """

    oracle: Oracle = field(kw_only=True)


def is_oracle(data: Any) -> bool:
    """Whether `data` names an oracle: "oracle", or "oracle:" and a path."""
    return isinstance(data, str) and data.partition(":")[0] == NAME


def load_oracle(data: str, *, length: int | None = None, limit: int | None = None) -> OracleSet:
    """Returns sentences to learn from.

    Args:
        data: "oracle" for one that multigan draws, "oracle:<path>" for one in an `.npz`.
        length: L; None is 20.
        limit: N; None is 10,000, as in the literature.
    """
    oracle = open_oracle(data)
    ids = _sentences(oracle, limit or SENTENCES, length or LENGTH)
    tokenizer = NumberTokenizer(oracle.vocab_size)
    texts = tuple(tokenizer.decode(row) for row in ids.tolist())
    report = TextReport(
        where=data if ":" in data else f"an oracle drawn with seed {DRAWN}",
        found=len(ids),
        used=len(ids),
        length=ids.shape[1],
        vocab_size=oracle.vocab_size,
        tokenizer=tokenizer.kind,
        tokens=ids.numel(),
        examples=texts[:4],
    )
    return OracleSet(
        *(TensorSource(ids.int()), report, _fingerprint(ids)),
        tokenizer=tokenizer,
        texts=texts,
        oracle=oracle,
    )


@lru_cache(maxsize=4)
def open_oracle(data: str) -> Oracle:
    """Returns the oracle that "oracle" or "oracle:<path>" names.

    Raises:
        DataError: The file holds none.
    """
    path = data.partition(":")[2]
    return Oracle.load(Path(path).expanduser()) if path else Oracle.drawn(DRAWN)


@lru_cache(maxsize=4)
def _sentences(oracle: Oracle, count: int, length: int) -> Tensor:
    """Returns training sentences (count, length), once for all runs of a process."""
    return oracle.sample(count, seed=TRAINING, length=length)


def _fingerprint(ids: Tensor) -> str:
    return blake2b(ids.numpy().tobytes(), digest_size=8).hexdigest()
