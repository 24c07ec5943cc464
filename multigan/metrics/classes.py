"""Classes of different data sets, matched by name."""

from collections.abc import Sequence

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.data.loaded import Loaded
from multigan.errors import ConfigError


def classes_of(condition: ConditionSpec | None) -> tuple[str, ...]:
    """Returns the classes' names, numbers if they have none; empty without classes."""
    if condition is None or condition.kind != "class":
        return ()
    return condition.names or tuple(str(number) for number in range(condition.size))


def require_own(own: Loaded, condition: ConditionSpec | None) -> None:
    """Raises ConfigError if `own` has other classes than a run learned from."""
    found, known = classes_of(own.condition), classes_of(condition)
    if known and found != known:
        raise ConfigError(
            f"The data has {listed(found)}, but what the run learned from has {listed(known)}. "
            "Give the run's own data; other data can be compared with as --reference."
        )


def class_numbers(
    found_in: ConditionSpec | None, condition: ConditionSpec | None, split: str
) -> Tensor | None:
    """Returns the number that each class of some data has in the run; None without classes.

    Args:
        found_in: The data's condition.
        condition: The run's.
        split: What to call the data.

    Raises:
        ConfigError: The data has a class that the run does not know.
    """
    found, known = classes_of(found_in), classes_of(condition)
    if not (found and known):
        return None
    unknown = [name for name in found if name not in known]
    if unknown:
        raise ConfigError(
            f"{split} has {listed(unknown)}, which the run does not know. Its {listed(known)}. "
            "Name the reference's classes as the training data does, or leave those out."
        )
    return torch.tensor([known.index(name) for name in found])


def listed(classes: Sequence[str], limit: int = 10) -> str:
    """Returns, for an error: classes cat, dog."""
    if not classes:
        return "no classes"
    more = f" and {len(classes) - limit} more" if len(classes) > limit else ""
    return f"classes {', '.join(classes[:limit])}{more}"
