"""How far the doctor can be trusted: its alarms beside what became of the runs."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from multigan.core.health import ALARMS, Doctor, Finding, Vitals
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.errors import DivergedError
from multigan.experiments.patients import SETTING, Patient, failing, healthy

EVERY = 25  # steps between inspections
WELL, ILL = 0.85, 0.7  # shares of the data's modes that are kept: at least, and less than
ANY = "any alarm"
LISTS = ("signs", "standing", "ever", "history")


@dataclass(frozen=True)
class Case:
    """One run, what became of it, and what the doctor said.

    Attributes:
        name, seed: Which run.
        made_to_fail: Whether it was.
        signs: The alarms its illness should raise, any of them.
        kept: The share of the data's known modes that its samples have in the end.
        standing: Alarms that stood at the last inspection.
        ever: Alarms that stood at any.
        values: The last inspection's numbers.
        doctor_share: The inspections' share of the training time, here every `EVERY` steps.
        history: The numbers of every inspection, so that other thresholds can be tried on them.
    """

    name: str
    seed: int
    made_to_fail: bool
    signs: tuple[str, ...]
    kept: float
    standing: tuple[str, ...]
    ever: tuple[str, ...]
    values: dict[str, float]
    doctor_share: float
    history: tuple[dict[str, float], ...] = ()

    @property
    def ill(self) -> bool | None:
        """Whether it ended badly, by the modes it kept; None if it is neither ill nor well."""
        if self.kept < ILL:
            return True
        return False if self.kept >= WELL else None

    def to_json(self) -> dict[str, Any]:
        """Returns plain values."""
        return {**asdict(self), "ill": self.ill}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Case":
        """Reads what `to_json` returned."""
        lists = {name: tuple(value.get(name, ())) for name in LISTS}
        return cls(**{n: v for n, v in value.items() if n != "ill"} | lists)


@dataclass(frozen=True)
class Trust:
    """One alarm beside the truth.

    Attributes:
        alarm: Its name, or `ANY`.
        raised: On how many ill and well runs it stood in the end.
        right: How many of those were ill.
        expected: How many ill runs have an illness that this alarm is a sign of.
        found: How many of those it found.
        passing: On how many well runs it stood at some time and had gone in the end.
    """

    alarm: str
    raised: int
    right: int
    expected: int
    found: int
    passing: int

    @property
    def precision(self) -> float | None:
        """The share of the raised alarms that were right."""
        return self.right / self.raised if self.raised else None

    @property
    def recall(self) -> float | None:
        """The share of the illnesses that were found."""
        return self.found / self.expected if self.expected else None


class _Memory(Callback):
    """Remembers which alarms stood at any inspection, and every inspection's numbers."""

    def __init__(self, doctor: Doctor) -> None:
        self.doctor, self.ever = doctor, set[str]()
        self.history: list[dict[str, float]] = []

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        self.ever.update(_standing(self.doctor.findings))
        if trainer.steps_done % EVERY == 0:
            self.history.append(_rounded(self.doctor.history[-1]))


def examine(patient: Patient, seed: int) -> Case:
    """Trains one run with the doctor beside it."""
    doctor = Doctor(every=EVERY)
    memory = _Memory(doctor)
    patient.trainer.callbacks = [doctor, memory]
    began = time.process_time()
    with suppress(DivergedError):  # the doctor has said so before, or has missed it
        patient.trainer.fit(SETTING.steps)
    return Case(
        name=patient.name,
        seed=seed,
        made_to_fail=patient.ill,
        signs=tuple(sorted(patient.signs)),
        kept=round(patient.kept(), 3),
        standing=_standing(doctor.findings),
        ever=tuple(sorted(memory.ever)),
        values=_rounded(doctor.history[-1]),
        doctor_share=round(doctor.seconds / max(time.process_time() - began, 1e-9), 4),
        history=tuple(memory.history),
    )


def examine_all(
    seeds: Sequence[int], on_case: Callable[[list[Case]], None] | None = None
) -> list[Case]:
    """Trains every failing and every healthy run once for each seed."""
    cases: list[Case] = []
    for seed in seeds:
        for patient in [*failing(seed), *healthy(seed)]:
            cases.append(examine(patient, seed))
            if on_case:
                on_case(cases)
    return cases


def judge(cases: Sequence[Case]) -> list[Trust]:
    """Returns how each alarm, and any of them, did on the runs that are clearly ill or well."""
    clear = [case for case in cases if case.ill is not None]
    return [_trust(alarm.name, clear) for alarm in ALARMS] + [_trust(ANY, clear)]


def _trust(alarm: str, cases: Sequence[Case]) -> Trust:
    def stands(case: Case, alarms: Sequence[str]) -> bool:
        shipped = {one.name for one in ALARMS}
        return bool(shipped & set(alarms)) if alarm == ANY else alarm in alarms

    raised = [case for case in cases if stands(case, case.standing)]
    expected = [case for case in cases if case.ill and (alarm == ANY or alarm in case.signs)]
    well = [case for case in cases if not case.ill]
    return Trust(
        alarm=alarm,
        raised=len(raised),
        right=sum(bool(case.ill) for case in raised),
        expected=len(expected),
        found=sum(stands(case, case.standing) for case in expected),
        passing=sum(stands(c, c.ever) and not stands(c, c.standing) for c in well),
    )


def _rounded(vitals: Vitals) -> dict[str, float]:
    return {name: float(f"{value:.4g}") for name, value in vitals.numbers().items()}


def _standing(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(finding.name for finding in findings if finding.severity == "alarm")
