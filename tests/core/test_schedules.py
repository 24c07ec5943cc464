"""Schedules at the points where they are known."""

import pytest

from multigan.core.schedules import SHAPES, Schedule
from multigan.errors import ConfigError


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_goes_from_start_to_end_through_the_middle_and_stays(shape):
    schedule = Schedule(2.0, 6.0, over=1000, shape=shape)
    values = [schedule(n) for n in (0, 500, 1000, 5000)]
    assert values == pytest.approx([2, 4, 6, 6])


def test_half_cosine_is_flat_at_both_ends():
    schedule = Schedule(0.0, 1.0, over=1000)
    assert schedule(10) < 0.001
    assert schedule(990) > 0.999
    assert schedule(250) == pytest.approx((1 - 0.5**0.5) / 2)


def test_wrong_schedules_are_refused():
    with pytest.raises(ConfigError, match="linear or half_cosine, not 'step'"):
        Schedule(0, 1, over=10, shape="step")
    with pytest.raises(ConfigError, match="at least one sample"):
        Schedule(0, 1, over=0)
