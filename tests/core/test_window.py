"""Loss windows: means, divergence, memory."""

import pytest
import torch

from multigan.core.engine import Engine
from multigan.core.window import LossWindow
from multigan.errors import DivergedError


def test_a_term_that_is_not_always_due_is_averaged_over_its_own_steps():
    window = LossWindow()
    window.add({"a": torch.tensor(1.0), "b": torch.tensor(6.0)}, 1)
    window.add({"a": torch.tensor(3.0)}, 2)
    assert window.means(2, Engine()) == {"a": 2.0, "b": 6.0}
    window.clear()
    assert window.means(2, Engine()) == {}


def test_what_is_recent_is_told_once_and_leaves_the_window_as_it_is():
    window = LossWindow()
    window.add({"a": torch.tensor(1.0), "b": torch.tensor(6.0)}, 1)
    assert window.recent(1, Engine()) == {"a": 1.0, "b": 6.0}
    window.add({"a": torch.tensor(3.0)}, 2)
    window.add({"a": torch.tensor(5.0)}, 3)
    assert window.recent(3, Engine()) == {"a": 4.0}
    assert window.recent(3, Engine()) == {}
    assert window.means(3, Engine()) == {"a": 3.0, "b": 6.0}


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_non_finite_value_is_found_later_and_located(bad):
    window = LossWindow()
    for step in range(11, 21):
        window.add(
            {"d/a": torch.tensor(bad if step == 13 else 1.0), "g/a": torch.tensor(1.0)}, step
        )
    with pytest.raises(DivergedError, match="between 11 and 20 made d/a non-finite"):
        window.means(20, Engine())


def test_a_window_of_one_step_names_the_step():
    window = LossWindow()
    window.add({"a": torch.tensor(float("nan"))}, 7)
    with pytest.raises(DivergedError, match="Step 7 made a non-finite"):
        window.means(7, Engine())
