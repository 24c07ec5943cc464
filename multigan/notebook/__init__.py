"""What multigan is in a notebook: magics, background runs and widgets.

    %load_ext multigan
    %multigan train digits

Widgets are imported when first used, so that loading the magics costs neither torch nor ipywidgets.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multigan.notebook.comparison import Compare
    from multigan.notebook.dashboard import Dashboard
    from multigan.notebook.explorer import Explorer
    from multigan.notebook.in_memory import show_samples
    from multigan.notebook.plane import scatter
    from multigan.notebook.time_travel import TimeTravel

_HOMES = {
    "Compare": "multigan.notebook.comparison",
    "Dashboard": "multigan.notebook.dashboard",
    "Explorer": "multigan.notebook.explorer",
    "TimeTravel": "multigan.notebook.time_travel",
    "scatter": "multigan.notebook.plane",
    "show_samples": "multigan.notebook.in_memory",
}

__all__ = ["Compare", "Dashboard", "Explorer", "TimeTravel", "scatter", "show_samples"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
