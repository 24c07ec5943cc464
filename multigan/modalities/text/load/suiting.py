"""Which pieces a text is learned in, where nobody says: words or characters."""

from collections.abc import Sequence

NAMES, FEWEST_NAMES = 0.95, 20  # the share of lone words in a list of them, and its size
MANY_UNSPACED = 0.3  # of the letters
LOOKED_AT = 1000  # texts, spread evenly
# Scripts that put no spaces between words: Thai and Lao, Tibetan, Burmese, Khmer, Japanese
# syllables, and Chinese characters. Source: the Unicode Standard's code charts.
UNSPACED = (
    *((0x0E00, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF)),
    *((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
)


def suiting_tokenizer(texts: Sequence[str]) -> tuple[str, str]:
    """Returns the tokenizer that suits some texts, and a sentence if that is not words.

    Example:
        >>> suiting_tokenizer(["a b", "b c"])
        ('word', '')
    """
    lines = [text.strip() for text in texts if text.strip()]
    if _are_names(lines):
        return "char", (
            "Nearly every text is one word of its own, so characters are learned: "
            "--set data.tokenizer=word takes words."
        )
    if _are_unspaced(lines[:: max(len(lines) // LOOKED_AT, 1)]):
        return "char", (
            "Their script has no spaces between words, so characters are learned: "
            "--set data.tokenizer=bpe takes frequent groups of them."
        )
    return "word", ""


def _are_names(lines: Sequence[str]) -> bool:
    alone = sum(len(line.split()) == 1 for line in lines)
    several = len(lines) >= FEWEST_NAMES and len(set(lines)) >= len(lines) / 2
    return several and alone >= NAMES * len(lines)


def _are_unspaced(lines: Sequence[str]) -> bool:
    letters = [ord(letter) for line in lines for letter in line if letter.isalpha()]
    unspaced = sum(any(first <= code <= last for first, last in UNSPACED) for code in letters)
    return bool(letters) and unspaced > MANY_UNSPACED * len(letters)
