"""These tests run in processes of their own: see `make test-pretend-gpu`."""

from pathlib import Path

import pytest

from tests.pretend_gpu import can_pretend, register

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("pretend_gpu")


@pytest.fixture(autouse=True, scope="session")
def registered() -> None:
    """Before the process's first backward pass: autograd counts devices once."""
    if why := can_pretend():
        pytest.skip(f"A GPU cannot be pretended: {why}.")
    register()
