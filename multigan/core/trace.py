"""A player's move as one plain function of tensors: the operations it comes to, without autograd.

`make_fx` runs a move once below autograd and writes down its ATen operations: forward passes,
penalties with the derivatives of their derivatives, and the gradients. Losses, games and networks
need not know of it. Random draws stay operations of the function, in the order of the move, so one
seed gives both the same numbers.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.experimental.proxy_tensor import make_fx

from multigan.core.draws import seeded
from multigan.core.engine import Engine
from multigan.core.knobs import Knob
from multigan.core.moves import Move, loss_of
from multigan.core.objective import Batch, Terms
from multigan.core.traced_number import Question, TracedNumber


class NotTraceableError(Exception):
    """A move does what a trace would get wrong; the message says what."""


@dataclass(frozen=True)
class Trace:
    """One player's move, traced.

    Attributes:
        run: `(*state, samples, [condition], [numbers])` -> gradients, then terms.
        state: The weights and buffers that it reads, and the buffers that it changes in place.
        moved: The weights that have a gradient, in order.
        terms: The terms' names, in order.
        knobs: The numbers (K,) that it is given at every call.
        questions: What it has asked of them.
    """

    run: Callable[..., Sequence[Tensor]]
    state: list[Tensor]
    moved: list[nn.Parameter]
    terms: list[str]
    knobs: Sequence[Knob] = ()
    questions: list[Question] = field(default_factory=list)

    def holds(self) -> bool:
        """Whether the knobs, as they are now, lead to the same operations."""
        numbers = [knob.get() for knob in self.knobs]
        return all(question.same(numbers) for question in self.questions)

    def inputs(self, batch: Batch, state: Sequence[Tensor] | None = None) -> list[Tensor]:
        """Returns what `run` is given, in order."""
        given = [*(self.state if state is None else state), *tensors_of(batch)]
        return given + numbers_of(self.knobs, batch.samples.device)

    def __call__(
        self, batch: Batch, state: Sequence[Tensor] | None = None
    ) -> tuple[Sequence[Tensor], Terms]:
        """Returns the gradients of `moved` and the terms, for the weights as they are.

        Args:
            batch: A batch of the shape and kind that was traced.
            state: Other weights and buffers in place of the objective's own.
        """
        with torch.no_grad():
            flat = self.run(*self.inputs(batch, state))
        split = len(self.moved)
        return flat[:split], dict(zip(self.terms, flat[split:], strict=True))


def trace(
    objective: nn.Module,
    move: Move,
    engine: Engine,
    knobs: Sequence[Knob] = (),
    *,
    fixed: bool = False,
) -> Trace:
    """Returns a move as a function; weights, buffers and random state stay as they are.

    Call it with the other players' weights frozen. What `knobs` turn becomes an input, or, `fixed`,
    is asked for; all other numbers are written into the trace as they are.

    Raises:
        NotTraceableError: The move looks at the step's number, or replaces a buffer.
        Exception: Whatever the move raises, or `make_fx` where it looks at values.
    """
    phase, batch = move.phase, move.piece
    parameters, buffers = dict(objective.named_parameters()), dict(objective.named_buffers())
    own = {id(p) for p in phase.player.parameters() if p.requires_grad}
    moving = [name for name, p in parameters.items() if id(p) in own]
    names = [*parameters, *buffers]
    originals = [*parameters.values(), *buffers.values()]
    number: Any = StepNumber(move.step, intervals_of(objective))
    with_gradient: list[int] = []
    terms_found: list[str] = []
    questions: list[Question] = []
    given = len(tensors_of(batch))

    def play(*flat: Tensor) -> list[Tensor]:
        state = dict(zip(names, flat[: len(names)], strict=True))
        samples, numbers = flat[len(names) :][:given], flat[len(names) + given :]
        leaves = {name: state[name].detach().requires_grad_() for name in moving}
        placed = dict(zip(map(id, originals), (state | leaves).values(), strict=True))
        with (
            _in_place_of(objective, placed),
            _turned(knobs, numbers, questions, fixed),
            torch.enable_grad(),
            engine.autocast(),
        ):
            terms = phase.terms(Batch(*samples), number)
        slopes = torch.autograd.grad(
            loss_of(terms.values(), move.pieces), list(leaves.values()), allow_unused=True
        )
        with_gradient[:] = [at for at, slope in enumerate(slopes) if slope is not None]
        terms_found[:] = terms
        return [s for s in slopes if s is not None] + [t.detach() for t in terms.values()]

    copies = [t.detach() for t in parameters.values()] + [t.clone() for t in buffers.values()]
    numbers = numbers_of(knobs, batch.samples.device)
    with seeded("trace"):
        graph = make_fx(play)(*copies, *tensors_of(batch), *numbers)
    _drop_aliases(graph)
    moved = [parameters[moving[at]] for at in with_gradient]
    return Trace(graph, originals, moved, list(terms_found), knobs, questions)


def tensors_of(batch: Batch) -> tuple[Tensor, ...]:
    """Returns a batch's one or two tensors."""
    return (batch.samples,) if batch.condition is None else (batch.samples, batch.condition)


