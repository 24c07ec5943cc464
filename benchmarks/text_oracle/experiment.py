"""Recipes against the synthetic oracle: what each makes of quality and of diversity.

What is chosen (a checkpoint, a temperature) is chosen on one draw of sentences and samples, and
what is reported is measured on another: the lowest of many noisy numbers is too low.

Source of the protocol: Caccia et al. (2020), "Language GANs Falling Short".
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self, cast

from benchmarks.common.curves import Curve, write_curves
from benchmarks.text_oracle.stuck import Stuck
from benchmarks.text_oracle.tempered import TemperedPipeline
from benchmarks.text_oracle.tradeoff import ALPHAS, Point, Tempered, sweep
from multigan.config import Recipe
from multigan.errors import DataError, RunError
from multigan.files import read_json
from multigan.modalities.text.load.oracle_sentences import HELD_OUT, TEST, open_oracle
from multigan.modalities.text.oracle import LENGTH, Oracle
from multigan.modalities.text.pipeline import TextPipeline
from multigan.runs.folder import checkpoint_step
from multigan.runs.run import Run
from multigan.runs.session import start

# Sums of Caccia et al., minimized over the points of their published curves; length 20, the
# oracle of Yu et al. (2017).
PUBLISHED = {"MLE, published": 15.26, "best GAN, published": 15.72}
ITSELF = "the oracle itself"
STUCK = "one sentence, 99 times of 100"
COARSE = ALPHAS[::3]  # at which checkpoints are compared
CHECKED = 500  # samples and sentences of each of those comparisons
CRITERIA: dict[str, Callable[[Point], float]] = {
    "sum": lambda point: point.total,
    "excess": lambda point: point.excess,
}


@dataclass(frozen=True)
class Found:
    """What one criterion chose, and what it is worth on the draw that it was not chosen on.

    Attributes:
        step: Of the checkpoint.
        point: On fresh samples and the test sentences.
        chosen_on: The sweep of that checkpoint, on held-out sentences.
    """

    step: int
    point: Point
    chosen_on: Sequence[Point]


@dataclass(frozen=True)
class OracleRow:
    """One model against the oracle.

    Attributes:
        name: The recipe's, or `ITSELF` or `STUCK`.
        seed: Of the run.
        steps: How long it was trained.
        seconds: Processor time of the training.
        plain: The last checkpoint, untempered.
        found: What each of `CRITERIA` chose.
        run: The name of its folder.
    """

    name: str
    seed: int
    steps: int
    seconds: float
    plain: Point
    found: Mapping[str, Found]
    run: str = ""

    def to_json(self) -> dict[str, Any]:
        """Returns everything, with the sums."""
        found = {
            name: {
                "step": each.step,
                "point": _shown(each.point),
                "chosen_on": [_shown(point) for point in each.chosen_on],
            }
            for name, each in self.found.items()
        }
        return {**asdict(self), "plain": _shown(self.plain), "found": found}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Reads what `to_json` returned."""
        found = {
            name: Found(each["step"], _point(each["point"]), [_point(p) for p in each["chosen_on"]])
            for name, each in value["found"].items()
        }
        return cls(**{**value, "plain": _point(value["plain"]), "found": found})


def run_recipe(
    recipe: Recipe,
    data: str,
    *,
    samples: int,
    out: Path = Path("runs"),
    device: str = "auto",
    on_note: Callable[[str], None] | None = None,
) -> OracleRow:
    """Trains a recipe of text on an oracle's sentences and measures it.

    Args:
        recipe: With its seed, its steps, and how many checkpoints it keeps to choose from.
        data: "oracle" or "oracle:<path>"; see `multigan.modalities.text.load.oracle_sentences`.
        samples: How many samples and sentences the numbers are of.
        out: Where the run is made.
        device: "auto", "cpu", "cuda" or "mps".
        on_note: Called with each sentence for the person.

    Raises:
        RunError: The run was stopped.
    """
    begun = time.process_time()
    run = start(recipe.with_data(data), out=out, device=device, on_note=on_note).fit()
    seconds = time.process_time() - begun
    status = run.status()
    if status["state"] != "finished":
        raise RunError(
            f"{run.path} is {status['state']} at step {status['step']} of {status['of']}, so it is "
            "not measured. Models before it are saved; name the others again to go on."
        )
    if on_note:
        on_note(f"{recipe.name}, seed {recipe.seed}: {seconds:.0f} s of processor time, {run.path}")
    return measure_run(run, data, samples=samples, seconds=seconds, device=device)


