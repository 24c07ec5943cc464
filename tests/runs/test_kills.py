"""Killed before any of the operations by which it writes, a run ends like one left alone."""

import os
import shutil
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from multigan import AudioTrainer, ImageTrainer, TextTrainer
from multigan.config import Recipe
from multigan.runs.folder import LOCK, create_run, find_runs
from multigan.runs.fork import fork
from multigan.runs.heal import begin_again
from multigan.runs.run import Run
from multigan.runs.session import resume, start
from multigan.runs.synthesis import synthesize, write_mixture
from tests.golden.make import AUDIO, IMAGE, TEXT, photos, sentences, tones
from tests.killing import count_of, forked, killed_before

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes"),
]

# What tells of time, and what the doctor may spend of it.
TIMINGS = {"seconds", "steps_per_second", "watched", "looking", "last_look"}
OFTEN = {
    "checkpoint_every": 2,
    "look_every": 2,
    "keep_checkpoints": 1,
    "log_every": 2,
    "log_seconds": 0,
    "look_seconds": 0,
}
SPARSE = 20  # of all but the tiny digits run, every 20th operation


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("shared-cache")


@pytest.fixture(autouse=True)
def data_is_prepared_once(own_cache, shared_cache, monkeypatch):
    monkeypatch.setenv("MULTIGAN_CACHE", str(shared_cache))


def digits(root: Path) -> Recipe:
    changes = IMAGE | OFTEN | {"profile_every": 2, "health_every": 2, "held_out": 0.05}
    return ImageTrainer(recipe="digits", steps=4, changes=changes).recipe


def text(root: Path) -> Recipe:
    changes = TEXT | OFTEN | {"generator.width": 8, "generator.embedding_dim": 4}
    changes |= {"discriminator.channels": 4, "discriminator.embedding_dim": 4}
    changes |= {"objective.warmup_steps": 2, "objective.discriminator_warmup": 1}
    return TextTrainer(sentences(root / "texts.txt"), steps=6, changes=changes).recipe


def notes(root: Path) -> Recipe:
    changes = AUDIO | OFTEN | {"representation.n_fft": 64, "representation.hop_length": 32}
    changes |= {"generator.embedding_dim": 4}
    return AudioTrainer(tones(root / "tones"), recipe="notes", steps=6, changes=changes).recipe


def progressive(root: Path) -> Recipe:
    changes = IMAGE | OFTEN | {"schedules.growth.over": 48}
    return ImageTrainer(recipe="progressive", steps=6, changes=changes).recipe


def controller(root: Path) -> Recipe:
    told = {"target": -0.9, "samples_to_full": 200, "every": 2}
    augment = {"name": "ada", "options": {"strength": 0.4}}
    changes = IMAGE | OFTEN | {"augment": augment, "controllers.adaptive_augment": told}
    changes |= {"evaluate_every": 2, "best_by": "coverage", "metrics": []}
    return ImageTrainer(recipe="digits", steps=6, changes=changes).recipe


def go_on(recipe: Recipe, out: Path) -> None:
    """Starts the run, resumes it, or does nothing if it has finished."""
    found = find_runs(out)
    if not found:
        start(recipe, out=out, device="cpu").fit()
    elif found[0].status()["state"] != "finished":
        resume(Run(found[0].path), device="cpu").fit()


