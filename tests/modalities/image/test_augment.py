"""Augmentations have closed forms: what a draw of 0, one half or nearly 1 does is known."""

import pytest
import torch

from multigan.core.draws import part_of, seeded
from multigan.core.registries import AUGMENTATIONS
from multigan.errors import ConfigError
from multigan.modalities.image.augmentations import (
    POLICIES,
    DiffAugment,
    color,
    cutout,
    translation,
)
from multigan.modalities.image.geometry import affine, flip, quarter_turns
from multigan.typed import Component

CHANNELS = [1, 2, 3, 4, 6]


def draws(*values: float) -> torch.Tensor:
    return torch.tensor([[*values, 0.5, 0.5, 0.5][:3]])


@pytest.mark.parametrize("channels", CHANNELS)
def test_middle_draws_change_no_color(channels):
    samples = torch.randn(1, channels, 8, 12)
    torch.testing.assert_close(color(samples, draws()), samples)


@pytest.mark.parametrize("channels", CHANNELS)
def test_brightness_adds_and_leaves_alpha_alone(channels):
    samples = torch.randn(1, channels, 8, 8)
    change = color(samples, draws(0.75)) - samples
    num_colors = channels - 1 if channels in (2, 4) else channels
    torch.testing.assert_close(change[:, :num_colors], torch.full((1, num_colors, 8, 8), 0.25))
    assert not change[:, num_colors:].any()


@pytest.mark.parametrize(("channels", "grays"), [(1, False), (2, False), (3, True), (4, True)])
def test_saturation_zero_makes_rgb_gray(channels, grays):
    samples = torch.randn(1, channels, 8, 8)
    changed = color(samples, draws(0.5, 0.0))
    if grays:
        torch.testing.assert_close(changed[:, 0], changed[:, 1])
        torch.testing.assert_close(changed[:, 0], samples[:, :3].mean(1))
    else:
        torch.testing.assert_close(changed, samples)


def test_contrast_scales_around_the_mean():
    samples = torch.randn(1, 3, 8, 8)
    changed = color(samples, draws(0.5, 0.5, 0.0))
    torch.testing.assert_close(changed.mean(), samples.mean())
    torch.testing.assert_close(changed.std(), samples.std() / 2)


def test_translation_shifts_and_fills_with_zero():
    samples = torch.randn(1, 2, 16, 24)
    moved = translation(samples, draws(0.0, 0.999))  # 2 up, 3 to the right
    torch.testing.assert_close(moved[:, :, :14, 3:], samples[:, :, 2:, :21])
    assert not moved[:, :, 14:].any()
    assert not moved[:, :, :, :3].any()


def test_cutout_makes_one_hole():
    samples = torch.ones(1, 3, 8, 12)
    hole = cutout(samples, draws(0.5, 0.5)) == 0
    assert hole.sum() == 3 * 4 * 6
    assert hole[0, :, 2:6, 3:9].all()
    assert (cutout(samples, draws(0.0, 0.0)) == 0).sum() == 3 * 2 * 3  # half of it is outside


def test_a_flip_mirrors_or_leaves():
    samples = torch.randn(1, 2, 5, 6)
    assert torch.equal(flip(samples, draws(0.2)), samples.flip(3))
    assert torch.equal(flip(samples, draws(0.7)), samples)


