"""Exit codes, what is printed where, and how soon."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from multigan.cli import COMMANDS
from multigan.modalities import recipes

HELP_SECONDS = 0.4  # of processor time: others are at work on the machine too


def childrens_seconds() -> float:
    """Returns the processor time of all children so far."""
    times = os.times()
    return times.children_user + times.children_system


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["runs", "--help"]])
def test_help_comes_at_once_and_without_torch(arguments):
    program = (
        "import sys, multigan.cli as cli; cli.main(sys.argv[1:]); assert 'torch' not in sys.modules"
    )
    taken = []
    for _ in range(3):
        before = childrens_seconds()
        subprocess.run([sys.executable, "-c", program, *arguments], check=True, capture_output=True)
        taken.append(childrens_seconds() - before)
    assert min(taken) < HELP_SECONDS


def test_help_names_every_command(multigan):
    said = multigan("--help")
    assert said.code == 0
    assert all(name in said.out for name in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["trian"],
        ["runs"],
        ["runs", "compare", "1"],
        ["train", "digits", "--steps", "many"],
        ["sample", "1", "--step", "5", "--best"],
    ],
)
def test_a_command_that_cannot_be_read_is_2(multigan, arguments):
    said = multigan(*arguments)
    assert said.code == 2
    assert "usage: multigan" in said.err


def test_a_users_error_is_1_and_one_line(multigan, tmp_path):
    said = multigan("runs", "show", 7, "--runs", tmp_path)
    assert said.code == 1
    assert said.out == ""
    assert (
        said.err
        == f"multigan runs show: There is no run '7' under {tmp_path}. The newest there: none.\n"
    )


def test_an_unknown_name_comes_with_a_guess(multigan):
    said = multigan("train", "digit")
    assert said.code == 1
    assert "Did you mean 'digits'?" in said.err


def test_a_reader_that_leaves_early_is_no_error():
    shell = f"set -o pipefail; {sys.executable} -m multigan recipes digits --json | head -c 1"
    ended = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


def failing(error: Exception) -> Callable[[], None]:
    """Returns a recipe that cannot even be made."""

    def make() -> None:
        raise error

    return make


CPU = (
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you "
    "tried to allocate 40 bytes. Error code 12 (Cannot allocate memory)"
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "Out of memory."),
        (RuntimeError(CPU), "Out of memory: can't allocate memory: you tried to allocate 40 bytes"),
        (RuntimeError("DefaultCPUAllocator: not enough memory: x"), "Out of memory: not enough"),
        (RuntimeError("CUDA out of memory. Tried\nto allocate"), "Out of memory: CUDA out of mem"),
        (RuntimeError("Storage size calculation overflowed with sizes=[9]"), "Out of memory: Sto"),
        (RuntimeError("could not create a memory object"), "Out of memory: could not create"),
        (RuntimeError("could not create a primitive"), "Out of memory: could not create a prim"),
        (RuntimeError("could not execute a primitive"), "Out of memory: could not execute"),
        (RuntimeError("std::bad_alloc"), "Out of memory: std::bad_alloc"),
        (RuntimeError("can't start new thread"), "Out of memory: can't start new thread"),
        (ImportError("libtorch.so: failed to map segment from shared object"), "Out of memory: "),
        (OSError(28, "No space left on device", "runs/1"), "No space left on device: runs/1"),
        (PermissionError(13, "Permission denied", "/x"), "Permission denied: /x"),
        (OSError("cannot write"), "cannot write"),
        (OSError(), "OSError"),
    ],
)
def test_what_the_machine_refuses_is_one_line(multigan, monkeypatch, error, said):
    monkeypatch.setitem(recipes.RECIPES, "broken", failing(error))
    answer = multigan("recipes", "broken")
    assert answer.code == 1
    assert answer.err.startswith(f"multigan recipes: {said}")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    "bug",
    [
        ZeroDivisionError("1 / 0"),
        RuntimeError("shapes (2, 3)"),
        RuntimeError("could not create a primitive descriptor for a convolution"),
        ImportError("cannot import name 'x'"),
    ],
)
def test_a_bug_keeps_its_traceback(multigan, monkeypatch, bug):
    monkeypatch.setitem(recipes.RECIPES, "broken", failing(bug))
    with pytest.raises(type(bug)):
        multigan("recipes", "broken")
