"""Sound without an end: blocks are parts of one long sound, exactly, and fit without a seam."""

import itertools

import pytest
import torch

from multigan.core.condition import ConditionSpec
from multigan.core.draws import seeded
from multigan.errors import ConfigError, ShapeError
from multigan.modalities.audio.augmentations import HideEdges
from multigan.modalities.audio.music.improvise import SCALE, improvise
from multigan.modalities.audio.networks.endless import EndlessGenerator
from multigan.modalities.audio.representations.representation import REPRESENTATIONS
from multigan.modalities.audio.representations.streaming import StreamingSynthesis
from multigan.modalities.recipes import recipe
from multigan.runs.session import start
from multigan.typed import Component

CLASSES = ConditionSpec("class", 3)


def generator(stride=4, frames=16, **more) -> EndlessGenerator:
    # The margin of anchors is 4 for strides of 4 and 8, as the class works out.
    with seeded(0):
        return EndlessGenerator(
            latent_dim=3 + 2 * (frames // stride + 8),
            sample_shape=(2, 6, frames),
            width=8,
            style_dim=3,
            stride=stride,
            **more,
        ).double()


@pytest.mark.parametrize("stride", [4, 8])
def test_blocks_are_parts_of_a_longer_sound(stride):
    network = generator(stride)
    assert network.margin == 4
    style = torch.randn(2, 3, dtype=torch.double)
    anchors = torch.randn(2, 2, 4 * 16 // stride + 8, dtype=torch.double)
    whole = network.extend(style, anchors)
    assert whole.shape == (2, 2, 6, 64)
    step = 16 // stride
    blocks = [network.extend(style, anchors[..., i * step : (i + 1) * step + 8]) for i in range(4)]
    torch.testing.assert_close(torch.cat(blocks, -1), whole)


def test_a_frame_does_not_depend_on_far_anchors():
    network = generator()
    anchors = torch.randn(1, 2, 20, dtype=torch.double, requires_grad=True)
    made = network.extend(torch.zeros(1, 3, dtype=torch.double), anchors)
    (gradient,) = torch.autograd.grad(made[..., 24].square().sum(), anchors)
    touched = gradient.abs().sum((0, 1)).nonzero().flatten()
    assert touched.min() >= 10 - 4
    assert touched.max() <= 10 + 4


def test_latents_of_other_sizes_are_refused_with_one_that_fits():
    with pytest.raises(ConfigError, match="latent_dim=27"):
        EndlessGenerator(latent_dim=28, sample_shape=(2, 6, 16), style_dim=3, stride=4)


def log_magnitude_if(length: int, n_fft: int = 64, hop: int = 16, **more):
    options = {"n_fft": n_fft, "hop_length": hop, "scaling": "range", **more}
    fresh = REPRESENTATIONS.build(
        Component("log_magnitude_if", options), sample_rate=8000, channels=1, length=length
    )
    statistics = {"center": [[-4.0], [0.0]], "scale": [[6.0], [1.0]]}
    return type(fresh)(
        sample_rate=8000, channels=1, length=length, statistics=statistics, **options
    )


@pytest.mark.parametrize(
    ("n_fft", "hop", "more"),
    [(64, 16, {}), (64, 20, {}), (64, 20, {"baseband": True, "weighted": True, "drop": "dc"})],
)
def test_streamed_blocks_are_what_the_inverse_makes_of_them_together(n_fft, hop, more):
    whole, part = (log_magnitude_if(blocks * 16 * hop, n_fft, hop, **more) for blocks in (4, 1))
    length = 64 * hop
    time = torch.arange(length)
    waveform = 0.3 * torch.sin(0.3 * time) + 0.1 * torch.sin(0.9 * time)
    samples = whole.encode(waveform[None, None])[0]
    stream = StreamingSynthesis(part)
    streamed = torch.cat([stream(block) for block in samples.split(16, -1)])
    expected = whole.decode(samples[None])[0, 0]
    assert len(streamed) == length - n_fft // 2  # which lies before the beginning
    # The first and last windows overlap with less than the others.
    inside = slice(n_fft, length - 2 * n_fft)
    torch.testing.assert_close(streamed[inside], expected[inside], atol=1e-4, rtol=0)


def test_stereo_is_refused_before_anything_is_learned():
    with pytest.raises(ShapeError, match=r"mono sounds.*data\.channels=1"):
        EndlessGenerator(latent_dim=4 + 2 * 12, sample_shape=(4, 4, 16), width=8, style_dim=4)


def test_other_representations_cannot_be_streamed():
    waveform = REPRESENTATIONS.build(
        Component("waveform"), sample_rate=8000, channels=1, length=256
    )
    with pytest.raises(ConfigError, match="log_magnitude_if"):
        StreamingSynthesis(waveform)


def test_only_frames_whose_windows_reach_beyond_the_clip_are_hidden():
    samples = torch.rand(2, 2, 4, 7) + 0.1
    hidden = HideEdges(2)(samples)
    assert not hidden[..., [0, 1, 5, 6]].any()
    assert torch.equal(hidden[..., 2:5], samples[..., 2:5])
    with pytest.raises(ShapeError, match="more than 8 frames"):
        HideEdges(4)(samples)
    # The recipe's hide just those: what follows from a wave that goes on is the same in all others.
    chosen = recipe("endless")
    kind = chosen.representation.options
    edge = chosen.augment.options.get("frames", 2)
    assert edge * kind["hop_length"] == kind["n_fft"] // 2


def test_tunes_keep_to_their_scale_and_to_their_seed():
    notes = improvise(20, seed=3)
    assert {note.pitch % 12 for note in notes} <= set(SCALE)
    assert notes == improvise(20, seed=3) != improvise(20, seed=4)
    for one, following in itertools.pairwise(notes):
        assert following.start == pytest.approx(one.start + one.duration)
    assert 20 <= notes[-1].start + notes[-1].duration < 20.5


def test_a_run_streams_for_as_long_as_it_is_asked(tmp_path):
    small = {
        "batch_size": 2,
        "steps": 1,
        "generator.width": 8,
        "discriminator.width": 8,
        "look_every": 0,
    }
    run = start(recipe("endless").changed(small), out=tmp_path, device="cpu").fit()
    pipeline = run.pipeline()
    blocks = list(itertools.islice(pipeline.stream(seed=5), 3))
    assert [block.waveform.shape[1] for block in blocks] == [4096 - 128, 4096, 4096]
    again = next(pipeline.stream(seed=5)).waveform
    assert torch.equal(again, blocks[0].waveform)
    assert not torch.equal(next(pipeline.stream(seed=6)).waveform, again)
    with pytest.raises(ConfigError, match="one length"):
        next(start_notes(tmp_path).stream())


def start_notes(folder):
    small = {"batch_size": 2, "steps": 0, "generator.width": 8, "discriminator.width": 8}
    return start(recipe("notes").changed(small | {"look_every": 0}), out=folder).fit().pipeline()
