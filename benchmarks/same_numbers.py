"""Whether another commit and this working tree make the same numbers on this machine, to the bit.

    python -m benchmarks same-numbers --base main                  # every recipe, 50 steps
    python -m benchmarks same-numbers --base main --fixtures       # and the runs in tests/golden
    python -m benchmarks same-numbers --base v0.1 --recipes digits vocoder --steps 200

Each recipe is scaled down until 50 steps take seconds, and trained by both sides at once, through
the command line, with one thread and the same seed. Of the last checkpoint all weights, averages
and optimizers' states are compared. Fixtures are resumed for two steps and then also sampled.
"""

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from benchmarks.common.shrunk import is_text, shrinking, texts
from tests.golden import FIXTURES, unpack

ROOT = Path(__file__).resolve().parents[1]
Digests = dict[str, str]  # by a tensor's place in a checkpoint, or by a sample's file

NO_NUMBERS = {"callbacks.pt"}  # what callbacks remember is filed under their classes' names


class Side:
    """A commit's code, at work in a folder of its own.

    Args:
        tree: The repository's files as of the commit.
        folder: Where its runs are made.
    """

    def __init__(self, tree: Path, folder: Path) -> None:
        self.tree, self.folder = tree, folder
        folder.mkdir()
        own = {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
        self._worker = subprocess.Popen(
            [sys.executable, "-P", str(ROOT / "benchmarks" / "common" / "forking.py")],
            cwd=folder,
            env={**os.environ, **own, "MULTIGAN_CACHE": str(folder / "cache")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        found = self._read()
        if not found or not Path(found).is_relative_to(tree):
            sys.exit(f"{tree} is to be compared, but Python would import {found}.")

    def start(self, *words: str, folder: Path | None = None) -> None:
        """Starts a command of multigan's."""
        asked = {"words": words, "folder": str(folder or self.folder)}
        print(json.dumps(asked), file=self._worker.stdin, flush=True)

    def wait(self) -> tuple[int, str]:
        """Waits for the command and returns its exit code and what it printed."""
        answer = self._read()
        return answer["code"], answer["said"]

    def _read(self) -> Any:
        return json.loads(self._worker.stdout.readline() or "null")

    def close(self) -> None:
        """Ends the process that runs the commands."""
        self._worker.communicate()


def main() -> None:
    """Compares, prints a row for each recipe and fixture, and exits 1 if any differs."""
    args = parsed()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        base = check_out(args.base, folder / "base")
        sides = Side(base, folder / "old"), Side(ROOT, folder / "new")
        text = folder / "texts.txt"
        text.write_text("".join(f"{line}\n" for line in texts()))
        recipes = known(sides[0]) if args.recipes is None else args.recipes
        rows = [compare_recipe(recipe, sides, args.steps, text) for recipe in recipes]
        if args.fixtures:
            rows += [same for path in archives() for same in compare_fixture(path.stem, sides)]
        for side in sides:
            side.close()
    print(f"{sum(rows)} of {len(rows)} equal, in {time.monotonic() - began:.0f} s")
    sys.exit(not all(rows))


def parsed() -> argparse.Namespace:
    """Returns what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks same-numbers",
        description="Compare this working tree's numbers with another commit's, to the bit.",
    )
    parser.add_argument("--base", required=True, metavar="REV", help="the commit to compare with")
    parser.add_argument("--steps", type=int, default=50, help="of each recipe (50)")
    parser.add_argument(
        "--recipes", nargs="*", metavar="NAME", help="which (all that the commit has)"
    )
    parser.add_argument(
        "--fixtures", action="store_true", help="also go on with the runs in tests/golden"
    )
    return parser.parse_args()


def check_out(revision: str, folder: Path) -> Path:
    """Writes a revision's files into `folder` and returns it; nothing is registered with git."""
    archive = folder.with_suffix(".tar")
    command = ["git", "-C", str(ROOT), "archive", "--output", str(archive), revision]
    if subprocess.run(command).returncode:
        sys.exit(f"git knows no commit {revision!r}.")
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return folder


def known(side: Side) -> list[str]:
    """Returns the names of a commit's recipes: the first column of `multigan recipes`."""
    side.start("recipes")
    return [line.split()[0] for line in side.wait()[1].splitlines()[1:]]


def compare_recipe(recipe: str, sides: Sequence[Side], steps: int, text: Path) -> bool:
    """Trains a recipe on both sides and returns whether all weights are the same."""
    began = time.monotonic()
    words = ["train", recipe, "--steps", str(steps), "--seed", "1", "--device", "cpu"]
    words += ["--out", f"runs-{recipe}", *(["--data", str(text)] if is_text(recipe) else [])]
    for path, value in shrinking(recipe, steps).items():
        words += ["--set", f"{path}={json.dumps(value)}"]
    for side in sides:
        side.start(*words)
    errors = errors_of(sides)
    runs = [runs_in(side.folder / f"runs-{recipe}") for side in sides]
    found = [checkpoint_digests(paths[0]) if paths else {} for paths in runs]
    return report(recipe, found, errors, began)


def compare_fixture(name: str, sides: Sequence[Side]) -> list[bool]:
    """Goes on with a fixture's runs on both sides, and returns of each whether it is the same."""
    folders = [unpack(name, side.folder) for side in sides]
    numbers = [path.name for path in runs_in(folders[0] / "runs")]
    return [compare_resumed(f"{name}/{number}", sides, folders, number) for number in numbers]


def compare_resumed(
    title: str, sides: Sequence[Side], folders: Sequence[Path], number: str
) -> bool:
    """Resumes one run for two steps and samples it, on both sides."""
    began = time.monotonic()
    run = f"runs/{number}"
    steps = last_step(folders[0] / run) + 2
    resume = ("resume", run, "--steps", str(steps), "--device", "cpu")
    sample = ("sample", run, "-n", "4", "--seed", "1", "--out", f"made-{number}", "--device", "cpu")
    errors = []
    for words in (resume, sample):
        for side, folder in zip(sides, folders, strict=True):
            side.start(*words, folder=folder)
        errors += errors_of(sides)
    found = [
        checkpoint_digests(folder / run) | file_digests(folder / f"made-{number}")
        for folder in folders
    ]
    return report(title, found, errors, began)


def errors_of(sides: Sequence[Side]) -> list[str]:
    """Waits for both sides' commands and returns what those that failed said last."""
    return [said.strip()[-400:] for code, said in [side.wait() for side in sides] if code]


def report(title: str, found: Sequence[Digests], errors: Sequence[str], began: float) -> bool:
    """Prints a row and returns whether both sides have the same tensors."""
    old, new = found
    differing = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    same = bool(old) and not differing and not errors
    seconds = f"{time.monotonic() - began:5.1f} s"
    first = f", first {differing[0]}" if differing else ""
    verdict = "equal  " if same else "differs"
    print(f"{title:32} {verdict} {len(differing)} of {len(old)}{first}  {seconds}", flush=True)
    for error in errors:
        print(f"    {error}", flush=True)
    return same


def archives() -> list[Path]:
    """Returns the golden fixtures that hold runs."""
    return [path for path in sorted(FIXTURES.glob("*.zip")) if path.stem != "pipelines"]


def runs_in(folder: Path) -> list[Path]:
    """Returns the run folders, by number."""
    return sorted(path.parent for path in folder.glob("*/recipe.json"))


def last_step(run: Path) -> int:
    """Returns the step of a run's latest checkpoint."""
    return max(int(path.name.removeprefix("step-")) for path in run.glob("checkpoints/step-*"))


def checkpoint_digests(run: Path) -> Digests:
    """Returns a digest of every tensor and number in a run's latest checkpoint."""
    folder = run / "checkpoints" / f"step-{last_step(run):06d}"
    found: Digests = {}
    for file in sorted(folder.iterdir()):
        if file.suffix == ".safetensors":
            found |= dict(leaves(load_file(file), file.stem))
        elif file.suffix == ".pt" and file.name not in NO_NUMBERS:
            found |= dict(leaves(torch.load(file, weights_only=True), file.stem))
    return found


def leaves(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yields the digest of every leaf of nested dictionaries and sequences, by its place."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from leaves(part, f"{place}/{name}")
    elif isinstance(value, list | tuple):
        yield from leaves(dict(enumerate(value)), place)
    elif isinstance(value, torch.Tensor):
        described = f"{value.dtype} {tuple(value.shape)}".encode()
        content = value.contiguous().flatten().view(torch.uint8).numpy().tobytes()
        yield place, sha256(described + content).hexdigest()
    else:
        yield place, repr(value)


def file_digests(folder: Path) -> Digests:
    """Returns a digest of every file in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{file.relative_to(folder)}": sha256(file.read_bytes()).hexdigest() for file in files}


if __name__ == "__main__":
    main()
