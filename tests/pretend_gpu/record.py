"""What happens on the pretend GPU, counted by the line of the project that asked for it."""

import sys
from collections import Counter
from pathlib import Path

PROJECT = f"{Path(__file__).resolve().parents[2] / 'multigan'}/"
OWN = f"{Path(__file__).resolve().parent}/"


class Record:
    """What happened since the last `clear`.

    Attributes:
        waits: Times that the host waited, by (what for, where).
        kernels: Times that an operation ran.
        unseeded: Draws from a generator that nobody had seeded, by (operation, where).
        copies: Tensors sent between host and device, by (direction, where).
        recurrent: Calls of recurrent layers, by (where, whether the weights lie in one piece).
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forgets everything."""
        self.waits: Counter[tuple[str, str]] = Counter()
        self.kernels: Counter[str] = Counter()
        self.unseeded: Counter[tuple[str, str]] = Counter()
        self.copies: Counter[tuple[str, str]] = Counter()
        self.recurrent: Counter[tuple[str, bool]] = Counter()

    def wait(self, reason: str) -> None:
        """Notes that the host waits for the device."""
        self.waits[reason, asking_line()] += 1

    def uncompacted(self) -> Counter[str]:
        """Returns where recurrent layers ran on weights that lie in pieces."""
        return Counter({where: n for (where, whole), n in self.recurrent.items() if not whole})


def asking_line() -> str:
    """Returns the innermost line of the project that led here, as "core/game.py:12"."""
    frame = sys._getframe(1)
    other = "autograd"
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(PROJECT):
            return f"{name.removeprefix(PROJECT)}:{frame.f_lineno}"
        if other == "autograd" and "/torch/" not in name and not name.startswith(OWN):
            other = f"{Path(name).name}:{frame.f_lineno}"
        frame = frame.f_back
    return other
