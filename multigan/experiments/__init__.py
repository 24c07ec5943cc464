"""Comparisons that people publish, from training to the picture."""

from multigan.experiments.oracle import (
    OracleRow,
    draw_rows,
    measure_oracle,
    measure_stuck,
    read_rows,
    run_recipe,
)

__all__ = [
    "OracleRow",
    "draw_rows",
    "measure_oracle",
    "measure_stuck",
    "read_rows",
    "run_recipe",
]
