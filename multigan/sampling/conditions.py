"""What a pipeline is asked for: how many samples, and what they are conditioned on."""

from collections.abc import Sequence
from numbers import Integral

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.errors import ConfigError

MOST_SAMPLES = 1_000_000  # in one call; with another seed there are more
Condition = int | str | Sequence[int | str] | Tensor | None


def check_counts(num_samples: int, truncation: float) -> None:
    """Raises a ConfigError unless so many samples, truncated so, can be asked for."""
    if not 1 <= num_samples <= MOST_SAMPLES:
        raise ConfigError(
            f"Between 1 and {MOST_SAMPLES} samples can be asked for at once, not {num_samples}."
        )
    if not 0 <= truncation <= 1:
        raise ConfigError(f"truncation lies between 0 and 1; {truncation} does not.")


def conditions_of(
    spec: ConditionSpec | None, condition: Condition, num_samples: int
) -> Tensor | None:
    """Returns the condition of each sample; None takes classes or examples in turn.

    Raises:
        ConfigError: It is not one of `spec`; or there is one, and no `spec`.
    """
    if spec is None:
        if condition is not None:
            raise ConfigError("This generator is unconditional; leave the condition out.")
        return None
    if spec.kind != "class":
        return _numbers(condition, num_samples, spec)
    if condition is None:
        return torch.arange(num_samples) % spec.size
    if isinstance(condition, Tensor):
        condition = condition.tolist()
    if isinstance(condition, Integral):  # numpy's, too
        condition = int(condition)
    if isinstance(condition, int | str):
        condition = [condition] * num_samples
    if not isinstance(condition, Sequence):
        raise ConfigError(
            f"A condition is a class's number or name, or one for each sample, not {condition!r}."
        )
    if len(condition) != num_samples:
        raise ConfigError(f"{len(condition)} conditions were given for {num_samples} samples.")
    return torch.tensor([class_index(spec, one) for one in condition])


def first_condition(spec: ConditionSpec | None) -> Condition:
    """Returns the first class, or the first of the data's examples, or None without either."""
    if spec is not None and spec.kind == "class":
        return 0
    return torch.tensor(spec.examples[:1]) if spec is not None and spec.examples else None


def class_index(spec: ConditionSpec, condition: int | str) -> int:
    """Returns a class's number, given its number or its name.

    Raises:
        ConfigError: There is no such class.
    """
    if isinstance(condition, str) and condition in spec.names:
        return spec.names.index(condition)
    if str(condition).isdecimal() and int(condition) < spec.size:
        return int(condition)
    names = f" ({', '.join(spec.names)})" if spec.names else ""
    raise ConfigError(f"There is no class {condition!r}: there are 0 to {spec.size - 1}{names}.")


def _numbers(condition: Condition, num_samples: int, spec: ConditionSpec) -> Tensor:
    """Returns the attributes or vectors (num_samples, size) of each sample."""
    if condition is None and spec.examples:
        rows = [spec.examples[index % len(spec.examples)] for index in range(num_samples)]
        return torch.tensor(rows)
    if isinstance(condition, str):
        condition = [condition] * num_samples
    if isinstance(condition, list) and condition and isinstance(condition[0], str):
        condition = torch.tensor([_marked(spec, str(text)) for text in condition])
    vectors = condition if isinstance(condition, Tensor) else torch.tensor(condition or [])
    if vectors.shape == (1, spec.size):
        vectors = vectors.expand(num_samples, -1)
    if vectors.shape != (num_samples, spec.size):
        names = f" ({', '.join(spec.names)})" if spec.names else ""
        raise ConfigError(
            f"This generator wants a row of {spec.size} {spec.kind} values{names} for each of "
            f"{num_samples} samples, not a tensor of shape {tuple(vectors.shape)}."
        )
    return vectors.float()


def _marked(spec: ConditionSpec, text: str) -> list[float]:
    """Returns 1 for each attribute that is named, with commas between, and 0 for the others.

    Raises:
        ConfigError: There is no such attribute.
    """
    named = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in named if name not in spec.names]
    if unknown:
        raise ConfigError(
            f"There is no attribute {unknown[0]!r}. Known: {', '.join(spec.names) or 'none'}."
        )
    return [float(name in named) for name in spec.names]
