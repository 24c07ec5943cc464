"""How long something takes on this machine: the median of several turns, and their middle half."""

import statistics
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_device, add_json

if TYPE_CHECKING:
    import torch

WARM_UP = 3  # turns that are not counted


def add_timing(parser: ArgumentParser, turns: int, what: str) -> None:
    """Adds how many turns are timed, where, and how the result is printed."""
    parser.add_argument("--turns", type=int, default=turns, help=f"timed {what} ({turns})")
    add_device(parser)
    add_json(parser)


def add_recipe(parser: ArgumentParser) -> None:
    """Adds a recipe, its data, and changes of it."""
    parser.add_argument("recipe", nargs="?", default="digits", help="see `multigan recipes`")
    parser.add_argument("--data", help="a file or folder, or a name on the Hub (the recipe's)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change the recipe"
    )


def timed(work: Callable[[], object], turns: int, device: "torch.device") -> list[float]:
    """Returns the seconds of each of `turns` calls, after some that are not counted.

    Raises:
        ConfigError: There would be no turn.
    """
    from multigan.errors import ConfigError

    if turns < 1:
        raise ConfigError(f"--turns is at least 1, not {turns}.")
    spent = []
    for _ in range(WARM_UP + turns):
        begun = time.perf_counter()
        work()
        _wait_for(device)
        spent.append(time.perf_counter() - begun)
    return spent[WARM_UP:]


def _wait_for(device: "torch.device") -> None:
    """Returns when an accelerator, which works while Python goes on, has done all it was told."""
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def spread(values: Sequence[float]) -> dict[str, float]:
    """Returns the median and the quartiles of at least one value."""
    low, median, high = (
        statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else 3 * [*values]
    )
    return {"median": median, "low": low, "high": high}


def report(
    args: Namespace, turn: str, seconds: Sequence[float], samples: int, device: "torch.device"
) -> None:
    """Prints what a turn takes, with quartiles, and how many turns and samples a second that is.

    Args:
        args: Whether to print JSON.
        turn: What was done in each turn.
        seconds: Of every turn.
        samples: Of every turn.
        device: Where.
    """
    import torch

    from multigan.terminal.output import print_json

    took = spread(seconds)
    rate = 1 / took["median"]
    machine: dict[str, Any] = {
        "device": str(device), "threads": torch.get_num_threads(), "torch": torch.__version__,
    }  # fmt: skip
    if args.json:
        found = {"turn": turn, "turns": len(seconds), "seconds": took, "turns_per_second": rate}
        print_json({**found, "samples_per_second": samples * rate, **machine})
        return
    low, middle, high = (f"{1e3 * took[name]:.4g}" for name in ("low", "median", "high"))
    print(f"{turn}: {middle} ms, half of them within {low} to {high} ms ({len(seconds)} turns)")
    print(f"{rate:,.4g} a second, {samples * rate:,.0f} samples a second")
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
