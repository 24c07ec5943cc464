"""What is varied in a sweep: lists and ranges of a recipe's values, and the settings they give.

A setting is a table of values by a recipe's dotted paths, as `Recipe.changed` takes it.
"""

import json
import math
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from multigan.errors import ConfigError
from multigan.typed import read_value

Values = dict[str, Any]

MOST = 10_000  # runs; whoever writes more has written too many zeros
DIGITS = 6  # of a point of a range
LONGEST = 60  # letters of a label that shows the values
TRIES = 50  # draws for each new setting before there seem to be no more
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})(?::(lin|log))?(?::(\d+))?")


@dataclass(frozen=True)
class Choices:
    """Values of which each is tried.

    Attributes:
        values: Plain ones, at least one.
    """

    values: tuple[Any, ...]

    def points(self, name: str) -> tuple[Any, ...]:
        """Returns the values."""
        return self.values

    def draw(self, generator: random.Random) -> Any:
        """Returns one of the values, each as likely as another."""
        return generator.choice(self.values)

    def to_json(self) -> Any:
        """Returns what `varied` reads back."""
        return list(self.values)


@dataclass(frozen=True)
class Span:
    """Numbers between two, both among them.

    Attributes:
        low, high: The ends.
        log: Whether equal ratios lie equally far apart, instead of equal differences.
        whole: Whether only whole numbers are meant.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def points(self, name: str) -> tuple[Any, ...]:
        """Refuses: there are too many.

        Raises:
            ConfigError: Always, with how to say how many.
        """
        raise ConfigError(
            f"{name}={self.to_json()} leaves open how many values are tried. Say it behind a "
            f"colon, {name}={self.to_json()}:5, or have settings drawn: --draws 20"
        )

    def at(self, share: float) -> float:
        """Returns the number at a share of the way, from 0 to 1."""
        if self.log:
            way = math.log(self.high) - math.log(self.low)
            value = math.exp(math.log(self.low) + share * way)
        else:
            value = self.low + share * (self.high - self.low)
        value = min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)
        return round(value) if self.whole else value

    def draw(self, generator: random.Random) -> float:
        """Returns a number, each place of the way as likely as another."""
        return self.at(generator.random())

    def to_json(self) -> str:
        """Returns what `varied` reads back."""
        low, high = (_written(end, self.whole) for end in (self.low, self.high))
        return f"{low}..{high}:{'log' if self.log else 'lin'}"


Varied = Choices | Span


def varied(name: str, value: Any) -> Varied:
    """Returns what is tried of one setting.

    Args:
        name: Its dotted path, for messages.
        value: A list of values, or text: `32,64`, `0..3` (whole numbers), `0.01..1:log:5` (five
            numbers at equal ratios), `0..1:lin:5` (at equal differences), `0.01..1:log` (any
            number between, to be drawn). Anything else is the one value there is.

    Raises:
        ConfigError: A range is none, or has too many points.
    """
    if isinstance(value, list | tuple | range):
        return _choices(name, list(value))
    if not isinstance(value, str):
        return Choices((value,))
    match = _RANGE.fullmatch(value.strip())
    if match is None:
        return _choices(name, [read_value(part.strip(), name) for part in _parts(value)])
    interval = _interval(name, value, match)
    number = int(match[4]) if match[4] else 0
    if match[4] is not None:
        _check_number(name, value, number)
        return _choices(name, [interval.at(index / (number - 1)) for index in range(number)])
    if match[3] is None and interval.whole:
        low, high = round(interval.low), round(interval.high)
        _check_number(name, value, high - low + 1)
        return Choices(tuple(range(low, high + 1)))
    return interval


def tried(assignments: Iterable[str]) -> tuple[list[str], dict[str, Varied]]:
    """Reads `key=values`, and returns those with one value as they are, and the others.

    Raises:
        ConfigError: One is not written so, or its range is none.

    Example:
        >>> tried(["steps=100", "generator.width=32,64"])
        (['steps=100'], {'generator.width': Choices(values=(32, 64))})
    """
    fixed, wanted = [], {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        found = varied(key.strip(), text) if equals else Choices((None,))
        if isinstance(found, Choices) and len(found.values) == 1:
            fixed.append(assignment)  # a misspelled one is for who reads it to refuse
        else:
            wanted[key.strip()] = found
    return fixed, wanted


def whole_numbers(name: str, text: str) -> tuple[int, ...]:
    """Returns the numbers that a text like `0..2,7` names, in its order.

    Raises:
        ConfigError: It names something else.

    Example:
        >>> whole_numbers("seeds", "0..2,7")
        (0, 1, 2, 7)
    """
    found = [value for part in text.split(",") for value in varied(name, part).points(name)]
    if not all(type(value) is int for value in found):
        raise ConfigError(f"{name} are whole numbers like 0..2 or 0,5,7, not {text!r}.")
    return tuple(dict.fromkeys(found))


def grid(wanted: Mapping[str, Varied]) -> list[Values]:
    """Returns every combination of the values, the last name's changing fastest.

    Raises:
        ConfigError: A range does not say how many, or there are too many combinations.
    """
    points = {name: one.points(name) for name, one in wanted.items()}
    if math.prod(map(len, points.values())) > MOST:
        raise ConfigError(f"That is more than {MOST} settings. Have some drawn: --draws 50")
    return [dict(zip(points, values, strict=True)) for values in product(*points.values())]


def drawn(wanted: Mapping[str, Varied], number: int, seed: int) -> list[Values]:
    """Returns settings drawn at random, no two the same; fewer if there are no more.

    Raises:
        ConfigError: None is asked for, or far too many.
    """
    if not 1 <= number <= MOST:
        raise ConfigError(f"--draws is a number from 1 to {MOST}, not {number}.")
    generator = random.Random(seed)
    found: dict[str, Values] = {}
    for _ in range(TRIES * number):
        setting = {name: one.draw(generator) for name, one in wanted.items()}
        found.setdefault(key_of(setting), setting)
        if len(found) == number:
            break
    return list(found.values())


def key_of(setting: Mapping[str, Any]) -> str:
    """Returns a text that is the same for equal settings alone."""
    return json.dumps(setting, sort_keys=True)


def labels(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Returns a short name for each setting that can stand in a folder's name, no two the same.

    Example:
        >>> labels([{"generator.width": 32, "r1.weight": 0.1}, {"generator.width": 64}])
        ['width-32-weight-0.1', 'width-64']
    """
    paths = list(dict.fromkeys(path for setting in settings for path in setting))
    lasts = [path.rpartition(".")[2] for path in paths]
    short = {
        path: last if lasts.count(last) == 1 else path
        for path, last in zip(paths, lasts, strict=True)
    }
    found = ["-".join(f"{short[p]}-{_safe(v)}" for p, v in one.items()) for one in settings]
    if len(set(found)) == len(found) and all(len(label) <= LONGEST for label in found):
        return found
    return [f"setting-{number:03d}" for number in range(1, len(settings) + 1)]


