"""The gallery's cards say what its bench measures, and its members are those that it makes."""

import os
from pathlib import Path

import pytest

from benchmarks.gallery.__main__ import SOUNDFONT, words_of
from benchmarks.gallery.emoji import CLASSES, FONT, write_emoji
from benchmarks.gallery.members import MEMBERS, Sources
from benchmarks.gallery.packing import asked_recipe, measured
from multigan.cli import make_parser
from multigan.errors import DataError
from multigan.modalities.recipes import recipe
from multigan.sampling.gallery import PREFIX, members, read_card
from multigan.sampling.pipeline import Pipeline

DATA = Path(os.environ.get("MULTIGAN_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
SHIPPED = [name.removeprefix(PREFIX) for name in members()]


def test_what_is_shipped_is_what_the_bench_makes():
    assert set(SHIPPED) <= set(MEMBERS)


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_is_trained_by_a_command_that_people_can_type(name):
    args = make_parser().parse_args(words_of(name, MEMBERS[name], "data"))
    assert (args.recipe, args.resume_or_start) == (MEMBERS[name].recipe, name)
    recipe(MEMBERS[name].recipe).changed(MEMBERS[name].changes)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_repeats_what_the_bench_says(name):
    card, member = read_card(PREFIX + name), MEMBERS[name]
    stated = card["recipe"], card["license"], card["source"], card["steps"]
    assert stated == (member.recipe, member.license, member.source, member.changes["steps"])
    assert card["limits"] == list(member.limits)
    assert [metric["name"] for metric in card["metrics"]] == list(member.metrics)


def test_missing_sources_are_named(tmp_path):
    sources = Sources(tmp_path, tmp_path / "none.sf2", tmp_path / "none.ttf", tmp_path)
    for member in MEMBERS.values():
        with pytest.raises(DataError, match="There is no"):
            member.data(sources)


@pytest.mark.skipif(not FONT.is_file(), reason="needs Debian's fonts-noto-color-emoji")
@pytest.mark.slow
def test_emoji_are_drawn_once_and_split(tmp_path):
    folder = write_emoji(tmp_path / "emoji")
    train, test = (list((folder / split).rglob("*.png")) for split in ("train", "test"))
    assert {path.parent.name for path in train} == {path.parent.name for path in test}
    assert {path.parent.name for path in train} == set(CLASSES)
    pictures = [path.read_bytes() for path in (*train, *test)]
    assert len(set(pictures)) == len(pictures) > 1000


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_says_what_is_measured(name, tmp_path):
    sources = Sources(DATA, SOUNDFONT, FONT, tmp_path)
    try:
        asked_recipe(MEMBERS[name], sources)
    except DataError as error:
        pytest.skip(str(error))
    found = measured(Pipeline.from_pretrained(PREFIX + name), MEMBERS[name], sources)
    for result, stated in zip(found, read_card(PREFIX + name)["metrics"], strict=True):
        assert result.name == stated["name"]
        # Classifiers are trained anew, and processors differ in the last bits.
        assert result.value == pytest.approx(stated["value"], rel=0.1, abs=0.03), result.name
