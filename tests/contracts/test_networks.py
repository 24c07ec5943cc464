"""What every registered generator, discriminator and augmentation owes the game."""

import copy
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from multigan.core.draws import seeded
from multigan.core.growth import Growing
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.errors import ConfigError, ShapeError
from multigan.sampling.latents import factorized_directions, principal_directions
from multigan.typed import Component
from multigan.typed.registry import Registry
from tests.contracts.network_cases import CLASSES, DISCRIMINATOR_CASES, GENERATOR_CASES, B, Case, Z

generators = pytest.mark.parametrize("case", GENERATOR_CASES, ids=str)
discriminators = pytest.mark.parametrize("case", DISCRIMINATOR_CASES, ids=str)


def conditions(case: Case, shift: int = 0) -> Tensor | None:
    if case.condition is None:
        return None
    if case.condition.kind == "class":
        return (torch.arange(B) + shift) % case.condition.size
    return torch.linspace(-1, 1, B * case.condition.size).view(B, -1) + shift


def build(registry: Registry, case: Case, **context: Any) -> nn.Module:
    component = Component(case.name, case.options)
    with seeded(0):
        network = registry.build(
            component, sample_shape=case.shape, condition=case.condition, **context
        )
        if case.options.get("griffin_lim"):  # its game brings the bands
            network.draft.inverse_bands.copy_(torch.rand_like(network.draft.inverse_bands))
    return network


def away_from_start(network: nn.Module) -> nn.Module:
    """Moves every parameter a little: at the start some gradients are zero on purpose."""
    with torch.no_grad(), seeded(1):
        for parameter in network.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    return network


def sizes(network: nn.Module) -> Iterator[None]:
    """Goes through the sizes of a network that grows; any other has one."""
    for level in range(network.stages + 1) if isinstance(network, Growing) else [None]:
        if level is not None:
            network.level = float(level)
        yield


def judged(discriminator: nn.Module, samples: Tensor, condition: Tensor | None) -> Tensor:
    """Returns what is learned from: logits, and its loss of the condition where it predicts one."""
    logits = discriminator(samples, condition)
    if not getattr(discriminator, "has_aux_logits", False):
        return logits
    _, aux_logits = discriminator.logits_and_aux(samples, condition)
    return logits + discriminator.aux_loss(aux_logits, condition)[:, None]


def mixes_samples(case: Case) -> bool:
    """Whether a logit is meant to depend on the other samples of its batch."""
    by_default = {"progressive": 4, "stylegan2": 4}.get(case.name, 0)
    return case.options.get("norm") == "batch" or case.options.get("group", by_default) > 0


def test_every_network_is_in_the_contract():
    # Those of text are called in another way; tests/modalities/text has their contract.
    for registry, cases in ((GENERATORS, GENERATOR_CASES), (DISCRIMINATORS, DISCRIMINATOR_CASES)):
        others = {name for name, made in registry.items() if ".text." not in made.__module__}
        assert others == {case.name for case in cases}


@generators
def test_generator_makes_samples(case):
    generator = build(GENERATORS, case, latent_dim=case.latent_dim)
    samples = generator(torch.randn(B, case.latent_dim), conditions(case))
    assert samples.shape == (B, *case.shape)
    assert samples.isfinite().all()
    assert samples.std(0).max() > 0, "all latents give the same sample"


@generators
def test_generator_learns_with_every_parameter(case):
    generator = away_from_start(build(GENERATORS, case, latent_dim=case.latent_dim))
    for _ in sizes(generator):
        samples = generator(torch.randn(B, case.latent_dim), conditions(case))
        (samples * torch.randn_like(samples)).sum().backward()
    idle = [name for name, p in generator.named_parameters() if p.grad is None or not p.grad.any()]
    assert not idle


@generators
def test_generator_is_a_function_of_latent_and_seed(case):
    generator = build(GENERATORS, case, latent_dim=case.latent_dim)
    latent, condition = torch.randn(B, case.latent_dim), conditions(case)
    for mode in (True, False):
        generator.train(mode)
        # A copy each: batch norm's running statistics are part of what a call changes.
        with seeded(3):
            first = copy.deepcopy(generator)(latent, condition)
        with seeded(3):
            second = copy.deepcopy(generator)(latent, condition)
        torch.testing.assert_close(first, second, rtol=0, atol=0)


