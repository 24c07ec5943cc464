"""`multigan bench`: comparisons that people publish."""

from multigan.cli.bench import text_oracle
from multigan.cli.commands import Group

BENCH = Group(
    "Run comparisons that people publish: train, measure, draw.", {"text-oracle": text_oracle}
)
