"""A run's previews come one by one, and some go when it is resumed."""

from multigan.notebook.previews import SamplePreviews


def test_previews_are_read_as_they_come_and_as_they_go(tmp_path):
    folder = tmp_path / "samples"
    previews = SamplePreviews(folder)
    assert not previews.refresh()
    assert previews.newest() == []
    folder.mkdir()
    for name in ("000050.png", "000100.png", ".000150.png.x.tmp", "notes.txt"):
        (folder / name).touch()
    assert previews.refresh()
    assert not previews.refresh()
    assert (previews.steps, previews.newest()) == ([50, 100], [folder / "000100.png"])
    (folder / "000100.png").unlink()
    assert previews.refresh()
    assert previews.steps == [50]
    assert previews.files(100) == []


def test_a_picture_of_sounds_comes_with_the_sounds(tmp_path):
    for name in ("000999.wav", "000999.png", "1000000.wav", "1000000.png"):
        (tmp_path / name).touch()
    previews = SamplePreviews(tmp_path)
    previews.refresh()
    assert [file.name for file in previews.files(999)] == ["000999.png", "000999.wav"]
    assert [file.name for file in previews.newest()] == ["1000000.png", "1000000.wav"]
