"""Values as people read them."""

from collections.abc import Mapping
from typing import Any

SHOWN = 6  # items of a list before the rest is only counted
MAIN = "/adversarial"  # how the names of the main losses end
NUM_LOSSES = 3


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Returns a nested table as one table by dotted path, the path that `--set` takes.

    A component stands under its own name and its options under that:

    Example:
        >>> flat({"steps": 5, "generator": {"name": "dcgan", "options": {"width": 32}}})
        {'steps': 5, 'generator': 'dcgan', 'generator.width': 32}
    """
    rows: dict[str, Any] = {}
    for key, value in tree.items():
        path = prefix + key
        if not isinstance(value, Mapping):
            rows[path] = value
        elif set(value) == {"name", "options"} and isinstance(value["options"], Mapping):
            rows[path] = value["name"]
            rows |= flat(value["options"], f"{path}.")
        else:
            rows |= flat(value, f"{path}.")
    return rows


def shown(value: Any) -> str:
    """Returns a value as people write it: 0.0005, not 5e-4; yes, not True; a list's first items."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if value == 0 or 1e-4 <= abs(value) < 1e4 else f"{value:g}"
    if isinstance(value, list | tuple):
        first = ", ".join(shown(item) for item in value[:SHOWN])
        more = len(value) - SHOWN
        return (first or "–") + (f" and {more} more" if more > 0 else "")
    if isinstance(value, Mapping):
        return ": ".join(shown(item) for item in value.values())
    return str(value)


def duration(seconds: float) -> str:
    """Returns a time as people say it.

    Example:
        >>> duration(7.4), duration(75), duration(3720)
        ('7 s', '1 min 15 s', '1 h 2 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def main_losses(row: Mapping[str, Any]) -> str:
    """Returns the main losses of a row: the adversarial ones, or else the first there are.

    Example:
        >>> main_losses({"step": 5, "discriminator/adversarial": 1.386, "discriminator/r1": 0.01})
        'discriminator 1.386'
    """
    terms = {name: value for name, value in row.items() if "/" in name}
    main = {n.removesuffix(MAIN): v for n, v in terms.items() if n.endswith(MAIN)} or terms
    return "  ".join(f"{name} {value:.3f}" for name, value in list(main.items())[:NUM_LOSSES])
