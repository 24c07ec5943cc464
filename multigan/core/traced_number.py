"""A number that may change between two uses of a trace.

Arithmetic on it is written into the trace, as arithmetic on tensors is. Whatever looks at it, to
decide or to round, is remembered with its answer: a trace holds for all numbers that answer alike.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import add, eq, ge, gt, le, lt, mul, ne, sub, truediv
from typing import Any

import torch
from torch import Tensor

Numbers = Sequence[float]


@dataclass(frozen=True)
class Question:
    """What a trace has asked of the numbers that it was made with.

    Attributes:
        subject: `numbers -> number`: what was asked about.
        ask: `number -> answer`.
        answer: What it was.
    """

    subject: Callable[[Numbers], float]
    ask: Callable[[float], Any]
    answer: Any

    def same(self, numbers: Numbers) -> bool:
        """Whether other numbers have the same answer."""
        return bool(self.ask(self.subject(numbers)) == self.answer)


def _arithmetic(operation: Callable[[Any, Any], Any], swap: bool = False) -> Callable[..., Any]:
    return lambda self, other: self._joined(other, operation, swap)


def _comparison(operation: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda self, other: self._compared(other, operation)


class TracedNumber:
    """A Python number beside the tensor () that stands for it in a trace.

    It is no float, so that nothing can take its value without asking.

    Args:
        value: What it is now.
        tensor: (), in float64.
        subject: `numbers -> number`: how it comes from the trace's numbers.
        asked: Where questions are written down.
    """

    def __init__(
        self,
        value: float,
        tensor: Tensor,
        subject: Callable[[Numbers], float],
        asked: list[Question],
    ) -> None:
        self.value, self.tensor, self.subject, self.asked = value, tensor, subject, asked

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Calls `func` with tensors in the place of traced numbers, as exact as its others."""
        kwargs = kwargs or {}
        given = [*args, *kwargs.values()]
        floats = [a for a in given if isinstance(a, Tensor) and a.is_floating_point()]
        dtype = floats[0].dtype if floats else torch.get_default_dtype()

        def swapped(value: Any) -> Any:
            return value.tensor.to(dtype) if isinstance(value, cls) else value

        return func(*map(swapped, args), **{k: swapped(v) for k, v in kwargs.items()})

    def _ask(self, ask: Callable[[float], Any]) -> Any:
        answer = ask(self.value)
        self.asked.append(Question(self.subject, ask, answer))
        return answer

    def __bool__(self) -> bool:
        return bool(self._ask(bool))

    def __float__(self) -> float:
        return float(self._ask(float))

    def __int__(self) -> int:
        return int(self._ask(int))

    def __floor__(self) -> int:
        return int(self._ask(math.floor))

    def __ceil__(self) -> int:
        return int(self._ask(math.ceil))

    def __round__(self, digits: int | None = None) -> Any:
        return self._ask(lambda value: round(value, digits))

    __add__, __radd__ = _arithmetic(add), _arithmetic(add, swap=True)
    __sub__, __rsub__ = _arithmetic(sub), _arithmetic(sub, swap=True)
    __mul__, __rmul__ = _arithmetic(mul), _arithmetic(mul, swap=True)
    __truediv__, __rtruediv__ = _arithmetic(truediv), _arithmetic(truediv, swap=True)
    __pow__, __rpow__ = _arithmetic(pow), _arithmetic(pow, swap=True)
    __lt__, __le__, __gt__, __ge__ = map(_comparison, (lt, le, gt, ge))
    __eq__, __ne__ = map(_comparison, (eq, ne))
    __hash__ = None  # type: ignore[assignment]  # what is looked up by it would be looked at

    def _joined(self, other: Any, operation: Callable[[Any, Any], Any], swap: bool) -> Any:
        """Returns `operation` on this number and another, or on a tensor."""
        if isinstance(other, Tensor):
            dtype = other.dtype if other.is_floating_point() else torch.get_default_dtype()
            mine = self.tensor.to(dtype)
            return operation(other, mine) if swap else operation(mine, other)
        if not isinstance(other, (int, float, TracedNumber)):
            return NotImplemented
        one, two = (other, self) if swap else (self, other)
        subjects = _subject(one), _subject(two)
        return TracedNumber(
            operation(_value(one), _value(two)),
            operation(_tensor(one), _tensor(two)),
            lambda numbers: operation(subjects[0](numbers), subjects[1](numbers)),
            self.asked,
        )

    def _compared(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Tensor):
            return self._joined(other, operation, swap=False)
        if isinstance(other, TracedNumber):
            return self._joined(other, sub, swap=False)._ask(
                lambda difference: operation(difference, 0.0)
            )
        return self._ask(lambda value: operation(value, other))


def _value(number: "float | TracedNumber") -> float:
    return number.value if isinstance(number, TracedNumber) else number


def _tensor(number: "float | TracedNumber") -> "float | Tensor":
    return number.tensor if isinstance(number, TracedNumber) else number


def _subject(number: "float | TracedNumber") -> Callable[[Numbers], float]:
    return number.subject if isinstance(number, TracedNumber) else lambda numbers: number
