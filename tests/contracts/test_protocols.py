"""Which networks have what not every network has."""

import inspect

import pytest
from torch import nn

from multigan.core.packing import Packed
from multigan.core.protocols import (
    ChecksGame,
    HasAuxiliaryHead,
    HasFeatures,
    HasSavedOptions,
    HasStrength,
    HasStyles,
    KeepsExamples,
    MayLeak,
)
from multigan.core.registries import AUGMENTATIONS, DISCRIMINATORS, GENERATORS
from multigan.core.regularizers import REGULARIZERS
from tests.contracts.network_cases import DISCRIMINATOR_CASES, GENERATOR_CASES
from tests.contracts.test_networks import build
from tests.modalities.text.networks import (
    DISCRIMINATOR_OPTIONS,
    GENERATOR_OPTIONS,
    make_discriminator,
    make_generator,
)

OF_CODES = {"latent-text", "latent-code"}  # players in a space that another network learns


@pytest.fixture(scope="module")
def generators() -> dict[str, nn.Module]:
    first = {case.name: case for case in reversed(GENERATOR_CASES)}
    made = {
        name: build(GENERATORS, case, latent_dim=case.latent_dim) for name, case in first.items()
    }
    return made | {name: make_generator(name) for name in GENERATOR_OPTIONS}


@pytest.fixture(scope="module")
def discriminators() -> dict[str, nn.Module]:
    first = {case.name: case for case in reversed(DISCRIMINATOR_CASES)}
    made = {name: build(DISCRIMINATORS, case) for name, case in first.items()}
    return made | {name: make_discriminator(name) for name in DISCRIMINATOR_OPTIONS}


def having(found: dict[str, object], protocol: type) -> set[str]:
    return {name for name, one in found.items() if isinstance(one, protocol)}


def test_generators(generators):
    assert set(generators) == set(GENERATORS) - OF_CODES
    assert having(generators, HasStyles) == {"stylegan2"}
    assert having(generators, KeepsExamples) == {"vocos"}
    assert having(generators, HasSavedOptions) == {"causal-lm"}


def test_discriminators(discriminators):
    images_and_sounds = {case.name for case in DISCRIMINATOR_CASES}
    assert set(discriminators) == set(DISCRIMINATORS) - OF_CODES
    assert having(discriminators, HasFeatures) == set(discriminators)
    by_summary = {"dcgan", "frames", "progressive", "resnet", "stylegan2"}
    assert having(discriminators, HasAuxiliaryHead) & images_and_sounds == by_summary
    packed = Packed(discriminators["dcgan"], 2)
    assert isinstance(packed, HasFeatures)
    assert not isinstance(packed, HasAuxiliaryHead)


def test_augmentations_and_regularizers():
    made = {name: AUGMENTATIONS[name]() for name in ("ada", "diffaugment", "spectrogram", "noise")}
    assert having(made, HasStrength) == set(made)
    assert having(made, MayLeak) == {"ada", "diffaugment", "spectrogram"}
    assert not isinstance(nn.Identity(), HasStrength)
    checking = {"auxiliary_fake", "auxiliary_real", "feature_matching", "orthogonal", "path_length"}
    assert {n for n, made in REGULARIZERS.items() if hasattr(made, "check_game")} == checking
    assert isinstance(REGULARIZERS["feature_matching"](), ChecksGame)


def test_later_pythons_find_the_same(generators, discriminators):
    """From 3.12 on isinstance looks at attributes as `getattr_static` does: at no buffer."""
    wanted = {HasStyles: "stylegan2", KeepsExamples: "vocos", HasSavedOptions: "causal-lm"}
    found = [(protocol, generators[name]) for protocol, name in wanted.items()]
    found += [(each, discriminators["dcgan"]) for each in (HasFeatures, HasAuxiliaryHead)]
    found += [(each, AUGMENTATIONS["ada"]()) for each in (HasStrength, MayLeak)]
    for protocol, one in found:
        own = {name for name in dir(protocol) if not name.startswith("_")}
        for name in own | set(protocol.__annotations__):
            inspect.getattr_static(one, name)
