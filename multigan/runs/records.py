"""What the JSON files of a run say, as far as it makes sense.

Anybody may write them: an editor, another version, a full disk. Whatever has the wrong type is left
out, and named for whoever asks.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from multigan.errors import ConfigError, first_line
from multigan.files import read_json
from multigan.typed import OneOf, Range, That, from_plain

REQUESTS = ("run", "pause", "stop")
Hints = Mapping[str, Any]  # an annotation for each name, or the hints of a table


UNSAID = {"name": "", "severity": "warning", "text": ""}  # of a finding
UNMEASURED = {"severity": "unmeasured"}  # as earlier versions called "ok", too
REMEDY: Hints = {
    "name": str,
    "text": str,
    "needs_fork": bool,
    "knobs": dict[str, float | None],
    "changes": dict[str, Any],
}


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def has_remedy(finding: Mapping[str, Any]) -> bool:
    """Whether a finding of health.json comes with a remedy that can be named."""
    return "name" in (finding.get("remedy") or {})


def finding_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a finding with all that a reader shows; what has no value was not measured."""
    unmeasured = value.get("severity") == "ok" and value.get("value", 0) is None
    remedy = value.get("remedy") and _whole(value["remedy"])
    return {**UNSAID, **value, "remedy": remedy, **(UNMEASURED if unmeasured else {})}


def _whole(remedy: Mapping[str, Any]) -> dict[str, Any]:
    fork = bool(remedy.get("changes")) or not remedy.get("knobs")
    return {"text": "", "knobs": {}, "changes": {}, "needs_fork": fork, **remedy}


def _is_finding(value: Mapping[str, Any]) -> bool:
    remedy = value.get("remedy")
    texts = all(isinstance(value.get(name, ""), str) for name in UNSAID)
    fits = remedy is None or isinstance(remedy, dict)
    return texts and fits and not sensible(remedy or {}, REMEDY)[1]


def _is_unreadable(value: Mapping[str, Any]) -> bool:
    return {"name", "reason"} <= set(value)


Step = Annotated[int, Range(0, 2**53)]  # which any number of any program can hold
Seconds = Annotated[float, Range(0, 2**53)]
Moment = Annotated[str, That("a moment like 2026-01-31T12:00:00+00:00", _is_moment)]
Finding = Annotated[dict[str, Any], That("a finding of the doctor's", _is_finding)]
Unreadable = Annotated[dict[str, Any], That("a file's name and a reason", _is_unreadable)]

STATUS: Hints = {
    "state": str,
    "at": Moment,
    "step": Step,
    "of": Step,
    "pid": int,
    "host": str,
    "steps_per_second": float | None,
    "seconds_left": Seconds,
    "losses": dict[str, float],
    "knobs": dict[str, float],
    "knob_ranges": dict[str, tuple[float | None, float | None]],
    "message": str,
}
CONTROL: Hints = {
    "want": Annotated[str, OneOf(*REQUESTS)],
    "checkpoint": Step,
    "set": dict[str, Any],  # the run answers to each of them
}
HEALTH: Hints = {"step": Step, "findings": tuple[Finding, ...]}
PARENT: Hints = {
    "run": str,
    "path": str,
    "step": Step,
    "changes": dict[str, Any],
    "knobs": dict[str, Any],
}
ENVIRONMENT: Hints = {
    "device": str,
    "threads": Annotated[int, Range(1, 2**20)],
    "data": {
        "fingerprint": str,
        "examples": tuple[str, ...],
        "notes": tuple[str, ...],
        "unreadable": tuple[Unreadable, ...],
    },
}
NEAREST: Hints = {"distance": tuple[float, ...]}

NUMBER = (int, float)
ROW = {
    "samples": NUMBER,
    "seconds": NUMBER,
    "steps_per_second": NUMBER,
    "learning_rate_scale": NUMBER,
    "health": str,
    "heal": str,
    "rollback": str,
    "refused": str,
    "set": dict,
}


def read_record(path: Path, hints: Hints) -> tuple[dict[str, Any], list[str]]:
    """Returns what a file says that makes sense, and a sentence for each thing that does not.

    Names without a hint are taken as they are. A file that is not there says nothing.
    """
    try:
        found = read_json(path)
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError) as error:
        return {}, [f"{path.name} cannot be read: {first_line(error)}"]
    if not isinstance(found, dict):
        return {}, [f"{path.name} must be a table of names and values."]
    return sensible(found, hints, f"{path.name}: ")


def sensible(
    found: Mapping[str, Any], hints: Hints, path: str = ""
) -> tuple[dict[str, Any], list[str]]:
    """Returns the values that are as their hints say, and a sentence for each other one."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, value in found.items():
        hint = hints.get(name, Any)
        if isinstance(hint, Mapping) and isinstance(value, dict):
            values[name], more = sensible(value, hint, f"{path}{name}.")
            wrong += more
            continue
        try:
            hint = dict[str, Any] if isinstance(hint, Mapping) else hint
            values[name] = from_plain(hint, value, f"{path}{name}")
        except ConfigError as error:
            wrong.append(str(error))
    return values, wrong


def sensible_row(row: Any) -> dict[str, Any] | None:
    """Returns what makes sense of a row of metrics.jsonl; None if it does not even have a step."""
    if not isinstance(row, dict) or not _is_step(row.get("step")):
        return None
    return {name: value for name, value in row.items() if _suits(name, value)}


def sensible_curves(found: Any) -> dict[str, Any]:
    """Returns what a curves.json holds, empty if anything in it makes no sense."""
    steps, series = found.get("steps"), found.get("series")
    whole = isinstance(steps, list) and all(map(_is_step, steps)) and isinstance(series, dict)
    if whole and all(_is_series(values) for values in series.values()):
        return {"steps": steps, "series": series}
    return {}


def _is_step(value: Any) -> bool:
    return type(value) is int and 0 <= value <= 2**53


def _is_series(values: Any) -> bool:
    return isinstance(values, list) and all(v is None or _is_number(v) for v in values)


def _is_number(value: Any) -> bool:
    return type(value) in NUMBER and math.isfinite(value)


def _suits(name: str, value: Any) -> bool:
    kind = ROW.get(name, NUMBER if "/" in name else object)
    if kind is NUMBER:
        return _is_number(value)
    if name == "set":
        return isinstance(value, dict) and all(v is None or _is_number(v) for v in value.values())
    return isinstance(value, kind)  # type: ignore[arg-type]
