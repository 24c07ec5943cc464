"""A part of a batch sees its rows of the mask that the whole batch would have."""

import pytest
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from multigan.core.draws import part_of, seeded

ROWS, PARTS = 6, 3


def whole_and_parts(run, values):
    """Returns what `run` makes of all rows, and of the parts, put together."""
    with seeded(1):
        whole = run(values)
    pieces = []
    for index, piece in enumerate(values.chunk(PARTS)):
        with seeded(1), part_of(index, PARTS):
            pieces.append(run(piece))
    return whole, torch.cat(pieces)


@pytest.mark.parametrize("shape", [(ROWS,), (ROWS, 5), (ROWS, 4, 7)])
def test_parts_have_the_rows_of_the_whole_mask(shape):
    drop = nn.Dropout(0.4)
    whole, parts = whole_and_parts(drop, torch.randn(shape))
    assert torch.equal(whole, parts)
    first, second, _ = whole_and_parts(drop, torch.ones(ROWS, 50))[1].chunk(PARTS)
    assert not torch.equal(first, second)


def test_a_mask_lies_in_memory_as_the_values_do():
    values = torch.randn(4, ROWS, 7).transpose(0, 1)
    whole, parts = whole_and_parts(nn.Dropout(0.4), values)
    assert torch.equal(whole, parts)


def test_without_training_nothing_is_dropped():
    values = torch.randn(ROWS, 5)
    assert torch.equal(*whole_and_parts(nn.Dropout(0.4).eval(), values))
    assert torch.equal(whole_and_parts(nn.Dropout(0.4).eval(), values)[1], values)


@pytest.mark.parametrize("causal", [True, False])
def test_attention_drops_the_rows_of_the_whole_mask(causal):
    def attend(values):
        return scaled_dot_product_attention(
            values, values.flip(-1), values.cos(), dropout_p=0.3, is_causal=causal
        )

    whole, parts = whole_and_parts(attend, torch.randn(ROWS, 2, 5, 4))
    torch.testing.assert_close(whole, parts)


def test_attention_takes_masks_of_both_kinds():
    values, allowed = torch.randn(ROWS, 2, 5, 4), torch.rand(5, 5) < 0.8
    allowed.fill_diagonal_(True)
    for mask in (allowed, torch.zeros(5, 5).masked_fill(~allowed, -torch.inf)):
        whole, parts = whole_and_parts(
            lambda v, mask=mask: scaled_dot_product_attention(v, v, v, mask, dropout_p=0.3), values
        )
        torch.testing.assert_close(whole, parts)
