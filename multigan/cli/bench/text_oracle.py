"""`multigan bench text-oracle`: recipes of text against the synthetic oracle."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from multigan.cli.commands import add_device, add_json

if TYPE_CHECKING:
    from multigan.config import Recipe
    from multigan.experiments import OracleRow

SUMMARY = "Train recipes on the synthetic oracle's sentences; quality and diversity of each."

RECIPES = ["mle", "relativistic-text", "relgan", "scratchgan", "seqgan"]
COLUMNS = [
    "model", "seed", "steps", "processor time",
    "NLL oracle", "NLL test", "alpha", "NLL oracle, best", "NLL test, best", "sum",
]  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what to train, for how long, and against which oracle."""
    parser.add_argument("recipes", nargs="*", default=RECIPES, metavar="RECIPE", help="all of text")
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
    from multigan.cli.output import print_json, print_table, remark
    from multigan.experiments import draw_rows, measure_oracle, run_recipe
    from multigan.experiments.oracle import PUBLISHED
    from multigan.files import write_json

    data = "oracle" if args.oracle is None else f"oracle:{Path(args.oracle).resolve()}"
    recipes = _recipes(args)  # a wrong name is said before anything takes long
    rows = [measure_oracle(data, samples=args.samples)]
    published = PUBLISHED if args.oracle else {}  # of one particular oracle
    for recipe in recipes:
        rows.append(
            run_recipe(
                recipe, data, samples=args.samples, out=args.out, device=args.device, on_note=remark
            )
        )
        write_json(args.save.with_suffix(".json"), [row.to_json() for row in rows])
        draw_rows(args.save.with_suffix(".png"), rows, published)
    if args.json:
        print_json([row.to_json() for row in rows])
        return
    print_table(COLUMNS, [_cells(row) for row in rows])
    for name, total in published.items():
        print(f"{name}: {total}")


def _recipes(args: Namespace) -> "list[Recipe]":
    from multigan.config import parse_changes
    from multigan.recipes import recipe

    asked = {} if args.steps is None else {"steps": args.steps}
    return [
        recipe(name).changed({**asked, **parse_changes(_settings(args.set, name)), "seed": seed})
        for name in args.recipes
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


def _cells(row: "OracleRow") -> list[str | int]:
    return [
        row.name,
        row.seed,
        row.steps,
        f"{row.seconds:.0f} s",
        f"{row.plain.nll_oracle:.3f}",
        f"{row.plain.nll_test:.3f}",
        f"{row.best.alpha:g}",
        f"{row.best.nll_oracle:.3f}",
        f"{row.best.nll_test:.3f}",
        f"{row.best.total:.2f}",
    ]
