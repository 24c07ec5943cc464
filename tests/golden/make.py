"""Trains the tiny runs that `tests/test_golden.py` goes on with: `python -m tests.golden.make`.

The fixtures are what an *earlier* version wrote, so making them again gives up what they prove;
do it only to add one: `python -m tests.golden.make NAME ...`. Data whose numbers are computed may
differ in last bits elsewhere, so what runs learn from is stored beside them, but for the digits.
"""

import contextlib
import json
import math
import shutil
import sys
import tempfile
import wave
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from multigan import AudioTrainer, ImageTrainer, Run, TextTrainer, fork
from multigan.modalities.recipes import RECIPES
from tests.golden import FIXTURES, pack

RATE = 8000
NOTES = {"C4": 261.6, "E4": 329.6, "G4": 392.0}
BERT = {
    "model_type": "bert",
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "hidden_size": 8,
    "intermediate_size": 16,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}
EVERY = {"log_every": 1, "look_every": 0, "keep_checkpoints": 1, "health_every": 0}
IMAGE = EVERY | {
    "batch_size": 8,
    "generator.width": 2,
    "discriminator.width": 2,
    "latent_dim": 4,
    "checkpoint_every": 3,
}
TEXT = EVERY | {
    "batch_size": 4,
    "objective.warmup_steps": 4,
    "checkpoint_every": 3,
}
AUDIO = EVERY | {
    "batch_size": 4,
    "generator.width": 4,
    "discriminator.width": 4,
    "latent_dim": 8,
    "checkpoint_every": 3,
}
MEL = {"n_fft": 128, "hop_length": 64, "n_mels": 8, "floor": 0.003}


def photos(folder: Path) -> Path:
    """Writes two classes of colored 8x8 pictures."""
    for color in ("blue", "red"):
        (folder / color).mkdir(parents=True)
        for i in range(8):
            bright = 31 * i + 38
            fill = (0, 16 * i, bright) if color == "blue" else (bright, 16 * i, 0)
            picture = Image.new("RGB", (8, 8), fill)
            picture.putpixel((i, 7 - i), (255, 255, 255))
            picture.save(folder / color / f"{i}.png")
    return folder


def sentences(path: Path) -> Path:
    """Writes 24 short texts, a line each."""
    grid = [(who, does, what) for who in "abcd" for does in ("sees", "has") for what in "xyz"]
    path.write_text("".join(f"{who} {does} the {what} .\n" for who, does, what in grid))
    return path


