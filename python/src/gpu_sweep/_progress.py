"""Progress of a training."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from ._arguments import truth
from ._errors import in_python

_log = logging.getLogger("gpu_sweep")
_LINE_PAUSE = 0.2  # between two lines, in seconds


@dataclass(frozen=True)
class Progress:
    """How far a training has come. With ``until_decided`` or ``race``, each round adds its runs when it begins."""

    share: float
    """The share of the arithmetic that is done, from 0 to 1."""
    runs: int
    """Runs finished by this call."""
    all_runs: int
    """Runs that this call trains."""
    seconds: float
    """Seconds since the call began."""

    @property
    def seconds_left(self) -> float:
        """Estimate of the seconds until the end; infinite at the very beginning."""
        return self.seconds / self.share - self.seconds if self.share > 0 else float("inf")


class Listener:
    """Receives progress and passes it on to a function, if there is one."""

    def __init__(self, show: Callable[[Progress], object] | None = None) -> None:
        self._show = show
        self._start = time.monotonic()

    def note(self, line: str) -> None:
        _log.info("%s", in_python(line))

    def advance(self, share: float, runs: int, all_runs: int) -> None:
        if self._show is not None:
            self._show(Progress(share, runs, all_runs, time.monotonic() - self._start))

    def finish(self) -> None:
        """End the line. Must be called after the last report."""


def _time_text(seconds: float) -> str:
    if seconds == float("inf"):
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Line(Listener):
    """A line on stderr that is written over again and again."""

    def __init__(self) -> None:
        super().__init__(self._write)
        self._last: Progress | None = None
        self._written = 0.0

    def _write(self, progress: Progress) -> None:
        self._last = progress
        if progress.seconds - self._written >= _LINE_PAUSE:
            self._written = progress.seconds
            self._print("\r", progress)

    def _print(self, start: str, progress: Progress) -> None:
        text = (
            f"{progress.share:4.0%}  {progress.runs} of {progress.all_runs} runs, "
            f"{_time_text(progress.seconds_left)} left"
        )
        sys.stderr.write(f"{start}{text:<60}")
        sys.stderr.flush()

    def finish(self) -> None:
        if self._last is not None:
            self._print("\r", self._last)
            sys.stderr.write("\n")


def _is_watched() -> bool:
    """Return whether somebody can read stderr, that is, whether it is a terminal or belongs to a notebook."""
    return sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)


def listener_for(progress: bool | Callable[[Progress], object] | None) -> Listener:
    """Return the listener for which the argument ``progress`` of ``run`` asks."""
    if callable(progress):
        return Listener(progress)
    if progress is not None:
        progress = truth("progress", progress)
    return Line() if progress or (progress is None and _is_watched()) else Listener()
