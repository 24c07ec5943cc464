"""What commands print: tables and colors for people, plain lines for everything else."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from multigan.core.processes import is_main_process
from multigan.report.formatting import shown

if TYPE_CHECKING:
    from rich.console import Console


def on_terminal() -> bool:
    """Whether a person is looking."""
    return sys.stdout.isatty()


def console() -> "Console":
    """Returns rich's console, which takes every text as it is."""
    from rich.console import Console  # rich is loaded only where something is drawn

    return Console(markup=False, emoji=False, highlight=False)


def say(text: str) -> None:
    """Prints a sentence, from the main process alone."""
    if is_main_process():
        print(text, flush=True)


def remark(text: str) -> None:
    """Prints a sentence beside the result, so that a program which reads the result is not hit."""
    if is_main_process():
        print(text, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Prints a value for programs."""
    print(json.dumps(value, indent=2, allow_nan=False))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Prints a table: drawn on a terminal, else plain and never cut to a width."""
    texts = [[shown(value) for value in row] for row in rows]
    if on_terminal():
        _draw(columns, texts)
        return
    widths = [max(map(len, column)) for column in zip(columns, *texts, strict=True)]
    for line in (columns, *texts):
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def age(moment: str | None) -> str:
    """Returns how long ago an ISO moment was, in one unit: "12 s", "3 min", "5 h", "2 d"."""
    if moment is None:
        return "–"
    seconds = max((datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds(), 0)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _draw(columns: Sequence[str], texts: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(*columns, box=box.SIMPLE_HEAD, header_style="bold")
    for row in texts:
        table.add_row(*row)
    console().print(table)
