"""What a person should know of texts before a generator learns from them.

Shapes: N texts, L tokens in a row.
"""

from collections import Counter

from torch import Tensor

from multigan.data.sight import Sight, look_at, percentiles
from multigan.modalities.text.load.loaded import TextSet

FEW = 200  # texts
COMMON = 8  # tokens that are shown
SHOWN = 3  # texts
WIDEST = 72  # characters of one
ALONE = 0.9  # of the texts are one token: nothing is there to put together


def look_at_texts(texts: TextSet) -> Sight:
    """Returns what can be seen of texts: lengths, vocabulary, what is unknown, some of them."""
    ids = texts.source.raw
    lengths = (ids != texts.tokenizer.end_id).sum(1).float()
    report = texts.report
    unknown = report.unknown / max(report.tokens, 1)
    facts = [
        ("lengths", f"{percentiles(lengths)} tokens of at most {texts.length}"),
        ("vocabulary", f"{report.vocab_size} tokens ({report.tokenizer}), {unknown:.1%} unknown"),
        ("commonest", _commonest(texts)),
        *(("example", _short(text)) for text in report.examples[:SHOWN]),
    ]
    return look_at(texts).with_facts(facts, _warnings(texts, lengths))


def _commonest(texts: TextSet) -> str:
    counts = Counter(texts.source.raw.flatten().tolist())
    counts.pop(texts.tokenizer.end_id, None)
    words = [texts.tokenizer.decode([token]) for token, _ in counts.most_common(COMMON)]
    return " ".join(repr(word) if not word.strip() else word for word in words)


def _short(text: str) -> str:
    line = text.replace("\n", " ⏎ ")
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"


def _warnings(texts: TextSet, lengths: Tensor) -> list[str]:
    warnings = []
    if len(texts) < FEW:
        warnings.append(
            f"{len(texts)} texts are few: expect copies of them. A thousand are a beginning."
        )
    if (lengths <= 1).float().mean() > ALONE:
        warnings.append(
            "Nearly every text is one token, so there is nothing to put together: "
            "--set data.tokenizer=char makes new words."
        )
    return warnings
