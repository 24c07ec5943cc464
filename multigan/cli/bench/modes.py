"""`multigan bench modes`: which games reach every mode of a ring and of a grid."""

from argparse import ArgumentParser, Namespace
from io import BytesIO
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multigan.cli.bench.saved import read_saved
from multigan.cli.commands import add_json

if TYPE_CHECKING:
    from multigan.cli.bench.mixture_games import Cell, Setting

SUMMARY = "Every loss with every penalty on a ring and a grid of Gaussians: which modes are kept."

COLUMNS = [
    "mixture", "loss", "penalty", "all modes", "captured", "touched", "high quality", "CPU seconds",
]  # fmt: skip
NO_PICTURE = "none without matplotlib, which `pip install 'multigan[bench]'` brings"


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what is combined, how long it trains, and where results go."""
    parser.add_argument("mixtures", nargs="*", metavar="MIXTURE", help="ring, grid (both)")
    parser.add_argument("--losses", nargs="+", metavar="NAME", help="losses (all)")
    parser.add_argument("--penalties", nargs="+", metavar="NAME", help="penalties (all)")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)), help="(0 to 9)")
    parser.add_argument("--steps", type=int, help="of every game (each mixture's own)")
    parser.add_argument(
        "--alone", action="store_true", help="train the seeds one by one, to time a single run"
    )
    parser.add_argument(
        "--save", type=Path, default=Path("modes"), help="where results go, .json and .png (modes)"
    )
    add_json(parser)


def run(args: Namespace) -> None:
    """Trains what is not in the results yet, saving after each cell; then prints and draws all.

    Raises:
        UnknownNameError: There is no such mixture, loss or penalty.
        ConfigError: No steps were asked for, or the results there are of other seeds or another
            setting.
    """
    from dataclasses import replace

    from multigan.cli.bench import mixture_games as games
    from multigan.files import write_json
    from multigan.terminal.output import print_json, print_table, remark

    names = chosen(args)
    settings = {
        mixture: setting if args.steps is None else replace(setting, steps=args.steps)
        for mixture, setting in games.SETTINGS.items()
    }
    asked = {
        "seeds": args.seeds,
        "together": not args.alone,
        "settings": {mixture: vars(setting) for mixture, setting in settings.items()},
    }
    file = args.save.with_suffix(".json")
    cells = _known(file, asked)

    def keep(cell: "Cell") -> None:
        cells.append(cell)
        write_json(file, {**asked, "cells": [one.to_json() for one in cells]})
        remark(f"{cell.mixture}, {cell.loss}, {cell.penalty}: {cell.captured:.0%} of the modes")

    found = games.play_all(
        names, args.seeds, settings, known=list(cells), together=not args.alone, on_cell=keep
    )
    picture = draw(args.save.with_suffix(".png"), cells, settings)
    if args.json:
        print_json([cell.to_json() for cell in found])
        return
    print_table(COLUMNS, [_row(cell) for cell in found])
    remark(f"Results: {file}  Picture: {picture or NO_PICTURE}")


def chosen(args: Namespace) -> list[tuple[str, str, str]]:
    """Returns the cells (mixture, loss, penalty) that were asked for.

    Raises:
        UnknownNameError: There is no such mixture, loss or penalty.
    """
    from multigan.cli.bench.mixture_games import MIXTURES, PENALTIES
    from multigan.core.losses import LOSSES
    from multigan.errors import known

    mixtures = [known("mixture", name, MIXTURES) for name in args.mixtures or MIXTURES]
    losses = [known("adversarial loss", name, LOSSES) for name in args.losses or LOSSES]
    penalties = [known("penalty", name, PENALTIES) for name in args.penalties or PENALTIES]
    return [(m, loss, penalty) for m in mixtures for loss in losses for penalty in penalties]


def draw(path: Path, cells: "list[Cell]", settings: "dict[str, Setting]") -> Path | None:
    """Draws a heat map for each mixture, the best cells brightest; None without matplotlib."""
    from multigan.files import write_atomic

    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    mixtures = list(dict.fromkeys(cell.mixture for cell in cells))
    figure = Figure(figsize=(11, 4.5 * len(mixtures)), layout="constrained")
    for axes, mixture in zip(
        figure.subplots(len(mixtures), squeeze=False)[:, 0], mixtures, strict=True
    ):
        own = [cell for cell in cells if cell.mixture == mixture]
        _heat_map(
            axes,
            own,
            f"{mixture}: captured of {{}} modes, mean of {{}} seeds, "
            f"{settings[mixture].steps} steps (seeds with all)",
        )
    content = BytesIO()
    figure.savefig(content, format="png")
    return write_atomic(path, content.getvalue())


def _heat_map(axes: Any, cells: "list[Cell]", title: str) -> None:
    """Draws one square a cell: the modes captured on average, and the seeds that got all."""
    modes, seeds = cells[0].outcomes[0].total, len(cells[0].outcomes)
    losses = list(dict.fromkeys(cell.loss for cell in cells))
    penalties = list(dict.fromkeys(cell.penalty for cell in cells))
    shares = [[nan] * len(penalties) for _ in losses]  # what was not trained stays white
    for cell in cells:
        row, column = losses.index(cell.loss), penalties.index(cell.penalty)
        shares[row][column] = cell.captured
        text = f"{modes * cell.captured:.1f} ({cell.complete})"
        ink = "black" if cell.captured > 0.6 else "white"
        axes.text(column, row, text, ha="center", va="center", color=ink)
    axes.imshow(shares, vmin=0, vmax=1, cmap="viridis", aspect="auto")
    axes.set_title(title.format(modes, seeds))
    axes.set_xticks(range(len(penalties)), penalties)
    axes.set_yticks(range(len(losses)), losses)


def _known(file: Path, asked: dict[str, Any]) -> "list[Cell]":
    from multigan.cli.bench.mixture_games import Cell

    saved = read_saved(file, asked, of="seeds")
    return [Cell.from_json(cell) for cell in saved.get("cells", ())]


def _row(cell: "Cell") -> list[str]:
    outcomes = cell.outcomes
    total, touched = outcomes[0].total, sum(o.touched for o in outcomes) / len(outcomes)
    quality = sum(o.high_quality for o in outcomes) / len(outcomes)
    return [
        cell.mixture,
        cell.loss,
        cell.penalty,
        f"{cell.complete} of {len(outcomes)} seeds",
        f"{cell.captured * total:.1f} of {total}",
        f"{touched:.1f}",
        f"{quality:.3f}",
        f"{cell.cpu_seconds:.1f}",
    ]
