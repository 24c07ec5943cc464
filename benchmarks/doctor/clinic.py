"""How far the doctor can be trusted: its alarms beside what became of the runs."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from benchmarks.doctor.patients import SETTING, Patient, failing, healthy, signs_of
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.errors import ConfigError, DivergedError
from multigan.runs.health import ALARMS, Doctor, Finding, Vitals, diagnose

EVERY = 25  # steps between inspections
WELL, ILL = 0.85, 0.7  # shares of the data's modes that are kept: at least, and less than
ANY = "any alarm"
MEASURED_APART = {
    "memory",  # wants data held out: benchmarks/memorization.py
    "blindness",  # wants runs whose discriminators are too weak: benchmarks/blindness.py
}


@dataclass(frozen=True)
class Case:
    """One run, what became of it, and what the doctor measured.

    What the doctor says of the measurements is asked of it anew each time, so that a change of its
    thresholds can be judged on runs that were trained before.

    Attributes:
        name, seed: Which run.
        made_to_fail: Whether it was.
        kept: The share of the data's known modes that its samples have in the end.
        doctor_share: The inspections' share of the training time, here every `EVERY` steps.
        history: The numbers of every inspection, the oldest first.

    Raises:
        ConfigError: The inspections took longer than the training they are part of, as in results
            of an older version, which put one's time on the wall over the other's of the processor.
    """

    name: str
    seed: int
    made_to_fail: bool
    kept: float
    doctor_share: float
    history: tuple[dict[str, float], ...]

    def __post_init__(self) -> None:
        if not 0 <= self.doctor_share <= 1:
            raise ConfigError(
                f"{self.name}, seed {self.seed}: inspections cannot take {self.doctor_share:g} of "
                "the training they are part of. Train it anew: take it out of the results."
            )

    @property
    def ill(self) -> bool | None:
        """Whether it ended badly, by the modes it kept; None if it is neither ill nor well."""
        if self.kept < ILL:
            return True
        return False if self.kept >= WELL else None

    @property
    def signs(self) -> frozenset[str]:
        """The alarms that its illness should raise."""
        return signs_of(self.name)

    @cached_property
    def findings(self) -> list[list[Finding]]:
        """What the doctor found at each inspection."""
        vitals = [
            Vitals.from_json({"step": step, "histogram": (), **numbers})
            for step, numbers in enumerate(self.history)
        ]
        return [diagnose(vitals[: count + 1], {}) for count in range(len(vitals))]

    @property
    def standing(self) -> set[str]:
        """Alarms that stood at the last inspection."""
        return _alarms(self.findings[-1:])

    @property
    def ever(self) -> set[str]:
        """Alarms that stood at any inspection."""
        return _alarms(self.findings)

    @property
    def acted_on(self) -> set[str]:
        """Alarms that have lasted so long at some inspection that `--heal` would act."""
        return {one.name for findings in self.findings for one in findings if one.lasts}

    def to_json(self) -> dict[str, Any]:
        """Returns plain values, the alarms with them for people to read."""
        told = {name: sorted(getattr(self, name)) for name in ("standing", "ever", "acted_on")}
        return {**asdict(self), "ill": self.ill, **told}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Case":
        """Reads what `to_json` returned.

        Raises:
            ConfigError: It has no inspections, as the results of older versions.
        """
        if "history" not in value:
            raise ConfigError(
                f"{value.get('name')} was saved without its inspections, by an older version: "
                "train it anew, saving to another file."
            )
        known = {field.name: value[field.name] for field in fields(cls)}
        return cls(**known | {"history": tuple(value["history"])})


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
        healed, needless: On how many ill and well runs `--heal` would have acted on it.
    """

    alarm: str
    raised: int
    right: int
    expected: int
    found: int
    passing: int
    healed: int
    needless: int

    @property
    def precision(self) -> float | None:
        """The share of the raised alarms that were right."""
        return self.right / self.raised if self.raised else None

    @property
    def recall(self) -> float | None:
        """The share of the illnesses that were found."""
        return self.found / self.expected if self.expected else None


class _Memory(Callback):
    """Remembers every inspection's numbers."""

    def __init__(self, doctor: Doctor) -> None:
        self.doctor = doctor
        self.history: list[dict[str, float]] = []

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        if trainer.steps_done % EVERY == 0:
            numbers = self.doctor.history[-1].numbers().items()
            self.history.append({name: float(f"{value:.4g}") for name, value in numbers})


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
        kept=round(patient.kept(), 3),
        doctor_share=round(doctor.seconds / max(time.process_time() - began, 1e-9), 4),
        history=tuple(memory.history),
    )


def examine_all(
    seeds: Sequence[int],
    on_case: Callable[[list[Case]], None] | None = None,
    known: Sequence[Case] = (),
) -> list[Case]:
    """Trains every failing and every healthy run once for each seed, but those already `known`."""
    cases = list(known)
    done = {(case.name, case.seed) for case in known}
    for seed in seeds:
        for patient in [*failing(seed), *healthy(seed)]:
            if (patient.name, seed) in done:
                continue
            cases.append(examine(patient, seed))
            if on_case:
                on_case(cases)
    return cases


def judge(cases: Sequence[Case]) -> list[Trust]:
    """Returns how each alarm, and any of them, did on the runs that are clearly ill or well."""
    clear = [case for case in cases if case.ill is not None]
    names = [alarm.name for alarm in ALARMS if alarm.name not in MEASURED_APART]
    return [_trust(name, clear) for name in [*names, ANY]]


def _trust(alarm: str, cases: Sequence[Case]) -> Trust:
    def among(alarms: set[str]) -> bool:
        return bool(alarms) if alarm == ANY else alarm in alarms

    raised = [case for case in cases if among(case.standing)]
    expected = [case for case in cases if case.ill and (alarm == ANY or alarm in case.signs)]
    well = [case for case in cases if not case.ill]
    return Trust(
        alarm=alarm,
        raised=len(raised),
        right=sum(bool(case.ill) for case in raised),
        expected=len(expected),
        found=sum(among(case.standing) for case in expected),
        passing=sum(among(case.ever) and not among(case.standing) for case in well),
        healed=sum(among(case.acted_on) for case in cases if case.ill),
        needless=sum(among(case.acted_on) for case in well),
    )


def _alarms(inspections: Sequence[Sequence[Finding]]) -> set[str]:
    return {one.name for findings in inspections for one in findings if one.severity == "alarm"}
