"""`multigan look`: what data are, what suits them and how long it takes, before training."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_amount, add_config, add_device, add_json

if TYPE_CHECKING:
    from multigan.runs.look import Look

SUMMARY = "Look at your data before training: what it is, what suits it, how long that takes."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the data, and what is known already."""
    parser.add_argument("recipe", metavar="DATA", help="a file or folder: pictures, texts, sounds")
    parser.add_argument("--recipe", dest="chosen", metavar="NAME", help="look with this one's eyes")
    add_config(parser)
    add_amount(parser)
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change the recipe"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("look"), help="real samples: look.png, .wav or .txt (look)"
    )
    add_device(parser)
    add_json(parser)
    parser.set_defaults(data=None, steps=None, seed=None, heal=False, speed=None)


def run(args: Namespace) -> int:
    """Prints what was seen, and returns 1 if nothing can be learned from it."""
    from multigan.runs.look import look
    from multigan.terminal.output import print_json, remark, say
    from multigan.terminal.resolving import planned

    note = remark if args.json else say
    plan = planned(args)
    for reason in plan.reasons:
        note(f"Chosen: {reason}.")
    seen = look(plan.recipe, plan.left, args.out, device=args.device, note=note)
    if args.json:
        print_json(as_json(seen))
    else:
        _say(seen, args)
    return 1 if seen.sight.refusal else 0


def as_json(seen: "Look") -> dict[str, Any]:
    """Returns what a program wants to know of a look."""
    return {
        "facts": [list(fact) for fact in seen.sight.facts],
        "refusal": seen.sight.refusal,
        "warnings": list(seen.warnings),
        "samples": str(seen.samples),
        "recipe": seen.recipe.to_json(),
        "seconds_per_step": seen.step_seconds,
        "seconds_to_first_samples": seen.first_seconds,
        "minutes": seen.minutes,
    }


def _say(seen: "Look", args: Namespace) -> None:
    from multigan.report.formatting import duration
    from multigan.terminal.output import print_table, say

    recipe = seen.recipe
    augmented = f", augment {recipe.augment}" if recipe.augment is not None else ""
    time = (
        f"{seen.step_seconds:.3g} s a step here: {recipe.steps} steps in "
        f"{duration(60 * seen.minutes)}; first samples {duration(seen.first_seconds)} after loading"
    )
    rows = [
        *seen.sight.facts,
        ("recipe", f"{recipe.name}, batches of {recipe.batch_size}{augmented}"),
        ("time", time),
    ]
    print_table(["what", "seen"], rows)
    for warning in seen.warnings:
        say(f"Beware: {warning}")
    say(f"Real samples: {seen.samples}")
    if seen.sight.refusal:
        say(seen.sight.refusal)
    else:
        say(f"Train it: {_command(args)}")


def _command(args: Namespace) -> str:
    """Returns the command that trains what was looked at."""
    options = {"--recipe": args.chosen, "--size": args.size, "--minutes": args.minutes}
    words = [f"{name} {value}" for name, value in options.items() if value is not None]
    words += [f"--set {change}" for change in args.set]
    return " ".join(["multigan train", args.recipe, *words])
