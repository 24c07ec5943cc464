"""Subword tokenizers of the package `tokenizers`: trained on the data, or brought along."""

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

from multigan.errors import ConfigError, MissingDependencyError, first_line
from multigan.files import plain_file
from multigan.imports.pretrained import library, load_pretrained
from multigan.modalities.text.tokenizers.base import END, Tokenizer
from multigan.typed import checked

# What tokenizers call the token that ends a text, the likeliest first.
END_TOKENS = (END, "</s>", "<|endoftext|>", "<|end_of_text|>", "<eos>", "[SEP]", "[PAD]", "<pad>")

TRAINED = ("word", "char", "byte", "bpe")  # those that the data itself makes


@checked
class FastTokenizer(Tokenizer):
    """A `tokenizers.Tokenizer`, with the token that ends a text.

    Args:
        tokenizer: The tokenizer.
        end_id: The token that ends a text.
    """

    kind = "fast"

    def __init__(self, tokenizer: Any, end_id: int) -> None:
        self.tokenizer = tokenizer
        self.end_id = end_id
        # What trained them may have asked for padding or cutting, which is done here elsewhere.
        tokenizer.no_padding()
        tokenizer.no_truncation()

    @classmethod
    def trained(cls, texts: Iterable[str], *, size: int = 4096) -> Self:
        """Learns byte-level BPE of `size` tokens: pairs are merged, the most frequent first.

        Source: Sennrich, Haddow & Birch (2016), "Neural Machine Translation of Rare Words with
        Subword Units"; over bytes, Radford et al. (2019), "Language Models are Unsupervised
        Multitask Learners".
        """
        library = _library("Training a BPE tokenizer")
        if size < 257:
            raise ConfigError(f"Byte-level BPE needs at least 257 tokens, not {size}.")
        tokenizer = library.Tokenizer(library.models.BPE())
        tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=True)
        tokenizer.decoder = library.decoders.ByteLevel()
        trainer = library.trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=[END],
            initial_alphabet=library.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer, tokenizer.token_to_id(END))

    @classmethod
    def loaded(cls, name: str) -> Self:
        """Reads a `tokenizer.json`, a folder that `transformers` wrote, or a name on the Hub.

        Raises:
            ConfigError: There is none, or it has no token that ends a text.
        """
        if name.endswith(".json"):
            return cls._from_file(Path(name))
        if not Path(name).exists() and (meant := get_close_matches(name, TRAINED, n=1)):
            raise ConfigError(f"There is no tokenizer {name!r}. Did you mean {meant[0]!r}?")
        loader = library(f"Reading the tokenizer {name}").AutoTokenizer
        try:
            found = load_pretrained(loader, name, hub=True)
            backend = found.backend_tokenizer
        except (ConfigError, AttributeError) as error:
            raise ConfigError(
                f"There is no fast tokenizer {name!r}, here or on the Hub: {error} "
                "Known: word, char, byte, bpe, a tokenizer.json, a folder, a name on the Hub."
            ) from None
        ends = (found.eos_token_id, found.sep_token_id, found.pad_token_id)
        end_id = next((each for each in ends if each is not None), None)
        return cls(backend, _end_of(backend, name) if end_id is None else end_id)

    @classmethod
    def _from_file(cls, path: Path) -> Self:
        library = _library(f"Reading {path}")
        try:
            tokenizer = library.Tokenizer.from_file(str(plain_file(path)))
        except Exception as error:  # `tokenizers` raises bare Exceptions
            raise ConfigError(f"The tokenizer {path} cannot be read: {first_line(error)}") from None
        return cls(tokenizer, _end_of(tokenizer, str(path)))

    def __len__(self) -> int:
        return int(self.tokenizer.get_vocab_size())

    def encode(self, text: str) -> list[int]:
        """Returns the tokens, without those that models want at both ends."""
        return self.encode_all([text])[0]

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        """Encodes many texts at once, on all cores."""
        found = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [each.ids for each in found]

    def decode(self, ids: Sequence[int]) -> str:
        """Returns the text, without special tokens and without spaces at its ends."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text.strip()

    def to_json(self) -> dict[str, Any]:
        """Returns the whole tokenizer."""
        return {
            "kind": self.kind,
            "end_id": self.end_id,
            "tokenizer": json.loads(self.tokenizer.to_str()),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Builds what `to_json` described."""
        library = _library("Sampling text of subwords")
        return cls(library.Tokenizer.from_str(json.dumps(value["tokenizer"])), value["end_id"])


def _library(purpose: str) -> Any:
    try:
        import tokenizers
    except ImportError:
        raise MissingDependencyError("tokenizers", purpose=purpose, extra="text") from None
    return tokenizers


def _end_of(tokenizer: Any, where: str) -> int:
    for name in END_TOKENS:
        found = tokenizer.token_to_id(name)
        if found is not None:
            return int(found)
    raise ConfigError(
        f"The tokenizer {where} has no token that ends a text, such as "
        f"{', '.join(END_TOKENS[1:4])}."
    )
