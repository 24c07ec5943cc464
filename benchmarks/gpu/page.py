"""The findings as a page of tables, for people."""

from collections.abc import Mapping
from typing import Any


def page(result: Mapping[str, Any]) -> str:
    """Returns Markdown: where it was, then a table for each part."""
    told = [f"- {name}: {value}" for name, value in result.items() if name != "parts"]
    parts = [_part(name, found) for name, found in result["parts"].items()]
    return "\n\n".join(["# multigan on a GPU", "\n".join(told), *parts]) + "\n"


def _part(name: str, found: Any) -> str:
    if not isinstance(found, Mapping):
        return f"## {name}\n\n{found}"
    rows = {recipe: _flat(row) for recipe, row in found.items()}
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[recipe, *(row.get(c, "") for c in columns)] for recipe, row in rows.items()]
    return f"## {name}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _flat(row: Any) -> dict[str, str]:
    if not isinstance(row, Mapping):
        return {"found": _shown(row)}
    found: dict[str, str] = {}
    for name, value in row.items():
        nested = isinstance(value, Mapping) and "error" not in value
        inner = {f"{name} {key}": _shown(each) for key, each in value.items()} if nested else {}
        found |= inner or {name: _shown(value)}
    return found


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("error", value)
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    return text.replace("|", "/").replace("\n", " ")


def faults(parts: Mapping[str, Any]) -> list[str]:
    """Returns what is not right, as "part recipe: what"."""
    found = []
    for part, rows in parts.items():
        for name, row in rows.items() if isinstance(rows, Mapping) else ():
            cells = {"": row, **row} if isinstance(row, Mapping) else {}
            for value in cells.values():
                if isinstance(value, Mapping) and "error" in value:
                    found.append(f"{part} {name}: {value['error']}")
            wrong = [key for key in ("ok", "twice", "resumed") if cells.get(key) is False]
            found += [f"{part} {name}: not {key}" for key in wrong]
    return list(dict.fromkeys(found))
