"""The demo's recipe learns handwritten digits: the asked-for ones, and varied ones."""

import pytest

from multigan.modalities.recipes import recipe
from multigan.runs.evaluate import evaluate_run
from multigan.runs.session import start

pytestmark = pytest.mark.learning


@pytest.mark.timeout(400)
def test_the_demo_makes_the_digits_it_is_asked_for(tmp_path):
    run = start(recipe("digits"), out=tmp_path, device="cpu").fit()
    results = {result.name: result for result in evaluate_run(run, num_samples=1000)}
    assert results["agreement"].value > 0.95
    assert results["coverage"].value > 0.6
    assert results["diversity"].value > 0.75
