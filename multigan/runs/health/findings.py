"""From numbers to words: what is wrong, how sure that is, and what to do.

Thresholds were chosen on runs of other seeds than `multigan bench doctor` reports.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from math import nan
from typing import Any, Literal

from multigan.runs.health.vitals import Vitals

Severity = Literal["unmeasured", "ok", "warning", "alarm"]
SEVERITIES: tuple[Severity, ...] = ("unmeasured", "ok", "warning", "alarm")
COARSELY = "As far as its coarse features tell, which see no detail, "  # principal components
WARM_UP = 6  # inspections: a generator that has not begun to learn looks collapsed
PATIENCE = 3  # inspections in a row that must agree before there is an alarm
FEWEST_UNSEEN = 200  # samples; with fewer, chance moves `memory` by a tenth and more
LOST = 0.7  # of the real data; a generator that reaches less has lost some
SEEN, BLINDER = 0.8, 0.3  # an area that is seen, and how much less the discriminator may see
LASTING = 8  # before anybody acts without being asked: healthy runs had bad spells of up to 7


@dataclass(frozen=True)
class Remedy:
    """What helps.

    Attributes:
        name: "penalty", "add_penalties", "pack", "augment", "slow_down", "roll_back", "see_whole",
            "lighten".
        text: The same in words.
        knobs: Numbers to turn while the run goes on.
        changes: What else must change in the recipe; such a remedy needs a new run, which takes
            over the weights of the last healthy checkpoint.
    """

    name: str
    text: str
    knobs: dict[str, float] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def needs_fork(self) -> bool:
        """Whether a new run is needed."""
        return bool(self.changes) or not self.knobs


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: Of the alarm.
        severity: "unmeasured"; "ok"; "warning" when it shows; "alarm" when it has shown several
            times in a row.
        value: The number, None where it could not be measured.
        text: What it says, in plain words, with the number.
        remedy: What helps; None while all is well.
        looks: How many inspections in a row have shown it, the warm-up's not counted; those of
            the last `LASTING` at most.
    """

    name: str
    severity: Severity
    value: float | None
    text: str
    remedy: Remedy | None = None
    looks: int = 0

    @property
    def lasts(self) -> bool:
        """Whether it has shown for so long that it is time to act."""
        return self.looks >= LASTING

    def to_json(self) -> dict[str, Any]:
        """Returns plain values, as health.json has them."""
        remedy = None
        if self.remedy is not None:
            remedy = {**vars(self.remedy), "needs_fork": self.remedy.needs_fork}
        return {**vars(self), "remedy": remedy}


@dataclass(frozen=True)
class Alarm:
    """One disease.

    Attributes:
        name: Of the disease.
        measure: The number it is known by; NaN where it cannot be measured.
        is_bad: Whether the number is a symptom.
        words: What to say of the number; `{value}` stands for it.
        well: The same while all is well.
        cures: Names of remedies, the best first; the first that can be applied is suggested.
        unmeasured: What to say where there is no number.
        most_looks: How many inspections in a row are counted at most. Fewer than `LASTING` are for
            a person to act on, and never for `--heal`.
    """

    name: str
    measure: Callable[[Vitals], float]
    is_bad: Callable[[Vitals], bool]
    words: str
    well: str
    cures: tuple[str, ...]
    unmeasured: str = "Not measured yet, or not on this objective."
    most_looks: int = LASTING


