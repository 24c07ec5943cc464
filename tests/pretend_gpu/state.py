"""What the pretend GPUs are at the moment. One of each a process."""

from dataclasses import dataclass, field

import torch

from tests.pretend_gpu.record import Record

Generator = torch.Generator  # the real one: it is stood in for while pretending


@dataclass
class State:
    """How many devices there are, which is current, and their generators of random numbers."""

    pretending: bool = False
    refuse_float64: bool = False
    count: int = 1
    current: int = 0
    memory: int = 64 << 30
    initialized: bool = False  # stays: torch asks once in a process
    generators: list[torch.Generator] = field(default_factory=list)
    seeded: set[int] = field(default_factory=set)
    on_device: dict[int, torch.Generator] = field(default_factory=dict)
    record: Record = field(default_factory=Record)

    def begin(self, count: int, refuse_float64: bool) -> None:
        """Makes `count` fresh devices."""
        self.pretending, self.refuse_float64 = True, refuse_float64
        self.count, self.current, self.seeded = count, 0, set()
        # A real device's first seed is fixed, too; nobody should rely on it.
        self.generators = [Generator().manual_seed(1000 + index) for index in range(count)]
        self.record.clear()

    def index(self, device: object) -> int:
        """Returns the number of a device that is named in any of torch's ways."""
        if device is None:
            return self.current
        if isinstance(device, int):
            return device
        named = torch.device(device)
        return self.current if named.index is None else named.index


STATE = State()
