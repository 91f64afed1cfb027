"""Exceptions by kind. Each has one line that names what was found and what was expected."""

from __future__ import annotations


class Error(Exception):
    """Base of all errors of gpu_sweep. ``exit_code`` is what the program would end with."""

    exit_code = 1


class ExperimentError(Error, ValueError):
    """An experiment, an argument or a study that cannot be meant so."""

    exit_code = 2


class DataError(Error, ValueError):
    """A data set, a table or a file of weights that cannot be used."""

    exit_code = 3


class DeviceError(Error, RuntimeError):
    """No such device, a device that computes wrongly, or too little memory."""

    exit_code = 4


class OutputError(Error, OSError):
    """Results that cannot be written or read: a full disk, a lack of permission."""

    exit_code = 5


class BusyError(Error, OSError):
    """Another process trains in the folder of the results."""

    exit_code = 6


class CorruptError(Error, RuntimeError):
    """Stored results are damaged."""

    exit_code = 8


class SweepWarning(UserWarning):
    """What a user should know and what does not stop the training."""


_KINDS: dict[int, type[Error]] = {
    kind.exit_code: kind for kind in (ExperimentError, DataError, DeviceError, OutputError, BusyError, CorruptError)
}


def error_for(exit_code: int, line: str) -> Error:
    """Return the exception for an exit code of the program."""
    return _KINDS.get(exit_code, Error)(line)
