"""Tab completion of %multigan: commands, options, recipes and runs."""

from pathlib import Path
from typing import Any

from multigan.errors import MultiganError
from multigan.modalities.recipes import RECIPES, recipe
from multigan.notebook.parsing import Option, choices_after
from multigan.runs.folder import find_run, find_runs
from multigan.sampling.gallery import members
from multigan.terminal.settings import settings

MAGICS = ("%multigan", "%%multigan")


def candidates(text: str) -> list[str]:
    """Returns what the last word of `text` may become, given the words before it.

    Example:
        >>> candidates("%multigan train dig")
        ['digits']
    """
    words = text.split()
    if not words or words[0] not in MAGICS or (len(words) == 1 and not text[-1].isspace()):
        return []
    done, begun = (words[1:], "") if text[-1].isspace() else (words[1:-1], words[-1])
    choice = choices_after(done)
    if begun.startswith("-"):
        names = choice.options
    elif choice.value is not None:
        names = _settings(choice.value, done) or choice.value.choices
    else:
        names = choice.commands + _values(choice.wanted, _runs_root(done))
    return [name for name in names if name.startswith(begun)]


def _settings(option: Option, words: list[str]) -> list[str]:
    """Returns what `--set` and `--knob` take of the recipe or run that was named, with a "="."""
    try:
        if option.name == "--knob":
            run = find_run(words[1], _runs_root(words)) if len(words) > 2 else None
            return [f"{knob}=" for knob in (run.status().get("knobs", {}) if run else {})]
        if option.name != "--set":
            return []
        named = next((word for word in words if word in RECIPES), None)
        # Every setting of a recipe, and of the components that it names.
        return [] if named is None else [f"{path}=" for path, *_ in settings(recipe(named))]
    except MultiganError:  # half a line may name anything
        return []


def _values(wanted: list[str], root: Path) -> list[str]:
    if {"recipe", "name"} & set(wanted):
        return list(RECIPES)
    if {"run_name", "names", "first", "others"} & set(wanted):
        return [*(run.name for run in reversed(find_runs(root))), *members()]
    return members() if "member" in wanted else []


def _runs_root(words: list[str]) -> Path:
    if "--runs" in words[:-1]:
        return Path(words[words.index("--runs") + 1])
    return Path("runs")


def matcher(context: Any) -> dict[str, Any]:
    """Completes a line of %multigan, and alone: file names would only stand in the way."""
    from IPython.core.completer import SimpleCompletion

    lines = context.text_until_cursor.splitlines() or [""]
    found = [SimpleCompletion(name, type="param") for name in candidates(lines[-1])]
    return {"completions": found, "suppress": bool(found)}


matcher.matcher_api_version = 2  # type: ignore[attr-defined]
matcher.matcher_identifier = "multigan"  # type: ignore[attr-defined]
matcher.matcher_priority = 100  # type: ignore[attr-defined]
