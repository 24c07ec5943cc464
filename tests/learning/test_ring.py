"""The default game reaches every mode of a ring of Gaussians, whatever the seed."""

import pytest
import torch

from multigan.core.draws import seeded
from multigan.data.synthetic import Ring as RingSource
from multigan.metrics import mode_coverage
from tests.tiny import make_trainer

pytestmark = pytest.mark.learning


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_average_generator_covers_all_eight_modes(seed):
    trainer = make_trainer(seed=seed)
    trainer.fit(1500)
    with torch.no_grad(), seeded("look"):
        points = trainer.average["generator"](trainer.objective.prior.sample(2000))
    ring = RingSource(modes=8, std=0.05)
    found = mode_coverage(points, ring.centers, std=0.05)
    assert found.covered == 8
    assert min(found.counts) > 2000 / 8 / 4, "a mode gets less than a quarter of its share"
    assert found.high_quality > 0.5
