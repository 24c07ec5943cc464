"""How many generated samples of each class."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multigan.errors import ConfigError
from multigan.runs.synthesis.quotas import balancing, in_proportion, number_to_generate

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(any)


@given(st.integers(1, 1000), st.floats(0.01, 0.99))
def test_the_ratio_is_the_generated_share(num_real, ratio):
    made = number_to_generate(num_real, ratio)
    assert abs(made - ratio * (num_real + made)) <= 0.5


@pytest.mark.parametrize("ratio", [0, -0.1, 1.1])
def test_other_ratios_are_refused(ratio):
    with pytest.raises(ConfigError, match="above 0 and at most 1"):
        number_to_generate(10, ratio)


@given(st.integers(0, 200), COUNTS)
def test_proportions_are_kept_to_within_one(total, counts):
    parts = in_proportion(total, counts)
    assert sum(parts) == total
    for part, count in zip(parts, counts, strict=True):
        assert abs(part - total * count / sum(counts)) < 1


@given(st.integers(0, 100), COUNTS)
def test_balancing_never_lets_a_rare_class_wait(total, counts):
    parts = balancing(total, counts)
    assert sum(parts) == total
    filled = [count + part for count, part in zip(counts, parts, strict=True)]
    for count, part in zip(counts, parts, strict=True):
        if part:  # a class that got something is no fuller than the emptiest, but for one
            assert count + part <= min(filled) + 1
