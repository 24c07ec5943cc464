"""What happens to files of a run: disks, crashes, editors, synchronizers and other programs.

`DAMAGES` are by name; each is told the path of a file that is there. `trials` draws which file of
which run is damaged how, and which command then meets it: the same every time.
"""

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

DEEP = b"[" * 200_000
SEED = 13
TOKENS = ("mle",)  # recipes that write token by token, and have no way between samples

Damage = Callable[[Path], object]
DAMAGES: dict[str, Damage] = {}


def damage(name: str) -> Callable[[Damage], Damage]:
    """Registers a way to damage a file."""

    def register(do: Damage) -> Damage:
        DAMAGES[name] = do
        return do

    return register


def rewritten(name: str, change: Callable[[bytes], bytes]) -> None:
    """Registers a change of what a file holds."""
    damage(name)(lambda file: file.write_bytes(change(file.read_bytes())))


def replaced(name: str, make: Callable[[Path], object]) -> None:
    """Registers what stands in a file's place."""

    def do(file: Path) -> None:
        file.unlink()
        make(file)

    damage(name)(do)


def _changed(value: Any, leaf: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {name: _changed(one, leaf) for name, one in value.items()}
    if isinstance(value, list):
        return [_changed(one, leaf) for one in value]
    return leaf(value)


def of_json(name: str, change: Callable[[Any], Any]) -> None:
    """Registers a change of each value that JSON, or lines of it, holds; other files get noise."""

    def rewrite(content: bytes) -> bytes:
        try:
            lines = [json.loads(content)]
        except ValueError:
            try:
                lines = [json.loads(line) for line in content.splitlines()]
            except ValueError:
                return b"\xff" * len(content)
        return b"\n".join(json.dumps(change(line)).encode() for line in lines)

    rewritten(name, rewrite)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _other_type(value: Any) -> Any:
    return 5 if isinstance(value, str) else "x"


rewritten("half", lambda content: content[: len(content) // 2])
rewritten("empty", lambda content: b"")
rewritten("zeros", lambda content: bytes(len(content)))
rewritten("twice", lambda content: content * 2)
rewritten("noise", lambda content: random.Random(len(content)).randbytes(len(content)))
rewritten("a byte less", lambda content: content[:-1])
rewritten("text", lambda content: b"hello\n")
rewritten("html", lambda content: b"<!DOCTYPE html><p>502 Bad Gateway\n")
rewritten("a list", lambda content: b"[1, 2]")
rewritten("null", lambda content: b"null")
rewritten("deep", lambda content: DEEP)
of_json("NaN", lambda v: _changed(v, lambda one: float("nan") if _is_number(one) else one))
of_json("vast", lambda v: _changed(v, lambda one: 10**400 if _is_number(one) else one))
of_json("below zero", lambda v: _changed(v, lambda one: -1 if _is_number(one) else one))
of_json("other types", lambda v: _changed(v, _other_type))
of_json("no values", lambda v: _changed(v, lambda one: None))
of_json("tables for values", lambda v: _changed(v, lambda one: {"a": one}))
of_json("other names", lambda v: _changed(v, lambda o: "../../x" if isinstance(o, str) else o))
replaced("missing", lambda file: None)
replaced("a folder", Path.mkdir)
replaced("a pipe", os.mkfifo)
replaced("a link to nothing", lambda file: file.symlink_to("nowhere"))
replaced("a link to itself", lambda file: file.symlink_to(file.name))
replaced("a link to a device", lambda file: file.symlink_to("/dev/zero"))


@damage("one bit")
def _one_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    if content:
        content[len(content) // 2] ^= 16
    file.write_bytes(bytes(content))


@damage("copies beside")
def _copies_beside(file: Path) -> None:
    for name in (f"{file.stem} copy{file.suffix}", f"{file.name}~", f".{file.name}.swp"):
        shutil.copy(file, file.with_name(name))
    if file.parent.name.startswith("step-"):
        for name in ("step-000009", "step-x", f"{file.parent.name} copy"):
            shutil.copytree(file.parent, file.parent.with_name(name), dirs_exist_ok=True)


@damage("the folder is a file")
def _folder_is_a_file(file: Path) -> None:
    if file.parent.name in ("samples", "checkpoints", "pipeline", "profiles"):
        shutil.rmtree(file.parent)
        file.parent.write_text("x")
    else:
        file.write_text("x")


CHECKPOINT = (
    "manifest.json",
    "progress.json",
    "networks.safetensors",
    "optimizers.pt",
    "callbacks.pt",
)
FILES = (
    *("recipe.json", "environment.json", "metrics.jsonl", "curves.json", "health.json"),
    *("status.json", "control.json", "report.html", "MARKER.multigan", "samples/LAST"),
    *(f"checkpoints/step-000004/{name}" for name in CHECKPOINT),
    *(f"checkpoints/step-000002/{name}" for name in CHECKPOINT),
    *("pipeline/pipeline.json", "pipeline/generator.safetensors", "pipeline/PART", "profiles/LAST"),
)

# RUN is the damaged run, OTHER a whole one of the same root, OUT an empty place.
COMMANDS = tuple(
    line.split()
    for line in """
    runs list
    runs show RUN
    runs show RUN --json
    runs compare RUN OTHER
    runs stop RUN
    runs set RUN learning_rate=0.001
    runs checkpoint RUN
    runs heal RUN --dry-run
    runs delete RUN --yes
    sample RUN -n 2 --out OUT
    sample RUN -n 2 --out OUT --step 2
    sample RUN -n 2 --out OUT --best
    sample RUN -n 2 --out OUT --average 0.2
    sample RUN -n 2 --out OUT --interpolate
    sample RUN --out OUT --sheet
    resume RUN
    resume RUN --steps 5
    resume RUN --steps 5 --force
    fork RUN --steps 5
    fork RUN --step 2
    evaluate RUN -n 8 --extractor EXTRACTOR
    augment RUN --data DATA --out OUT
    train RUN/recipe.json --dry-run
    """.strip().splitlines()
)


# What begins the names of files, and which commands read those; others are read by all.
READERS = {
    "pipeline/": ("sample", "evaluate", "augment", "resume", "fork"),
    "checkpoints/step-000004/": ("sample", "evaluate", "resume", "fork", "runs compare"),
    "checkpoints/step-000002/": ("sample RUN -n 2 --out OUT --step", "fork", "resume", "sample"),
    "profiles/": ("sample RUN -n 2 --out OUT --average", "resume", "fork"),
    "samples/": ("resume", "fork", "runs show", "runs delete"),
}


class Trial(NamedTuple):
    """One command on one damaged run: of which kind, which file, how, and what is then asked."""

    kind: str
    file: str
    damage: str
    command: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its name among tests."""
        return f"{self.kind}-{self.file}-{self.damage}-{' '.join(self.command)}"


def trials(kinds: tuple[str, ...], each: int = 1, seed: int = SEED) -> Iterator[Trial]:
    """Yields every damage of every file, `each` times, with a kind of run and a command drawn."""
    draw = random.Random(seed)
    for file in FILES:
        begins = next((readers for start, readers in READERS.items() if file.startswith(start)), ())
        readers = [command for command in COMMANDS if " ".join(command).startswith(begins or "")]
        for name in DAMAGES:
            for command in draw.sample(readers, each):
                suitable = [k for k in kinds if not ("--interpolate" in command and k in TOKENS)]
                yield Trial(draw.choice(suitable), file, name, tuple(command))
