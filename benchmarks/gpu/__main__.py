"""Whether everything works on this GPU as on a CPU, and how fast: a page to send.

    python -m benchmarks gpu                              # at most seven minutes
    python -m benchmarks gpu --parts speed --recipes image r3gan
    python -m benchmarks gpu --device cpu --minutes 2     # tries the bench itself
    python -m benchmarks gpu --device pretend --minutes 2 # on a GPU pretended on CPU memory

Parts, in this order:
  sessions    every recipe trains, is looked at, resumes and samples
  equality    losses of first steps beside those of the CPU, of the same draws
  waits       the first line at which a step makes the host wait (torch's sync debug mode)
  repeatable  twice with one seed, and resumed in the middle: bit by bit (deterministic=true)
  speed       ms a step, memory, the share in which the GPU works; float32, tf32, bfloat16, float16

It needs no network. `--json PATH` writes what was found, and a page beside it, in Markdown.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import torch

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.gpu.checks import equality, repeatable, sessions, waits
from benchmarks.gpu.page import faults, page
from benchmarks.gpu.speed import speed
from benchmarks.gpu.trial import Trial, attempted
from multigan.core.engine import pick_device
from multigan.files import write_atomic
from multigan.modalities.recipes import RECIPES

PARTS: dict[str, Callable[[Trial], Any]] = {
    "sessions": sessions,
    "equality": equality,
    "waits": waits,
    "repeatable": repeatable,
    "speed": speed,
}


def main() -> int:
    """Runs the parts, prints and writes what was found; 1 if something is not right."""
    parser = make_parser(__doc__)
    parser.add_argument("--device", choices=("cuda", "cpu", "pretend"), default="cuda")
    parser.add_argument("--minutes", type=float, default=7.0, help="nothing new begins after them")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--recipes", nargs="*", metavar="NAME", default=list(RECIPES))
    options, place = start(parser)
    os.environ.setdefault("MULTIGAN_CACHE", tempfile.mkdtemp())
    result = place | {"minutes": options.minutes, "parts": {}}
    with ExitStack() as stack:
        if options.device == "pretend":
            from tests.pretend_gpu import pretend_gpu

            stack.enter_context(pretend_gpu())
        trial = Trial(
            pick_device("cpu" if options.device == "cpu" else "cuda"),
            options.device,
            options.recipes,
            time.monotonic() + 60 * options.minutes,
        )
        result |= _of_the_device(trial)
        for name in options.parts:
            began = time.monotonic()
            result["parts"][name] = attempted(lambda name=name: PARTS[name](trial))
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(page(result))
    wrong = faults(result["parts"])
    print("\n".join(["Not right:", *wrong]) if wrong else "All that was tried is right.")
    finish(result, options.json)
    if options.json is not None:
        write_atomic(options.json.with_suffix(".md"), page(result).encode())
    return int(bool(wrong))


def _of_the_device(trial: Trial) -> dict[str, Any]:
    if not trial.is_real:
        return {"device": trial.kind}
    properties = torch.cuda.get_device_properties(trial.device)
    return {
        "device": properties.name,
        "GiB": round(properties.total_memory / 2**30, 1),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
    }


if __name__ == "__main__":
    sys.exit(main())
