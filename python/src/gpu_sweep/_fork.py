"""Refuses to train in a fork of a process that has trained: the fork has no usable threads and GPUs."""

from __future__ import annotations

import os

from ._errors import DeviceError

_used = False  # this process has trained
_forked_after_use = False


def _after_fork() -> None:
    global _forked_after_use
    _forked_after_use = _used


def refuse_in_fork() -> None:
    """Raise DeviceError if this process was forked from one that has trained. Otherwise note that this one trains."""
    global _used
    if _forked_after_use:
        raise DeviceError(
            "this process was forked from one that has trained, and lacks its threads and GPUs: "
            'expected a process started by "spawn" or "forkserver"'
        )
    _used = True


os.register_at_fork(after_in_child=_after_fork)
