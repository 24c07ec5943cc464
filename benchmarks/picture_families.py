"""One picture of what several runs have learned, and one of how a growing run has grown.

    python -m benchmarks picture-families contact OUT.png runs/0001-dcgan runs/0002-wgan ...
    python -m benchmarks picture-families growth OUT.png runs/0003-progressive

The first shows each run's last look, smaller, under its name; the second the first column of every
look of one run, side by side, from the first step to the last.
"""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks.common.frame import make_parser
from multigan.runs.folder import RunFolder

TILE, TITLE, GAP, PER_ROW = 240, 16, 6, 5  # pixels, and runs in a row
CELL = 66  # pixels of a look from one sample to the next


def contact(runs: Sequence[RunFolder]) -> Image.Image:
    """Returns every run's last look under the run's name."""
    rows = -(-len(runs) // PER_ROW)
    columns = min(PER_ROW, len(runs))
    size = columns * (TILE + GAP) + GAP, rows * (TILE + TITLE + GAP) + GAP
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    for index, run in enumerate(runs):
        row, column = divmod(index, PER_ROW)
        place = GAP + column * (TILE + GAP), GAP + row * (TILE + TITLE + GAP)
        draw.text(place, run.name.partition("-")[2], fill="black")
        look = Image.open(run.sample_files()[-1]).convert("L").crop((0, 0, 10 * CELL, 10 * CELL))
        sheet.paste(
            look.resize((TILE, TILE), Image.Resampling.LANCZOS), (place[0], place[1] + TITLE)
        )
    return sheet


def growth(run: RunFolder) -> Image.Image:
    """Returns the first column of every look, each under its step."""
    looks = run.sample_files()
    first = Image.open(looks[0])
    sheet = Image.new("RGB", (len(looks) * CELL + GAP, first.height + TITLE), "white")
    draw = ImageDraw.Draw(sheet)
    for index, path in enumerate(looks):
        draw.text((index * CELL + GAP, 2), str(int(path.stem)), fill="black")
        sheet.paste(Image.open(path).crop((0, 0, CELL, first.height)), (index * CELL, TITLE))
    return sheet


def main() -> None:
    """Writes the picture that the command line asks for."""
    parser = make_parser(__doc__)
    parser.add_argument("kind", choices=["contact", "growth"])
    parser.add_argument("out", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    args = parser.parse_args()
    runs = [RunFolder(path) for path in args.runs]
    picture = contact(runs) if args.kind == "contact" else growth(runs[0])
    picture.convert("L").quantize(16).save(args.out, optimize=True)  # 16 greys are enough to judge
    print(f"{args.out}: {picture.width} x {picture.height}, {args.out.stat().st_size >> 10} KiB")