def _safe(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return re.sub(r"[^\w.+-]+", "_", text)


def _choices(name: str, values: Iterable[Any]) -> Choices:
    found = {json.dumps(value, sort_keys=True): value for value in values}
    if not found:
        raise ConfigError(f"{name} has no values to try.")
    return Choices(tuple(found.values()))


def _interval(name: str, text: str, match: re.Match[str]) -> Span:
    low, high = float(match[1]), float(match[2])
    log, whole = match[3] == "log", not re.search(r"[.eE]", match[1] + match[2])
    if not low < high or not math.isfinite(high - low):
        raise ConfigError(f"{name}={text} is no range: one goes from a smaller number to a larger.")
    if log and low <= 0:
        raise ConfigError(f"{name}={text}: a range with log begins above 0.")
    return Span(low, high, log, whole)


def _check_number(name: str, text: str, number: int) -> None:
    if not 2 <= number <= MOST:
        raise ConfigError(f"{name}={text} has {number} values; from 2 to {MOST} can be tried.")


def _parts(text: str) -> list[str]:
    """Returns what stands between commas, but for those in brackets, braces or quotes."""
    parts, depth, quoted = [""], 0, False
    for letter in text:
        quoted ^= letter == '"'
        depth += 0 if quoted else (letter in "[{(") - (letter in "]})")
        if letter == "," and depth <= 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _written(end: float, whole: bool) -> str:
    return str(round(end)) if whole else repr(end)
