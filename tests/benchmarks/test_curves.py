"""Curves of several models in one picture."""

from PIL import Image

from benchmarks.common.curves import COLORS, Curve, write_curves


def test_a_picture_has_the_curves_in_their_colors(tmp_path):
    curves = {
        "mle": Curve([(7, 9), (8, 7), (9, 6)]),
        "published": Curve([(7, 8.26), (9, 6.26)], dashed=True),
        "perfect": Curve([(5.75, 5.75)]),
    }
    path = write_curves(tmp_path / "curve.png", "Title", curves, x_label="x", y_label="y")
    with Image.open(path) as image:
        assert image.size == (900, 620)
        counts = {color: count for count, color in image.convert("RGB").getcolors(2**24)}
    assert all(counts.get(color, 0) > 20 for color in COLORS[:3])
    assert counts[(255, 255, 255)] > 0.7 * 900 * 620


def test_points_in_one_place_are_drawn(tmp_path):
    curves = {"one": Curve([(1, 1)])}
    path = write_curves(tmp_path / "one.png", "", curves, x_label="", y_label="")
    assert path.stat().st_size > 1000
