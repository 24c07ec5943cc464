"""What people do in JupyterLab, by hand of a program."""

import io
import json
import math
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

from multigan.files import write_json
from multigan.runs.folder import RunFolder, create_run
from tests.browser.conftest import SHOTS, Lab

TINY = ("--set", "generator.width=4", "--set", "discriminator.width=4", "--set", "batch_size=8")
ENDLESS = ("train", "digits", "--steps", "1000000", *TINY)
BRISK = ("--set", "log_every=10", "--set", "look_every=50", "--set", "checkpoint_every=500")

# The toolbar says "idle" before there is a kernel: the session itself knows.
KERNEL = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
KERNEL_IS_READY = (
    f"() => {KERNEL} && {KERNEL}.connectionStatus === 'connected' && {KERNEL}.status === 'idle'"
)
LAB_IS_READY = "() => window.jupyterapp?.commands.hasCommand('multigan:show-panel')"
DARK, LIGHT = "JupyterLab Dark", "JupyterLab Light"


def open_lab(page: Any, lab: Lab, query: str = "reset") -> None:
    """Opens JupyterLab and waits until the extension is at work."""
    page.goto(lab.address(query=query))
    page.wait_for_function(LAB_IS_READY)
    page.evaluate("async () => { await window.jupyterapp.restored; }")


def reload_lab(page: Any, lab: Lab, *known: str) -> None:
    """Opens JupyterLab again, once its saved workspace knows all of the given words."""
    address = lab.address("lab/api/workspaces/default", "")
    wait_until(page, lambda: all(word in page.request.get(address).text() for word in known))
    open_lab(page, lab, query="")


def open_panel(page: Any) -> Any:
    """Shows the side panel and returns it."""
    execute(page, "multigan:show-panel")
    panel = page.locator("#multigan-panel")
    panel.get_by_role("status").wait_for()
    return panel


def execute(page: Any, command: str, arguments: dict[str, Any] | None = None) -> None:
    """Starts a command without awaiting it: a dialog or a long cell would hang for ever."""
    page.evaluate(
        "([c, a]) => { void window.jupyterapp.commands.execute(c, a); }", [command, arguments or {}]
    )


def write_notebook(path: Path, *cells: str) -> None:
    """Writes a notebook with code cells."""
    made = [
        {"cell_type": "code", "id": f"cell-{index}", "source": source}
        | {"metadata": {}, "outputs": [], "execution_count": None}
        for index, source in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}}
    path.write_text(json.dumps(content | {"cells": made}))


def open_notebook(page: Any, lab: Lab, name: str, query: str = "reset") -> None:
    """Opens a notebook and waits for its kernel."""
    page.goto(lab.address(f"lab/tree/{name}", query))
    page.wait_for_function(LAB_IS_READY)
    page.wait_for_function(KERNEL_IS_READY)


def run_cell(page: Any, index: int) -> None:
    """Runs one cell of the notebook in front, without waiting for it to end."""
    page.evaluate(
        """index => {
            const { shell, commands } = window.jupyterapp;
            shell.currentWidget.content.deselectAll();
            shell.currentWidget.content.activeCellIndex = index;
            void commands.execute('notebook:run-cell');
        }""",
        index,
    )


def run_cells(page: Any, *indices: int) -> None:
    """Runs cells, one after the other."""
    for index in indices:
        run_cell(page, index)


def set_theme(page: Any, theme: str) -> None:
    """Switches JupyterLab's theme and waits until it is applied."""
    execute(page, "apputils:change-theme", {"theme": theme})
    light = "true" if theme == LIGHT else "false"
    page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")


def shoot(page: Any, name: str) -> None:
    """Takes a picture in both themes, where $MULTIGAN_SHOTS says where to."""
    if not SHOTS:
        return
    folder = Path(SHOTS)
    folder.mkdir(parents=True, exist_ok=True)
    for theme, mark in ((DARK, "dark"), (LIGHT, "light")):
        set_theme(page, theme)
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}-{mark}.png")


def wait_until(page: Any, condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Waits for something outside of the page while the page goes on."""
    for _ in range(int(seconds * 20)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("waited in vain")


def recorded_run(root: Path, name: str, offset: float = 0.0, **recipe: Any) -> RunFolder:
    """Returns a finished run with a spiked curve, negative values and two previews."""
    run = create_run(root, name)
    write_json(run.recipe_file, {"steps": 300, "loss": "hinge", **recipe})
    for step in range(1, 301):
        spike = 5.0 if step == 150 else 0.0
        row = {"step": step, "generator/adversarial": 1 + offset + math.sin(step / 30) / 2 + spike}
        row["discriminator/adversarial"] = 0.5 + offset
        row["discriminator/r1"] = -0.1
        run.append_metrics(row)
    run.samples.mkdir()
    (run.samples / "000100.txt").write_text("a b c\n")
    (run.samples / "000300.txt").write_text("the cat sat\n")
    run.write_status("finished", step=300, of=300)
    return run


def write_tone(path: Path, seconds: float = 2.0, rate: int = 8000) -> None:
    """Writes a 16-bit .wav file with a tone in it."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        tone = (int(8000 * math.sin(i / 4)) for i in range(int(seconds * rate)))
        file.writeframes(b"".join(value.to_bytes(2, "little", signed=True) for value in tone))
    path.write_bytes(content.getvalue())
