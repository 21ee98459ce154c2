"""A run of jobs: events to the lake, load, release, publish, segments of persons, one after another, with a record.

One run at a time, since the vault has one writer. A run that fails leaves the last good release standing.
When runs happen stands in `tasks`.
"""

from __future__ import annotations

import dataclasses
import fcntl
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine import release as engine
from luotsi.engine import vault
from luotsi.jobs import content, dividing, exporting, publishing
from luotsi.jobs.surveying import survey
from luotsi.web.results import actions, queries
from luotsi.web.results.models import Run

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Work:
    """What a run works on: a home, and county content that is read when a step needs it."""

    home: Path
    overlay: Path | None
    run: Run

    @cached_property
    def county(self) -> County:
        """The county's content. Raises UserError where it cannot be read."""
        return open_county(self.overlay)


Step = Callable[[Work], None]


def nightly(home: Path, overlay: Path | None = None) -> Run:
    """Brings what people did and what has landed to the pages; gives the record of the run, failed or not.

    Raises UserError when another run goes on.
    """
    return _run(home, overlay, Run.Kind.NIGHTLY)


def publish(home: Path, overlay: Path | None = None) -> Run | None:
    """Shows the current release of a home where it is new here; gives the record of the run, None where it is not."""
    current = engine.current(home)
    if current is None or any(each.name == current.name for each in queries.releases()):
        return None
    return _run(home, overlay, Run.Kind.PUBLISH)


def look(home: Path, overlay: Path | None = None) -> Run | None:
    """Looks at sources and content where no run has since the release that is shown; gives the record of the run."""
    last, shown = queries.last_survey(), queries.current()
    if last is not None and (shown is None or shown.taken_in_at < last.started_at):
        return None
    return _run(home, overlay, Run.Kind.LOOK)


def _run(home: Path, overlay: Path | None, kind: Run.Kind) -> Run:
    with _alone(home):
        run = actions.begin_run(by=None, kind=kind)
        error = _walked(Work(home, overlay, run), STEPS[kind])
        actions.end_run(by=None, run=run, error=error)
        return run


def _walked(work: Work, steps: Mapping[str, Step]) -> str:
    """Takes the steps in turn, up to the first that fails; gives its sentence, or nothing."""
    for name, step in steps.items():
        actions.advance_run(by=None, run=work.run, step=name)
        begun = time.monotonic()
        try:
            step(work)
        except UserError as error:
            return str(error)
        except Exception as error:
            # A run of the night has no one to see a traceback: the log keeps it.
            log.exception("The run %s failed at %s", work.run.pk, name)
            return f"An unexpected fault, {type(error).__name__}, stopped it. The log of the server says more."
        finally:
            work.run.seconds[name] = round(time.monotonic() - begun, 1)
    return ""


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """The one place of runs in a home. The system gives it free when a process ends, however it ends."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".run.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"Another run goes on in {home}. Wait until it has ended.") from error
        yield


def _check(work: Work) -> None:
    """Keeps the faults of content. They stop nothing here: the definitions that have none are good."""
    work.run.faults = [dataclasses.asdict(each) for each in content.faults(work.county)]


def _export(work: Work) -> None:
    exporting.export(work.home, work.county)


def _load(work: Work) -> None:
    vault.load(work.home, work.county)


def _survey(work: Work) -> None:
    work.run.sources = [dict(each) for each in survey(work.home, work.county)]


def _release(work: Work) -> None:
    engine.build(work.home, work.county)


def _publish(work: Work) -> None:
    work.run.release = publishing.publish(work.home)


def _segments(work: Work) -> None:
    dividing.divide(work.home, work.county)


STEPS: Mapping[Run.Kind, Mapping[str, Step]] = {
    Run.Kind.NIGHTLY: {
        "check": _check,
        "export": _export,
        "load": _load,
        "survey": _survey,
        "release": _release,
        "publish": _publish,
        "segments": _segments,
    },
    Run.Kind.PUBLISH: {"publish": _publish, "segments": _segments},
    Run.Kind.LOOK: {"survey": _survey, "check": _check},
}
"""The steps of each kind in turn. The survey comes before the release: what is late is seen where a release fails."""
