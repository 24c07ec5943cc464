"""What the gallery has: which data, which recipe, how long, and what is known of the limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.gallery.emoji import write_emoji
from multigan.errors import DataError
from multigan.modalities.audio.music.note_files import write_notes
from multigan.modalities.audio.music.note_set import make_notes
from multigan.modalities.audio.music.pitch import parse_pitch

# General MIDI programs: piano, vibraphone, nylon and steel guitar, harp.
STRINGS = ("0", "11", "24", "25", "46")


@dataclass(frozen=True)
class Sources:
    """Where data are found, and where those that are rendered go.

    Attributes:
        data: The folder of data sets that have to be brought along.
        soundfont: An SF2 file.
        font: A color font with emoji.
        made: A folder for what is rendered.
    """

    data: Path
    soundfont: Path
    font: Path
    made: Path

    def file(self, name: str) -> Path:
        """Returns a data set's file.

        Raises:
            DataError: It is not there.
        """
        path = self.data / name
        if not path.exists():
            raise DataError(f"There is no {path}: say with --data where the data sets are.")
        return path


@dataclass(frozen=True)
class Member:
    """One generator of the gallery.

    Attributes:
        what: It makes, in a few words.
        recipe: By name.
        changes: Of the recipe, by dotted path.
        data: Returns the path to learn from, and renders what is there if need be.
        data_name: What the data are called.
        source: Where they are from, and how many there are.
        license: Of the data, as its abbreviation, and so of what was learned from them.
        limits: What somebody who uses it should know, in sentences.
        reference: The name of a file with held-out data; "" for the split "test" of `data`.
        num_samples: How many are measured.
        metrics: Their names; none for all that suit.
    """

    what: str
    recipe: str
    changes: Mapping[str, Any]
    data: Callable[[Sources], Path]
    data_name: str
    source: str
    license: str
    limits: tuple[str, ...]
    reference: str = ""
    num_samples: int = 2000
    metrics: tuple[str, ...] = ()


def _notes(sources: Sources) -> Path:
    """Returns an octave of a soundfont's plucked and struck strings; renders it if need be."""
    folder = sources.made / "notes"
    if not folder.exists():
        notes = make_notes(
            instruments=STRINGS,
            lowest=parse_pitch("C4"),
            highest=parse_pitch("C5"),
            takes=12,
            sample_rate=8000,
            seconds=0.512,
            soundfont=str(sources.soundfont),
        )
        write_notes(notes, folder, test_every=10)
    return folder


def _emoji(sources: Sources) -> Path:
    folder = sources.made / "emoji"
    return folder if folder.exists() else write_emoji(folder, sources.font)


MEMBERS = {
    "digits": Member(
        what="handwritten digits, 28x28, by class",
        recipe="image",
        changes={"steps": 3000, "look_every": 1000},
        data=lambda sources: sources.file("mnist-train.parquet"),
        reference="mnist-test.parquet",
        data_name="MNIST",
        source="LeCun, Cortes and Burges; 60,000 training images",
        metrics=("frechet", "precision", "recall", "coverage", "agreement", "diversity"),
        license="CC-BY-SA-3.0",
        limits=(
            "Of the hundred of seed 0 about five are no digit that anybody would write.",
            "Some have specks beside them, or strokes that are washed out.",
        ),
    ),
    "emoji": Member(
        what="emoji, 32x32 in color: faces, flags, hands and people",
        recipe="image",
        changes={"data.size": 32, "augment": "diffaugment", "steps": 2500, "look_every": 500},
        data=_emoji,
        data_name="Noto Color Emoji",
        source="Google; 1,018 of 1,129 pictures of four groups, rendered at 136 pixels",
        metrics=("frechet", "precision", "recall", "coverage", "agreement"),
        license="OFL-1.1",
        num_samples=1000,
        limits=(
            "Most of the pictures that are held out have near twins among the others, in another "
            "tone of skin or with other hair: distances say little of what is new.",
        ),
    ),
    "spoken-digits": Member(
        what="spoken digits by class, 0.77 s at 8 kHz",
        recipe="speech",
        changes={"steps": 1200, "look_every": 400, "checkpoint_every": 400},
        data=lambda sources: sources.file("fsdd.zip"),
        data_name="Free Spoken Digit Dataset",
        source="Jakobovski et al.; 2,700 training clips of 6 speakers",
        metrics=(
            *("frechet", "precision", "recall", "coverage", "agreement", "diversity"),
            *("clipping", "overload", "silence", "novelty"),
        ),
        license="CC-BY-SA-4.0",
        num_samples=300,
        limits=(
            "One of eleven is heard as another digit by a classifier that errs once in a hundred.",
            "Phases are found by Griffin-Lim, from 64 mel bands up to 4 kHz. A third of the clips "
            "would go beyond full scale, and are turned down.",
            "Recall is far below that of real clips: much of how six people speak is missing.",
        ),
    ),
    "notes": Member(
        what="notes by pitch, C4 to C5, 0.51 s at 8 kHz, to play melodies with",
        recipe="notes",
        changes={
            "generator.width": 128,
            "discriminator.width": 128,
            "steps": 900,
        },
        data=_notes,
        data_name="Fluid (R3) General MIDI soundfont",
        source="Frank Wen; 702 of 780 notes by piano, vibraphone, guitars and harp, at 8 kHz",
        metrics=("pitch", "loudness", "clipping", "overload", "silence", "buzz"),
        license="MIT",
        num_samples=78,
        limits=(
            "One of eleven is more than 50 cents off its pitch; which, the seed decides.",
            "They begin more abruptly than the soundfont's, and most are softer than those.",
            "Notes of half a second are cut while they ring, as those that were learned from.",
        ),
    ),
    "captions": Member(
        what="captions of photographs, in English",
        recipe="relativistic-text",
        changes={
            "generator.width": 192,
            "objective.warmup_steps": 1000,
            "objective.discriminator_warmup": 80,
            "steps": 1300,
        },
        data=lambda sources: sources.file("coco-captions-train.txt"),
        reference="coco-captions-test.txt",
        data_name="COCO captions",
        source="Lin et al., by way of TextBox; 10,000 captions",
        metrics=(
            *("bleu-2", "bleu-3", "bleu-4", "self-bleu-2", "self-bleu-3", "self-bleu-4"),
            *("lm", "reverse-lm", "unique", "copied", "nll"),
        ),
        license="CC-BY-4.0",
        limits=(
            "Grammar holds for a few words; what is said is often impossible.",
            "It knows what the captions are about: bathrooms, kitchens, streets, cats, aeroplanes.",
            "All in lower case, with spaces before punctuation, as the captions are stored.",
        ),
    ),
}
