"""Names of a package that are imported when they are first used (PEP 562)."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Returns a package's `__getattr__` and `__dir__`.

    Args:
        package: Its `__name__`.
        homes: The module that each name is to be imported from.

    Example:
        >>> getattr_, dir_ = lazy_names("multigan", {"Prior": "multigan.core.prior"})
        >>> getattr_("Prior").__name__, dir_()
        ('Prior', ['Prior'])
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    return get, lambda: sorted(homes)
