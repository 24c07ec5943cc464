"""Whatever people name as data is loaded, with what was left out said, or refused in one line."""

import signal
from collections.abc import Iterator

import pytest

from multigan.cli import main
from multigan.errors import MultiganError
from multigan.modalities.kind import kind_of
from tests.hostile import CASES

SECONDS = 30  # for one of them, which takes milliseconds
RECIPES = {"image": "image", "audio": "speech", "text": "text"}
THROUGH_THE_SHELL = sorted(CASES)[::9]


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    def stop(*_: object) -> None:
        pytest.fail(f"It took more than {SECONDS} seconds.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_there_are_enough():
    assert len(CASES) >= 60


@pytest.mark.parametrize("name", CASES)
def test_it_is_read_or_refused_and_what_is_odd_is_said(name, tmp_path):
    kind, make, says = CASES[name]
    try:
        said = kind_of(kind).load(str(make(tmp_path)), max_unreadable=0.3).report.summary()
    except MultiganError as error:
        said = str(error)
        assert "\n" not in said
    assert says in said


@pytest.mark.parametrize("name", THROUGH_THE_SHELL)
def test_a_shell_is_told_in_one_line(name, tmp_path, capsys):
    kind, make, says = CASES[name]
    data = ["--data", str(make(tmp_path)), "--set", "data.max_unreadable=0.3"]
    code = main(["train", RECIPES[kind], *data, "--dry-run"])
    out, err = capsys.readouterr()
    assert code in (0, 1)
    assert err.count("\n") == code
    assert says in out + err