def measure_run(
    run: Run, data: str, *, samples: int, seconds: float = 0.0, device: str = "auto"
) -> OracleRow:
    """Measures the checkpoints of a finished run; `seconds` is what its training took."""
    steps = [checkpoint_step(folder) for folder in run.checkpoint_folders()]
    models = {step: _tempered(run, step, device) for step in steps}
    recipe = run.recipe
    plain, found = _measured(models, open_oracle(data), samples)
    return OracleRow(recipe.name, recipe.seed, recipe.steps, seconds, plain, found, run.name)


def measure_oracle(data: str, *, samples: int) -> OracleRow:
    """Measures the oracle itself in a model's place: no model does better."""
    oracle = open_oracle(data)
    return OracleRow(ITSELF, 0, 0, 0.0, *_measured({0: oracle}, oracle, samples))


def measure_stuck(data: str, *, samples: int) -> OracleRow:
    """Measures a worthless model in a model's place: what a low sum alone is worth."""
    oracle = open_oracle(data)
    return OracleRow(STUCK, 0, 0, 0.0, *_measured({0: Stuck(oracle)}, oracle, samples))


def read_rows(path: Path) -> list[OracleRow]:
    """Reads rows that were saved.

    Raises:
        DataError: The file is missing, or holds something else.
    """
    try:
        return [OracleRow.from_json(each) for each in read_json(path)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(
            f"{path} holds no rows of `python -m benchmarks text-oracle`: {error}"
        ) from None


def draw_rows(path: Path, rows: Sequence[OracleRow], published: Mapping[str, float]) -> Path:
    """Draws each recipe's curve of its first seed, and lines of equal sums to compare with."""
    curves: dict[str, Curve] = {}
    for row in rows:
        points = [(point.nll_test, point.nll_oracle) for point in row.found["sum"].chosen_on]
        curves.setdefault(row.name, Curve(points if row.name != STUCK else points[:1]))
    x = [point[0] for curve in curves.values() for point in curve.points]
    ends = min(x), max(x)
    for name, total in published.items():
        curves[f"{name}: {total}"] = Curve([(end, total - end) for end in ends], dashed=True)
    return write_curves(
        path,
        "Quality and diversity on the synthetic oracle",
        curves,
        x_label="NLL of test sentences under the model (lower: more diverse)",
        y_label="NLL of samples under the oracle (lower: better)",
    )


def _tempered(run: Run, step: int, device: str) -> TemperedPipeline:
    return TemperedPipeline(cast(TextPipeline, run.pipeline(step=step, device=device)))


def _measured(
    models: Mapping[int, Tempered], oracle: Oracle, samples: int
) -> tuple[Point, dict[str, Found]]:
    """Returns the last model untempered, and what each criterion chooses among all."""
    chosen_on = max(samples // 4, 200)
    held_out = oracle.sample(chosen_on, seed=HELD_OUT, length=LENGTH)
    test = oracle.sample(samples, seed=TEST, length=LENGTH)
    few = held_out[:CHECKED]
    coarse = {
        step: sweep(model, oracle, few, alphas=COARSE, samples=len(few))
        for step, model in (models.items() if len(models) > 1 else ())
    }
    sweeps: dict[int, list[Point]] = {}
    found = {}
    for name, value in CRITERIA.items():
        step = min(coarse or models, key=lambda s: min(map(value, coarse.get(s, ())), default=0.0))
        if step not in sweeps:
            sweeps[step] = sweep(models[step], oracle, held_out, samples=chosen_on)
        alpha = min(sweeps[step], key=value).alpha
        (point,) = sweep(models[step], oracle, test, alphas=[alpha], samples=samples, seed=1)
        found[name] = Found(step, point, sweeps[step])
    (plain,) = sweep(models[max(models)], oracle, test, alphas=[1.0], samples=samples, seed=1)
    return plain, found


def _shown(point: Point) -> dict[str, float]:
    return {**asdict(point), "sum": point.total, "excess": point.excess}


def _point(value: Mapping[str, float]) -> Point:
    return Point(value["alpha"], value["nll_oracle"], value["nll_test"], value["entropy"])
