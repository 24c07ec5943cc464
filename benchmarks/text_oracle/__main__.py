"""Train recipes on the synthetic oracle's sentences: quality and diversity of each."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from benchmarks.common.frame import make_parser
from benchmarks.text_oracle.experiment import (
    ITSELF,
    PUBLISHED,
    STUCK,
    OracleRow,
    draw_rows,
    measure_oracle,
    measure_stuck,
    read_rows,
    run_recipe,
)
from multigan.cli.commands import add_device, add_json
from multigan.config import Recipe, parse_changes
from multigan.files import write_json
from multigan.modalities.recipes import recipe
from multigan.terminal.output import print_json, print_table, remark

RECIPES = ["mle", "relativistic-text", "relgan", "scratchgan", "seqgan"]
KEPT = 1000  # checkpoints: all of them are candidates
COLUMNS = [
    "model", "seed", "steps", "processor time",
    "NLL oracle", "NLL test", "step, alpha", "NLL oracle, best", "NLL test, best", "sum",
    "step, alpha, nearest", "divergence",
]  # fmt: skip


def main() -> None:
    """Reads the options and runs the bench."""
    parser = make_parser(__doc__)
    add_arguments(parser)
    run(parser.parse_args())


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what to train, for how long, and against which oracle."""
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", help="all of text")
    parser.add_argument(
        "--with",
        dest="rows",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="rows saved before, to be shown along; without recipes nothing is trained",
    )
    parser.add_argument(
        "--oracle", metavar="PATH", help="an oracle's .npz, such as SeqGAN's (one drawn here)"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="of the runs (0)")
    parser.add_argument("--steps", type=int, help="how long to train (the recipes' own)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="[RECIPE:]KEY=VALUE",
        help="change all recipes, or one, e.g. relgan:discriminator.channels=64",
    )
    parser.add_argument("--samples", type=int, default=10_000, help="measured of each (10000)")
    parser.add_argument("--out", type=Path, default=Path("runs"), help="where runs are made (runs)")
    parser.add_argument(
        "--save", type=Path, default=Path("text-oracle"), help="where results go, .json and .png"
    )
    add_device(parser)
    add_json(parser)


def run(args: Namespace) -> None:
    """Trains and measures one after the other; what is done is saved at once."""
    data = "oracle" if args.oracle is None else f"oracle:{Path(args.oracle).resolve()}"
    recipes = _recipes(args)  # a wrong name is said before anything takes long
    published = PUBLISHED if args.oracle else {}  # of one particular oracle
    rows = [row for path in args.rows for row in read_rows(path)]
    rows = _controls(rows, data, args.samples) + rows
    _save(args.save, rows, published)
    for asked in recipes:
        rows.append(
            run_recipe(
                asked, data, samples=args.samples, out=args.out, device=args.device, on_note=remark
            )
        )
        _save(args.save, rows, published)
    if args.json:
        print_json([row.to_json() for row in rows])
        return
    entropy = rows[0].plain.entropy  # the oracle's own
    print_table(COLUMNS, [_cells(row, entropy) for row in rows])
    for name, total in published.items():
        print(f"{name}: {total}")


def _controls(rows: list[OracleRow], data: str, samples: int) -> list[OracleRow]:
    """Returns the best and the most useless of models, taken out of the rows if they are there."""
    before = {row.name: row for row in rows}
    rows[:] = [row for row in rows if row.name not in (ITSELF, STUCK)]
    return [
        before.get(ITSELF) or measure_oracle(data, samples=samples),
        before.get(STUCK) or measure_stuck(data, samples=samples),
    ]


def _save(path: Path, rows: list[OracleRow], published: Mapping[str, float]) -> None:
    write_json(path.with_suffix(".json"), [row.to_json() for row in rows])
    draw_rows(path.with_suffix(".png"), rows, published)


def _recipes(args: Namespace) -> list[Recipe]:
    asked = {"keep_checkpoints": KEPT} | ({} if args.steps is None else {"steps": args.steps})
    return [
        recipe(name).changed({**asked, **parse_changes(_settings(args.set, name)), "seed": seed})
        for name in args.recipes or ([] if args.rows else RECIPES)
        for seed in args.seeds
    ]


def _settings(given: list[str], recipe: str) -> list[str]:
    """Returns what is set for one recipe, after what is set for all.

    Example:
        >>> _settings(["relgan:steps=5", "loss=hinge", "mle:steps=3"], "relgan")
        ['loss=hinge', 'steps=5']
    """
    parted = [setting.partition("=")[0].rpartition(":") for setting in given]
    of_all = [s for s, (name, _, _) in zip(given, parted, strict=True) if not name]
    own = [s for s, (name, _, _) in zip(given, parted, strict=True) if name == recipe]
    return of_all + [setting.removeprefix(f"{recipe}:") for setting in own]


def _cells(row: OracleRow, entropy: float) -> list[str | int]:
    best, nearest = row.found["sum"], row.found["excess"]
    return [
        row.name,
        row.seed,
        row.steps,
        f"{row.seconds:.0f} s",
        f"{row.plain.nll_oracle:.3f}",
        f"{row.plain.nll_test:.3f}",
        f"{best.step}, {best.point.alpha:g}",
        f"{best.point.nll_oracle:.3f}",
        f"{best.point.nll_test:.3f}",
        f"{best.point.total:.2f}",
        f"{nearest.step}, {nearest.point.alpha:g}",
        f"{nearest.point.excess - entropy:.2f}",
    ]
