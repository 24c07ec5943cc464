"""Plug-ins as users write them."""

from pathlib import Path

from multigan.imports import plugins

CURVES = Path(__file__).parent / "curves.py"
PARTS = Path(__file__).parent / "parts.py"


def forget() -> None:
    """Makes this process like a new one, in which no plug-in was loaded."""
    for one in plugins._LOADED.values():
        plugins._forget(one.module)
    plugins._LOADED.clear()
