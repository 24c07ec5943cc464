"""Many runs of one recipe: a grid or draws of its values, several seeds, one process a run.

from multigan import recipe
from multigan.runs.sweep import sweep

found = sweep(recipe("digits"), {"generator.width": [16, 32]}, seeds=range(3), jobs=2)
for setting in standings(found):
    print(setting.values, setting.mean, setting.spread)
"""

from multigan.runs.sweep.outcomes import standings
from multigan.runs.sweep.start import sweep, work
from multigan.runs.sweep.sweep_folder import SweepFolder, find_sweeps, open_sweep
from multigan.runs.sweep.sweep_plan import SweepPlan, make_plan

__all__ = [
    "SweepFolder",
    "SweepPlan",
    "find_sweeps",
    "make_plan",
    "open_sweep",
    "standings",
    "sweep",
    "work",
]
