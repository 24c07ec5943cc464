"""Moves that are compiled: numbers that are off in their last bits, in the least time.

What differs in its bits must not come in at a moment that a clock decides, or a run could not be
repeated. So a move is compiled when it is first played, while everybody waits, and from then on is
always the compiled one; what has been given up is part of a run's checkpoints.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor

from multigan.core.draws import seeded
from multigan.core.engine import Engine
from multigan.core.inductor import Compiler, digest_of, lifted
from multigan.core.knobs import Knob
from multigan.core.moves import EagerMoves, Move, Moves
from multigan.core.objective import Objective, Terms
from multigan.core.playing import Key, Keys, check_trace, gradients_anew, play_trace, reason_of
from multigan.core.trace import NotTraceableError, Trace, trace
from multigan.core.traced_number import TracedNumber

MOST_GRAPHS = 24  # of a phase; each may take a minute to compile
# How far gradients may be off, as a share of their norm: traced with knobs as inputs, and compiled.
OFF = {"float32": (1e-5, 1e-3)}
OFF_ROUNDED = (1e-2, 1e-1)  # where layers compute in 16 bits
SLOW = 1.0  # seconds from which on somebody is told that it took them
PROBES = 8  # values at which is seen what a knob turns

Say = Callable[[str], None]


class CompiledMoves:
    """Plays moves by their compiled traces, from the first step on.

    A compiled move holds for what a replayed one holds for, but knobs are inputs of it, so that a
    schedule compiles nothing anew; only what a knob decides (whether a penalty is due, how many
    stages a network has) does. A phase that cannot be traced or compiled, or is another one all the
    time, is played by other moves from then on.

    Args:
        objective: Whose phases are played.
        engine: Whose precision the networks are run in.
        otherwise: Who plays what is not compiled.
        compiler: What makes a graph fast.
        say: Told what is being compiled, and what cannot be.

    Attributes:
        refusals: Why a phase is not compiled, by its name.
    """

    speed = "compiled"

    def __init__(
        self,
        objective: Objective,
        engine: Engine,
        otherwise: Moves,
        compiler: Compiler,
        *,
        say: Say | None = None,
    ) -> None:
        self.objective, self.engine, self.otherwise = objective, engine, otherwise
        self.refusals: dict[str, str] = {}
        self._say = say or (lambda sentence: None)
        self._compiler = compiler
        self._eager = EagerMoves(engine)
        self._keys = Keys(objective)
        self._knobs = [knob for knob in objective.knobs.values() if self._lifts(knob)]
        self._traces: defaultdict[Key, list[Trace]] = defaultdict(list)
        self._compiled: dict[str, Callable[..., Sequence[Tensor]]] = {}
        self._graphs: defaultdict[str, list[str]] = defaultdict(list)  # digests, by phase

    def play(self, move: Move) -> Terms:
        """Adds a piece's gradients to those of the player's weights, and returns its terms."""
        if move.scaler is not None or move.phase.name in self.refusals:
            return self.otherwise.play(move)
        key = self._keys.of(move)
        for found in self._traces[key]:
            if found.holds():
                return play_trace(found, move)
        return self._play_and_compile(key, move)

    def state_dict(self) -> dict[str, Any]:
        """Returns what has been compiled and given up so far, by phase."""
        graphs = {phase: list(digests) for phase, digests in self._graphs.items()}
        return {"graphs": graphs, "refusals": dict(self.refusals)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over what `state_dict` returned; other moves have returned nothing."""
        self.refusals = dict(state.get("refusals", {}))
        self._graphs = defaultdict(list, {p: list(d) for p, d in state.get("graphs", {}).items()})

    def _lifts(self, knob: Knob) -> bool:
        """Whether a knob can be an input; then what it turns is no longer watched."""
        value = knob.get()
        highest = min(knob.maximum, max(2 * value, 1.0))
        steps = [knob.minimum + (highest - knob.minimum) * at / PROBES for at in range(PROBES + 1)]
        number = TracedNumber(value, torch.tensor(value, dtype=torch.float64), itemgetter(0), [])
        try:
            knob.set(number)  # type: ignore[arg-type]
        except Exception:  # it wants a number
            return False
        finally:
            knob.set(value)
        for step in [*steps, value]:
            self._keys.watched.leave_out(lambda step=step: knob.set(step))  # type: ignore[misc]
        return True

    def _play_and_compile(self, key: Key, move: Move) -> Terms:
        """Plays a move eagerly, and in its place by a compiled trace, if that comes to the same."""
        buffers = list(self.objective.buffers())
        before = [b.clone() for b in buffers]
        name, player = move.phase.name, move.phase.player
        with gradients_anew(player):
            terms = self._eager.play(move)
            try:
                if self._keys.of(move) != key:
                    raise NotTraceableError("it changes something that is not a tensor")
                found = self._compiled_trace(move, terms, before, buffers)
            except Exception as error:  # the move itself is sound: it has just been played
                self._refuse(name, reason_of(error))
                return terms
            self._traces[key].append(found)
            player.zero_grad(set_to_none=True)
            for buffer, value in zip(buffers, before, strict=True):
                buffer.copy_(value)
            return play_trace(found, move)

    def _compiled_trace(
        self, move: Move, terms: Terms, before: list[Tensor], after: list[Tensor]
    ) -> Trace:
        found = self._traced(move)
        parts = lifted(found.run, found.inputs(move.piece))  # type: ignore[arg-type]
        plain = replace(found, run=lambda *given: parts.graph(*given, *parts.more()))
        traced_off, compiled_off = OFF.get(self.engine.precision, OFF_ROUNDED)
        check_trace(plain, move, terms, before=before, after=after, off=traced_off)
        with seeded("example"):
            inputs = [*found.inputs(move.piece), *parts.more()]
        run = self._fast(move.phase.name, digest_of(parts, inputs), parts.graph, inputs)
        fast = replace(found, run=lambda *given: run(*given, *parts.more()))
        check_trace(fast, move, None, before=before, after=after, off=compiled_off)
        return fast

    def _traced(self, move: Move) -> Trace:
        try:
            return trace(self.objective, move, self.engine, self._knobs)
        except TypeError:  # something takes numbers only, and no tensors
            return trace(self.objective, move, self.engine, self._knobs, fixed=True)

    def _fast(
        self, phase: str, digest: str, graph: Any, inputs: Sequence[Tensor]
    ) -> Callable[..., Sequence[Tensor]]:
        """Returns a compiled graph; one that two moves have in common is compiled once."""
        if digest not in self._graphs[phase]:
            if len(self._graphs[phase]) == MOST_GRAPHS:
                raise NotTraceableError(f"it has been {MOST_GRAPHS} different ones already")
            self._graphs[phase].append(digest)
        if digest not in self._compiled:
            self._say(f"Compiling the {phase}'s move{self._which(phase)} ...")
            begun = time.monotonic()
            try:
                self._compiled[digest] = self._compiler(graph, inputs)
            except Exception:  # a C++ compiler may have been out of memory for a moment
                self._compiled[digest] = self._compiler(graph, inputs)
            if (took := time.monotonic() - begun) > SLOW:
                self._say(f"That took {took:.0f} s; it is kept for the next time.")
        return self._compiled[digest]

    def _which(self, phase: str) -> str:
        if len(self._graphs[phase]) > 1:
            return " once more, because it is another one now"
        names = [each.name for each in self.objective.phases]
        return f", {names.index(phase) + 1} of {len(names)}"

    def _refuse(self, phase: str, why: str) -> None:
        self.refusals[phase] = why
        self._say(
            f"The {phase}'s move is not compiled, but replayed or played as it is written: {why}"
        )
