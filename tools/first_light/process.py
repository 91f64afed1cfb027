"""Runs one command under a time limit, and then ends all of its processes."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

TERM_GRACE_S = 2.0  # between SIGTERM and SIGKILL
POLL_S = 0.2  # between two checks for a signal
KILL_GRACE_S = 3.0  # a process that survives SIGKILL for this long is left behind


class TimedOut(Exception):
    """Raised if a command, or the step it belongs to, exceeds its limit."""


class Stopped(SystemExit):
    """Raised if a signal asks first_light to end. The exit code is 128 + the signal's number."""


class StopRequest:
    """A signal handler that only records the signal: an exception between fork and wait would lose a process."""

    def __init__(self) -> None:
        self._signal = 0

    def __call__(self, signum: int, _frame: FrameType | None) -> None:
        self._signal = signum

    def check(self) -> None:
        """Raises Stopped if there was a signal."""
        if self._signal:
            raise Stopped(128 + self._signal)


@dataclass(frozen=True)
class Completed:
    """The result of a command. `seconds` is wall time. `exit_code` is negative for a signal."""

    command: tuple[str, ...]
    exit_code: int
    seconds: float
    stdout: str
    stderr: str


def end_group(process: subprocess.Popen[bytes], grace_s: float = TERM_GRACE_S) -> bool:
    """Ends every process of `process`'s group with SIGTERM, then SIGKILL. Returns False if `process` survives."""
    for sent, wait_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, KILL_GRACE_S)):
        try:
            os.killpg(process.pid, sent)
        except ProcessLookupError:
            pass
        if sent == signal.SIGTERM and process.poll() is not None:
            continue  # the leader of the group has ended, but other processes may not have
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            if sent == signal.SIGKILL:
                return False
    return True


def _wait(process: subprocess.Popen[bytes], deadline: float, stop: StopRequest) -> bool:
    """Returns whether the process ended by itself before `deadline`."""
    while True:
        stop.check()
        left_s = deadline - time.monotonic()
        try:
            process.wait(max(0.0, min(left_s, POLL_S)))
            return True
        except subprocess.TimeoutExpired:
            if left_s <= POLL_S:
                return False


def run(
    command: Sequence[str],
    *,
    limit_s: float,
    log: pathlib.Path,
    environment: Mapping[str, str],
    folder: pathlib.Path,
    stop: StopRequest,
) -> Completed:
    """Runs `command` in its own process group and appends its output to `log`.

    Raises TimedOut after `limit_s` seconds, Stopped soon after `stop` was called, and OSError if the command cannot be
    started. Ends the remaining processes of the group before it returns or raises.
    """
    streams = [log.with_suffix(".stdout"), log.with_suffix(".stderr")]
    start = time.monotonic()
    with open(streams[0], "wb") as out, open(streams[1], "wb") as err:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
        died = True
        try:
            ended = _wait(process, start + limit_s, stop)
            seconds = time.monotonic() - start
        finally:
            died = end_group(process)
    stdout, stderr = (path.read_text(errors="replace") for path in streams)
    ending = f"exit code {process.returncode}" if ended else f"stopped at its limit of {limit_s:.0f} s"
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n{stdout}{stderr}[{ending}, {seconds:.1f} s]\n")
    for path in streams:
        path.unlink()
    if not ended:
        left = "" if died else "; it did not die even of SIGKILL and was left behind"
        raise TimedOut(f"{pathlib.Path(command[0]).name}: still running after {limit_s:.0f} s{left}")
    return Completed(tuple(command), process.returncode, seconds, stdout, stderr)
