"""Text read once, tokenized, and brought to rows of one length, with a report of all of it.

Shapes: N samples, L tokens in a row.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np
import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.data.labels import WHOLE, require_split
from multigan.data.source import TensorSource
from multigan.errors import ConfigError, DataError
from multigan.modalities.text.load.loaded import TextReport, TextSet
from multigan.modalities.text.load.options import LONGEST, TextOptions
from multigan.modalities.text.load.oracle_sentences import is_oracle, load_oracle
from multigan.modalities.text.load.origins import open_text
from multigan.modalities.text.load.suiting import suiting_tokenizer
from multigan.modalities.text.load.texts import Texts, refuse_texts
from multigan.modalities.text.tokenizers import (
    ByteTokenizer,
    CharacterTokenizer,
    FastTokenizer,
    Tokenizer,
    WordTokenizer,
    is_tokenized,
)
from multigan.typed import chosen

NUM_EXAMPLES = 32  # real samples shown beside generated ones
HELD = 0.99  # the share of texts that the row's length is chosen to hold
WINDOW = 64  # tokens, where nobody says how many
WORDS = 10_000  # the largest vocabulary of words, where nobody says how large
SUBWORDS = 4096  # as many, of subwords trained here


def load_text(data: Any, options: TextOptions | None = None, **fields: Any) -> TextSet:
    """Reads texts and tokenizes them.

    Args:
        data: A `.txt` (or any other plain text), `.csv`, `.tsv`, `.jsonl` or `.parquet` file, a
            folder of `.txt` files (a class per subfolder), "prose" (Python's own help texts), a
            data set on the Hugging Face Hub ("owner/name"), a list of strings, a list of (text,
            label), a pair (texts, labels), or a data set of the package `datasets`.
        options: How to read them.
        fields: The same by name: any of those of `TextOptions`, which documents them.

    Raises:
        ConfigError: An option is unknown, or cannot have its value.
        DataError: The data cannot be read as asked; the message says what to do.

    Example:
        >>> texts = load_text(["a b c", "a b", "b"])
        >>> texts.source.raw.tolist()
        [[3, 2, 4, 0], [3, 2, 0, 0], [2, 0, 0, 0]]
    """
    options = chosen(TextOptions, options, fields)
    if is_oracle(data):  # its tokens are numbers, of which most options say nothing
        require_split(options.split, WHOLE, str(data))
        return load_oracle(data, length=options.length, limit=options.limit)
    started = time.perf_counter()
    found = open_text(data, options)
    total = len(found.unreadable) + len(found.texts)
    refuse_texts(found.unreadable, total, f"texts in {found.where}", options.max_unreadable)
    if options.tokenizer is None:
        found, options = _with_tokenizer(found, options)
    loaded = _windows(found, options) if options.cut == "windows" else _lines(found, options)
    seconds = round(time.perf_counter() - started, 3)
    return replace(loaded, report=replace(loaded.report, seconds=seconds))


def _with_tokenizer(found: Texts, options: TextOptions) -> tuple[Texts, TextOptions]:
    """Returns what to read, and by words or by characters, whichever suits."""
    name, note = suiting_tokenizer(found.texts)
    notes = (*found.notes, note) if note else found.notes
    return replace(found, notes=notes), replace(options, tokenizer=name)


def _lines(found: Texts, options: TextOptions) -> TextSet:
    """Makes a sample of each text that is not empty."""
    kept = [index for index, text in enumerate(found.texts) if text.strip()]
    left_out = Counter({"empty": len(found.texts) - len(kept)})
    kept = _evenly(kept, options.limit)
    if len(kept) < 2:
        raise DataError(
            f"There {'is one text' if kept else 'are no texts'} in {found.where}; training needs "
            "at least two. To cut one long text into many, say --set data.cut=windows."
        )
    texts = [found.texts[index] for index in kept]
    tokenizer = _tokenizer(texts, options)
    rows = tokenizer.encode_all(texts)
    length = options.length or _fitting(rows)
    used, changed = list(range(len(rows))), Counter[str]()
    too_long = {index for index, row in enumerate(rows) if len(row) > length - 1}
    if options.too_long == "cut":
        changed[f"cut to {length} tokens"] = len(too_long)
    else:
        left_out[f"longer than {length - 1} tokens"] = len(too_long)
        used = [index for index in used if index not in too_long]
    if not used:
        raise DataError(
            f"All {len(rows)} texts in {found.where} are longer than {length - 1} tokens. Raise "
            "data.length, cut them (--set data.too_long=cut), or cut all of the text into windows "
            "(--set data.cut=windows)."
        )
    ids = _rows([rows[index] for index in used], length, tokenizer.end_id)
    labels = [found.labels[kept[index]] for index in used] if found.classes else []
    return _text_set(
        found, options, tokenizer, ids, [texts[i] for i in used], labels, left_out, changed
    )


def _windows(found: Texts, options: TextOptions) -> TextSet:
    """Cuts everything into pieces of one length, which overlap nowhere and have no end."""
    if found.classes:
        raise DataError("Windows run over the texts' borders, so they have no classes: cut=lines.")
    whole = "\n".join(_evenly(found.texts, options.limit))
    length = options.length or WINDOW
    tokenizer = _tokenizer([whole], options)
    tokens = tokenizer.encode(whole)
    count = len(tokens) // length
    if count < 2:
        raise DataError(
            f"{found.where} has {len(tokens)} tokens, which is less than two windows of {length}. "
            "Lower data.length."
        )
    ids = torch.tensor(tokens[: count * length], dtype=torch.int32).view(count, length)
    texts = [tokenizer.decode(row) for row in ids.tolist()]
    rest = len(tokens) - count * length
    changed = Counter({"tokens at the end that fill no window": rest})
    return _text_set(found, options, tokenizer, ids, texts, [], Counter(), changed)


def _text_set(
    found: Texts,
    options: TextOptions,
    tokenizer: Tokenizer,
    ids: Tensor,
    texts: Sequence[str],
    labels: Sequence[int],
    left_out: Counter[str],
    changed: Counter[str],
) -> TextSet:
    condition = ConditionSpec("class", len(found.classes), found.classes) if labels else None
    source = TensorSource(ids, torch.tensor(labels) if labels else None, condition)
    if len(tokenizer) <= 2:
        raise DataError(
            f"The vocabulary of {found.where} is empty: it has nothing but the end and the unknown "
            "word. Lower data.min_count, or take characters: --set data.tokenizer=char"
        )
    unknown = -1 if tokenizer.unknown_id is None else tokenizer.unknown_id
    report = TextReport(
        where=found.where,
        found=len(found.texts) + len(found.unreadable),
        used=len(ids),
        length=ids.shape[1],
        vocab_size=len(tokenizer),
        tokenizer=str(options.tokenizer),
        tokens=int((ids != tokenizer.end_id).sum()),
        unknown=int((ids == unknown).sum()),
        left_out={rule: n for rule, n in left_out.items() if n},
        changed={rule: n for rule, n in changed.items() if n},
        unreadable=found.unreadable,
        classes=found.classes if labels else (),
        examples=tuple(_evenly(texts, NUM_EXAMPLES)),
        notes=(*found.notes, *_repeated(texts)),
    )
    fingerprint = _fingerprint(texts, labels, report)
    return TextSet(source, report, fingerprint, tokenizer=tokenizer, texts=tuple(texts))


def _tokenizer(texts: Sequence[str], options: TextOptions) -> Tokenizer:
    size = options.vocab_size
    match options.tokenizer:
        case "word":
            return WordTokenizer.trained(
                texts,
                size=size or WORDS,
                min_count=options.min_count,
                lowercase=options.lowercase,
                spaced=is_tokenized(texts),
            )
        case "char":
            return CharacterTokenizer.trained(texts, size=None if size is None else size - 2)
        case "byte":
            return ByteTokenizer()
        case "bpe":
            return FastTokenizer.trained(texts, size=size or SUBWORDS)
    return FastTokenizer.loaded(str(options.tokenizer))


def _fitting(rows: Sequence[Sequence[int]]) -> int:
    """Returns the length that holds 99 % of the rows, and their end."""
    lengths = sorted(len(row) for row in rows)
    longest = lengths[min(int(HELD * len(lengths)), len(lengths) - 1)] + 1
    if longest > LONGEST:
        raise ConfigError(
            f"The texts have up to {longest} tokens, and a row at most {LONGEST}. Cut all of the "
            "text into windows (--set data.cut=windows), or say how much of each text to use: "
            "--set data.length=256 --set data.too_long=cut."
        )
    return max(longest, 2)


def _rows(rows: Sequence[Sequence[int]], length: int, end_id: int) -> Tensor:
    """Returns rows of one length (N, L) int32: every row has at least one end."""
    ids = np.full((len(rows), length), end_id, dtype=np.int32)
    for place, row in zip(ids, rows, strict=True):
        place[: min(len(row), length - 1)] = row[: length - 1]
    return torch.from_numpy(ids)


def _evenly(items: Sequence[Any], count: int | None) -> list[Any]:
    if count is None or count >= len(items):
        return list(items)
    return [items[index * len(items) // count] for index in range(count)]


def _repeated(texts: Sequence[str]) -> tuple[str, ...]:
    repeated = len(texts) - len(set(texts))
    return (f"{repeated} texts are there more than once.",) if repeated else ()


def _fingerprint(texts: Sequence[str], labels: Sequence[int], report: TextReport) -> str:
    hashed = blake2b(digest_size=8)
    shape = (report.length, report.vocab_size, report.tokenizer, report.classes)
    hashed.update(repr((len(texts), *shape)).encode(errors="surrogatepass"))
    for text in texts:
        hashed.update(text.encode(errors="surrogatepass") + b"\0")
    hashed.update(np.asarray(labels, dtype=np.int64).tobytes())
    return hashed.hexdigest()
