"""Begins a sweep, or goes on with it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from multigan.config import Recipe
from multigan.runs.sweep.grid import varied
from multigan.runs.sweep.places import Place, on_gpus, on_this_machine, threads_each
from multigan.runs.sweep.scheduler import Scheduler
from multigan.runs.sweep.sweep_folder import SweepFolder, make_sweep, same_sweep
from multigan.runs.sweep.sweep_page import write_page
from multigan.runs.sweep.sweep_plan import SweepPlan, make_plan


def sweep(
    recipe: Recipe,
    set: Mapping[str, Any] | None = None,
    *,
    seeds: Sequence[int] = (),
    metric: str = "",
    draws: int = 0,
    draw_seed: int = 0,
    keep: str = "",
    jobs: int = 0,
    gpus: Sequence[int] = (),
    device: str = "auto",
    out: str | Path = "runs",
    on_note: Callable[[str], None] = lambda said: None,
) -> SweepFolder:
    """Trains a recipe with many settings and seeds, and returns what came of it.

    Called again with the same arguments it goes on where it was stopped or killed, and returns at
    once when all is done.

    Args:
        recipe: What is varied, e.g. `multigan.recipe("digits")`.
        set: What is tried by dotted path: a list, or a range as text, "0.01..1:log:5".
        seeds: Each setting is trained with each of them; none for the recipe's own.
        metric: By which runs are compared; "" for the recipe's.
        draws: Draw so many settings at random instead of trying all combinations.
        draw_seed: Of the draws.
        keep: The share of the settings that goes on after a ninth and a third of the steps, e.g.
            "1/3"; "" for all.
        jobs: How many runs are trained at a time; 0 for one, or one on each GPU.
        gpus: Train on these, by number.
        device: Where to train without `gpus`.
        out: Where the sweep's folder is made.
        on_note: Called with a sentence whenever a run has ended.

    Raises:
        ConfigError: A setting cannot be; then no run has begun.
        RunError: Another process is at work on the same sweep.
    """
    wanted = {name: varied(name, value) for name, value in (set or {}).items()}
    search: Any = "draws" if draws else "grid"
    plan = make_plan(
        recipe.with_plugins(), wanted, seeds,
        metric=metric, search=search, draws=draws, draw_seed=draw_seed, keep=keep,
    )  # fmt: skip
    places = on_gpus(gpus, jobs) if gpus else on_this_machine(jobs or 1, device)
    found = found_or_made(plan, Path(out), places)
    work(found, places, on_note=on_note)
    return found


def found_or_made(
    plan: SweepPlan, out: Path, places: Sequence[Place], name: str = ""
) -> SweepFolder:
    """Returns the sweep of which the same was asked before, or else a new one.

    Raises:
        ConfigError: A setting cannot be.
    """
    found = same_sweep(out, plan)
    return found or make_sweep(out, name or plan.recipe.name, plan, threads_each(places))


def work(
    found: SweepFolder,
    places: Sequence[Place],
    *,
    retry: bool = False,
    on_note: Callable[[str], None] = lambda said: None,
) -> bool:
    """Trains what a sweep has left, and returns whether all is done.

    Args:
        found: The sweep.
        places: How many runs are trained at a time, and where.
        retry: Try runs again that have failed.
        on_note: Called with a sentence whenever a run has ended.

    Raises:
        RunError: Another process is at work on it.
    """
    with found.lock():
        found.refresh()
        scheduler = Scheduler(found, places, note=on_note, changed=lambda: _draw(found, on_note))
        try:
            return scheduler.work(retry=retry)
        finally:
            _draw(found, on_note)


def _draw(found: SweepFolder, on_note: Callable[[str], None]) -> None:
    try:
        write_page(found)
    except Exception as error:  # the runs are safe, whatever is wrong with their picture
        on_note(f"{found.page_file.name} could not be written: {type(error).__name__}: {error}")
