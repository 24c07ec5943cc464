"""Three digits as channels, 1,000 modes: how many each game makes, beside real stacks."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.common.frame import make_parser
from benchmarks.stacked_mnist import experiment as stacked
from benchmarks.stacked_mnist.experiment import Control, Judge, Row, game_recipe
from multigan.cli.bench.saved import read_saved
from multigan.cli.commands import add_device, add_json
from multigan.config import Recipe, parse_changes
from multigan.errors import ConfigError
from multigan.files import write_json
from multigan.modalities.recipes import recipe
from multigan.terminal.output import print_json, print_table, remark

Kept = dict[tuple[str, int], Row]

GAMES = [
    "non_saturating", "non_saturating+r1", "non_saturating+r1+r2",
    "relativistic", "relativistic+r1", "relativistic+r1+r2",
]  # fmt: skip
COLUMNS = ["game", "seed", "steps", "CPU seconds", "modes", "KL", ""]


def main() -> None:
    """Reads the options and runs the bench."""
    parser = make_parser(__doc__)
    add_arguments(parser)
    run(parser.parse_args())


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the games, the data, how long they train, and where results go."""
    parser.add_argument(
        "games", nargs="*", default=GAMES, metavar="GAME", help="LOSS[+PENALTY...] (six of them)"
    )
    parser.add_argument("--data", required=True, help="single digits with classes, to stack")
    parser.add_argument("--test", help="other digits, to test the classifier and to stack as well")
    parser.add_argument("--steps", type=int, default=10_000, help="of every game (10000)")
    parser.add_argument("--every", type=int, default=1000, help="steps between counts (1000)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="of the runs (0)")
    parser.add_argument("--samples", type=int, default=26_000, help="counted each time (26000)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change the recipe `image`"
    )
    parser.add_argument("--out", type=Path, default=Path("runs"), help="where runs are made (runs)")
    parser.add_argument(
        "--save", type=Path, default=Path("stacked-mnist"), help="where results go: .json and .png"
    )
    add_device(parser)
    add_json(parser)


def run(args: Namespace) -> None:
    """Trains what is not done yet, saving after each count; then prints and draws all.

    Raises:
        UnknownNameError: There is no such loss or penalty.
        ConfigError: A number is not above 0, or the results there are of other data or another
            setting.
    """
    recipes = _recipes(args)  # a wrong name is said before anything takes long
    size = next(iter(recipes.values())).data.options.get("size")
    singles = stacked.load_singles(args.data, size)
    asked = {
        "steps": args.steps, "every": args.every, "samples": args.samples, "set": args.set,
        "data": singles.fingerprint,
    }  # fmt: skip
    known = _known(args.save.with_suffix(".json"), asked)
    judge = stacked.Judge(singles, samples=args.samples, on_note=remark)
    found: dict[str, Any] = {"held_out_accuracy": judge.held_out_accuracy}
    controls = [judge.real(singles, "training images")]
    if args.test:
        test = stacked.load_singles(args.test, size)
        found["test_accuracy"] = judge.accuracy(test)
        controls.append(judge.real(test, "test images"))
    found["real"] = [asdict(control) for control in controls]
    kept = _trained(args, recipes, judge, known, {**asked, **found})
    _show(args, recipes, found, controls, kept)


def _trained(
    args: Namespace,
    recipes: dict[str, Recipe],
    judge: Judge,
    known: list[Row],
    beside: dict[str, Any],
) -> Kept:
    """Trains what is not done yet, and writes all rows, and what stands beside them, each time."""
    kept: Kept = {(row.game, row.seed): row for row in known}

    def keep(row: Row) -> None:
        kept[row.game, row.seed] = row
        rows = [one.to_json() for one in kept.values()]
        write_json(args.save.with_suffix(".json"), {**beside, "rows": rows})
        if row.points:
            last = row.points[-1]
            remark(f"{row.name}: {last.modes} modes at step {last.step}, KL {last.kl:.3f}")

    for game, seed in _asked_for(args, recipes):
        row = kept.get((game, seed), stacked.Row(game, seed))
        if not row.done:
            stacked.play(
                row, recipes[game], judge, data=args.data, every=args.every, out=args.out,
                device=args.device, on_row=keep, on_note=remark,
            )  # fmt: skip
    return kept


def _show(
    args: Namespace,
    recipes: dict[str, Recipe],
    found: dict[str, Any],
    controls: list[Control],
    kept: Kept,
) -> None:
    """Draws all rows, and prints those that were asked for."""
    shown, rows = list(kept.values()), [kept[name] for name in _asked_for(args, recipes)]
    picture = stacked.draw_rows(args.save.with_suffix(".png"), shown, controls, args.samples)
    sheet = stacked.draw_samples(Path(f"{args.save}-samples"), shown)
    if args.json:
        print_json([row.to_json() for row in rows])
        return
    print(f"The classifier names {_accuracies(found)} rightly. Of {args.samples:,} samples each:")
    real = [[f"real, {c.images}", "", "", "", str(c.modes), f"{c.kl:.4f}",
             f"by their labels {c.true_modes}, {c.true_kl:.4f}"] for c in controls]  # fmt: skip
    print_table(COLUMNS, real + [_cells(row) for row in rows])
    remark(f"Results: {args.save.with_suffix('.json')}  Pictures: {picture}, {sheet}")


def _asked_for(args: Namespace, recipes: dict[str, Recipe]) -> list[tuple[str, int]]:
    return list(dict.fromkeys((game, seed) for seed in args.seeds for game in recipes))


def _recipes(args: Namespace) -> dict[str, Recipe]:
    for name in ("steps", "every", "samples"):
        if getattr(args, name) < 1:
            raise ConfigError(f"--{name} is at least 1, not {getattr(args, name)}.")
    base = recipe("image").changed({"steps": args.steps, **parse_changes(args.set)})
    return {game: game_recipe(game, base) for game in args.games}


def _known(file: Path, asked: dict[str, Any]) -> list[Row]:
    saved = read_saved(file, asked, of="data")
    return [Row.from_json(row) for row in saved.get("rows", ())]


def _accuracies(found: dict[str, float]) -> str:
    held_out = f"{found['held_out_accuracy']:.2%} of held-out digits"
    if "test_accuracy" not in found:
        return held_out
    return f"{held_out} and {found['test_accuracy']:.2%} of the test digits"


def _cells(row: Row) -> list[str]:
    if not row.points:
        return [row.game, str(row.seed), "0", "", "", "", row.failure]
    last = row.points[-1]
    return [
        row.game,
        str(row.seed),
        str(last.step),
        f"{last.seconds:.0f}",
        str(last.modes),
        f"{last.kl:.4f}",
        row.failure,
    ]
