"""Emoji as pictures by class: rendered from a color font, a folder for each split and class.

Classes are those of which a font has hundreds that look alike: faces, people, hands and flags. What
is neither in one of them nor drawn by the font as one picture is left out.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from multigan.errors import ConfigError, DataError
from multigan.files import atomic_folder

FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")  # Debian: fonts-noto-color-emoji
STRIKE = 109  # the one size of the font's bitmaps
CANVAS = (136, 128)  # pixels of one of them
JOINER = "\u200d"
TONES = ("", *map(chr, range(0x1F3FB, 0x1F400)))  # of skin
ADULTS = ("\U0001f468", "\U0001f469", "\U0001f9d1")

# Code points, first and last of each run.
FACES = (
    *((0x1F600, 0x1F637), (0x1F641, 0x1F644), (0x1F910, 0x1F915), (0x1F917, 0x1F917)),
    *((0x1F920, 0x1F920), (0x1F922, 0x1F925), (0x1F927, 0x1F92F), (0x1F970, 0x1F976)),
    *((0x1F978, 0x1F97A), (0x1F9D0, 0x1F9D0), (0x1FAE0, 0x1FAE4), (0x2639, 0x263A)),
)
HEADS = (
    *((0x1F466, 0x1F469), (0x1F46E, 0x1F46E), (0x1F470, 0x1F478), (0x1F47C, 0x1F47C)),
    *((0x1F482, 0x1F482), (0x1F934, 0x1F936), (0x1F977, 0x1F977), (0x1F9D1, 0x1F9D5)),
    *((0x1F9D9, 0x1F9D9), (0x1F9DB, 0x1F9DB), (0x1F9DD, 0x1F9DD), (0x1FAC5, 0x1FAC5)),
)
HANDS = (
    *((0x1F446, 0x1F450), (0x1F590, 0x1F590), (0x1F596, 0x1F596), (0x1F64C, 0x1F64C)),
    *((0x1F64F, 0x1F64F), (0x1F90C, 0x1F90C), (0x1F90F, 0x1F90F), (0x1F918, 0x1F91F)),
    *((0x1F932, 0x1F932), (0x1FAF0, 0x1FAF8), (0x261D, 0x261D), (0x270A, 0x270D)),
)
WORKS = "⚕⚖✈🌾🍳🍼🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒"
HAIR = "🦰🦱🦳🦲"
REGIONS = tuple(map(chr, range(0x1F1E6, 0x1F200)))  # letters, two of which are a flag


def write_emoji(folder: Path, font: Path = FONT, *, test_every: int = 10) -> Path:
    """Writes every emoji of the classes as PNG, one of ten into the split "test"; returns `folder`.

    Raises:
        DataError: There is no such font.
        ConfigError: Pillow cannot join emoji of several characters.
    """
    if not font.is_file():
        raise DataError(f"There is no font {font}. Debian has it in fonts-noto-color-emoji.")
    if not features.check("raqm"):
        raise ConfigError("This Pillow has no libraqm, which joins the characters of emoji.")
    drawn = ImageFont.truetype(font, STRIKE, layout_engine=ImageFont.Layout.RAQM)
    with atomic_folder(folder) as building:
        for name, texts in CLASSES.items():
            for index, (code, picture) in enumerate(sorted(_pictures(texts, drawn).items())):
                split = "test" if index % test_every == test_every - 1 else "train"
                place = building / split / name
                place.mkdir(parents=True, exist_ok=True)
                picture.save(place / f"{code}.png")
    return folder


def _pictures(texts: Iterable[str], font: ImageFont.FreeTypeFont) -> dict[str, Image.Image]:
    """Returns what a font draws of some texts by their code points, each picture once."""
    unknown = rendered(2 * REGIONS[0], font)  # two letters that are no flag
    seen = set() if unknown is None else {unknown.tobytes()}
    found = {}
    for text in texts:
        picture = rendered(text, font)
        if picture is not None and picture.tobytes() not in seen:
            seen.add(picture.tobytes())
            found["-".join(f"{ord(letter):x}" for letter in text)] = picture
    return found


def rendered(text: str, font: ImageFont.FreeTypeFont) -> Image.Image | None:
    """Returns the picture of an emoji on white, square; None where the font has no single one."""
    if round(font.getlength(text)) != CANVAS[0]:
        return None
    width = max(CANVAS)
    picture = Image.new("RGB", (width, width), "white")
    ImageDraw.Draw(picture).text((0, 0), text, font=font, embedded_color=True)
    return None if picture.getcolors(1) else picture


def _run(spans: Iterable[tuple[int, int]]) -> Iterator[str]:
    for first, last in spans:
        for code in range(first, last + 1):
            if unicodedata.name(chr(code), ""):
                yield chr(code)


def _people() -> Iterator[str]:
    for tone in TONES:
        yield from (head + tone for head in _run(HEADS))
        yield from (a + tone + JOINER + what for a in ADULTS for what in HAIR)
        for adult in ADULTS:
            yield from (adult + tone + JOINER + work for work in WORKS)
            yield from (adult + tone + JOINER + work + "\ufe0f" for work in WORKS)


CLASSES = {
    "face": tuple(_run(FACES)),
    "flag": tuple(first + second for first in REGIONS for second in REGIONS),
    "hand": tuple(hand + tone for tone in TONES for hand in _run(HANDS)),
    "person": tuple(_people()),
}
