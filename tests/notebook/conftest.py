"""A shell as in a notebook, and runs as small as they come."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from multigan.modalities.recipes import recipe
from multigan.runs.folder import RunFolder
from multigan.runs.run import Run
from multigan.runs.session import Session, start

CHANGES = {
    "batch_size": 8,
    "generator.width": 4,
    "discriminator.width": 4,
    "log_every": 2,
    "log_seconds": 0,
    "look_every": 4,
    "look_seconds": 0,
    "checkpoint_every": 4,
}
TINY = " ".join(f"--set {name}={value}" for name, value in CHANGES.items())


def tiny_session(out: Path, steps: int = 8, **changes: Any) -> Session:
    """A session on the digits that is over in no time."""
    return start(recipe("digits").changed({**CHANGES, "steps": steps, **changes}), out=out)


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Run:
    """A run that has finished; tests leave it as it is."""
    return tiny_session(tmp_path_factory.mktemp("finished")).fit()


@pytest.fixture
def going(tmp_path) -> Iterator[Any]:
    """A run that trains on a thread until somebody stops it."""
    from multigan.notebook.background import Training

    training = Training(tiny_session(tmp_path / "runs", steps=1_000_000)).start()
    yield training
    training.stop()
    assert training.wait(30)


class Notebook:
    """Cells, run one after the other."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.names = shell.user_ns

    def magic(self, line: str, cell: str | None = None) -> None:
        """Runs `%multigan line`, or `%%multigan line` with a body."""
        if cell is None:
            self.shell.run_line_magic("multigan", line)
        else:
            self.shell.run_cell_magic("multigan", line, cell)

    def refused(self, line: str, cell: str | None = None) -> str:
        """Runs it and returns the one line that says why not."""
        with pytest.raises(UsageError) as caught:
            self.magic(line, cell)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def run(self, name: str = "run") -> RunFolder:
        """The run that a magic has bound to a variable."""
        return self.names[name]


@pytest.fixture
def notebook(tmp_path, monkeypatch) -> Iterator[Notebook]:
    """A shell with the magics loaded, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.extension_manager.load_extension("multigan")
    yield Notebook(shell)
    shell.extension_manager.unload_extension("multigan")
    sys.displayhook = sys.__displayhook__
