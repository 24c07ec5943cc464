"""Everything typed: read, checked, changed by path and described by one set of rules.

    @checked
    @dataclass(frozen=True)
    class AudioOptions:
        sample_rate: Annotated[int | None, Range(1000, 384_000)] = None
        \"\"\"In Hz. None takes the commonest among the files.\"\"\"

What a value may be stands in its field's annotation, what it is for below the field, and nowhere
else. Arguments of classes and functions that a registry names are read the same way.
"""

from multigan.typed.arguments import checked, parameters_of, read_arguments
from multigan.typed.check import chosen, from_plain, guess, to_plain
from multigan.typed.component import Component, read_value
from multigan.typed.describe import Setting, describe, documentation
from multigan.typed.paths import named_parts, put
from multigan.typed.ranges import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Count,
    Decay,
    Fraction,
    Interval,
    MultipleOf,
    Natural,
    OneOf,
    Range,
    Share,
    That,
    Weight,
    WholeName,
)

__all__ = [
    "Above",
    "AtLeast",
    "AtMost",
    "Below",
    "Component",
    "Count",
    "Decay",
    "Fraction",
    "Interval",
    "MultipleOf",
    "Natural",
    "OneOf",
    "Range",
    "Setting",
    "Share",
    "That",
    "Weight",
    "WholeName",
    "checked",
    "chosen",
    "describe",
    "documentation",
    "from_plain",
    "guess",
    "named_parts",
    "parameters_of",
    "put",
    "read_arguments",
    "read_value",
    "to_plain",
]
