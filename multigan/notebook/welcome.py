"""`%multigan` alone: what there is to do, and the newest runs."""

from html import escape
from pathlib import Path
from typing import Any

from IPython.display import display

from multigan.notebook.showing import need_anywidget
from multigan.runs.folder import find_runs

LINES = (
    ("%multigan train digits", "handwritten digits in half a minute"),
    ("%multigan train notes", "sounds, to be played on a piano"),
    ("%multigan train prose", "sentences"),
    ("%multigan train image --data photos/", "pictures of your own: a folder, a zip, Parquet"),
    ("%multigan explore gallery/digits", "play with a generator that comes with multigan"),
    ("%multigan explore", "play with the newest generator"),
    ("%multigan watch", "the newest run's samples, losses and health"),
    ("%multigan recipes", "all that can be trained by name"),
    ("%multigan gallery", "generators that come with multigan"),
    ("%multigan -h", "every command"),
)


def show_welcome(root: Path) -> None:
    """Shows what to type, and the runs that there are."""
    display(_bundle(), raw=True)
    if find_runs(root):
        show_table(root)


def show_table(root: Path) -> None:
    """Shows the runs of a folder as a table."""
    with need_anywidget("A table of runs"):
        from multigan.notebook.run_table import RunTable
    display(RunTable(root))


def _bundle() -> dict[str, Any]:
    rows = "".join(
        f"<tr><td style='text-align:left'><code>{escape(line)}</code></td>"
        f"<td style='text-align:left'>{escape(what)}</td></tr>"
        for line, what in LINES
    )
    title = "<h3>multigan: train, watch, steer and sample GANs</h3>"
    text = "\n".join(f"{line:40}{what}" for line, what in LINES)
    return {"text/html": f"{title}<table>{rows}</table>", "text/plain": text}
