"""`multigan doctor`: what works here, what does not, and what to do about it."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from multigan.cli.commands import add_json, add_runs_root

SUMMARY = "Say what works on this machine, and what to do about the rest."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the folder that is to be written to."""
    add_runs_root(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    """Prints a row for each thing; returns 1 if something that everything needs is broken."""
    from multigan.cli.checks import examine
    from multigan.terminal.output import print_json, print_table

    checks = examine(args.runs)
    healthy = all(check.state == "ok" for check in checks if check.core)
    if args.json:
        print_json({"healthy": healthy, "checks": [asdict(check) for check in checks]})
        return 0 if healthy else 1
    print_table(["what", "state", "found"], [[c.name, c.state, c.found] for c in checks])
    for check in checks:
        if check.remedy:
            print(f"{check.name}: {check.remedy}")
    print("multigan is ready." if healthy else "multigan cannot work here yet.")
    return 0 if healthy else 1
