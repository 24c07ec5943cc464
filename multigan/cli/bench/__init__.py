"""`multigan bench`: what a user measures on a machine of their own."""

from multigan.cli.bench import data_speed, modes, relocated, sample_speed, step_speed
from multigan.cli.commands import Group

BENCH = Group(
    "Measure this machine: steps, batches and samples a second; and which games keep all modes.",
    {
        "step": step_speed,
        "data": data_speed,
        "sample": sample_speed,
        "modes": modes,
        **{name: relocated.Moved(name) for name in ("doctor", "stacked-mnist", "text-oracle")},
    },
)
