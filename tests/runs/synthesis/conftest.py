"""One run as small as they come."""

from pathlib import Path

import pytest

from multigan import ImageTrainer
from multigan.runs.run import Run

TINY = {"generator.width": 4, "discriminator.width": 4, "batch_size": 8, "data.limit": 100}


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> Run:
    """A run on a hundred digits that has hardly begun."""
    out: Path = tmp_path_factory.mktemp("runs")
    return ImageTrainer("digits", steps=2, out=out, changes=TINY).fit()
