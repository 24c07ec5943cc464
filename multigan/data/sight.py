"""What a person should know of data before anything learns from them.

Shapes: N samples, K of them looked at, S the shape of one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Self

import torch
from torch import Tensor

from multigan.data.loaded import Loaded, LoadReport
from multigan.data.source import Source

FEWEST = 8  # samples; of fewer a generator can do no more than repeat them
FEW_IN_CLASS = 20  # samples; a class with fewer is hardly learned
UNEQUAL = 10  # how many times larger the largest class may be than the smallest, unsaid
MANY_REPEATED = 0.05  # of the samples
LOOKED_AT = 2048  # samples, spread evenly, that numbers are taken from
READ_AT_ONCE = 256
LARGEST_READ = 256 << 20  # bytes, where every sample is read


@dataclass(frozen=True)
class Sight:
    """What was seen of a data set.

    Attributes:
        facts: What is so, by a name of one word or two.
        warnings: What will go ill, and what to do about it, in sentences.
        refusal: Why nothing can be learned from it; "" where something can.
    """

    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    refusal: str = ""

    def with_facts(self, facts: Iterable[tuple[str, str]], warnings: Iterable[str] = ()) -> Self:
        """Returns a copy that has seen more."""
        facts, warnings = (*self.facts, *facts), (*self.warnings, *warnings)
        return replace(self, facts=facts, warnings=warnings)


def look_at(loaded: Loaded) -> Sight:
    """Returns what can be seen of samples of any kind: how many, of which classes, how often."""
    report, count = loaded.report, len(loaded.source)
    facts, warnings = _reported(report), []
    sizes, classes = class_sizes(loaded.source), getattr(report, "classes", ())
    if sizes is not None and classes:
        facts.append(("classes", _classes(classes, sizes.tolist())))
        warnings += _of_classes(classes, sizes.tolist())
    repeated = repeated_samples(loaded.source)
    if repeated:
        facts.append(("repeated", f"{repeated} samples are there more than once, to the byte"))
    if repeated > MANY_REPEATED * count:
        warnings.append(
            f"{repeated / count:.0%} of the samples are copies of others, and are learned as often."
        )
    refusal = ""
    if count < FEWEST:
        refusal = (
            f"{count} {named_samples(report)} are too few to learn from: a generator can only "
            f"repeat them. Give it {FEWEST} at the very least; hundreds are few."
        )
    return Sight(tuple(facts), tuple(warnings), refusal)


def named_samples(report: LoadReport) -> str:
    """Returns what people call the samples; a plug-in's report may have no word for them."""
    return str(getattr(report, "samples", LoadReport.samples))


def _reported(report: Any) -> list[tuple[str, str]]:
    """Returns what a report says; a plug-in's may have nothing but a summary."""
    if not isinstance(report, LoadReport):
        return [("found", report.summary())]
    changes = report.changes()
    found = ", ".join(filter(None, (report.origin, report.form())))
    return [("found", found), *([("changed", " ".join(changes))] if changes else [])]


def class_sizes(source: Source) -> Tensor | None:
    """Returns how many samples each class has, (number of classes,), or None without classes."""
    spec, labels = source.condition, getattr(source, "labels", None)
    if spec is None or spec.kind != "class" or labels is None:
        return None
    return torch.bincount(labels.cpu(), minlength=spec.size)


def evenly_read(source: Source, most: int = LOOKED_AT) -> Tensor:
    """Returns raw samples (K, *S) spread evenly over all of them, at most `most`."""
    return source.read(spread(len(source), most))[0]


def spread(count: int, most: int) -> Tensor:
    """Returns at most `most` of the numbers below `count`, spread evenly."""
    kept = min(count, most)
    return torch.arange(kept) * count // max(kept, 1)


def repeated_samples(source: Source) -> int:
    """Returns how many samples are there before, to the byte, among all or evenly chosen ones."""
    if not len(source):
        return 0
    one = source.read(torch.zeros(1, dtype=torch.long))[0].nbytes
    chosen = spread(len(source), max(LARGEST_READ // max(one, 1), 1))
    seen = set()
    for part in torch.split(chosen, READ_AT_ONCE):
        rows = source.read(part)[0].cpu().contiguous().flatten(1)
        seen |= {blake2b(row.numpy().tobytes(), digest_size=8).digest() for row in rows}
    return len(chosen) - len(seen)


def percentiles(values: Tensor, *, unit: str = "", digits: int = 3) -> str:
    """Returns "most 0.1 to 0.8, half of them below 0.3": where 90 % and half of values (N,) lie.

    Example:
        >>> percentiles(torch.arange(101.0), unit=" s")
        '5 to 95 s, half below 50 s'
    """
    low, middle, high = torch.quantile(values.float(), torch.tensor([0.05, 0.5, 0.95])).tolist()
    shown = [f"{value:.{digits}g}" for value in (low, middle, high)]
    if shown[0] == shown[2]:
        return f"{shown[1]}{unit}, nearly all"
    return f"{shown[0]} to {shown[2]}{unit}, half below {shown[1]}{unit}"


def _classes(names: Sequence[str], sizes: Sequence[int]) -> str:
    pairs = sorted(zip(sizes, names, strict=False), reverse=True)
    shown = [f"{name} {size}" for size, name in pairs if size]
    if len(shown) > 12:
        shown = [*shown[:6], "...", *shown[-3:]]
    return ", ".join(shown)


def _of_classes(names: Sequence[str], sizes: Sequence[int]) -> list[str]:
    there = [(size, name) for size, name in zip(sizes, names, strict=False) if size]
    sizes, names = [size for size, _ in there], [name for _, name in there]
    least, most = min(sizes), max(sizes)
    small = sum(size < FEW_IN_CLASS for size in sizes)
    warnings = []
    if small:
        warnings.append(
            f"{small} of {len(sizes)} classes have fewer than {FEW_IN_CLASS} samples, which is "
            "hardly enough to learn one from. Without classes: --set conditional=false"
        )
    if most > UNEQUAL * max(least, 1):
        rare = names[sizes.index(least)]
        warnings.append(
            f"The largest class has {most} samples and the smallest, {rare}, {least}: the rare "
            "ones will be learned late and badly."
        )
    return warnings