@generators
def test_generator_listens_to_its_condition(case):
    generator = away_from_start(build(GENERATORS, case, latent_dim=case.latent_dim)).eval()
    latent = torch.randn(B, case.latent_dim)
    if case.condition is None:
        assert generator(latent).shape == generator(latent, None).shape
        return
    first, second = (generator(latent, conditions(case, shift)) for shift in (0, 1))
    assert (first - second).abs().flatten(1).amax(1).min() > 0
    with pytest.raises(ShapeError, match="got no condition"):
        generator(latent)


@pytest.mark.parametrize(
    "case", {(c.name, c.condition): c for c in GENERATOR_CASES}.values(), ids=str
)
@pytest.mark.parametrize("find", [factorized_directions, principal_directions])
def test_generator_has_directions_along_which_its_samples_change(case, find):
    """As many as asked for, in every part of the latent."""
    generator = away_from_start(build(GENERATORS, case, latent_dim=case.latent_dim)).eval()
    condition = None if case.condition is None else conditions(case)[:1]
    found = find(generator, case.latent_dim, count=4, condition=condition)
    assert found.vectors.shape == (4, case.latent_dim)
    assert found.strengths.min() > 0
    latent = torch.randn(1, case.latent_dim).expand(4, -1)
    condition = None if condition is None else condition.expand(4, *condition.shape[1:])
    moved = generator(latent + 2 * found.vectors, condition)
    assert (moved - generator(latent, condition)).abs().flatten(1).amax(1).min() > 0


@discriminators
def test_discriminator_gives_logits_and_features(case):
    discriminator = build(DISCRIMINATORS, case)
    samples, condition = torch.randn(B, *case.shape), conditions(case)
    logits = discriminator(samples, condition)
    assert logits.ndim == 2
    assert len(logits) == B
    assert logits.isfinite().all()
    features = discriminator.features(samples, condition)
    assert features
    assert all(len(each) == B and each.isfinite().all() for each in features)


@discriminators
def test_discriminator_listens_to_its_condition(case):
    discriminator = away_from_start(build(DISCRIMINATORS, case)).eval()
    samples = torch.randn(B, *case.shape)
    if case.condition is None:
        assert discriminator(samples).shape == discriminator(samples, None).shape
        return
    if case.options.get("conditioning") in ("classifier", "contrastive"):
        logits, aux_logits = discriminator.logits_and_aux(samples, None)
        assert torch.equal(logits, discriminator(samples))
        assert discriminator.aux_loss(aux_logits, conditions(case)).shape == (B,)
        return
    first, second = (discriminator(samples, conditions(case, shift)) for shift in (0, 1))
    assert (first - second).abs().min() > 0
    with pytest.raises(ShapeError, match="got no condition"):
        discriminator(samples)


@discriminators
def test_a_logit_depends_on_its_own_sample_only(case):
    if mixes_samples(case):
        pytest.skip("batch norm, which penalties refuse, and minibatch deviations mix samples")
    discriminator = build(DISCRIMINATORS, case).double().eval()
    samples = torch.randn(B, *case.shape, dtype=torch.double, requires_grad=True)
    condition = conditions(case)
    if condition is not None and condition.is_floating_point():
        condition = condition.double()
    logits = discriminator(samples, condition)
    (gradient,) = torch.autograd.grad(logits[0].sum(), samples)
    assert gradient[0].any()
    assert not gradient[1:].any()


@discriminators
def test_discriminator_is_differentiable_twice(case):
    discriminator = away_from_start(build(DISCRIMINATORS, case))
    samples = torch.randn(B, *case.shape, requires_grad=True)
    for _ in sizes(discriminator):
        logits = judged(discriminator, samples, conditions(case))
        (gradient,) = torch.autograd.grad(logits.sum(), samples, create_graph=True)
        (logits.sum() + gradient.square().sum()).backward()
    idle = [
        name for name, p in discriminator.named_parameters() if p.grad is None or not p.grad.any()
    ]
    assert not idle
    assert all(p.grad.isfinite().all() for p in discriminator.parameters())


@generators
def test_generator_survives_saving(case):
    generator = away_from_start(build(GENERATORS, case, latent_dim=case.latent_dim))
    generator(torch.randn(B, case.latent_dim), conditions(case))  # fills running statistics
    other = away_from_start(away_from_start(build(GENERATORS, case, latent_dim=case.latent_dim)))
    other.load_state_dict(generator.state_dict())
    latent = torch.randn(B, case.latent_dim)
    same = [each.eval()(latent, conditions(case)) for each in (generator, other)]
    torch.testing.assert_close(*same, rtol=0, atol=0)


