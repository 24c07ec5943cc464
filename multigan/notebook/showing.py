"""Which run a command means, what it is called, and how it is shown."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from IPython.display import display

from multigan.errors import MissingDependencyError, RunError
from multigan.runs.folder import RunFolder, find_run, find_runs

if TYPE_CHECKING:
    from multigan.notebook.opening import Opening
    from multigan.runs.run import Run

CURRENT = "_multigan_run"  # the shell's attribute for the run that commands without RUN mean


def chosen_run(args: Namespace) -> "Run":
    """Returns the run of `chosen_folder`."""
    from multigan.runs.run import Run

    return Run(chosen_folder(args).path)


def named_run(args: Namespace) -> str:
    """Returns the name that was typed, of a run or a saved pipeline; without one the chosen run."""
    return str(chosen_folder(args).path if args.run_name is None else args.run_name)


def chosen_folder(args: Namespace) -> RunFolder:
    """Returns the run that was named, the one last held in this notebook, or the newest.

    Raises:
        RunError: There is none.
    """
    if args.run_name is not None:
        return find_run(args.run_name, args.runs)
    current: RunFolder | None = getattr(args.shell, CURRENT, None)
    if current is not None and current.path.is_dir():
        return current
    found = find_runs(args.runs)
    if not found:
        raise RunError(f"There are no runs in {args.runs}. Make one: %multigan train digits")
    return found[-1]


def hold(args: Namespace, run: "Run") -> None:
    """Binds a run to the variable asked for, and makes it the current one."""
    args.shell.user_ns[args.variable] = run
    setattr(args.shell, CURRENT, run)


def in_terminal(shell: Any) -> bool:
    """Whether this is IPython in a terminal, which shows no widgets."""
    return getattr(shell, "kernel", None) is None


def view_of(run: "RunFolder | Opening", *, plain: bool) -> Any:
    """Returns the dashboard, or its plain form where that is asked for or all there is.

    Raises:
        MissingDependencyError: Not even ipywidgets is installed.
    """
    try:
        from multigan.notebook.plain import PlainDashboard
    except ImportError:
        raise _no_widgets("A dashboard") from None
    if not plain:
        try:
            from multigan.notebook.dashboard import Dashboard

            return Dashboard(run)
        except ImportError:  # no anywidget
            pass
    return PlainDashboard(run)


def show(run: "RunFolder | Opening", *, plain: bool = False) -> Any:
    """Shows a run's dashboard and returns it."""
    view = view_of(run, plain=plain)
    display(view)
    return view


def explorer_of(source: Any, *, plain: bool, device: str) -> Any:
    """Returns the explorer, or its plain form where that is asked for or all there is.

    Raises:
        MissingDependencyError: Not even ipywidgets is installed.
    """
    try:
        from multigan.notebook.plain_explorer import PlainExplorer
    except ImportError:
        raise _no_widgets("An explorer") from None
    if not plain:
        try:
            from multigan.notebook.explorer import Explorer

            return Explorer(source, device=device)
        except ImportError:  # no anywidget
            pass
    return PlainExplorer(source, device=device)


def _no_widgets(what: str) -> MissingDependencyError:
    return MissingDependencyError("ipywidgets", purpose=what, extra="notebook")


@contextmanager
def need_anywidget(what: str) -> Iterator[None]:
    """Says what to install if the block cannot import a widget."""
    try:
        yield
    except ImportError:
        raise MissingDependencyError("anywidget", purpose=what, extra="notebook") from None
