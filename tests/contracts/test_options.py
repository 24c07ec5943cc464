"""Every number that a recipe can choose has a range, which is told before torch complains."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest

from multigan.core.controllers import CONTROLLERS
from multigan.core.registries import (
    AUGMENTATIONS,
    DISCRIMINATORS,
    GENERATORS,
    OBJECTIVES,
)
from multigan.core.regularizers import REGULARIZERS
from multigan.errors import ConfigError
from multigan.modalities.audio.representations.inversion import INVERTERS
from multigan.modalities.audio.representations.representation import REPRESENTATIONS
from multigan.modalities.text.relaxations import RELAXATIONS
from multigan.typed import Component, parameters_of
from multigan.typed.check import peeled
from multigan.typed.ranges import Bound
from multigan.typed.registry import Registry

REGISTRIES: list[Registry[Any]] = [
    *(GENERATORS, DISCRIMINATORS, AUGMENTATIONS, OBJECTIVES, REGULARIZERS, CONTROLLERS),
    *(REPRESENTATIONS, INVERTERS, RELAXATIONS),
]
EXEMPT: dict[str, str] = {}  # "generator net.shift": why any number will do


def is_boundless(kind: Any) -> bool:
    """Whether an annotation takes any number."""
    base, beside = peeled(kind)
    if get_origin(base) is Literal or any(isinstance(each, Bound) for each in beside):
        return False
    return base in (int, float) or any(map(is_boundless, get_args(base)))


def options(registry: Registry[Any]) -> Iterator[tuple[str, Any]]:
    """Yields the name and annotation of everything that can be chosen."""
    for name, make in registry.items():
        for option, found in parameters_of(make).items():
            if option not in registry.known:
                yield f"{registry.kind} {name}.{option}", found.annotation


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.kind)
def test_every_numeric_option_has_a_range(registry):
    found = dict(options(registry))
    assert found
    assert [name for name, kind in found.items() if is_boundless(kind) and name not in EXEMPT] == []


def test_a_number_without_a_range_would_be_found():
    def make(depth: int, widths: list[float], share: float | None, known: int, text: str) -> None:
        raise AssertionError

    networks = Registry("network", known=["known"])
    networks["net"] = make
    found = [name for name, kind in options(networks) if is_boundless(kind)]
    assert found == ["network net.depth", "network net.widths", "network net.share"]


@pytest.mark.parametrize(
    ("registry", "name", "option", "value"),
    [
        (GENERATORS, "lstm", "depth", 0),
        (GENERATORS, "lstm", "dropout", -1),
        (GENERATORS, "dcgan", "embedding_std", -0.1),
        (DISCRIMINATORS, "text-cnn", "widths", [2, 0]),
        (DISCRIMINATORS, "waveform", "windows", [9]),
        (OBJECTIVES, "vocoder", "mel", -1),
        (REPRESENTATIONS, "mel", "hop_length", 0),
        (INVERTERS, "pghi", "iterations", -1),
    ],
)
def test_a_number_out_of_range_is_refused_by_its_name(registry, name, option, value):
    known = dict.fromkeys(registry.known - {"statistics"})
    with pytest.raises(ConfigError, match=f"^Cannot build .* '{name}': {option}.* must be "):
        registry.build(Component(name, {option: value}), **known)
