"""The logged rows of a run, as a list, and as a table of one row a step."""

from typing import Any

from multigan.errors import MissingDependencyError

Row = dict[str, Any]


class Rows(list[Row]):
    """Logged rows, oldest first: a list of what was said, several of one step among them."""

    def by_step(self) -> list[Row]:
        """Returns one row for each step, with all that was logged at it; of twice, the later.

        Example:
            >>> Rows([{"step": 1, "a": 2}, {"step": 1, "b": 3}, {"step": 2, "a": 1}]).by_step()
            [{'step': 1, 'a': 2, 'b': 3}, {'step': 2, 'a': 1}]
        """
        steps: dict[int, Row] = {}
        for row in self:
            steps[row["step"]] = steps.get(row["step"], {}) | row
        return [steps[step] for step in sorted(steps)]

    def to_pandas(self) -> Any:
        """Returns a `pandas.DataFrame` with a row for each step, which is its index.

        Raises:
            MissingDependencyError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ModuleNotFoundError:
            raise MissingDependencyError("pandas", purpose="A table", pip="pandas") from None
        rows = self.by_step()
        frame = pd.DataFrame(rows, columns=list(dict.fromkeys(n for row in rows for n in row)))
        return frame.set_index("step") if rows else frame