def numbers_of(knobs: Sequence[Knob], device: torch.device) -> list[Tensor]:
    """Returns the values (K,) of knobs in float64, in a list; an empty one of no knobs."""
    if not knobs:
        return []
    return [torch.tensor([knob.get() for knob in knobs], dtype=torch.float64, device=device)]


def intervals_of(objective: nn.Module) -> frozenset[int]:
    """Returns in which intervals of steps there is something that is not done in every one."""
    games = objective.modules()  # an objective may play one inside
    return frozenset(r.every for game in games for r in getattr(game, "regularizers", ()))


class StepNumber:
    """A step's number that answers one question only: whether an interval has passed.

    A trace holds for all steps of which the answers are the same.
    """

    def __init__(self, step: int, intervals: Collection[int]) -> None:
        self._step, self._intervals = step, intervals

    def __mod__(self, interval: int) -> int:
        if interval not in self._intervals:
            raise NotTraceableError("it looks at the step's number")
        return int(self._step % interval != 0)


@contextmanager
def _turned(
    knobs: Sequence[Knob], numbers: Sequence[Tensor], questions: list[Question], fixed: bool
) -> Iterator[None]:
    """Turns knobs to the numbers of a trace for the block, and back."""
    before = [knob.get() for knob in knobs]
    try:
        for at, (knob, value) in enumerate(zip(knobs, before, strict=True)):
            number = TracedNumber(value, numbers[0][at], itemgetter(at), questions)
            knob.set(float(number) if fixed else number)  # type: ignore[arg-type]
        yield
    finally:
        for knob, value in zip(knobs, before, strict=True):
            knob.set(value)


@contextmanager
def _in_place_of(objective: nn.Module, tensors: Mapping[int, Tensor]) -> Iterator[None]:
    """Puts other tensors where an objective has weights and buffers, for the block.

    `torch.func.functional_call` loses the weights of modules that are reached by two names.

    Args:
        objective: Whose modules; each weight is replaced wherever it stands.
        tensors: What to put there, by the identity of what is replaced.

    Raises:
        NotTraceableError: A buffer is another one at the end of the block.
    """
    slots = [
        (table, name, tensor)
        for module in objective.modules()
        for table in (module._parameters, module._buffers)
        for name, tensor in table.items()
        if tensor is not None
    ]
    recurrent = [module for module in objective.modules() if isinstance(module, nn.RNNBase)]
    flat = [module._flat_weights for module in recurrent]  # the same weights in a list
    try:
        for table, name, tensor in slots:
            table[name] = tensors[id(tensor)]  # type: ignore[assignment]
        for module, weights in zip(recurrent, flat, strict=True):
            module._flat_weights = [tensors.get(id(w), w) for w in weights]
        yield
        for table, name, tensor in slots:
            if table[name] is not tensors[id(tensor)]:
                raise NotTraceableError(f"it replaces {name} instead of writing into it")
    finally:
        for table, name, tensor in slots:
            table[name] = tensor  # type: ignore[assignment]
        for module, weights in zip(recurrent, flat, strict=True):
            module._flat_weights = weights


def _drop_aliases(graph: fx.GraphModule) -> None:
    """Removes what only matters to autograd."""
    for node in list(graph.graph.nodes):
        if node.op == "call_function" and node.target is torch.ops.aten.detach.default:
            node.replace_all_uses_with(node.args[0])
            graph.graph.erase_node(node)
    graph.recompile()
