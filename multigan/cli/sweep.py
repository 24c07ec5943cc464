"""`multigan sweep`: many runs of one recipe, compared."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_amount, add_config, add_json, add_plugin, add_speed

if TYPE_CHECKING:
    from multigan.runs.sweep import SweepFolder, SweepPlan
    from multigan.runs.sweep.places import Place

SUMMARY = "Train many runs of a recipe, with other values and seeds, and compare them."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the recipe, what is varied, where runs are trained, and how they are compared."""
    parser.add_argument("recipe", nargs="?", metavar="DATA|RECIPE", help="as of `multigan train`")
    parser.add_argument("--data", help="what to train on: a file or folder, or a name on the Hub")
    parser.add_argument("--recipe", dest="chosen", metavar="NAME", help="train data with this one")
    add_config(parser)
    add_amount(parser)
    parser.add_argument("--steps", type=int, help="how long each run trains")
    add_speed(parser)
    _add_varied(parser)
    _add_places(parser)
    _add_comparison(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("runs"), help="where the sweep's folder is made (runs)"
    )
    parser.add_argument("--name", default="", help="what follows the number in its name")
    parser.add_argument(
        "--resume", type=Path, metavar="FOLDER", help="go on with a sweep; so does the same command"
    )
    parser.add_argument(
        "--retry", action="store_true", help="when going on, try runs again that have failed"
    )
    parser.add_argument("--show", type=Path, metavar="FOLDER", help="show how a sweep stands now")
    parser.add_argument("--dry-run", action="store_true", help="list the runs, and train none")
    add_plugin(parser)
    add_json(parser, "print JSON, for programs")


def _add_varied(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUES",
        help="what to try: generator.width=32,64 or r1.weight=0.01..1:log:5, five numbers at equal "
        "ratios (lin: at equal distances); one value is the same for all; may be given often",
    )
    parser.add_argument(
        "--seeds", metavar="0..2|0,5", help="train each setting with these (the recipe's)"
    )
    parser.add_argument(
        "--draws",
        type=int,
        metavar="N",
        help="draw N settings at random, instead of all; of 0.01..1:log then any number between",
    )
    parser.add_argument("--draw-seed", type=int, default=0, help="of those draws (0)")


def _add_places(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--jobs",
        type=int,
        default=0,
        metavar="N",
        help="how many runs train at a time (1, or one on each GPU)",
    )
    parser.add_argument("--gpus", metavar="0-7|0,2", help="train on these GPUs, by number")
    parser.add_argument("--device", default="auto", help="without --gpus: auto, cpu, cuda or mps")


def _add_comparison(parser: ArgumentParser) -> None:
    parser.add_argument("--metric", default="", help="what says which is best (the recipe's)")
    parser.add_argument(
        "--halve",
        metavar="METRIC",
        help="successive halving: after a ninth and a third of the steps only the best go on",
    )
    parser.add_argument(
        "--keep", default="", metavar="SHARE", help="with --halve, the share that goes on (1/3)"
    )
    parser.add_argument(
        "--rungs", type=int, default=0, metavar="N", help="with --halve, how often at most (2)"
    )


def run(args: Namespace) -> int | None:
    """Trains what is to be trained, and prints the table.

    Raises:
        ConfigError: A setting cannot be; then no run has begun.
        RunError: There is no such sweep, or another process is at work on it.
    """
    from multigan.runs.sweep import open_sweep
    from multigan.runs.sweep.start import found_or_made

    if args.show:
        _show(open_sweep(args.show), as_json=args.json)
        return None
    places = _places(args)
    if args.resume:
        found = open_sweep(args.resume)
    else:
        plan = _plan(args)
        if args.dry_run:
            _say_members(plan, as_json=args.json)
            return None
        found = found_or_made(plan, args.out, places, args.name)
    return _train(found, places, args)


def _train(found: "SweepFolder", places: "Sequence[Place]", args: Namespace) -> int:
    from multigan.runs.sweep import work
    from multigan.terminal.output import remark, say

    note = remark if args.json else say
    left = sum(entry.state not in ("finished", "left behind") for entry in found.entries)
    note(f"Sweep {found.path}: {len(found.entries)} runs, {left} to be trained, {len(places)} at a "
         f"time, {found.threads} CPU threads each. Ctrl-C stops and saves all.")  # fmt: skip
    for entry in found.entries:
        note(f"  {entry.member.title}: {entry.state}")
    note(f"To watch it: multigan sweep --show {found.path}, or {found.page_file}")
    done = work(found, places, retry=args.retry, on_note=note)
    _show(found, as_json=args.json)
    if done:
        return 0
    for said in _what_is_left(found):
        note(said)
    return 1


