"""Clouds of points as pictures."""

import torch

from multigan.notebook import scatter
from multigan.notebook.plane import BACKGROUND, SIZE


def test_a_point_is_where_it_belongs_and_the_first_cloud_is_grey():
    picture = scatter(torch.tensor([[0.8, 0.8]]), torch.tensor([[-0.8, -0.8]]), limit=1.6)
    upper_right, lower_left = (
        picture.getpixel((SIZE * x // 4, SIZE * y // 4)) for x, y in [(3, 1), (1, 3)]
    )
    assert max(upper_right) - min(upper_right) == 0
    assert max(lower_left) - min(lower_left) > 50
    assert picture.getpixel((SIZE // 4, SIZE // 4)) == BACKGROUND
