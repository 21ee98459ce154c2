"""What a statement gives on Spark, and the sentences of what Spark refuses."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame

from luotsi.concepts.errors import UserError


@contextmanager
def refusals() -> Generator[None]:
    """Says in a sentence what Spark refused."""
    try:
        yield
    except PySparkException as error:
        raise UserError(f"Spark refused a statement: {str(error).splitlines()[0][:500]}") from error
    except Py4JJavaError as error:  # what lies below Spark: files, networks
        said = str(error.java_exception.toString()).splitlines()[0][:500]
        raise UserError(f"Spark refused a statement: {said}") from error


class Answer:
    """What a statement gives. Rows are fetched, and counted, when they are asked for."""

    def __init__(self, frame: DataFrame | None = None, count: Callable[[], int] | None = None) -> None:
        self.frame, self._count, self._at = frame, count, 0

    @cached_property
    def _rows(self) -> list[tuple[Any, ...]]:
        with refusals():
            if self.frame is not None:
                return [tuple(row) for row in self.frame.collect()]
            return [(self._count(),)] if self._count is not None else []

    @property
    def description(self) -> Sequence[Sequence[Any]]:
        """The columns: name and type."""
        return [(each.name, each.dataType) for each in self.frame.schema] if self.frame is not None else []

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, None after the last."""
        self._at += 1
        return self._rows[self._at - 1] if self._at <= len(self._rows) else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row."""
        return self._rows

    def to_arrow_table(self) -> Any:
        """Every row, as an Arrow table."""
        assert self.frame is not None
        with refusals():
            return self.frame.toArrow()
