"""Train runs made to fail and runs left healthy: how far each alarm can be trusted."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from benchmarks.common.frame import make_parser
from benchmarks.doctor.clinic import Case, Trust, examine_all, judge
from multigan.cli.commands import add_json
from multigan.files import read_json, read_object, write_json
from multigan.terminal.output import print_json, print_table, remark

COLUMNS = ["alarm", "precision", "recall", "well runs, for a while", "healed: ill", "well"]


def main() -> None:
    """Reads the options and runs the bench."""
    parser = make_parser(__doc__)
    add_arguments(parser)
    run(parser.parse_args())


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the seeds, and where results go."""
    parser.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        default=[0, 1],
        help="29 runs each: 18 to fail, 11 to be well",
    )
    parser.add_argument(
        "--save",
        type=Path,
        default=Path("doctor.json"),
        help="where results go; runs that are there are not trained again (doctor.json)",
    )
    parser.add_argument("--from", type=Path, dest="saved", help="only print what was saved there")
    add_json(parser)


def run(args: Namespace) -> None:
    """Trains all runs, saving after each, and prints a row for each alarm."""

    def keep(cases: list[Case]) -> None:
        write_json(args.save, {"cases": [case.to_json() for case in cases]})
        last = cases[-1]
        alarms = ", ".join(sorted(last.standing)) or "none"
        remark(f"{last.name}: kept {last.kept:.0%}; alarms: {alarms}")

    if args.saved is not None:
        cases = [Case.from_json(case) for case in read_json(args.saved)["cases"]]
    else:
        saved = read_object(args.save).get("cases", ())
        cases = examine_all(args.seeds, keep, [Case.from_json(case) for case in saved])
    trusts = judge(cases)
    if args.json:
        print_json([{**vars(t), "precision": t.precision, "recall": t.recall} for t in trusts])
        return
    print(_summary(cases))
    print_table(COLUMNS, [_row(trust) for trust in trusts])


def _summary(cases: list[Case]) -> str:
    ill, well = (sum(case.ill is state for case in cases) for state in (True, False))
    made = sum(case.made_to_fail for case in cases)
    return (
        f"{len(cases)} runs, {made} made to fail and {len(cases) - made} left alone. By the modes "
        f"they kept {ill} ended ill and {well} well; {len(cases) - ill - well} in between are left "
        "out."
    )


def _row(trust: Trust) -> list[str]:
    return [
        trust.alarm,
        _share(trust.precision, trust.right, trust.raised),
        _share(trust.recall, trust.found, trust.expected),
        str(trust.passing),
        str(trust.healed),
        str(trust.needless),
    ]


def _share(value: float | None, part: int, whole: int) -> str:
    return "–" if value is None else f"{value:.2f} ({part} of {whole})"
