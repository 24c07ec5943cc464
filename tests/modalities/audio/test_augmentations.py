"""What is done to pictures of sound before the discriminator sees them, in closed form."""

import pytest
import torch

from multigan.core.draws import seeded
from multigan.core.registries import AUGMENTATIONS
from multigan.errors import ShapeError
from multigan.modalities.audio.augmentations import (
    LOUDER,
    POLICIES,
    SILENCE,
    SpectrogramAugment,
)

QUIET = torch.tensor([SILENCE, 0.0]).view(1, 2, 1, 1)


def pictures(count: int = 1) -> torch.Tensor:
    with seeded("pictures"):
        return torch.rand(count, 2, 16, 32) - 0.5


def changed(name: str, *draws: float) -> torch.Tensor:
    return POLICIES[name](pictures(), torch.tensor([draws]), QUIET)


def test_gain_adds_to_magnitudes_alone():
    louder = changed("gain", 1.0, 0.5) - pictures()
    torch.testing.assert_close(louder[:, 0], torch.full((1, 16, 32), LOUDER))
    assert not louder[:, 1].any()
    torch.testing.assert_close(changed("gain", 0.5, 0.5), pictures())


def test_a_shift_moves_and_what_comes_in_is_silence():
    assert torch.equal(changed("shift", 0.5, 0.5), pictures())
    later = changed("shift", 0.999, 0.5)  # by 4 of 32 frames
    assert torch.equal(later[..., 4:], pictures()[..., :-4])
    assert torch.equal(later[..., :4], QUIET.expand(1, 2, 16, 4))


@pytest.mark.parametrize(("name", "axis", "most"), [("time_mask", 3, 4), ("frequency_mask", 2, 2)])
def test_a_mask_silences_up_to_an_eighth_of_its_axis(name, axis, most):
    assert torch.equal(changed(name, 0.0, 0.5), pictures())
    masked = changed(name, 0.999, 0.0)
    kept = masked.narrow(axis, most, masked.shape[axis] - most)
    assert torch.equal(kept, pictures().narrow(axis, most, kept.shape[axis]))
    assert torch.equal(masked.narrow(axis, 0, most), QUIET.expand_as(masked.narrow(axis, 0, most)))


def test_strength_is_how_many_samples_change():
    samples = pictures(1).expand(400, -1, -1, -1)
    augment = AUGMENTATIONS["spectrogram"](policies=["gain"], strength=0.3)
    with seeded("strength"):
        moved = (augment(samples) != samples).flatten(1).any(1).float().mean()
    assert moved == pytest.approx(0.3, abs=0.07)
    augment.strength = 0.0
    assert augment(samples) is samples


def test_it_has_gradients_and_wants_pictures():
    samples = pictures(4).requires_grad_()
    with seeded("gradients"):
        SpectrogramAugment(strength=1.0)(samples).sum().backward()
    assert samples.grad is not None
    assert 0 < samples.grad.mean() < 1  # nothing comes from silence
    with pytest.raises(ShapeError, match="leave the augmentation out"):
        SpectrogramAugment()(torch.zeros(2, 1, 99))