@pytest.mark.parametrize("turns", range(4))
def test_turns_are_quarters_of_squares_and_halves_of_others(turns):
    square, wide = torch.randn(1, 2, 6, 6), torch.randn(1, 2, 4, 6)
    draw = draws(turns / 4 + 0.1)
    assert torch.equal(quarter_turns(square, draw), square.rot90(turns, (2, 3)))
    assert torch.equal(quarter_turns(wide, draw), wide.rot90(turns // 2 * 2, (2, 3)))


@pytest.mark.parametrize(("angle", "turns"), [(0.5, 0), (0.75, 1), (0.0, 2), (0.25, 3)])
def test_a_map_of_middle_scale_turns_only(angle, turns):
    samples = torch.randn(1, 3, 9, 9)
    turned = affine(samples, draws(0.5, 0.5, angle))
    torch.testing.assert_close(turned, samples.rot90(-turns % 4, (2, 3)), atol=1e-4, rtol=0)


def test_a_map_scales_around_the_middle():
    """A ramp of slope 1 has slope 1 / scale after it, and keeps its middle."""
    ramp = torch.arange(17.0).expand(1, 1, 17, 17)
    scale = 2**0.2  # of a draw one deviation up
    scaled = affine(ramp, draws(0.8413447, 0.5, 0.5))[0, 0]
    torch.testing.assert_close(scaled[8, 1:-1], 8 + (torch.arange(1.0, 16) - 8) / scale)
    squeezed = affine(ramp, draws(0.5, 0.8413447, 0.5))[0, 0, 8]
    wanted = 8 + (torch.arange(17.0) - 8) * scale
    inside = slice(2, -2)  # the rest comes from beyond the border
    torch.testing.assert_close(squeezed[inside], wanted[inside])


def test_what_lies_outside_is_reflected():
    ramp = torch.arange(17.0).expand(1, 1, 17, 17)
    shrunk = affine(ramp, draws(0.1586553, 0.5, 0.5))[0, 0, 8]  # by 2^0.2
    place = 8 - 8 * 2**0.2  # of the first column, outside
    assert shrunk[0] == pytest.approx(-place, abs=1e-3)


def test_flat_pictures_stay_flat():
    flat = torch.full((16, 1, 8, 12), 0.3)
    torch.testing.assert_close(affine(flat, torch.rand(16, 3)), flat)


@pytest.mark.parametrize(("size", "reach"), [(8, 1), (12, 2), (16, 2), (20, 3), (28, 4), (36, 5)])
def test_shifts_reach_as_far_as_the_authors(size, reach):
    samples = torch.ones(1, 1, size, size)
    up_left = translation(samples, draws(0.0, 0.0))
    down_right = translation(samples, draws(0.9999, 0.9999))
    assert reach == int(size * 0.125 + 0.5)
    assert up_left.sum() == down_right.sum() == (size - reach) ** 2


@pytest.mark.parametrize("size", [7, 9, 12])
def test_holes_are_as_large_as_the_authors(size):
    hole = cutout(torch.ones(1, 1, size, size), draws(0.5, 0.5)) == 0
    assert hole.sum() == int(size * 0.5 + 0.5) ** 2


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("channels", [1, 4])
def test_every_policy_is_differentiable_twice(policy, channels):
    augment = DiffAugment([policy])
    samples = torch.randn(2, channels, 8, 4, dtype=torch.double, requires_grad=True)

    def squared(samples):
        with seeded(0):
            return augment(samples).square().flatten(1).sum(1)  # so that second derivatives exist

    assert torch.autograd.gradcheck(squared, samples)
    assert torch.autograd.gradgradcheck(squared, samples)


def test_no_strength_is_the_identity():
    samples = torch.randn(4, 3, 8, 8)
    assert DiffAugment(strength=0.0)(samples) is samples


@pytest.mark.parametrize("policy", ["color", "cutout"])
def test_strength_is_the_share_of_samples_changed(policy):
    samples = torch.randn(4000, 1, 4, 4)
    augment = DiffAugment([policy])
    augment.strength = 0.3
    with seeded(0):
        changed = (augment(samples) != samples).flatten(1).any(1).float().mean()
    # Four standard deviations of the share; cutout always removes a pixel at least.
    assert changed.item() == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / 4000) ** 0.5)


def test_samples_are_augmented_independently():
    with seeded(0):
        augmented = DiffAugment()(torch.randn(1, 3, 16, 16).expand(16, -1, -1, -1))
    assert len(augmented.flatten(1).unique(dim=0)) > 10


def test_a_split_batch_is_augmented_as_in_one_piece():
    samples, augment = torch.randn(6, 3, 16, 16), DiffAugment(strength=0.7)
    with seeded(5):
        whole = augment(samples)
    parts = []
    for index, part in enumerate(samples.chunk(2)):
        with seeded(5), part_of(index, 2):
            parts.append(augment(part))
    torch.testing.assert_close(torch.cat(parts), whole)


def test_options_survive_json():
    augment = AUGMENTATIONS.build(Component("diffaugment", {"policies": ["cutout"]}))
    assert augment.policies == ("cutout",)
    assert AUGMENTATIONS.build(Component("ada")).policies[0] == "flip"


@pytest.mark.parametrize("options", [{"policies": ["colour"]}, {"policies": "color"},
                                     {"strength": 1.5}])  # fmt: skip
def test_wrong_options_are_named(options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        AUGMENTATIONS.build(Component("diffaugment", options))
