"""Whether streamed sound has seams: a trained run of `endless`, block by block and in one piece.

    python -m benchmarks stream-seams runs/0001-endless --blocks 40

A click is a jump: at each border of blocks the largest second difference of the samples within 4 of
it is compared with that around as many places inside of the blocks, whose share of larger ones is
0.5 if borders are like any other place. The same sound is also made in one piece, by one call of
the generator and one inverse transform, and compared sample by sample.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.common.frame import make_parser
from multigan.core.draws import normal, seeded
from multigan.core.switches import evaluating
from multigan.modalities.audio.pipeline import AudioPipeline
from multigan.modalities.audio.representations.frequency import LogMagnitudeIF
from multigan.runs.run import Run

NEAR = 4  # samples to either side of a place


def jumps(sound: Tensor, places: Sequence[int]) -> Tensor:
    """Returns the largest second difference of a sound (T,) near each place."""
    second = sound.diff(n=2).abs()
    return torch.stack([second[place - NEAR - 1 : place + NEAR].max() for place in places])


@torch.inference_mode()
def whole(pipeline: AudioPipeline, blocks: int, seed: int) -> Tensor:
    """Returns in one piece what streaming makes block by block, with half a window before it."""
    generator, kind = pipeline.generator, pipeline.audio_modality.representation
    assert isinstance(kind, LogMagnitudeIF)
    with seeded(seed, "style"):
        style = normal(1, generator.style_dim)
    per_block = generator.sample_shape[2] // generator.stride
    rows = []
    for index in range(-generator.margin, blocks * per_block + generator.margin):
        with seeded(seed, "anchor", index):
            rows.append(normal(1, generator.anchor_dim))
    with evaluating(generator):
        samples = generator.extend(style, torch.stack(rows, 2))
    long = LogMagnitudeIF(
        sample_rate=kind.sample_rate,
        channels=1,
        length=blocks * kind.length,
        n_fft=kind.stft.n_fft,
        hop_length=kind.stft.hop_length,
        floor=kind.floor,
        baseband=bool(kind.own.any()),
        weighted=kind.weighted,
        drop=kind.drop,
    )
    long.center, long.scale = kind.center, kind.scale
    return long.decode(samples)[0, 0]


def main() -> None:
    """Prints both measurements."""
    parser = make_parser(__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--blocks", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    pipeline = Run(args.run).pipeline()
    assert isinstance(pipeline, AudioPipeline)
    blocks = [one.waveform[0] for one in islice(pipeline.stream(seed=args.seed), args.blocks)]
    sound = torch.cat(blocks)
    borders = torch.tensor([len(block) for block in blocks]).cumsum(0)[:-1].tolist()
    length = pipeline.audio_modality.length
    spread = range(length // 7, length - 100, length // 7)
    elsewhere = [border + shift for border in borders for shift in spread]
    inside = [place for place in elsewhere if place + NEAR < len(sound)]
    at, away = jumps(sound, borders), jumps(sound, inside)
    larger = (away[None] > at[:, None]).double().mean().item()
    print(
        f"{len(borders)} borders: median jump {at.median():.4f}, elsewhere {away.median():.4f}; "
        f"largest {at.max():.4f}, elsewhere {away.max():.4f}; {larger:.2f} of the others are larger"
    )
    one = whole(pipeline, args.blocks, args.seed)
    half = pipeline.audio_modality.representation.stft.n_fft // 2
    # The last window of the sound in one piece overlaps with fewer.
    difference = (one[: len(sound)] - sound)[half : -2 * half].abs().max()
    print(f"in one piece: at most {difference:.2e} different, of a peak of {sound.abs().max():.3f}")
