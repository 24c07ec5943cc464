"""Runs commands of multigan, each in a process of its own that has torch imported already.

First says which multigan it is. Then it reads one JSON object a line, `{"words": [...], "folder":
...}`, and answers each with `{"code": ..., "said": ...}`. Importing torch takes longer than a tiny
run does; nothing of multigan is imported before the process forks, so commands know nothing of one
another. POSIX only.
"""

import json
import os
import runpy
import sys
import tempfile
import traceback
import warnings
from importlib import import_module
from importlib.util import find_spec
from typing import Any

PRELOADED = ("torch", "torch._dynamo", "sklearn.datasets", "scipy.stats", "safetensors.torch")


def serve() -> None:
    """Answers until there is nothing more to read."""
    for name in PRELOADED:
        import_module(name)
    spec = find_spec("multigan")
    print(json.dumps(spec and spec.origin), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Runs one command in a forked process and returns its exit code and its output."""
    with tempfile.TemporaryFile() as output:
        with warnings.catch_warnings(action="ignore"):  # of Python 3.12: threads are not forked
            child = os.fork()
        if child == 0:
            os._exit(run(asked["words"], asked["folder"], output.fileno()))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        output.seek(0)
        return {"code": code, "said": output.read().decode(errors="replace")}


def run(words: list[str], folder: str, output: int) -> int:
    """Is `python -m multigan WORDS` in `folder`, as far as the rest of the process goes."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(folder)
    sys.argv = ["multigan", *words]
    try:
        runpy.run_module("multigan", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    serve()
