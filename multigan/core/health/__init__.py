"""The collapse doctor: what is wrong with a run, in plain words with a number, and what helps."""

from multigan.core.health.doctor import Doctor
from multigan.core.health.findings import ALARMS, Alarm, Finding, Remedy, diagnose, worst
from multigan.core.health.healer import Healer
from multigan.core.health.reference import Reference, make_reference
from multigan.core.health.vitals import Vitals

__all__ = [
    "ALARMS",
    "Alarm",
    "Doctor",
    "Finding",
    "Healer",
    "Reference",
    "Remedy",
    "Vitals",
    "diagnose",
    "make_reference",
    "worst",
]
