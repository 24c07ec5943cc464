"""The collapse doctor: what is wrong with a run, in plain words with a number, and what helps."""

from multigan.runs.health.collapse_doctor import Doctor
from multigan.runs.health.findings import ALARMS, Alarm, Finding, Remedy, diagnose, worst
from multigan.runs.health.healer import Healer
from multigan.runs.health.reference import Reference, make_reference
from multigan.runs.health.vitals import Vitals

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
