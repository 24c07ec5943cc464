"""Whoever builds a folder of the cache does it alone, and cleans up after those who were killed."""

import os
import subprocess
import sys
import threading
import time

import pytest

from multigan.files import building_alone

FOUR = """
import os, sys, time
from multigan.data.reading import Reading
from multigan.modalities.image.load.load import load_images

log = sys.argv[3]
decode = Reading.decode

def slow(*given):
    with open(log, "a") as file:
        file.write("decoded\\n")
    time.sleep(0.3)
    return decode(*given)

Reading.decode = slow
children = []
for _ in range(4):
    child = os.fork()
    if child == 0:
        try:
            loaded = load_images(sys.argv[1], cache=sys.argv[2], memory_bytes=1)
            os._exit(0 if len(loaded) == 7 else 2)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    children.append(child)
sys.exit(any(os.waitpid(child, 0)[1] for child in children))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_four_processes_decode_once(tmp_path):
    from tests.data.pictures import folder_of, numbered

    data, cache, log = folder_of(tmp_path / "set", numbered()), tmp_path / "cache", tmp_path / "log"
    command = [sys.executable, "-c", FOUR, str(data), str(cache), str(log)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert log.read_text() == "decoded\n"
    assert [path.name[:7] for path in cache.iterdir()] == ["images-"]


def test_threads_take_turns(tmp_path):
    inside, most = [], []

    def build() -> None:
        with building_alone(tmp_path / "a"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=build) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8
    assert list(tmp_path.iterdir()) == []  # no lock file stays


def test_what_killed_builders_left_is_removed_and_nothing_else(tmp_path):
    for name in (".a.x1.tmp", ".a.x2.old", ".ab.x3.tmp", ".a.b.x4.tmp", ".a.json", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pixels.npy").write_bytes(b"many")
    (tmp_path / ".a.x5.tmp").write_bytes(b"a file")
    with building_alone(tmp_path / "a"):
        left = {path.name for path in tmp_path.iterdir()}
    assert left == {".a.lock", ".ab.x3.tmp", ".a.b.x4.tmp", ".a.json", "a"}


def test_an_error_gives_the_lock_back(tmp_path):
    with pytest.raises(ValueError, match="full"), building_alone(tmp_path / "a"):
        raise ValueError("full")
    with building_alone(tmp_path / "a"):
        pass