def _what_is_left(found: "SweepFolder") -> list[str]:
    failed = [entry for entry in found.entries if entry.state == "failed"]
    said = [f"Failed: {entry.member.title}: {entry.message}" for entry in failed]
    if failed:
        said.append(f"To try them again: multigan sweep --resume {found.path} --retry")
    if any(entry.state not in ("finished", "left behind", "failed") for entry in found.entries):
        said.append(f"To go on: the same command, or multigan sweep --resume {found.path}")
    return said


def _show(found: "SweepFolder", *, as_json: bool) -> None:
    """Prints the table of a sweep as it stands, and draws its page anew."""
    from multigan.runs.sweep.outcomes import standings, table, verdict
    from multigan.runs.sweep.sweep_page import write_page
    from multigan.terminal.output import print_json, print_table, say

    settings = standings(found)
    page = write_page(found)
    if as_json:
        print_json(_facts(found, settings))
        return
    print_table(*table(found, settings))
    for said in verdict(found, settings):
        say(said)
    say(f"Pictures: {page}")
    say(f"Its runs: multigan runs list --runs {found.path}")


def _facts(found: "SweepFolder", settings: Sequence[Any]) -> dict[str, Any]:
    """Returns what a program wants to know of a sweep."""
    return {
        "sweep": str(found.path),
        "metric": found.plan.metric,
        "lower_is_better": found.plan.lower_is_better,
        "settings": [
            {
                "values": one.values, "step": one.step, "mean": one.mean, "spread": one.spread,
                "seconds": one.seconds, "alarms": one.alarms,
                "runs": [_facts_of_run(outcome, value)
                         for outcome, value in zip(one.outcomes, one.metric, strict=True)],
            }
            for one in settings
        ],
    }  # fmt: skip


def _facts_of_run(outcome: Any, value: float | None) -> dict[str, Any]:
    return {
        "run": str(outcome.run.path) if outcome.run else None,
        "title": outcome.entry.member.title,
        "seed": outcome.entry.member.seed,
        "state": outcome.state,
        "step": outcome.step,
        "metric": value,
        "message": outcome.entry.message,
    }


def _say_members(plan: "SweepPlan", *, as_json: bool) -> None:
    """Prints every run that would be trained."""
    from multigan.terminal.output import print_json, print_table, say

    members = plan.members()
    if as_json:
        print_json({**plan.to_json(), "runs": [vars(member) for member in members]})
        return
    names = list(plan.wanted)
    rows = [[m.title, *(m.values.get(name) for name in names), m.seed] for m in members]
    print_table(["run", *names, "seed"], rows)
    say(f"{len(members)} runs of {plan.recipe.steps} steps, compared by {plan.metric}.")
    if plan.halving:
        rungs = ", ".join(map(str, plan.halving.rungs))
        say(f"{plan.halving.keep} of the settings go on at step {rungs}.")
    say("Nothing was written.")


def _plan(args: Namespace) -> "SweepPlan":
    """Returns the plan that was typed.

    Raises:
        ConfigError: Something of it cannot be.
    """
    from multigan.errors import ConfigError
    from multigan.runs.sweep.grid import whole_numbers
    from multigan.runs.sweep.sweep_plan import make_plan
    from multigan.terminal.resolving import planned_sweep

    if args.halve and args.metric not in ("", args.halve):
        raise ConfigError(f"--halve {args.halve} decides by that; leave out --metric.")
    if not args.halve and (args.keep or args.rungs):
        raise ConfigError("--keep and --rungs belong to --halve METRIC.")
    recipe, wanted = planned_sweep(args)
    return make_plan(
        recipe,
        wanted,
        whole_numbers("--seeds", args.seeds) if args.seeds else (),
        metric=args.halve or args.metric,
        search="draws" if args.draws is not None else "grid",
        draws=args.draws or 0,
        draw_seed=args.draw_seed,
        keep=(args.keep or "1/3") if args.halve else "",
        most_rungs=args.rungs,
    )


def _places(args: Namespace) -> "list[Place]":
    from multigan.runs.sweep.grid import whole_numbers
    from multigan.runs.sweep.places import on_gpus, on_this_machine

    if args.gpus:
        numbers = whole_numbers("--gpus", args.gpus.replace("-", ".."))
        return on_gpus(numbers, args.jobs)
    return on_this_machine(args.jobs or 1, args.device)
