"""One picture of what recipes of sounds have learned: real ones above, generated ones below.

    python -m benchmarks picture-sounds OUT.png runs/0001-notes runs/0002-speech ...

Each run's data is read again, as its recipe says. Where there are classes, a column is a class;
of a vocoder, the same sound, before and after.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image, ImageDraw

from benchmarks.common.frame import make_parser
from multigan.core.condition import ConditionSpec
from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.sound import FULL_SCALE
from multigan.modalities.audio.spectrogram_sheet import draw_audio
from multigan.runs.assemble import load_data
from multigan.runs.run import Run

WIDTH, HEIGHT, TITLE, GAP = 96, 72, 14, 2  # pixels
KEPT = 8  # spectrograms that a vocoder keeps


def real_and_made(run: Run, count: int) -> tuple[Sequence[Audio], Sequence[Audio]]:
    """Returns `count` real sounds and as many generated ones, of the same classes in turn."""
    data = load_data(run.recipe)
    pipeline = run.pipeline()
    rate, total = data.sample_rate, len(data.source)
    if run.recipe.objective.name == "vocoder":
        places = torch.arange(KEPT) * total // KEPT
        classes = None
    else:
        classes, places = _spread(pipeline.condition, data, count)
    raw, _ = data.source.read(places[:count])
    real = [Audio(clip / FULL_SCALE, rate) for clip in raw]
    return real, pipeline(len(real), condition=classes, seed=0)


def _spread(
    condition: ConditionSpec | None, data, count: int
) -> tuple[torch.Tensor | None, torch.Tensor]:
    """Returns classes evenly over all of them, and where to find a real sound of each."""
    if condition is None:
        return None, torch.arange(count) * len(data.source) // count
    _, labels = data.source.read(torch.arange(len(data.source)))
    classes = torch.arange(count) * condition.size // count
    found = [(labels == number).nonzero()[:, 0] for number in classes]
    # From another part of each class, so that speakers and instruments differ.
    return classes, torch.stack([own[len(own) * i // count] for i, own in enumerate(found)])


def picture(runs: Sequence[Run], count: int) -> Image.Image:
    """Returns the picture of all runs, one under the other."""
    row = HEIGHT + GAP
    block = TITLE + 2 * row
    sheet = Image.new("RGB", (count * (WIDTH + GAP), len(runs) * block), "white")
    draw = ImageDraw.Draw(sheet)
    for index, run in enumerate(runs):
        top = index * block
        kind = run.recipe.representation.name if run.recipe.representation else "as by default"
        title = f"{run.recipe.name} ({kind}), step {run.status()['step']}: real, then generated"
        draw.text((2, top + 1), title, fill="black")
        for line, sounds in enumerate(real_and_made(run, count)):
            for column, sound in enumerate(sounds):
                place = column * (WIDTH + GAP), top + TITLE + line * row
                sheet.paste(draw_audio(sound, WIDTH, HEIGHT), place)
    return sheet


def main() -> None:
    """Writes the picture that the command line asks for."""
    parser = make_parser(__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=8, help="sounds in a row")
    args = parser.parse_args()
    made = picture([Run(path) for path in args.runs], args.count)
    made.quantize(64).save(args.out, optimize=True)
    print(f"{args.out}: {made.width} x {made.height}, {args.out.stat().st_size >> 10} KiB")
