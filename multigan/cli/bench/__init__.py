"""`multigan bench`: comparisons that people publish."""

from multigan.cli.bench import doctor, modes, text_oracle
from multigan.cli.commands import Group

BENCH = Group(
    "Run comparisons that people publish: train, measure, draw.",
    {"doctor": doctor, "modes": modes, "text-oracle": text_oracle},
)