def tones(folder: Path) -> Path:
    """Writes a class of decaying tones for each of three notes: 1024 samples of 16 bits."""
    for note, hertz in NOTES.items():
        (folder / note).mkdir(parents=True)
        for i in range(6):
            turn = 2 * math.pi * hertz / RATE
            loud = 5000 * (i + 1)
            clip = [round(loud * math.exp(-t / 400) * math.sin(turn * t)) for t in range(1024)]
            with wave.open(str(folder / note / f"{i}.wav"), "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                file.writeframes(array("h", clip).tobytes())
    return folder


def digits(root: Path) -> None:
    """Classes, profiles, a best checkpoint, and a fork with a turned knob."""
    changes = IMAGE | {"profile_every": 4, "evaluate_every": 4, "best_by": "agreement"}
    changes |= {"metrics": [], "keep_checkpoints": 2, "checkpoint_every": 4}
    run = ImageTrainer(recipe="digits", steps=8, out=root / "runs", changes=changes).fit()
    fork(run, step=4, steps=5, changes={"loss": "hinge"}, knobs={"r1.weight": 0.5})


def progressive(root: Path) -> None:
    """Stopped while the second size fades in."""
    changes = IMAGE | {"schedules.growth.over": 80}
    run = ImageTrainer(recipe="progressive", steps=6, out=root / "runs", changes=changes).fit()
    # The only fade of 8x8 pictures takes growth from a third to two thirds.
    assert 1 / 3 < run.recipe.steps * 8 / 80 < 2 / 3


def packs(root: Path) -> None:
    """Two samples judged together, of a folder of colored pictures without their classes."""
    changes = IMAGE | {"pack": 2, "conditional": False}
    ImageTrainer(photos(root / "photos"), steps=6, out=root / "runs", changes=changes).fit()


def adaptive(root: Path) -> None:
    """Augmentation whose strength a controller has moved, and a doctor with samples held out."""
    controller = {"target": -0.9, "samples_to_full": 200, "every": 2}
    augment = {"name": "ada", "options": {"strength": 0.4}}
    changes = IMAGE | {"augment": augment, "controllers.adaptive_augment": controller}
    changes |= {"health_every": 4, "held_out": 0.1}
    run = ImageTrainer(recipe="digits", steps=6, out=root / "runs", changes=changes).fit()
    assert run.metrics()[-1]["knob/augment.strength"] != 0.4


def text(root: Path) -> None:
    """One checkpoint of the likelihood's warm-up, one of the game."""
    changes = TEXT | {"generator.width": 8, "generator.embedding_dim": 4}
    changes |= {"discriminator.channels": 4, "discriminator.embedding_dim": 4}
    changes |= {"objective.discriminator_warmup": 1, "keep_checkpoints": 2}
    TextTrainer(sentences(root / "texts.txt"), steps=6, out=root / "runs", changes=changes).fit()


def latent_text(root: Path) -> None:
    """An autoencoder of texts and a game on its codes."""
    changes = TEXT | {"generator.width": 8, "generator.embedding_dim": 4, "latent_dim": 4}
    changes |= {"generator.code_dim": 8, "discriminator.code_dim": 8, "discriminator.width": 8}
    data = sentences(root / "texts.txt")
    TextTrainer(data, recipe="latent-text", steps=6, out=root / "runs", changes=changes).fit()


def hf_text(root: Path) -> None:
    """Models built from a configuration, then one loaded from a folder and trained by adapters."""
    changes = TEXT | {
        "data.vocab_size": 300,
        "discriminator.config": BERT,
        "objective.discriminator_warmup": 1,
    }
    changes |= {"objective.warmup_steps": 2}
    gpt2 = {"model_type": "gpt2", "n_layer": 1, "n_head": 2, "n_embd": 8, "n_positions": 32}
    asked = {"recipe": "hf-text", "out": root / "runs"}
    data = sentences(root / "texts.txt")
    whole = TextTrainer(data, steps=4, changes=changes | {"generator.config": gpt2}, **asked).fit()
    whole.pipeline().save_transformers(root / "model")
    model = "model"  # relative: a text set is another one if its tokenizer has another name
    changes |= {"data.tokenizer": model, "data.vocab_size": None}
    changes |= {"generator": {"name": "causal-lm", "options": {"model": model, "adapter_rank": 2}}}
    TextTrainer(data, steps=4, changes=changes, **asked).fit()


def notes(root: Path) -> None:
    """Notes by pitch: magnitudes and instantaneous frequencies."""
    changes = AUDIO | {"representation.n_fft": 64, "representation.hop_length": 32}
    changes |= {"generator.embedding_dim": 4}
    data = tones(root / "tones")
    AudioTrainer(data, recipe="notes", steps=6, out=root / "runs", changes=changes).fit()


def learned_inverter(root: Path) -> None:
    """A vocoder, then mel spectrograms whose sounds it makes."""
    asked: dict[str, Any] = {"out": root / "runs", "steps": 4}
    changes = AUDIO | {"generator.width": 2, "discriminator.width": 2}
    changes |= {"data": {"name": str(tones(root / "tones")), "options": {}}}
    vocos = {"width": 4, "depth": 1, "griffin_lim": 2, **MEL}
    learned = changes | {f"generator.{name}": value for name, value in vocos.items()}
    learned |= {"latent_dim": 8 * 16, "discriminator.width": 1, "discriminator.widest": 2}
    learned |= {"discriminator.periods": [2, 3], "discriminator.windows": [128]}
    vocoder = AudioTrainer(recipe="vocoder", changes=learned, **asked).fit()
    inverter = {"name": "learned", "options": {"path": str(vocoder.path)}}
    mel = {"name": "mel", "options": {**MEL, "scaling": "range", "inverter": inverter}}
    AudioTrainer(recipe="speech", changes=changes | {"representation": mel}, **asked).fit()


MAKERS: dict[str, Callable[[Path], None]] = {
    make.__name__.replace("_", "-"): make
    for make in (
        *(digits, progressive, packs, adaptive),
        *(text, latent_text, hf_text, notes, learned_inverter),
    )
}
PIPELINES = {"digits": "image", "text": "text", "notes": "audio", "learned-inverter": "learned"}


def tidy(run: Run) -> None:
    """Drops what is large and read by nobody, and what tells of the maker's machine."""
    for name in ("report.html", ".lock", ".control-lock"):
        (run.path / name).unlink(missing_ok=True)
    shutil.rmtree(run.samples, ignore_errors=True)
    anonymous = {"platform": "Linux", "host": "anywhere", "pid": 1, "command": "", "commit": None}
    for file in (run.environment_file, run.status_file):
        told = json.loads(file.read_text())
        told |= {name: value for name, value in anonymous.items() if name in told}
        file.write_text(json.dumps(told, indent=2))


def make_runs(name: str, folder: Path, pipelines: Path) -> None:
    """Trains one fixture's runs and packs them."""
    root = folder.resolve() / name
    root.mkdir(parents=True)
    with contextlib.chdir(root):
        MAKERS[name](root)
    runs = [Run(path) for path in sorted((root / "runs").iterdir()) if path.is_dir()]
    if name in PIPELINES:
        runs[-1].pipeline().save_pretrained(pipelines / PIPELINES[name])
    for run in runs:
        tidy(run)
    print(pack(root, name).stat().st_size, name)


def make_recipes() -> None:
    """Writes every recipe as it is now."""
    found = {name: make().to_json() for name, make in sorted(RECIPES.items())}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(made)}" for name, made in found.items())
    (FIXTURES / "recipes.json").write_text(f"{{\n{lines}\n}}\n")


def main(names: list[str]) -> None:
    """Makes the fixtures that are named, or all, the saved pipelines and recipes then, too."""
    with tempfile.TemporaryDirectory() as folder:
        pipelines = Path(folder).resolve() / "pipelines"
        for name in names or MAKERS:
            make_runs(name, Path(folder), pipelines)
        if not names:
            print(pack(pipelines, "pipelines").stat().st_size, "pipelines")
            make_recipes()


if __name__ == "__main__":
    main(sys.argv[1:])
