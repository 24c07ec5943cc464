"""From text to token numbers and back: words, characters, bytes, and fast subword tokenizers.

A tokenizer is plain data: `to_json` writes all of it into a run's pipeline, `read_tokenizer` builds
it again, and nothing else is needed to sample.
"""

from multigan.modalities.text.tokenizers.base import TOKENIZERS, Tokenizer, read_tokenizer
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
