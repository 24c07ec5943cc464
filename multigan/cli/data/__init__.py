"""`multigan data ...`: data sets that multigan makes."""

from multigan.cli.commands import Group
from multigan.cli.data import notes

DATA = Group("Make data sets.", {"notes": notes})
