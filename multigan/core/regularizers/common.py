"""Where regularizers are registered, and the options that most of them have."""

from typing import Annotated

from multigan.typed import AtLeast
from multigan.typed.registry import BUILT_IN, Registry

REGULARIZERS: Registry[type] = Registry("regularizer", filled_by=BUILT_IN)

Factor = Annotated[float, AtLeast(0), "The term's factor, a knob."]
Every = Annotated[int, AtLeast(1), "Interval in steps, between two updates with this term."]
