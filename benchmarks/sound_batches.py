"""Measures sounds' way into a training step, and out of a generator.

    python -m benchmarks sound-batches --data fsdd.zip --rounds 20

`feeding`: a training step whose batch is transformed at once in the training process, beside the
same step fed by a `DataLoader` whose workers transform clip by clip, as the originals do.
`serving`: the same two ways, the batches alone.
`inverting`: integrating the instantaneous frequency beside 32 iterations of fast Griffin-Lim.
"""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import medians, ratio, show_ratio, take_turns
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.prior import Prior
from multigan.core.registries import DISCRIMINATORS, GENERATORS, build_modality
from multigan.core.trainer import Trainer
from multigan.data.stream import Stream
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.audio.load.loaded import AudioSet
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.kind import kind_of
from multigan.typed import Component

LATENT, BATCH = 64, 64


class Clips(Dataset):
    """Clips one by one, each transformed by itself in whatever process asks for it."""

    def __init__(self, sounds: AudioSet, modality: AudioModality) -> None:
        self.sounds, self.modality = sounds, modality

    def __len__(self) -> int:
        return len(self.sounds)

    def __getitem__(self, index: int) -> Tensor:
        raw, _ = self.sounds.source.read(torch.tensor([index]))
        return self.modality.encode(raw)[0]


class Loading:
    """The batches of a `DataLoader` with workers, for a trainer."""

    batch_size = BATCH

    def __init__(self, clips: Clips, workers: int) -> None:
        self.loader = DataLoader(
            clips, BATCH, shuffle=True, drop_last=True, num_workers=workers,
            persistent_workers=True, worker_init_fn=lambda _: torch.set_num_threads(1),
        )  # fmt: skip

    def batches(self, start: int) -> Iterator[Batch]:
        return (Batch(samples) for _ in itertools.count() for samples in self.loader)


class Alone:
    """A stream without its labels."""

    batch_size = BATCH

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def batches(self, start: int) -> Iterator[Batch]:
        return (Batch(batch.samples) for batch in self.stream.batches(start))


def modality_of(sounds: AudioSet, name: str, **options: object) -> AudioModality:
    return build_modality(kind_of("audio").component(sounds, Component(name, options)))


def players(modality: AudioModality, width: int) -> tuple[nn.Module, nn.Module]:
    shape = {"sample_shape": modality.sample_shape, "condition": None}
    options = Component("dcgan", {"width": width})
    return (
        GENERATORS.build(options, latent_dim=LATENT, **shape),
        DISCRIMINATORS.build(options, **shape),
    )


def trainer(data: object, modality: AudioModality, width: int) -> Trainer:
    generator, discriminator = players(modality, width)
    game = AdversarialGame(generator, discriminator, Prior(LATENT), LOSSES["non_saturating"])
    optimizers = {phase.name: torch.optim.Adam(phase.player.parameters()) for phase in game.phases}
    return Trainer(game, optimizers, data)


def feeding(sounds: AudioSet, width: int, workers: int, rounds: int) -> dict:
    modality = modality_of(sounds, "log_magnitude_if")
    at_once = trainer(Alone(Stream(sounds.source, modality.encode, BATCH)), modality, width)
    by_clip = trainer(Loading(Clips(sounds, modality), workers), modality, width)
    sides = {"at once": at_once.step, "clip by clip": by_clip.step}
    times = take_turns(sides, rounds, warm_up=3, clock="wall")
    return {
        "width": width,
        "workers": workers,
        "seconds": medians(times),
        "clip by clip / at once": ratio(times, "clip by clip", "at once"),
    }


def serving(sounds: AudioSet, workers: int, rounds: int, batches: int = 16) -> dict:
    """The batches alone, without networks."""
    modality = modality_of(sounds, "log_magnitude_if")
    at_once = Stream(sounds.source, modality.encode, BATCH).batches()
    by_clip = Loading(Clips(sounds, modality), workers).batches(0)
    sides = {
        "at once": lambda: [next(at_once) for _ in range(batches)],
        "clip by clip": lambda: [next(by_clip) for _ in range(batches)],
    }
    times = take_turns(sides, rounds, warm_up=1, clock="wall")
    spent = medians(times)
    return {
        "workers": workers,
        "clips per second": {name: round(batches * BATCH / spent[name]) for name in spent},
        "clip by clip / at once": ratio(times, "clip by clip", "at once"),
    }


def transforming(sounds: AudioSet, rounds: int) -> dict:
    """The transform alone, in processor time: one batch at once and clip by clip."""
    modality = modality_of(sounds, "log_magnitude_if")
    raw, _ = sounds.source.read(torch.arange(BATCH))
    sides: dict[str, Callable[[], object]] = {
        "at once": lambda: modality.encode(raw),
        "clip by clip": lambda: torch.stack([modality.encode(one[None])[0] for one in raw]),
    }
    times = take_turns(sides, rounds, warm_up=2, clock="processor")
    return {
        "seconds": medians(times),
        "clip by clip / at once": ratio(times, "clip by clip", "at once"),
    }


def inverting(sounds: AudioSet, rounds: int) -> dict:
    raw, _ = sounds.source.read(torch.arange(BATCH))
    sides, samples = {}, {}
    for name, options in {
        "log_magnitude_if": {},
        "log_magnitude": {"scaling": "range"},
    }.items():
        modality = modality_of(sounds, name, **options)
        samples[name] = modality.encode(raw)
        sides[name] = lambda modality=modality, name=name: modality.waveforms(samples[name])
    with torch.inference_mode():
        times = take_turns(sides, rounds, warm_up=1, clock="processor")
    return {
        "seconds": medians(times),
        "Griffin-Lim / integration": ratio(times, "log_magnitude", "log_magnitude_if"),
    }


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, help="spoken digits, or other sounds")
    parser.add_argument("--length", type=int, default=8192, help="of a clip, in samples")
    parser.add_argument("--width", type=int, default=16, help="of the networks")
    parser.add_argument("--workers", type=int, default=2, help="of the DataLoader")
    parser.add_argument("--rounds", type=int, default=20)
    args, result = start(parser)
    sounds = load_audio(args.data, length=args.length)
    result["feeding"] = feeding(sounds, args.width, args.workers, args.rounds)
    result["serving"] = serving(sounds, args.workers, args.rounds)
    result["transforming"] = transforming(sounds, args.rounds)
    result["inverting"] = inverting(sounds, args.rounds)
    for name in ("feeding", "serving", "transforming", "inverting"):
        label = next(label for label in result[name] if " / " in label)
        print(f"{name}: {label} {show_ratio(result[name][label])}")
    finish(result, args.json)
