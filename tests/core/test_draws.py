"""Randomness is a function of (seed, step), and of the whole batch, not of its parts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor

from multigan.core.draws import normal, part_of, seed_from, seeded, uniform


def test_a_block_depends_on_its_path_alone():
    with seeded(1, 2):
        first = torch.rand(3)
    torch.rand(5)
    with seeded(1, 2):
        again = torch.rand(3)
    with seeded(1, 3):
        other = torch.rand(3)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_users_random_state_is_left_alone():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    with seeded(7):
        torch.rand(100)
    assert torch.equal(torch.rand(2), expected)


def test_the_users_random_state_is_put_back_after_an_error():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    with pytest.raises(RuntimeError), seeded(7):
        raise RuntimeError
    assert torch.equal(torch.rand(2), expected)


@pytest.mark.parametrize("draw", [normal, uniform])
@pytest.mark.parametrize("parts", [1, 2, 4])
def test_parts_of_a_batch_draw_the_rows_of_the_whole(draw, parts):
    with seeded(0):
        whole = draw(8, 3)
    pieces = []
    for index in range(parts):
        with seeded(0), part_of(index, parts):
            pieces.append(draw(8 // parts, 3))
    assert torch.equal(torch.cat(pieces), whole)


def test_seeds_of_different_paths_differ():
    seeds = {seed_from(a, b) for a in range(20) for b in ("x", "y")}
    assert len(seeds) == 40
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_threads_that_draw_at_once_get_what_each_gets_alone():
    def drawn(seed: int) -> list[Tensor]:
        values = []
        for index in range(200):
            with seeded(seed, index):
                values += [torch.randn(3), torch.rand(2)]
        return values

    alone = [drawn(seed) for seed in range(2)]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(drawn, range(2)))
    for a, b in zip(alone, together, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