# One of exploding gradients is not among them: on the bench it stood only on runs that ended well.
ALARMS: tuple[Alarm, ...] = (
    Alarm(
        "coverage",
        lambda v: v.coverage,
        lambda v: v.coverage < LOST,
        "The generator reaches only {value:.0%} of the real data: the rest has no samples near it.",
        COARSELY + "samples lie near {value:.0%} of the real data. Whether they look like it is "
        "not measured here.",
        ("penalty", "add_penalties", "pack"),
    ),
    Alarm(
        "diversity",
        lambda v: v.diversity,
        lambda v: v.diversity < 0.35,
        "Samples differ from one another {value:.0%} as much as real ones do.",
        COARSELY + "samples differ from one another {value:.0%} as much as real ones do.",
        ("penalty", "add_penalties", "pack"),
    ),
    Alarm(
        "support",
        lambda v: v.distinct,
        lambda v: v.support < 0.1,
        "Samples repeat themselves: about {value:.0f} different ones by the birthday paradox, "
        "where as many real ones tell 200 apart.",
        COARSELY + "there are about {value:.0f} different samples by the birthday paradox; of real "
        "ones 200.",
        ("pack", "add_penalties", "penalty"),
    ),
    Alarm(
        "saturation",
        lambda v: v.saturation,
        lambda v: v.saturation > 0.8,
        "The discriminator is sure of everything: its loss is {value:.0%} flat, so neither player "
        "learns from it.",
        "The discriminator's loss is {value:.0%} flat at its logits.",
        ("penalty", "add_penalties", "slow_down"),
    ),
    Alarm(
        "oscillation",
        lambda v: v.turnover,
        lambda v: v.turnover > 0.6,
        "The generator jumps: {value:.0%} of its samples left for another region of the data since "
        "the last inspection.",
        "{value:.0%} of the samples changed region since the last inspection.",
        ("add_penalties", "slow_down", "penalty"),
    ),
    Alarm(
        "vanishing_gradient",
        lambda v: v.generator_gradient,
        lambda v: v.generator_gradient < 1e-4 and v.saturation > 0.5,
        "The generator hears next to nothing: its gradient is {value:.1e} of its weights.",
        "The generator's gradient is {value:.1e} of its weights.",
        ("penalty", "add_penalties", "slow_down"),
    ),
    # A norm's statistics move samples a little even if no weight does, and so does a learning rate
    # that has come to its end; but that generator reaches the data.
    Alarm(
        "dead_generator",
        lambda v: v.movement,
        lambda v: v.movement < 1e-4 or (v.movement < 0.01 and v.coverage < LOST),
        "The generator has stopped: its samples moved by {value:.1e} of the data's deviation since "
        "the last inspection.",
        "Samples moved by {value:.1e} of the data's deviation since the last inspection.",
        ("roll_back",),
    ),
    Alarm(
        "memory",
        lambda v: v.memory if v.unseen >= FEWEST_UNSEEN else nan,
        lambda v: v.memory > 0.25 and v.unseen >= FEWEST_UNSEEN,
        "The discriminator overfits its data: it puts what it learns from {value:.2f} "
        "deviations of its logits above real samples that it never sees.",
        "The discriminator puts what it learns from {value:.2f} deviations of its logits above "
        "real samples that it never sees.",
        ("augment", "penalty", "add_penalties"),
        f"Not measured: that takes a held-out split of {FEWEST_UNSEEN} samples or more (held_out).",
    ),
    Alarm(
        "blindness",
        lambda v: v.fresh_auc - v.own_auc,
        lambda v: v.fresh_auc > SEEN and v.fresh_auc - v.own_auc > BLINDER,
        "The discriminator is blind to what is wrong: a fresh network that learns for seconds puts "
        "real samples above generated ones more often, by {value:.0%} of all pairs.",
        "What a fresh network sees after seconds more than the discriminator: {value:.0%} of all "
        "pairs.",
        ("see_whole", "lighten"),
        most_looks=PATIENCE,  # one answer of the fresh network stands for many inspections
    ),
)


def diagnose(history: Sequence[Vitals], remedies: Mapping[str, Remedy]) -> list[Finding]:
    """Returns a finding for each alarm, after the latest of some inspections.

    Args:
        history: The inspections, oldest first; at least one. The first `WARM_UP` raise no alarm.
        remedies: Those that can be applied to this run, by name.
    """
    return [_finding(alarm, history, remedies) for alarm in ALARMS]


def worst(findings: Sequence[Finding]) -> Severity:
    """Returns the highest severity among the findings."""
    return max((f.severity for f in findings), key=SEVERITIES.index, default="unmeasured")


def _finding(alarm: Alarm, history: Sequence[Vitals], remedies: Mapping[str, Remedy]) -> Finding:
    value = alarm.measure(history[-1])
    if value != value:
        return Finding(alarm.name, "unmeasured", None, alarm.unmeasured)
    if not alarm.is_bad(history[-1]):
        return Finding(alarm.name, "ok", value, alarm.well.format(value=value))
    late = reversed(history[WARM_UP:][-alarm.most_looks :])
    looks = sum(1 for _ in takewhile(alarm.is_bad, late))
    severity: Severity = "alarm" if looks >= PATIENCE else "warning"
    cure = next((remedies[name] for name in alarm.cures if name in remedies), None)
    words = alarm.words.format(value=value)
    return Finding(alarm.name, severity, value, words, cure, looks)
