"""The looks at a run come one by one, and some go when it is resumed."""

from multigan.notebook.looks import Looks


def test_looks_are_read_as_they_come_and_as_they_go(tmp_path):
    folder = tmp_path / "samples"
    looks = Looks(folder)
    assert not looks.refresh()
    assert looks.newest() == []
    folder.mkdir()
    for name in ("000050.png", "000100.png", ".000150.png.x.tmp", "notes.txt"):
        (folder / name).touch()
    assert looks.refresh()
    assert not looks.refresh()
    assert (looks.steps, looks.newest()) == ([50, 100], [folder / "000100.png"])
    (folder / "000100.png").unlink()
    assert looks.refresh()
    assert looks.steps == [50]
    assert looks.files(100) == []


def test_a_picture_of_sounds_comes_with_the_sounds(tmp_path):
    for name in ("000999.wav", "000999.png", "1000000.wav", "1000000.png"):
        (tmp_path / name).touch()
    looks = Looks(tmp_path)
    looks.refresh()
    assert [file.name for file in looks.files(999)] == ["000999.png", "000999.wav"]
    assert [file.name for file in looks.newest()] == ["1000000.png", "1000000.wav"]
