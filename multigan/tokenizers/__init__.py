"""From text to token numbers and back: words, characters, bytes, and fast subword tokenizers.

A tokenizer is plain data: `to_json` writes all of it into a run's pipeline, `read_tokenizer` builds
it again, and nothing else is needed to sample.
"""

from multigan.tokenizers.base import TOKENIZERS, Tokenizer, read_tokenizer
from multigan.tokenizers.characters import ByteTokenizer, CharacterTokenizer
from multigan.tokenizers.fast import FastTokenizer
from multigan.tokenizers.numbers import NumberTokenizer
from multigan.tokenizers.words import WordTokenizer, is_tokenized

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
