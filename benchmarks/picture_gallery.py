"""One picture of the gallery: samples of every generator that comes with multigan.

    python -m benchmarks picture-gallery docs/images/gallery.png

Samples of the seed that is given, not chosen; where there are classes, they are taken in turn.
Texts are drawn at temperature 0.7.
"""

import textwrap
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.common.frame import make_parser
from multigan.modalities.audio.spectrogram_sheet import draw_audio
from multigan.modalities.kind import kind_of
from multigan.modalities.recipes import recipe
from multigan.sampling.gallery import members, read_card
from multigan.sampling.pipeline import Pipeline

WIDTH, GAP, TITLE, LINE = 840, 2, 20, 16  # pixels
SIZE = {"image": 40, "audio": 82}  # of a sample's width
TEXTS, TEMPERATURE = 5, 0.7
COLORS = 96  # of the whole picture, which is half as large then


def blocks(name: str, rows: int, seed: int) -> Iterator[Image.Image]:
    """Yields the parts of the picture that show one generator."""
    card = read_card(name)
    yield _text([f"{name}: {card['makes']}"], ImageFont.load_default(13), TITLE)
    pipeline = Pipeline.from_pretrained(name)
    kind = pipeline.modality.name
    if kind not in SIZE:
        texts = pipeline(TEXTS, seed=seed, temperature=TEMPERATURE)
        lines = [" ".join(text.split()) for text in texts]
        yield _text(lines, ImageFont.load_default(12), LINE)
        return
    columns = WIDTH // (SIZE[kind] + GAP)
    rows = rows if kind == "image" else 1
    samples = pipeline(columns * rows, condition=_spread(pipeline, columns, rows), seed=seed)
    yield _grid([_picture(sample, kind) for sample in samples], columns)


def _is_text(name: str) -> bool:
    return kind_of(recipe(read_card(name)["recipe"]).modality).printed


def _spread(pipeline: Pipeline, columns: int, rows: int) -> list[int] | None:
    """Returns classes from the first to the last: down the rows, or along the only one."""
    spec = pipeline.condition
    if spec is None:
        return None
    if rows == 1:
        return [column * spec.size // columns for column in range(columns)]
    return [
        (row * columns + column) % spec.size for row in range(rows) for column in range(columns)
    ]


def _picture(sample, kind: str) -> Image.Image:
    size = SIZE[kind]
    if kind == "audio":
        return draw_audio(sample, size, 60)
    return sample.convert("RGB").resize((size, size), Image.Resampling.BICUBIC)


def _grid(pictures: list[Image.Image], columns: int) -> Image.Image:
    width, height = (side + GAP for side in pictures[0].size)
    sheet = Image.new("RGB", (WIDTH, -(-len(pictures) // columns) * height), "white")
    for index, picture in enumerate(pictures):
        sheet.paste(picture, (index % columns * width, index // columns * height))
    return sheet


def _text(lines: list[str], font, height: int) -> Image.Image:
    shown = [textwrap.shorten(line, 130, placeholder=" ...") for line in lines]
    sheet = Image.new("RGB", (WIDTH, height * len(shown) + 4), "white")
    draw = ImageDraw.Draw(sheet)
    for index, line in enumerate(shown):
        draw.text((2, index * height + 3), line, fill="black", font=font)
    return sheet


def main() -> None:
    """Writes the picture that the command line asks for."""
    parser = make_parser(__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=4, help="of pictures (4)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    parts = [
        part
        for name in sorted(members(), key=_is_text)
        for part in blocks(name, args.rows, args.seed)
    ]
    sheet = Image.new("RGB", (WIDTH, sum(part.height for part in parts)), "white")
    top = 0
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    sheet.quantize(COLORS).save(args.out, optimize=True)
    print(f"{args.out}: {sheet.width} x {sheet.height}, {args.out.stat().st_size >> 10} KiB")


if __name__ == "__main__":
    main()
