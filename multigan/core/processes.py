"""Which of several processes this one is: `multigan train --gpus`, torchrun, accelerate, srun."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

# Of the ports that systems leave to their users, the part that none hands out by itself.
FIRST_PORT, PORTS = 20_000, 10_000


@dataclass(frozen=True)
class Place:
    """A process among those that train one run.

    Attributes:
        rank: Its number; 0 is the main one.
        world_size: How many there are, on all machines.
        local_rank: Its number among those of its machine.
        address, port: Where the main one is met.
    """

    rank: int
    world_size: int
    local_rank: int
    address: str
    port: int

    def environment(self) -> dict[str, str]:
        """Returns it as the variables that torch reads."""
        return {
            "RANK": str(self.rank),
            "WORLD_SIZE": str(self.world_size),
            "LOCAL_RANK": str(self.local_rank),
            "MASTER_ADDR": self.address,
            "MASTER_PORT": str(self.port),
        }


def find_place(environment: Mapping[str, str] | None = None) -> Place | None:
    """Returns this process's place among several, None if it is alone.

    Example:
        >>> find_place({}) is None
        True
        >>> step = {"SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "5", "SLURM_LOCALID": "1"}
        >>> found = find_place(step | {"SLURM_STEP_NODELIST": "gpu[07-08]", "SLURM_JOB_ID": "31"})
        >>> found.rank, found.address, found.port
        (5, 'gpu07', 20031)
    """
    given = os.environ if environment is None else environment
    if "WORLD_SIZE" in given:
        return _of_torch(given)
    # Of an allocation alone, where nobody has said srun, there is one process.
    if "SLURM_STEP_NUM_TASKS" in given and "SLURM_PROCID" in given:
        return _of_slurm(given)
    return None


def is_main_process() -> bool:
    """Whether this is the process that talks to people."""
    place = find_place()
    return place is None or place.rank == 0


def _of_torch(given: Mapping[str, str]) -> Place | None:
    count, rank = int(given["WORLD_SIZE"]), int(given.get("RANK", "0"))
    address, port = given.get("MASTER_ADDR", "127.0.0.1"), int(given.get("MASTER_PORT", "29500"))
    local = int(given.get("LOCAL_RANK", given.get("RANK", "0")))
    return Place(rank, count, local, address, port) if count > 1 else None


def _of_slurm(given: Mapping[str, str]) -> Place | None:
    count = int(given["SLURM_STEP_NUM_TASKS"])
    nodes = given.get("SLURM_STEP_NODELIST") or given.get("SLURM_JOB_NODELIST") or "127.0.0.1"
    port = FIRST_PORT + int(given.get("SLURM_JOB_ID", "0")) % PORTS
    rank, local = int(given["SLURM_PROCID"]), int(given.get("SLURM_LOCALID", "0"))
    return Place(rank, count, local, first_node(nodes), port) if count > 1 else None


def first_node(nodes: str) -> str:
    """Returns the first machine of SLURM's list.

    Example:
        >>> first_node("gpu[07-09,12],login1"), first_node("a1,a2"), first_node("r[1-2]n[3-4]")
        ('gpu07', 'a1', 'r1n3')
    """
    first = re.split(r",(?![^\[]*\])", nodes)[0]
    return re.sub(r"\[([^\],-]+)[^\]]*\]", r"\1", first)
