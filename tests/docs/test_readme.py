"""The README's Python runs, and its commands parse."""

import re
import shlex
from pathlib import Path

import pytest

from multigan.cli import make_parser

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
COMMANDS = re.findall(r"^    (multigan .*?)(?:\s+#.*)?$", README.read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_python_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shorter = block.replace("steps=2000", "steps=3").replace("fit(500)", "fit(3)")
    exec(compile(shorter, str(README), "exec"), {})


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_parse(command):
    make_parser().parse_args(shlex.split(command)[1:])


def test_there_is_something_to_run():
    assert len(BLOCKS) == 2
    assert len(COMMANDS) > 5
