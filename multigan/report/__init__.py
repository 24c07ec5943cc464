"""The report of a run: one HTML file that shows what came of it, and needs nothing else."""

from multigan.report.page import render_report, write_report
from multigan.report.tables import flat

__all__ = ["flat", "render_report", "write_report"]
