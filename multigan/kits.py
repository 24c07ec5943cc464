"""What assembling a run needs to know of each kind of data: how to load it, how to encode it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from multigan.core.condition import ConditionSpec
from multigan.data.images import load_images
from multigan.data.source import Source
from multigan.registry import Component, Registry


class Report(Protocol):
    """What a loader says of the data it read."""

    def to_json(self) -> dict[str, Any]:
        """Returns plain values for environment.json."""
        ...

    def summary(self) -> str:
        """Returns a sentence or two for people."""
        ...


class Loaded(Protocol):
    """A data set that a loader has read."""

    @property
    def source(self) -> Source: ...
    @property
    def condition(self) -> ConditionSpec | None: ...
    @property
    def report(self) -> Report: ...
    @property
    def fingerprint(self) -> str: ...


@dataclass(frozen=True)
class Kit:
    """One kind of data.

    Attributes:
        load: `(data, **options) -> Loaded`.
        adapt: Names the modality, with the options that fit the loaded data.
        like: Returns loader options that bring other data to a sample shape.
        columns: How many samples of a condition stand in a row of a sheet.
    """

    load: Callable[..., Loaded]
    adapt: Callable[[Any], Component]
    like: Callable[[tuple[int, ...]], dict[str, Any]]
    columns: int = 10


KITS: Registry[Kit] = Registry("modality")

KITS["image"] = Kit(
    load=load_images,
    adapt=lambda images: Component(
        "image",
        {"channels": images.channels, "height": images.height, "width": images.width},
    ),
    like=lambda shape: {"channels": shape[0], "size": (shape[1], shape[2])},
)
