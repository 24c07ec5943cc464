"""What assembling a run needs to know of each kind of data: how to load it, how to encode it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.core.modality import Modality
from multigan.data.audio import AudioSet, load_audio
from multigan.data.audio.options import AudioOptions
from multigan.data.images import ImageSet, load_images
from multigan.data.loader_options import LoaderOptions
from multigan.data.options import ImageOptions
from multigan.data.source import Source
from multigan.data.text import TextSet, load_text
from multigan.data.text.options import TextOptions
from multigan.errors import ConfigError
from multigan.modalities.audio.adapter import fitted_component
from multigan.registry import Component, Registry
from multigan.typed import from_plain

CLIPS_FITTED = 8192  # more would not move the statistics of a representation
CLIPS_AT_ONCE = 64


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
        loader: `(data, options) -> Loaded`; call it through `load`.
        options: The class of its options, the only list of what it takes.
        adapt: Names the modality, with the options that fit the loaded data, given what a recipe
            says of the representation.
        shaping: Returns loader options that bring other data to the form a modality encodes.
        selecting: The names of loader options that choose a part of one particular data set.
        columns: How many samples of a condition stand in a row of a sheet.
    """

    loader: Callable[[Any, Any], Loaded]
    options: type[LoaderOptions]
    adapt: Callable[[Any, Component | None], Component]
    shaping: Callable[[Any], dict[str, Any]]
    selecting: frozenset[str] = frozenset()
    columns: int = 10

    def load(self, data: Any, /, **options: Any) -> Loaded:
        """Loads data.

        Raises:
            ConfigError: An option is unknown, or has a value of the wrong kind.
        """
        return self.loader(data, from_plain(self.options, options, "data"))

    def like(self, modality: Modality, options: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the options that load other data whole, as `options` would, for a modality."""
        kept = {name: value for name, value in options.items() if name not in self.selecting}
        return kept | self.shaping(modality)


KITS: Registry[Kit] = Registry("modality")


def _adapt_images(images: ImageSet, representation: Component | None) -> Component:
    _refuse_representation("Images", representation)
    size = {"channels": images.channels, "height": images.height, "width": images.width}
    return Component("image", size)


def _adapt_texts(texts: TextSet, representation: Component | None) -> Component:
    _refuse_representation("Texts", representation)
    options = {"tokenizer": texts.tokenizer.to_json(), "length": texts.length}
    return Component("text", options)


def _refuse_representation(what: str, representation: Component | None) -> None:
    if representation is not None:
        raise ConfigError(
            f"{what} have no representation to choose, but the recipe names "
            f"{representation.name!r}. Leave it out: --set representation=null"
        )


def _adapt_sounds(sounds: AudioSet, representation: Component | None) -> Component:
    return fitted_component(
        sounds.sample_rate,
        sounds.channels,
        sounds.length,
        _spread(sounds.source, CLIPS_FITTED, CLIPS_AT_ONCE),
        representation,
    )


def _spread(source: Source, limit: int, at_once: int) -> Iterator[Tensor]:
    """Yields raw samples in batches, at most `limit` of them, spread evenly over the source."""
    kept = min(len(source), limit)
    for part in torch.split(torch.arange(kept) * len(source) // kept, at_once):
        yield source.read(part)[0]


KITS["image"] = Kit(
    loader=load_images,
    options=ImageOptions,
    adapt=_adapt_images,
    shaping=lambda modality: {
        "channels": modality.sample_shape[0],
        "size": tuple(modality.sample_shape[1:]),
    },
    selecting=frozenset({"limit", "split", "streaming"}),
)

KITS["audio"] = Kit(
    loader=load_audio,
    options=AudioOptions,
    adapt=_adapt_sounds,
    shaping=lambda modality: {
        "sample_rate": modality.sample_rate,
        "channels": modality.channels,
        "length": modality.length,
    },
    selecting=frozenset({"limit", "split", "streaming"}),
    columns=8,
)

KITS["text"] = Kit(
    loader=load_text,
    options=TextOptions,
    adapt=_adapt_texts,
    # Texts to compare with are wanted whole, however long.
    shaping=lambda modality: {"length": modality.length, "too_long": "cut"},
    selecting=frozenset({"limit", "split"}),
    columns=4,
)
