"""What a shell is answered when somebody presses Tab, in a process of its own as shells ask it."""

import os
import subprocess
import sys

import pytest

from multigan.cli.completion import SHELLS

pytest.importorskip("argcomplete")


@pytest.fixture
def answers(tmp_path):
    def ask(line: str) -> list[str]:
        said = tmp_path / "said"
        asked = {
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_IFS": "\n",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(said),
            "COMP_LINE": line,
            "COMP_POINT": str(len(line.encode())),
        }
        command = [sys.executable, "-m", "multigan"]
        subprocess.run(command, env=os.environ | asked, cwd=tmp_path, check=True)
        return [word.strip() for word in said.read_text().split("\n")]

    return ask


def test_recipes_and_data_are_completed(answers, tmp_path):
    (tmp_path / "digital-photos").mkdir()
    assert answers("multigan train dig") == ["digits", "digital-photos/"]


def test_settings_are_those_of_the_recipe(answers):
    settings = answers("multigan train wgan-gp --set regularizers.")
    assert "regularizers.gradient_penalty.weight=" in settings


def test_runs_are_completed(answers, trained):
    assert answers(f"multigan runs show --runs {trained.parent} 00") == [trained.name]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_its_code(shell, multigan):
    said = multigan("completion", shell)
    assert said.code == 0
    assert "multigan" in said.out
