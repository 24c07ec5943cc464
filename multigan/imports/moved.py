"""Old import paths that README, notebooks, docs or messages named; they work for one release more.

A finder of modules knows them. Each becomes a module that has the names of those that took its
place, and a `DeprecationWarning` says which those are.
"""

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MOVED = {
    "multigan.core.run": ("multigan.runs.folder",),
    "multigan.data.images": ("multigan.modalities.image.load.load",),
    "multigan.healing": ("multigan.runs.heal",),
    "multigan.latents": ("multigan.sampling.latents",),
    "multigan.notebook.compare": ("multigan.notebook.comparison",),
    "multigan.modalities.image.sheet": ("multigan.modalities.shared.contact_sheet",),
    "multigan.pipelines": (
        "multigan.sampling.pipeline",
        "multigan.sampling.conditions",
        "multigan.modalities.audio.pipeline",
        "multigan.modalities.text.pipeline",
    ),
    "multigan.recipes": ("multigan.modalities.recipes",),
    "multigan.registry": ("multigan.typed.registry",),
    "multigan.synthesis": ("multigan.runs.synthesis",),
    "multigan.trainers": ("multigan.runs.trainers",),
}


class MovedFinder(MetaPathFinder):
    """Finds the old paths, and no others."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the spec of a module at an old path, None for every other name."""
        return ModuleSpec(fullname, MovedLoader()) if fullname in MOVED else None


class MovedLoader(Loader):
    """Fills a module at an old path with names from the new ones."""

    def exec_module(self, module: ModuleType) -> None:
        """Warns, and looks names up in the modules that took this one's place."""
        homes = MOVED[module.__name__]
        warnings.warn(
            f"{module.__name__} has moved: import from {' or '.join(homes)} instead. The old path "
            "goes with the next release.",
            DeprecationWarning,
            stacklevel=2,
        )

        def get(name: str) -> Any:
            for home in homes:
                found = import_module(home)
                if hasattr(found, name):
                    return getattr(found, name)
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        vars(module)["__getattr__"] = get


def install() -> None:
    """Puts the finder behind Python's own. Calling it again changes nothing."""
    if not any(isinstance(finder, MovedFinder) for finder in sys.meta_path):
        sys.meta_path.append(MovedFinder())
