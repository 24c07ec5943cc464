"""Keeps `import torchaudio` working where its compiled extension does not load.

The torchaudio that package indexes serve is compiled for one build of CUDA. Beside a torch for
another build, or for the CPU alone, its extension fails to load, the import fails with it, and so
do most imports from transformers, which imports torchaudio wherever it is installed. Nearly all of
torchaudio is Python and needs no extension: it only has to be told that there is none.

`install` puts a finder for the one name `torchaudio._extension` before Python's own. It imports
nothing, and where the extension loads it changes nothing.
"""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

EXTENSION = "torchaudio._extension"


class ExtensionFinder(MetaPathFinder):
    """Finds torchaudio's extension where Python would, and has it loaded leniently."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the extension's spec, and None for every other module."""
        if fullname != EXTENSION:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = LenientLoader(fullname, spec.loader.path)
        return spec


class LenientLoader(SourceFileLoader):
    """Loads torchaudio's extension, or says in torchaudio's own words that there is none."""

    def exec_module(self, module: ModuleType) -> None:
        """Runs the module; if its library does not load, it becomes one without a library."""
        try:
            super().exec_module(module)
        except (ImportError, OSError, RuntimeError) as error:
            _without_library(module, error)


def install() -> None:
    """Puts the finder in place. Calling it again changes nothing."""
    if not any(isinstance(finder, ExtensionFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, ExtensionFinder())


def _without_library(module: ModuleType, error: Exception) -> None:
    """Sets the names that the rest of torchaudio reads, as they are without an extension."""
    names: dict[str, Any] = {
        "_IS_TORCHAUDIO_EXT_AVAILABLE": False,
        "_IS_ALIGN_AVAILABLE": False,
        "fail_if_no_align": _refusing(str(error)),
        "_check_cuda_version": lambda: None,
    }
    vars(module).update(names)


def _refusing(reason: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Returns a decorator for functions that need the extension."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def refuse(*args: Any, **kwargs: Any) -> Any:
            raise RuntimeError(
                f"torchaudio's {function.__name__} needs its compiled extension, which does not "
                f"load beside this torch ({reason}). Run `multigan doctor` for what to do."
            )

        refuse.__name__, refuse.__doc__ = function.__name__, function.__doc__
        return refuse

    return decorate
