"""From text to token numbers and back: words, characters, bytes, and fast subword tokenizers.

A tokenizer is plain data: `to_json` writes all of it into a run's pipeline, `read_tokenizer` builds
it again, and nothing else is needed to sample.
"""

from collections.abc import Mapping
from typing import Any

from multigan.errors import CheckpointError, UnknownNameError, known
from multigan.modalities.text.tokenizers.base import Tokenizer
from multigan.modalities.text.tokenizers.characters import ByteTokenizer, CharacterTokenizer
from multigan.modalities.text.tokenizers.fast import FastTokenizer
from multigan.modalities.text.tokenizers.numbers import NumberTokenizer
from multigan.modalities.text.tokenizers.words import WordTokenizer, is_tokenized

__all__ = [
    "TOKENIZERS",
    "ByteTokenizer",
    "CharacterTokenizer",
    "FastTokenizer",
    "NumberTokenizer",
    "Tokenizer",
    "WordTokenizer",
    "is_tokenized",
    "read_tokenizer",
]

TOKENIZERS: dict[str, type[Tokenizer]] = {
    "word": WordTokenizer,
    "char": CharacterTokenizer,
    "byte": ByteTokenizer,
    "fast": FastTokenizer,
    "number": NumberTokenizer,
}


def read_tokenizer(value: Mapping[str, Any]) -> Tokenizer:
    """Builds the tokenizer that `to_json` described.

    Raises:
        CheckpointError: The values are not those of a tokenizer.
    """
    try:
        return TOKENIZERS[known("tokenizer", value["kind"], TOKENIZERS)].from_json(value)
    except UnknownNameError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"The saved tokenizer is damaged: {error!r}") from None
