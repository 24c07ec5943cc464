"""Real captions and published samples, where they are."""

import os
from pathlib import Path

import pytest

FOLDER = Path(
    os.environ.get("MULTIGAN_TEST_DATA", Path(__file__).parents[4] / ".." / "shared" / "data")
)

needs_captions = pytest.mark.skipif(
    not (FOLDER / "texygen-samples").is_dir(),
    reason=f"no captions in {FOLDER}; set MULTIGAN_TEST_DATA to where they are",
)


def read_lines(name: str) -> list[str]:
    return (FOLDER / name).read_text(encoding="utf-8").splitlines()
