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
        ({"size": [8]}, r"size is \[8\], but must be"),
        ({"size": "abc"}, "size is 'abc', but must be"),
        ({"size": 8.0}, r"size is 8\.0, but must be"),
        ({"size": [8, "a"]}, "size is .*, but must be"),
        ({"size": True}, "size is True, but must be"),
        ({"limit": "x"}, "limit is 'x', but must be a whole number"),
        ({"limit": 1.5}, r"limit is 1\.5, but must be"),
        ({"channels": "3"}, "channels is '3', but must be"),
        ({"max_unreadable": "x"}, "max_unreadable is 'x', but must be a number"),
        ({"memory_bytes": "x"}, "memory_bytes is 'x', but must be"),
        ({"streaming": "no"}, "streaming is 'no', but must be"),
        ({"split": 3}, "split is 3, but must be"),
        ({"label_column": 3}, "label_column is 3, but must be"),
        ({"cache": 3}, "cache is 3, but must be"),
        ({"fit": ["crop"]}, "no fit"),
        ({"foo": 1}, r"unexpected keyword argument 'foo'.*options are: size, channels"),
        ({"data": 1}, "multiple values for argument 'data'"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ConfigError, match=message) as raised:
        kind_of("image").load("digits", **options)
    assert "\n" not in str(raised.value)