@discriminators
def test_discriminator_survives_saving(case):
    discriminator = away_from_start(build(DISCRIMINATORS, case))
    samples = torch.randn(B, *case.shape)
    discriminator(samples, conditions(case))  # fills running statistics and singular vectors
    other = away_from_start(away_from_start(build(DISCRIMINATORS, case)))
    other.load_state_dict(discriminator.state_dict())
    same = [each.eval()(samples, conditions(case)) for each in (discriminator, other)]
    torch.testing.assert_close(*same, rtol=0, atol=0)


@pytest.mark.parametrize("case", {c.name: c for c in GENERATOR_CASES}.values(), ids=str)
def test_generator_option_typo_is_named(case):
    with pytest.raises(ConfigError, match="widht"):
        build(GENERATORS, case._replace(options={"widht": 4}), latent_dim=case.latent_dim)


@pytest.mark.parametrize("case", {c.name: c for c in DISCRIMINATOR_CASES}.values(), ids=str)
def test_discriminator_option_typo_is_named(case):
    with pytest.raises(ConfigError, match="widht"):
        build(DISCRIMINATORS, case._replace(options={"widht": 4}))


@pytest.mark.parametrize("width", [0, -1, 2.5, "x"])
@pytest.mark.parametrize("registry", [GENERATORS, DISCRIMINATORS], ids=lambda r: r.kind)
def test_a_width_that_is_none_is_refused(registry, width):
    cases = GENERATOR_CASES if registry is GENERATORS else DISCRIMINATOR_CASES
    for case in {case.name: case for case in cases}.values():
        more = {"latent_dim": case.latent_dim} if registry is GENERATORS else {}
        with pytest.raises(ConfigError, match=r"width must be a whole number") as refusal:
            build(registry, case._replace(options={**case.options, "width": width}), **more)
        assert "ensor" not in str(refusal.value), "that is torch's word"


@pytest.mark.parametrize(
    ("name", "option"),
    [("dcgan", "embedding_dim"), ("stylegan2", "style_dim"), ("stylegan2", "mapping_layers")],
)
def test_a_size_whose_lack_would_be_silent_is_refused(name, option):
    case = Case(name, {option: 0}, (1, 8, 8), CLASSES)
    with pytest.raises(ConfigError, match=f"{option} must be a whole number of at least 1"):
        build(GENERATORS, case, latent_dim=Z)


@pytest.mark.parametrize("shape", [(1, 30, 28), (1, 2, 4), (28, 28), (3, 28, 0)])
@pytest.mark.parametrize("name", ["dcgan", "resnet"])
def test_image_networks_refuse_sizes_they_cannot_make(name, shape):
    with pytest.raises(ShapeError, match=r"multiples of 4|channels, height, width"):
        GENERATORS.build(Component(name), latent_dim=Z, sample_shape=shape, condition=None)
    with pytest.raises(ShapeError, match=r"multiples of 4|channels, height, width"):
        DISCRIMINATORS.build(Component(name), sample_shape=shape, condition=None)


@pytest.mark.parametrize(
    ("name", "shape"),
    [*product(["specgan", "frames"], [(16, 16), (1, 16, 0), (1, 16, 10)]), ("specgan", (1, 9, 8))],
)
def test_spectrogram_networks_refuse_what_they_cannot_make(name, shape):
    with pytest.raises(ShapeError, match=r"multiples of|channels, bins, frames"):
        GENERATORS.build(Component(name), latent_dim=Z, sample_shape=shape, condition=None)
    with pytest.raises(ShapeError, match=r"multiples of|channels, bins, frames"):
        DISCRIMINATORS.build(Component(name), sample_shape=shape, condition=None)


@pytest.mark.parametrize("shape", [(1, 100), (64,), (1, 8, 64), (1, 0)])
def test_waveform_networks_refuse_what_they_cannot_make(shape):
    with pytest.raises(ShapeError, match=r"multiples of|channels, samples"):
        GENERATORS.build(Component("wavegan"), latent_dim=Z, sample_shape=shape, condition=None)
    with pytest.raises(ShapeError, match=r"multiples of|channels, samples"):
        DISCRIMINATORS.build(Component("wavegan"), sample_shape=shape, condition=None)
