"""`%multigan` and `%%multigan`: the command line, in a cell."""

from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import no_var_expand

from multigan.errors import ConfigError, MultiganError, refusal
from multigan.notebook.completion import matcher
from multigan.notebook.parsing import HelpPrinted, make_parser, parse
from multigan.notebook.showing import in_terminal
from multigan.notebook.values import changes_of, words_of

NAME = "multigan"


def load(shell: Any) -> None:
    """Registers the magic and its completion; doing so again replaces them."""

    def multigan(line: str, cell: str | None = None) -> None:
        run_line(shell, line, cell)

    no_var_expand(multigan)
    multigan.__doc__ = make_parser().format_help()  # what `%multigan?` shows
    shell.register_magic_function(multigan, "line_cell", NAME)
    unload_completion(shell)
    shell.Completer.custom_matchers.append(matcher)


def unload(shell: Any) -> None:
    """Takes the magic and its completion away."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop(NAME, None)
    unload_completion(shell)


def unload_completion(shell: Any) -> None:
    """Takes every matcher of this extension away, also that of an earlier load."""
    kept = [m for m in shell.Completer.custom_matchers if not _is_ours(m)]
    shell.Completer.custom_matchers[:] = kept


def run_line(shell: Any, line: str, cell: str | None = None) -> None:
    """Runs one command.

    Args:
        shell: IPython's.
        line: The command's words; `$name` stands for a value of the notebook's.
        cell: Changes of the recipe, one a line, for the commands that have a recipe.

    Raises:
        UsageError: Something is wrong, in one line.
    """
    try:
        words = words_of(line, shell.user_ns)
        if cell is None and not in_terminal(shell) and words in ([], ["runs"]):
            _show_alone(words)
            return
        if not words and cell is None:
            make_parser().print_help()
            return
        if cell is not None:
            words += _from_cell(words, cell, shell.user_ns)
        args = parse(words)
    except HelpPrinted:
        return
    except MultiganError as error:
        raise UsageError(f"%multigan: {_one_line(error)}") from None
    args.shell = shell
    try:
        code = args.run(args)
    except MultiganError as error:
        raise UsageError(f"{args.prog}: {_one_line(error)}") from None
    except (OSError, MemoryError, RuntimeError) as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise UsageError(f"{args.prog}: {refused}") from None
    if code:
        raise UsageError(f"{args.prog}: see above.")


def _show_alone(words: list[str]) -> None:
    """Shows what a line of no command, or of a group alone, means on a page."""
    from multigan.notebook.welcome import show_table, show_welcome

    (show_table if words else show_welcome)(Path("runs"))


def _from_cell(words: list[str], cell: str, names: dict[str, Any]) -> list[str]:
    """Returns the options that a cell's body stands for."""
    if not words or words[0] != "train":
        command = words[0] if words else "a command"
        raise ConfigError(f"{command} takes no body; only `%%multigan train RECIPE` does.")
    return [word for change in changes_of(cell, names) for word in ("--set", change)]


def _one_line(error: MultiganError) -> str:
    return " ".join(str(error).split())


def _is_ours(candidate: Any) -> bool:
    return getattr(candidate, "matcher_identifier", "") == NAME
