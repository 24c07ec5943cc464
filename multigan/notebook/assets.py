"""The widgets' own JavaScript and styles: a few files, joined and sent as they are."""

from functools import cache
from pathlib import Path

STATIC = Path(__file__).with_name("static")


@cache
def script(*names: str) -> str:
    """Returns one ES module made of several files; the last of them has the export."""
    return "\n".join((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in names)


@cache
def style(*names: str) -> str:
    """Returns several style sheets as one."""
    return "\n".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in names)
