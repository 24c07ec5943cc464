"""Commands on damaged runs and hostile files answer in lines: what is wrong, or what was done.

Hundreds are drawn from a seed (`tests/damage.py`, `tests/hostile.py`), and each goes through the
command line's own entry.
"""

import json
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from multigan.cli import main
from multigan.runs.folder import RunFolder
from multigan.runs.report import render_report
from tests.damage import DAMAGES, FILES, SEED, Trial, trials
from tests.data.pictures import folder_of
from tests.hostile import CASES, pictures, sounds

SECONDS = 300  # for one command, which takes a tenth of one where nobody else is at work
FAST = 30  # one of so many, of pictures, is not slow
EVERY = ("log_every=1", "look_every=2", "checkpoint_every=2", "profile_every=2", "batch_size=4")
TINY = ("health_every=1", "generator.width=4", "discriminator.width=4")
BEGUN = {
    "image": (*TINY, "evaluate_every=2", "best_by=spread"),
    "speech": (*TINY, "health_every=0", "data.length=2304"),
    "mle": ("generator.width=8", "data.length=6"),
}
EXTRACTORS = {"image": "flat", "speech": "random-conv", "mle": "lsa"}
RUN_KINDS = tuple(BEGUN)
RECIPES = {"image": "image", "audio": "speech", "text": "mle"}
TEXTS = "".join(f"the {a} {b} here\n" for a in "abcd" for b in "efghi")


class Whole:
    """Finished runs of each kind, made when first asked for, and what they learned from."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def data(self, kind: str) -> Path:
        path = self.root / ("mle.txt" if kind == "mle" else kind)
        if kind == "mle":
            path.write_text(TEXTS)
        elif not path.exists():
            files = (pictures() if kind == "image" else sounds()).items()
            named = zip("aaabb", files, strict=True)
            folder_of(path, {f"{label}/{file}": content for label, (file, content) in named})
        return path

    def run(self, kind: str) -> Path:
        out = self.root / f"runs-{kind}"
        if not out.exists():
            settings = [word for option in (*EVERY, *BEGUN[kind]) for word in ("--set", option)]
            given = ["--data", str(self.data(kind)), "--steps", "4", "--out", str(out)]
            assert main(["train", kind, *given, *settings]) == 0
        return out / f"0001-{kind}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Whole:
    return Whole(tmp_path_factory.mktemp("whole"))


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    def stop(*_: object) -> None:
        pytest.fail(f"It took more than {SECONDS} seconds.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def found(run: Path, file: str) -> Path | None:
    """Returns the path of a file of a run by its name in `FILES`; None if this run has none."""
    folder = run / Path(file).parent
    name = Path(file).name
    if name == "MARKER.multigan":
        return run / f"{run.name}.multigan"
    if name == "LAST":
        return max(folder.iterdir(), default=None)
    if name == "PART":  # what a kind saves besides
        parts = [path for path in folder.iterdir() if path.is_file()]
        return next((p for p in parts if p.stem not in ("pipeline", "generator")), None)
    return folder / name


def answered(argv: list[str], capsys) -> tuple[int, str]:
    """Runs a command; returns its exit code and what it said on stderr."""
    capsys.readouterr()
    code = main(argv)
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    assert code in (0, 1)
    last = err.strip().splitlines()[-1:] or [""]
    assert code == 0 or last[0].startswith("multigan "), f"exit 1, and nothing said why: {err}"
    return code, err


def marked(items: list, name: Callable, is_light: Callable) -> list:
    """Returns parameters, slow ones but for a few of those that are light."""
    fast = [item for item in items if is_light(item)][::FAST]
    marks = lambda item: () if item in fast else pytest.mark.slow  # noqa: E731
    return [pytest.param(item, id=name(item), marks=marks(item)) for item in items]


TRIALS = marked([*trials(RUN_KINDS)], lambda trial: trial.id, lambda trial: trial.kind == "image")


@pytest.mark.parametrize("trial", TRIALS)
def test_a_damaged_run_is_answered_for(trial: Trial, whole: Whole, tmp_path, capsys):
    runs = tmp_path / "runs"
    source = whole.run(trial.kind)
    run, other = (shutil.copytree(source, runs / name) for name in (source.name, "0009-other"))
    file = found(run, trial.file)
    if file is None or not file.exists():
        file = run / Path(trial.file).name.replace("LAST", "x").replace("PART", "x")
        file.write_text("{}")
    DAMAGES[trial.damage](file)
    places = {"RUN": run, "OTHER": other, "OUT": tmp_path / "out"}
    places["DATA"] = whole.data(trial.kind)
    places |= {"RUN/recipe.json": run / "recipe.json", "EXTRACTOR": EXTRACTORS[trial.kind]}
    argv = [str(places.get(word, word)) for word in trial.command]
    takes_root = trial.command[0] in ("runs", "sample", "resume", "fork", "evaluate", "augment")
    code, err = answered([*argv, *(["--runs", str(runs)] if takes_root else [])], capsys)
    if code:
        names = {file.name, file.parent.name, run.name, Path(trial.file).name}
        assert any(name in err for name in names), err
    if run.is_dir():
        render_report(RunFolder(run))
    assert json.loads((other / "status.json").read_text())["state"] == "finished"


def hostile_trials() -> list[tuple[str, str]]:
    """Returns every hostile data set with three of the commands that take data."""
    draw = random.Random(SEED)
    commands = ("train", "inspect", "evaluate", "augment", "resume", "project")
    return [(name, command) for name in CASES for command in draw.sample(commands, 2)]


HOSTILE = marked(hostile_trials(), "-".join, lambda trial: CASES[trial[0]].kind == "image")


@pytest.mark.parametrize("trial", HOSTILE)
def test_hostile_data_is_answered_for(trial, whole: Whole, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)  # `inspect` writes its page where it is called
    name, command = trial
    kind, make, _ = CASES[name]
    place = tmp_path / "data"
    place.mkdir()
    data, recipe = str(make(place)), RECIPES[kind]
    run = whole.run(recipe)
    few, out = ["-n", "8", "--extractor", EXTRACTORS[recipe]], ["--out", str(tmp_path / "out")]
    spare = ["--set", "data.max_unreadable=0.3"]
    argv = {
        "train": ["train", recipe, "--data", data, "--dry-run", *spare],
        "inspect": ["inspect", data],
        "evaluate": ["evaluate", str(run), "--reference", data, *few],
        "augment": ["augment", str(run), "--data", data, *out],
        "resume": ["resume", str(run), "--data", data, "--steps", "5"],
        "project": ["sample", str(run), "--project", data, *out],
    }[command]
    before = {path: path.read_bytes() for path in run.rglob("*.json")}
    answered(argv, capsys)
    # An evaluation of sounds may leave what they are most like beside what was there.
    assert {path: path.read_bytes() for path in before} == before


def test_there_are_enough():
    assert len([*trials(RUN_KINDS)]) + len(hostile_trials()) >= 600
    assert len(FILES) >= 20
    assert len(DAMAGES) >= 20
