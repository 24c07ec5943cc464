"""Runs existing tests on a pretend GPU, whatever device they ask for.

python -m pytest -p tests.pretend_gpu.plugin --pretend-gpu tests/runs/test_session.py
"""

from collections.abc import Iterator

import pytest

from tests.pretend_gpu import pretend_gpu, register


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pretend-gpu", action="store_true", help="train on a pretend GPU")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--pretend-gpu"):
        register()  # before the process's first backward pass: autograd counts devices once


@pytest.fixture(autouse=True)
def pretending(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not request.config.getoption("--pretend-gpu"):
        yield
        return
    import multigan.core.engine
    import multigan.sampling.pipeline

    real = multigan.core.engine.pick_device

    def pick(name: str = "auto"):
        return real("cuda" if name in ("auto", "cpu") else name)

    for module in (multigan.core.engine, multigan.sampling.pipeline):
        monkeypatch.setattr(module, "pick_device", pick)
    with pretend_gpu():
        yield
