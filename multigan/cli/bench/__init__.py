"""`multigan bench`: comparisons that people publish."""

from multigan.cli.bench import doctor, modes, stacked_mnist, text_oracle
from multigan.cli.commands import Group

BENCH = Group(
    "Run comparisons that people publish: train, measure, draw.",
    {
        "doctor": doctor,
        "modes": modes,
        "stacked-mnist": stacked_mnist,
        "text-oracle": text_oracle,
    },
)
