"""Freed memory is kept where glibc is, and left alone where the environment says how."""

import subprocess
import sys
from pathlib import Path

import pytest

from multigan.core import heap

FAULTS = """
import resource
import sys
import torch
import multigan
from multigan.cli import main
from multigan.modalities.recipes import recipe
from multigan.runs.session import start
match sys.argv[1]:
    case "train":
        start(recipe("digits"), out=sys.argv[2], device="cpu")
    case "command":
        main(["--version"])
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for quarters in range(64, 128):
    torch.ones(quarters << 16)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(monkeypatch, folder: Path, act: str, *, tuned: bool = False) -> int:
    """Of 64 tensors of 16 to 32 MiB, in a new process that has done something before.

    Each is larger than the one before: glibc on its own takes a larger block from the kernel than
    any that was freed, whatever the heap looks like. Equal blocks it may keep, by chance.
    """
    for name in heap.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    if tuned:
        monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.trim_threshold=131072")
    done = subprocess.run(
        [sys.executable, "-c", FAULTS, act, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])


@pytest.mark.skipif(not heap._is_glibc(), reason="another C library")
@pytest.mark.slow
def test_memory_is_used_again_once_a_cpu_trains_unless_the_environment_says_how(
    monkeypatch, tmp_path
):
    untouched = page_faults(monkeypatch, tmp_path, "import")
    assert page_faults(monkeypatch, tmp_path, "train") < untouched / 5
    assert page_faults(monkeypatch, tmp_path, "command") < untouched / 5
    assert page_faults(monkeypatch, tmp_path, "train", tuned=True) > untouched / 2


def test_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "131072")
    assert not heap.keep_freed_memory()


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr("os.confstr", lambda name: None)
    assert not heap.keep_freed_memory()
