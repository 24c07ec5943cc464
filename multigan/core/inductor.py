"""A trace compiled by torch's inductor: loops in C++ on a CPU, Triton on a GPU.

Random draws are taken out of the graph and made by torch as ever, in the same order, so that a
compiled move has the same latents, noise and masks as an eager one. What inductor has once compiled
it keeps on disk, by the graph, the machine and its own version.
"""

import hashlib
import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx
from torch.fx.passes.fake_tensor_prop import FakeTensorProp

from multigan.core.trace import NotTraceableError

# Operations that draw and take of a tensor its shape alone.
_FILLING = {"bernoulli_", "exponential_", "geometric_", "normal_", "random_", "uniform_"}
_LIKE = {"rand_like", "randint_like", "randn_like"}
_FROM_SHAPES = {"rand", "randint", "randn", "randperm"}
CACHE = "TORCHINDUCTOR_CACHE_DIR"
FEW = 64  # numbers of a constant, which may have been one of Python's

Compiler = Callable[[fx.GraphModule, Sequence[Tensor]], Callable[..., Sequence[Tensor]]]


@dataclass(frozen=True)
class Draw:
    """A random operation that was taken out of a graph.

    Attributes:
        target, args, kwargs: The operation, and what it is given after the tensor, if any.
        like: Size, stride, type and device of the tensor that it fills or looks at; or None.
    """

    target: Callable[..., Tensor]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    like: tuple[Any, ...] | None

    def __call__(self) -> Tensor:
        """Returns what the operation draws now."""
        first = []
        if self.like is not None:
            size, stride, dtype, device = self.like
            first = [torch.empty_strided(size, stride, dtype=dtype, device=device)]
        return self.target(*first, *self.args, **self.kwargs)


@dataclass(frozen=True)
class Lifted:
    """A graph without draws and constants, which are further inputs of it, in this order.

    Attributes:
        graph: `(*inputs, *constants, *draws)`.
        constants: Tensors that the graph held, as they are at the time.
        draws: How to draw, in order.
    """

    graph: fx.GraphModule
    constants: list[Tensor]
    draws: list[Draw]

    def more(self) -> list[Tensor]:
        """Returns the further inputs of one call."""
        return [*self.constants, *(draw() for draw in self.draws)]


def lifted(graph: fx.GraphModule, inputs: Sequence[Tensor]) -> Lifted:
    """Takes draws and constants out of a graph, which is changed.

    Raises:
        NotTraceableError: What is drawn depends on values, as where tokens are chosen.
    """
    nodes = graph.graph.nodes
    held = [n for n in nodes if n.op == "get_attr" and isinstance(_held(graph, n), Tensor)]
    constants = [_held(graph, node) for node in held]
    _make_inputs(graph, held, "constant")
    drawing = [node for node in nodes if _is_draw(node)]
    if drawing:
        with torch.no_grad():
            FakeTensorProp(graph).propagate(*inputs, *constants)  # says what draws fill
    draws = [_draw_of(node) for node in drawing]
    _make_inputs(graph, drawing, "draw")
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return Lifted(graph, constants, draws)


@dataclass(frozen=True)
class Inductor:
    """Compiles graphs, or finds them on disk.

    Attributes:
        folder: Where they are kept, unless a person has named a folder by TORCHINDUCTOR_CACHE_DIR.
    """

    folder: Path

    def __call__(
        self, graph: fx.GraphModule, inputs: Sequence[Tensor]
    ) -> Callable[..., Sequence[Tensor]]:
        """Returns a graph compiled for inputs like these."""
        import torch._inductor as inductor

        given: list[Any] = [i.detach() for i in inputs]
        # The number of threads is compiled in; in this process, because workers would outlive it.
        settings = {"cpp.threads": torch.get_num_threads(), "compile_threads": 1}
        with ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings(action="ignore"))  # it speaks to its makers
            stack.enter_context(inductor.config.patch(settings))
            stack.enter_context(_kept_in(self.folder))
            stack.enter_context(torch.no_grad())
            if hasattr(inductor, "standalone_compile"):  # which keeps whole graphs on disk
                return inductor.standalone_compile(
                    graph, given, dynamic_shapes="from_example_inputs"
                )
            return inductor.compile(graph, given)


@contextmanager
def _kept_in(folder: Path) -> Iterator[None]:
    """Names the folder to inductor for the block; it asks this variable alone, and sets it."""
    from torch._inductor.runtime.cache_dir_utils import default_cache_dir

    before = os.environ.get(CACHE)
    if before not in (None, default_cache_dir()):
        yield
        return
    os.environ[CACHE] = str(folder)
    try:
        yield
    finally:
        os.environ[CACHE] = before or default_cache_dir()


def why_not_compiled(device: torch.device) -> str | None:
    """Returns why nothing can be compiled for a device here, as the rest of a sentence; or None."""
    if device.type == "cuda":
        return None if find_spec("triton") else "there is no triton"
    if device.type != "cpu":
        return f"inductor is not used on {device.type}"
    named = os.environ.get("CXX")
    if any(shutil.which(name) for name in ([named] if named else ["g++", "clang++", "cl"])):
        return None
    return f"there is no C++ compiler ({named or 'g++, clang++'})"


def digest_of(parts: Lifted, inputs: Sequence[Tensor]) -> str:
    """Returns what tells a graph for such inputs from all others, on any machine."""
    shapes = [(tuple(i.shape), i.stride(), str(i.dtype), i.device.type) for i in inputs]
    numbers = [c.tolist() for c in parts.constants if c.numel() <= FEW]
    return hashlib.sha256(f"{parts.graph.code}{shapes}{numbers}".encode()).hexdigest()[:16]


def _make_inputs(graph: fx.GraphModule, nodes: Sequence[fx.Node], name: str) -> None:
    """Makes nodes the last inputs of a graph, in their order."""
    last = [node for node in graph.graph.nodes if node.op == "placeholder"][-1]
    for index, node in enumerate(nodes):
        with graph.graph.inserting_after(last):
            last = graph.graph.placeholder(f"{name}_{index}")
        node.replace_all_uses_with(last)
        graph.graph.erase_node(node)


def _held(graph: fx.GraphModule, node: fx.Node) -> Any:
    return getattr(graph, str(node.target), None)


def _is_draw(node: fx.Node) -> bool:
    target = node.target
    return (
        isinstance(target, torch._ops.OpOverload)
        and torch.Tag.nondeterministic_seeded in target.tags
    )


def _draw_of(node: fx.Node) -> Draw:
    target: Any = node.target
    name = str(target.overloadpacket).rpartition(".")[2]
    rest: list[Any] = list(node.args)
    like = None
    if name in _FILLING | _LIKE:
        shape = rest.pop(0).meta["val"]
        like = (tuple(shape.shape), shape.stride(), shape.dtype, shape.device)
    elif name not in _FROM_SHAPES:
        raise NotTraceableError(f"it draws by values ({name})")
    kwargs = dict(node.kwargs)
    if any(isinstance(a, fx.Node) for a in [*rest, *kwargs.values()]) or kwargs.get("generator"):
        raise NotTraceableError(f"it draws by values ({name})")
    return Draw(target, tuple(rest), kwargs, like)
