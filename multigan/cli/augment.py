"""`multigan augment`: real and generated samples in one folder, for training other models."""

from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_device, add_json, add_run

if TYPE_CHECKING:
    from multigan.runs.synthesis import Mixture

SUMMARY = "Mix real and generated samples into a folder, for training other models."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what is mixed, in which proportion, and where it goes."""
    add_run(parser)
    parser.add_argument("--data", required=True, metavar="PATH", help="the real samples")
    parser.add_argument("--out", required=True, type=Path, help="a new folder")
    parser.add_argument(
        "--ratio", type=float, default=0.5, help="the share of generated samples (0.5)"
    )
    parser.add_argument(
        "--filter", help="which generated samples pass: discriminator or classifier (all)"
    )
    parser.add_argument(
        "--keep", type=float, default=0.5, help="the share that the discriminator passes (0.5)"
    )
    parser.add_argument("--balance", action="store_true", help="fill up the rarest classes first")
    parser.add_argument("--seed", type=int, default=0, help="fixes the latents (0)")
    add_device(parser)
    add_json(parser)


def run(args: Namespace) -> None:
    """Writes the folder and says what is in it."""
    from multigan.config import located
    from multigan.runs.run import Run
    from multigan.runs.synthesis import synthesize, write_mixture
    from multigan.terminal.output import print_json, print_table, say

    mixture = synthesize(
        located(args.data),
        Run.find(args.run_name, args.runs),
        ratio=args.ratio,
        filter=args.filter,
        keep=args.keep,
        balance=args.balance,
        seed=args.seed,
        device=args.device,
    )
    folder = write_mixture(mixture, args.out)
    rows = counts(mixture)
    if args.json:
        print_json({"folder": str(folder), "tried": mixture.tried, "classes": rows})
        return
    print_table(["class", "real", "generated"], [list(row.values()) for row in rows])
    made = sum(row["generated"] for row in rows)
    say(f"{made} of {mixture.tried} generated samples passed." if args.filter else "")
    say(f"Mixture: {folder}")


def counts(mixture: "Mixture") -> list[dict[str, Any]]:
    """Returns how many real and generated samples each class has."""
    found = Counter((one.label, one.kind) for one in mixture.provenance)
    labels: list[int | None] = list(range(len(mixture.classes))) or [None]
    return [
        {
            "class": "all" if label is None else mixture.classes[label],
            "real": found[label, "real"],
            "generated": found[label, "generated"],
        }
        for label in labels
    ]
