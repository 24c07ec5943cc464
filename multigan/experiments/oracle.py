"""Recipes against the synthetic oracle: what each makes of quality and of diversity.

Source of the protocol: Caccia et al. (2020), "Language GANs Falling Short".
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from multigan.config import Recipe
from multigan.data.text.oracle import HELD_OUT, TEST, open_oracle
from multigan.errors import RunError
from multigan.evaluators.oracle import TemperedPipeline
from multigan.metrics.text.tradeoff import ALPHAS, Point, Tempered, best_point, sweep
from multigan.oracle import LENGTH, Oracle
from multigan.pipelines import TextPipeline
from multigan.report.curve import Curve, write_curves
from multigan.session import start

# Sums of Caccia et al., minimized over the points of their published curves; length 20, the
# oracle of Yu et al. (2017).
PUBLISHED = {"MLE, published": 15.26, "best GAN, published": 15.72}
ITSELF = "the oracle itself"


@dataclass(frozen=True)
class OracleRow:
    """One model against the oracle.

    Attributes:
        name: The recipe's, or `ITSELF`.
        seed: Of the run.
        steps: How long it was trained.
        seconds: Processor time of the training.
        plain: Untempered.
        best: At the inverse temperature with the lowest sum, on fresh samples and sentences.
        points: The sweep in which it was chosen.
        run: Where the run is.
    """

    name: str
    seed: int
    steps: int
    seconds: float
    plain: Point
    best: Point
    points: Sequence[Point]
    run: str = ""

    def to_json(self) -> dict[str, Any]:
        """Returns everything, with the sums."""
        return {
            **asdict(self),
            "plain": _with_sum(self.plain),
            "best": _with_sum(self.best),
            "points": [_with_sum(point) for point in self.points],
        }


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
        recipe: With its seed and steps.
        data: "oracle" or "oracle:<path>"; see `multigan.data.text.oracle`.
        samples: How many samples and sentences the numbers are of.
        out: Where the run is made.
        device: "auto", "cpu", "cuda" or "mps".
        on_note: Told each sentence for the person.

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
    model = TemperedPipeline(cast(TextPipeline, run.pipeline(device=device)))
    points, plain, best = _measured(model, open_oracle(data), samples)
    return OracleRow(
        recipe.name, recipe.seed, recipe.steps, seconds, plain, best, points, str(run.path)
    )


def measure_oracle(data: str, *, samples: int) -> OracleRow:
    """Measures the oracle itself in a model's place: no model does better."""
    oracle = open_oracle(data)
    points, plain, best = _measured(oracle, oracle, samples)
    return OracleRow(ITSELF, 0, 0, 0.0, plain, best, points)


def draw_rows(path: Path, rows: Sequence[OracleRow], published: Mapping[str, float]) -> Path:
    """Draws each recipe's curve of its first seed, and lines of equal sums to compare with."""
    curves: dict[str, Curve] = {}
    for row in rows:
        points = [(point.nll_test, point.nll_oracle) for point in row.points]
        curves.setdefault(row.name, Curve(points))
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


def _measured(model: Tempered, oracle: Oracle, samples: int) -> tuple[list[Point], Point, Point]:
    chosen_on = max(samples // 4, 200)
    held_out = oracle.sample(chosen_on, seed=HELD_OUT, length=LENGTH)
    test = oracle.sample(samples, seed=TEST, length=LENGTH)
    points = sweep(model, oracle, held_out, alphas=ALPHAS, samples=chosen_on)
    (plain,) = sweep(model, oracle, test, alphas=[1.0], samples=samples, seed=1)
    return points, plain, best_point(model, oracle, points, test, samples=samples)


def _with_sum(point: Point) -> dict[str, float]:
    return {**asdict(point), "sum": point.total}
