"""Measures what an open dashboard costs a run that trains in the same kernel.

    python -m benchmarks dashboard --pairs 20 --seconds 4 [--json FILE]

A real kernel trains on a thread; stretches with the dashboard open and with it closed take turns,
so a busy moment of the machine hits both. Prints the median of the ratios of neighboring
stretches, in steps a second and, for machines that do other things as well, in the processor's
time a step: all of the process, so the publisher's is in it. That share grows where other programs
leave the training little of the processor. What does not is printed besides: the processor's time a
second of all threads but the one that trains, with the dashboard less without it. A client takes in
every message, but no browser draws them: a page on the same machine would need cores of its own.
"""

import json
import statistics
import tempfile
from typing import Any

from jupyter_client.manager import start_new_kernel

from benchmarks.common.frame import finish, make_parser, start
from multigan.cli.bench.timing import spread

CELL = """
import json, threading, time, torch
from multigan.notebook import Dashboard
from multigan.notebook.background import Training
from multigan.modalities.recipes import recipe
from multigan.runs.session import start

changes = {{"steps": 10**9, "look_every": 100, "log_every": 10, "checkpoint_every": 0}}
training = Training(start(recipe("digits").changed(changes), out={out!r})).start()
time.sleep(5)  # caches warm up

trains = next(t for t in threading.enumerate() if t.name == f"multigan-{{training.run.name}}")
clock = time.pthread_getcpuclockid(trains.ident)

def read():
    used = time.process_time(), time.clock_gettime(clock)
    return training.steps_done, time.perf_counter(), *used

def measured():
    before = read()
    time.sleep({seconds})
    after = read()
    steps, seconds, used, by_training = (b - a for a, b in zip(before, after))
    return steps / seconds, used / steps, (used - by_training) / seconds

pairs = []
for index in range({pairs}):
    found = {{}}
    for shown in ((True, False) if index % 2 else (False, True)):
        view = Dashboard(training.run) if shown else None
        time.sleep(0.7)  # to open it is not what is measured
        found[shown] = measured()
        if view is not None:
            view.close()
    pairs.append([found[True], found[False]])
training.stop()
training.wait()
print(json.dumps({{"pairs": pairs, "threads": torch.get_num_threads()}}))
"""


def measure(pairs: int, seconds: float) -> dict[str, Any]:
    """Returns steps per second with and without, of each pair of stretches."""
    said: list[str] = []
    messages = 0

    def hear(message: dict[str, Any]) -> None:
        nonlocal messages
        messages += message["msg_type"].startswith("comm")
        if message["msg_type"] in ("stream", "error"):
            said.append(
                message["content"].get("text") or "\n".join(message["content"]["traceback"])
            )

    manager, client = start_new_kernel()
    with tempfile.TemporaryDirectory() as out:
        try:
            cell = CELL.format(out=out, pairs=pairs, seconds=seconds)
            client.execute_interactive(cell, output_hook=hear, timeout=None)
        finally:
            client.stop_channels()
            manager.shutdown_kernel()
    try:
        return {**json.loads(said[-1].splitlines()[-1]), "messages": messages}
    except ValueError:
        raise SystemExit("".join(said)) from None


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=4.0)
    args, result = start(parser)
    found = measure(args.pairs, args.seconds)
    speed = [shown[0] / hidden[0] for shown, hidden in found["pairs"]]
    processor = [hidden[1] / shown[1] for shown, hidden in found["pairs"]]
    threads = [shown[2] - hidden[2] for shown, hidden in found["pairs"]]
    result |= {
        "threads": found["threads"],
        "pairs": args.pairs,
        "seconds": args.seconds,
        "messages": found["messages"],
        "steps_per_second_without": statistics.median(hidden[0] for _, hidden in found["pairs"]),
        "speed_with_over_without": spread(speed),
        "steps_per_processor_second_with_over_without": spread(processor),
        "processor_share_of_other_threads_with_less_without": spread(threads),
    }
    print(json.dumps(result, indent=2))
    finish(result, args.json)
