"""How many generated samples of each class a mixture gets."""

from collections.abc import Sequence
from fractions import Fraction

from multigan.errors import ConfigError


def number_to_generate(num_real: int, ratio: float) -> int:
    """Returns how many generated samples make up `ratio` of a mixture with `num_real` real ones.

    A ratio of 1 leaves the real ones out, and as many generated ones take their place.

    Raises:
        ConfigError: The ratio is not in (0, 1].

    Example:
        >>> number_to_generate(300, 0.25), number_to_generate(300, 1)
        (100, 300)
    """
    if not 0 < ratio <= 1:
        raise ConfigError(
            f"ratio is the share of generated samples, above 0 and at most 1, not {ratio}."
        )
    return num_real if ratio == 1 else round(num_real * ratio / (1 - ratio))


def in_proportion(total: int, counts: Sequence[int]) -> list[int]:
    """Returns `total` cut up as `counts` are, by largest remainders.

    Example:
        >>> in_proportion(10, [1, 1, 2])
        [3, 2, 5]
    """
    whole = sum(counts)
    shares = [Fraction(total * count, whole) for count in counts]
    parts = [int(share) for share in shares]
    # Of equal remainders, the first class gets one more.
    order = sorted(range(len(counts)), key=lambda index: parts[index] - shares[index])
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts


def balancing(total: int, counts: Sequence[int]) -> list[int]:
    """Returns `total` cut up so that, added to `counts`, the classes are as even as can be.

    Example:
        >>> balancing(5, [1, 4, 9])
        [4, 1, 0]
    """
    parts = [0] * len(counts)
    for _ in range(total):
        least = min(range(len(counts)), key=lambda index: counts[index] + parts[index])
        parts[least] += 1
    return parts
