"""Beside the previews lies a sheet of real samples, and it changes nothing of the training."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests.notebook.conftest import tiny_session


def pixels(file: Path) -> np.ndarray:
    with Image.open(file) as image:
        return np.asarray(image)


def test_real_samples_lie_beside_the_previews_a_row_for_each_class(finished):
    (sheet,) = finished.real_files()
    real, preview = pixels(sheet), pixels(finished.sample_files()[-1])
    assert real.shape == preview.shape
    assert real.std() > 30, "it shows something"
    assert sheet not in finished.sample_files()


def test_a_run_that_previews_nothing_draws_none(tmp_path: Path):
    assert tiny_session(tmp_path, steps=2, look_every=0).fit().real_files() == []
