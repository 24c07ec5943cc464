"""Freed memory is kept where glibc is, and left alone where the environment says how."""

import subprocess
import sys

import pytest

from multigan import heap

FAULTS = """
import resource
import multigan
import torch
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        torch.ones(4 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


def page_faults(monkeypatch, *, tuned: bool) -> int:
    """Of twenty times 16 MiB, in a new process."""
    for name in heap.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    if tuned:
        monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.trim_threshold=131072")
    done = subprocess.run(
        [sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(not heap._is_glibc(), reason="another C library")
@pytest.mark.slow
def test_memory_is_used_again_unless_the_environment_says_how(monkeypatch):
    assert page_faults(monkeypatch, tuned=False) < 100
    assert page_faults(monkeypatch, tuned=True) > 1000


def test_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "131072")
    assert not heap.keep_freed_memory()


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr("os.confstr", lambda name: None)
    assert not heap.keep_freed_memory()
