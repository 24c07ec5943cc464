"""Every test runs on one thread, in a folder of its own, with its own cache."""

import os

# Before torch is imported: two workers with one thread each are far faster here than with two.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"

from pathlib import Path

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def same_draws_every_time() -> None:
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def own_configuration(tmp_path_factory, monkeypatch) -> Path:
    folder = tmp_path_factory.mktemp("configuration")
    monkeypatch.setenv("MULTIGAN_CONFIG", str(folder))
    return folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("MULTIGAN_CACHE", str(folder))
    return folder
