"""`multigan completion`: what a shell needs to complete commands, recipes, runs and settings."""

import os
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SUMMARY = "Print what completes multigan in a shell: source <(multigan completion bash)"
SHELLS = ("bash", "zsh", "fish")
ASKED = "_ARGCOMPLETE"  # what shells set in the environment when somebody presses Tab

Completer = Callable[..., list[str]]


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the shell."""
    parser.add_argument("shell", choices=SHELLS, help="in fish: multigan completion fish | source")


def run(args: Namespace) -> None:
    """Prints the shell's own code."""
    print(_argcomplete().shellcode(["multigan"], shell=args.shell))


def complete_if_asked(parser: ArgumentParser) -> None:
    """Answers a shell that asks what a word may become, and ends the process; else does nothing."""
    if ASKED not in os.environ:
        return
    for action in _actions(parser):
        completer = COMPLETERS.get(action.dest)
        if completer is not None:
            action.completer = completer  # type: ignore[attr-defined]  # argcomplete looks there
    _argcomplete().autocomplete(parser)


def recipes_or_files(prefix: str, **known: Any) -> list[str]:
    """Returns recipes, and files and folders, that begin so."""
    from argcomplete.completers import FilesCompleter

    return [*recipes(prefix), *FilesCompleter()(prefix)]


def recipes(prefix: str, **known: Any) -> list[str]:
    """Returns recipes that begin so."""
    from multigan.modalities.recipes import RECIPES

    return [name for name in RECIPES if name.startswith(prefix)]


def runs(prefix: str, parsed_args: Namespace, **known: Any) -> list[str]:
    """Returns the runs that begin so, the newest first, and then the gallery's generators."""
    from multigan.runs.folder import find_runs

    root = getattr(parsed_args, "runs", None) or Path("runs")
    names = [run.name for run in reversed(find_runs(root))]
    return [name for name in (*names, *gallery(prefix)) if name.startswith(prefix)]


def gallery(prefix: str, **known: Any) -> list[str]:
    """Returns the generators that come with multigan and begin so."""
    from multigan.sampling.gallery import members

    return [name for name in members() if name.startswith(prefix)]


def settings(prefix: str, parsed_args: Namespace, **known: Any) -> list[str]:
    """Returns the settings of the recipe that was named, with the equals sign."""
    from multigan.modalities.recipes import RECIPES, recipe
    from multigan.report.formatting import flat

    names = (str(getattr(parsed_args, name, "")) for name in ("chosen", "recipe"))
    named = next((name for name in names if name in RECIPES), next(iter(RECIPES)))
    paths = [path for path in flat(recipe(named).to_json()) if path not in ("format", "summary")]
    return [f"{path}=" for path in paths if path.startswith(prefix)]


COMPLETERS: dict[str, Completer] = {
    "recipe": recipes_or_files,
    "chosen": recipes,
    "name": recipes,
    "member": gallery,
    **dict.fromkeys(("run_name", "names", "first", "others"), runs),
    **dict.fromkeys(("set", "changes"), settings),
}


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    """Yields every argument of a parser and of its subcommands."""
    for action in parser._actions:
        yield action
        inner = action.choices if action.nargs == "A..." else None
        if isinstance(inner, dict):
            for sub in inner.values():
                yield from _actions(sub)


def _argcomplete() -> Any:
    try:
        import argcomplete
    except ModuleNotFoundError:
        from multigan.errors import MissingDependencyError

        raise MissingDependencyError(
            "argcomplete", purpose="Completion in a shell", extra="shell"
        ) from None
    return argcomplete
