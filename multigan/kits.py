"""What assembling a run needs to know of each kind of data: how to load it, how to encode it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from multigan.core.condition import ConditionSpec
from multigan.data.images import load_images
from multigan.data.source import Source
from multigan.errors import ConfigError
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
        loader: `(data, **options) -> Loaded`; call it through `load`.
        adapt: Names the modality, with the options that fit the loaded data.
        shaping: Returns loader options that bring other data to a sample shape.
        selecting: The names of loader options that choose a part of one particular data set.
        columns: How many samples of a condition stand in a row of a sheet.
    """

    loader: Callable[..., Loaded]
    adapt: Callable[[Any], Component]
    shaping: Callable[[tuple[int, ...]], dict[str, Any]]
    selecting: frozenset[str] = frozenset()
    columns: int = 10

    def load(self, data: Any, /, **options: Any) -> Loaded:
        """Loads data.

        Raises:
            ConfigError: An option is unknown, or has a value of the wrong kind.
        """
        signature = inspect.signature(self.loader)
        try:
            call = signature.bind(data, **options)
        except TypeError as error:
            known = list(signature.parameters)[1:]  # the first is the data itself
            raise ConfigError(
                f"Cannot load the data: {error}. Its options are: {', '.join(known)}."
            ) from None
        return self.loader(*call.args, **call.kwargs)

    def like(self, shape: tuple[int, ...], options: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the options that load other data whole, as `options` would, in a sample shape."""
        kept = {name: value for name, value in options.items() if name not in self.selecting}
        return kept | self.shaping(shape)


KITS: Registry[Kit] = Registry("modality")

KITS["image"] = Kit(
    loader=load_images,
    adapt=lambda images: Component(
        "image",
        {"channels": images.channels, "height": images.height, "width": images.width},
    ),
    shaping=lambda shape: {"channels": shape[0], "size": (shape[1], shape[2])},
    selecting=frozenset({"limit", "split", "streaming"}),
)
