"""`$name` and the body of a cell."""

from pathlib import Path

import pytest

from multigan.errors import ConfigError
from multigan.notebook.values import NotebookObject, changes_of, given_value, words_of

NAMES = {"count": 5, "where": Path("a b"), "loss": "hinge", "thing": object(), "sizes": [1, 2]}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("train digits --steps $count", ["train", "digits", "--steps", "5"]),
        ("--data=$where", ["--data=a b"]),
        ("--set loss=$loss", ["--set", "loss=hinge"]),
        ("--set sizes=$sizes", ["--set", "sizes=[1, 2]"]),
        ("'a b' c$count", ["a b", "c$count"]),
        ("", []),
    ],
)
def test_values_become_words(line, words):
    assert words_of(line, NAMES) == words


@pytest.mark.parametrize("line", ["--data $thing", "--data=$thing"])
def test_objects_stay_objects(line):
    option, given = words_of(line, NAMES)
    assert option == "--data"
    assert isinstance(given, NotebookObject)
    assert given_value(given) is NAMES["thing"]
    assert given_value(option) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [("$missing", "no variable"), ("--set a=$thing", "wants a number"), ("'", "cannot be read")],
)
def test_what_cannot_be_put_in_is_said(line, reason):
    with pytest.raises(ConfigError, match=reason):
        words_of(line, NAMES)


def test_a_body_is_one_change_a_line():
    body = "# first\nloss = $loss  # a remark\n\nname=a#b\nsteps= 5"
    assert changes_of(body, NAMES) == ["loss=hinge", "name=a#b", "steps=5"]
