"""Callbacks that turn one knob by what they measure while a run trains.

A schedule knows beforehand where a knob goes; a controller finds out. Each keeps within bounds it
states, logs what it does, leaves a knob alone that a person holds, and resumes exactly.
"""

from multigan.core.controllers.adaptive import AdaptiveAugment
from multigan.core.controllers.balance import Balance
from multigan.core.controllers.controller import CONTROLLERS, Controller

__all__ = ["CONTROLLERS", "AdaptiveAugment", "Balance", "Controller"]
