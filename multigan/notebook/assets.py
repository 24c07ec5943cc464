"""The widgets' own JavaScript and styles: a few modules, joined and sent as they are."""

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).with_name("static")
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function|const|async)", re.MULTILINE)


@cache
def script(name: str) -> str:
    """Returns a module and what it imports as one ES module, which needs no server.

    JupyterLab's extension imports the same files; so no two of them declare the same name.
    """
    known: dict[str, str] = {}
    _collect(name, known)
    return "\n".join(known.values())


def _collect(name: str, known: dict[str, str]) -> None:
    if name in known:
        return
    text = (STATIC / f"{name}.js").read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        _collect(imported, known)
    known[name] = _EXPORT.sub("", _IMPORT.sub("", text))


@cache
def style(*names: str) -> str:
    """Returns several style sheets as one."""
    return "\n".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in names)