def timeless(value: Any) -> Any:
    """Returns a value without what tells of time, tensors as lists."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in TIMINGS}
    if isinstance(value, list | tuple):
        return [timeless(item) for item in value]
    return value.tolist() if isinstance(value, torch.Tensor) else value


def stored(path: Path) -> Any:
    if path.suffix != ".pt":
        return path.read_bytes()
    return timeless(torch.load(path, weights_only=True))


def left_by(run: Run) -> dict[str, Any]:
    """Returns all that a run leaves, less what tells of time."""
    status = run.status()
    found: dict[str, Any] = {name: status[name] for name in ("state", "step", "of", "knobs")}
    found["rows"] = timeless(run.metrics())
    found["report"] = "finished" in run.report_file.read_text()
    kept = [*run.samples.rglob("*"), *run.checkpoints.rglob("*"), *run.profiles.rglob("*")]
    kept += [*run.pipeline_folder.rglob("*"), run.recipe_file, run.health_file, run.parent_file]
    for path in (one for one in kept if one.is_file() and one.name != "manifest.json"):
        found[path.relative_to(run.path).as_posix()] = stored(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask(), path
    return found


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def leftovers(root: Path) -> list[str]:
    hidden = [path.name for path in root.rglob(".*") if path.suffix in (".tmp", ".old")]
    return hidden + [path.name for path in root.glob(".[0-9]*")]


def check_kills(
    prepare: Callable[[Path], Callable[[], None]],
    found: Callable[[Path], Any],
    tmp_path: Path,
    *,
    every: int = SPARSE,
    least: int = 1,
) -> None:
    """Kills work before every so many operations, does it again, and compares.

    Args:
        prepare: Fills a folder and returns the work in it, which goes on with what it finds.
        found: What the work leaves in that folder.
        tmp_path: A folder to work in.
        every: Which operations.
        least: How many kills there must be.
    """
    whole, counted = tmp_path / "whole", tmp_path / "counted"
    whole.mkdir()
    counted.mkdir()
    prepare(whole)()  # not forked, so that those who are need not import anything
    expected = found(whole)
    total = count_of(prepare(counted), counted)
    kills = 0
    for number in range(1, total + 1, every):
        root = tmp_path / "killed"
        root.mkdir()
        work = prepare(root)
        ended = killed_before(number, work, root)
        kills += ended.code == -signal.SIGKILL
        assert ended.code in (0, -signal.SIGKILL), ended.said
        again = forked(work)
        assert again.code == 0, f"before operation {number} of {total}: {again.said}"
        left = found(root)
        assert left.keys() == expected.keys(), number
        assert [name for name in expected if left[name] != expected[name]] == [], number
        assert leftovers(root) == [], number
        shutil.rmtree(root)
    print(f"\nkills: {kills} of {total} operations")
    assert kills >= least


def training(make: Callable[[Path], Recipe]) -> Callable[[Path], Callable[[], None]]:
    def prepare(root: Path) -> Callable[[], None]:
        out = root / "runs"
        recipe = make(root)
        return lambda: go_on(recipe, out)

    return prepare


def last_run(root: Path) -> dict[str, Any]:
    runs = find_runs(root / "runs")
    return {"runs": [run.name for run in runs], **left_by(Run(runs[-1].path))}


@pytest.mark.timeout(1200)
def test_a_tiny_run_of_digits_killed_before_every_operation(tmp_path):
    check_kills(training(digits), last_run, tmp_path, every=1, least=150)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("make", [text, notes, progressive, controller])
def test_other_runs_killed_before_every_20th_operation(tmp_path, make):
    # Data is written beside the runs, where a recipe names it by its path.
    data = tmp_path / "data"
    data.mkdir()
    recipe = make(data)
    check_kills(training(lambda root: recipe), last_run, tmp_path, least=8)


@pytest.fixture(scope="module")
def parent(tmp_path_factory, shared_cache) -> Path:
    before = os.environ.get("MULTIGAN_CACHE", "")
    os.environ["MULTIGAN_CACHE"] = str(shared_cache)
    out = tmp_path_factory.mktemp("parent")
    changes = {"keep_checkpoints": 3, "steps": 6, "conditional": False}  # as packs need it
    run = start(digits(out).changed(changes), out=out, device="cpu").fit()
    os.environ["MULTIGAN_CACHE"] = before
    return run.path


def copied(parent: Path, root: Path) -> Run:
    return Run(shutil.copytree(parent, root / "runs" / parent.name))


def going_on(parent: Path, begin: Callable[[Run], Any]) -> Callable[[Path], Callable[[], None]]:
    def prepare(root: Path) -> Callable[[], None]:
        run = copied(parent, root)

        def work() -> None:
            found = find_runs(run.path.parent)
            if len(found) == 1:
                begin(run).fit()
            elif found[1].status()["state"] != "finished":
                resume(Run(found[1].path), device="cpu").fit()

        return work

    return prepare


@pytest.mark.timeout(1200)
def test_forks_killed_before_every_20th_operation(tmp_path, parent):
    changes = {"optimizers.generator.beta1": 0.3, "loss": "hinge"}

    def begin(run: Run) -> Any:
        return fork(run, step=2, changes=changes, knobs={"r1.weight": 0.5}, device="cpu")

    check_kills(going_on(parent, begin), last_run, tmp_path, every=SPARSE, least=8)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("changes", [{}, {"pack": 2}])
def test_heals_killed_before_every_20th_operation(tmp_path, parent, changes):
    remedy = {"name": "anew", "text": "Anew.", "changes": changes, "needs_fork": True}

    def begin(run: Run) -> Any:
        return begin_again(run, remedy, device="cpu")

    check_kills(going_on(parent, begin), last_run, tmp_path, every=SPARSE, least=8)


@pytest.mark.timeout(600)
def test_deletions_killed_before_every_operation(tmp_path, parent):
    def prepare(root: Path) -> Callable[[], None]:
        run = copied(parent, root)

        def work() -> None:
            if run.path.exists():
                assert left_by(run) == expected  # all of it, or nothing
                run.delete()
            if not find_runs(run.path.parent):
                create_run(run.path.parent, "next")

        return work

    expected = left_by(Run(parent))

    def found(root: Path) -> dict[str, Any]:
        return {"files": sorted(p.name for p in (root / "runs").rglob("*") if p.name != LOCK)}

    check_kills(prepare, found, tmp_path, every=1, least=20)


@pytest.mark.timeout(600)
def test_augmentations_killed_before_every_20th_operation(tmp_path, parent):
    data = photos(tmp_path / "photos")
    run = ImageTrainer(data, steps=2, out=tmp_path / "out", changes=IMAGE).fit()

    def prepare(root: Path) -> Callable[[], None]:
        def work() -> None:
            if not (root / "mixed").exists():
                write_mixture(synthesize(data, run, device="cpu"), root / "mixed")

        return work

    def found(root: Path) -> dict[str, Any]:
        files = [path for path in (root / "mixed").rglob("*") if path.is_file()]
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}

    check_kills(prepare, found, tmp_path, every=5, least=15)
