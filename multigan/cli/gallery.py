"""`multigan gallery`: the trained generators that come with the package."""

from argparse import ArgumentParser, Namespace
from typing import Any

from multigan.cli.commands import add_json

SUMMARY = "List the trained generators that come with multigan, or show one's card."
COLUMNS = ["name", "makes", "learned from", "license", "size"]
TOLD = ("makes", "data", "source", "license", "classes", "recipe", "seed", "steps")


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the generator to show."""
    parser.add_argument("member", nargs="?", metavar="NAME", help="show its card")
    add_json(parser)


def run(args: Namespace) -> None:
    """Prints all names, or the card of one: data, license, how it was made, how good it is."""
    from multigan.sampling.gallery import PREFIX, members, read_card
    from multigan.terminal.output import print_json, print_table, remark

    if args.member is not None:
        card = read_card(PREFIX + args.member.removeprefix(PREFIX))
        print_json(card) if args.json else _show(card)
        return
    cards = {name: read_card(name) for name in members()}
    if args.json:
        print_json(cards)
        return
    print_table(COLUMNS, [_row(name, card) for name, card in cards.items()])
    remark(
        "Try: multigan sample gallery/NAME; multigan gallery NAME; %multigan explore gallery/NAME"
    )


def _row(name: str, card: dict[str, Any]) -> list[str]:
    from multigan.sampling.gallery import size_of

    return [name, card["makes"], card["data"], card["license"], f"{size_of(name) / 1e6:.1f} MB"]


def _show(card: dict[str, Any]) -> None:
    from multigan.terminal.output import print_table, say

    facts = {name: card[name] for name in TOLD if card.get(name) not in (None, [])}
    facts["classes"] = ", ".join(card["classes"]) or "none"
    facts["processor minutes"] = card["processor_minutes"]
    facts["made by"] = card["command"]
    print_table(["", ""], [[name, str(value)] for name, value in facts.items()])
    print_table(["metric", "value", "real in its place", "samples"], _metrics(card))
    for limit in card["limits"]:
        say(f"- {limit}")


def _metrics(card: dict[str, Any]) -> list[list[str]]:
    rows = []
    for one in card["metrics"]:
        control = "–" if one["control"] is None else f"{one['control']:.4g}"
        samples = f"{one['n_fake']} against {one['n_real']} of {one['split']}"
        rows.append([one["label"], f"{one['value']:.4g}", control, samples])
    return rows
