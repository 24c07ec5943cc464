"""What `multigan sample` takes for some kinds of data only; known without torch, for `--help`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SamplingOption:
    """An option of a kind's pipeline.

    Attributes:
        name: The argument's; a shell writes "-" for its "_".
        read: Turns what was typed into a value.
        help: What it is for.
    """

    name: str
    read: Callable[[str], Any]
    help: str


# Of generators that write token by token.
WRITING = (
    SamplingOption("prompt", str, "how the texts begin"),
    SamplingOption("temperature", float, "less than 1: likelier tokens; 0: the likeliest (1)"),
    SamplingOption("top_k", int, "draw from the likeliest so many tokens (all)"),
    SamplingOption("top_p", float, "draw from the likeliest that make this up (1)"),
)

SOUND_FORMATS = ("wav", "flac")  # suffixes of files, without their dot; the first is the default
