"""Schedules at the points where they are known."""

import math

import pytest

from multigan.core.schedules import SHAPES, Schedule
from multigan.errors import ConfigError

MIDDLES = {
    "linear": 4.0,
    "half_cosine": 4.0,
    "sigmoid": 4.0,
    "quadratic": 3.0,
    "square_root": 2 + 4 * 0.5**0.5,
    "exponential": 12**0.5,
    "logarithmic": 2 + 4 * math.log(1 + 4999 / 2) / math.log(5000),
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_goes_from_start_to_end_through_the_middle_and_stays(shape):
    schedule = Schedule(2.0, 6.0, over=1000, shape=shape)
    values = [schedule(n) for n in (0, 500, 1000, 5000)]
    assert values == pytest.approx([2, MIDDLES[shape], 6, 6], rel=1e-4)
    later = Schedule(2.0, 6.0, over=1000, shape=shape, after=70)
    assert [later(n + 70) for n in (-70, 0, 500, 1000)] == pytest.approx([values[0], *values[:3]])


def test_relgan_ends_where_its_paper_says():
    """100^(2000 / 5000): the code's N = 5000 is never reached by runs of 2000 steps."""
    schedule = Schedule(1.0, 100.0, over=5000 * 64, shape="exponential")
    assert schedule(2000 * 64) == pytest.approx(6.31, abs=0.01)


def test_half_cosine_is_flat_at_both_ends():
    schedule = Schedule(0.0, 1.0, over=1000)
    assert schedule(10) < 0.001
    assert schedule(990) > 0.999
    assert schedule(250) == pytest.approx((1 - 0.5**0.5) / 2)


def test_wrong_schedules_are_refused():
    with pytest.raises(ConfigError, match="square_root, not 'step'"):
        Schedule(0, 1, over=10, shape="step")
    with pytest.raises(ConfigError, match="above 0, not 0"):
        Schedule(0, 1, over=10, shape="exponential")
    with pytest.raises(ConfigError, match="at least one sample"):
        Schedule(0, 1, over=0)
