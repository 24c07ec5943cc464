"""Loader options come from JSON and from command lines: wrong ones are answered in one line."""

import pytest

from multigan.errors import ConfigError
from multigan.modalities.image.load.load import load_images
from multigan.modalities.kind import kind_of
from tests.data.pictures import folder_of, numbered


def test_a_size_from_json_is_the_same_size(tmp_path):
    folder, cache = folder_of(tmp_path / "set", numbered()), tmp_path / "cache"
    sets = [
        load_images(folder, size=size, memory_bytes=1, cache=cache) for size in ([8, 12], (8, 12))
    ]
    assert sets[0].fingerprint == sets[1].fingerprint
    assert len(list(cache.iterdir())) == 1
    assert (sets[0].height, sets[0].width) == (8, 12)
    assert load_images("digits", size=[8, 8]).height == 8


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": [8]}, r"size must be .* or a list of 2 .*, not \[8\]\. Height and width"),
        ({"size": "abc"}, "data.size must be a whole number or a list of 2 .*, not 'abc'"),
        ({"size": 8.0}, r"size must be .*, not 8\.0"),
        ({"size": [8, "a"]}, "size must be a whole number, not 'a'"),
        ({"size": True}, "size must be .*, not True"),
        ({"limit": "x"}, "limit must be a whole number of at least 1, or null, not 'x'. Use this"),
        ({"limit": 1.5}, r"limit must be .*, not 1\.5"),
        ({"channels": "3"}, "channels must be one of 1, 3, 4, or null, not '3'. 1 .grey., 3 .RGB."),
        ({"max_unreadable": "x"}, "max_unreadable must be a finite number from 0 to 1, not 'x'"),
        ({"memory_bytes": "x"}, "memory_bytes must be a whole number .*or null, not 'x'"),
        ({"streaming": "no"}, "streaming must be true or false, not 'no'"),
        ({"split": 3}, "split must be a text, not 3"),
        ({"label_column": 3}, "label_column must be a text or a list, .*, or null, not 3"),
        ({"cache": 3}, "cache must be a path, or null, not 3"),
        ({"fit": ["crop"]}, "fit must be one of crop, pad, stretch, not"),
        ({"foo": 1}, r"There is no data.foo\. Known: .*size, channels"),
        ({"limt": 1}, r"There is no data.limt\. Did you mean 'limit'\?"),
        ({"data": 1}, "There is no data.data"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ConfigError, match=message) as raised:
        kind_of("image").load("digits", **options)
    assert "\n" not in str(raised.value)
