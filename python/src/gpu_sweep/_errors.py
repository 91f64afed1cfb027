"""The exceptions, one class per kind of error, and the translation of the program's messages."""

from __future__ import annotations

import re


class Error(Exception):
    """Base of all errors of gpu_sweep. ``exit_code`` is the exit code with which the program would end."""

    exit_code = 1


class ExperimentError(Error, ValueError):
    """An experiment, an argument or a study that contradicts itself or breaks a rule."""

    exit_code = 2


class DataError(Error, ValueError):
    """A data set, a table or a file of weights that cannot be used."""

    exit_code = 3


class DeviceError(Error, RuntimeError):
    """A device that does not exist or computes wrongly, or too little memory."""

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
    """A warning about something that a user should know, but that does not stop the training."""


_KINDS: dict[int, type[Error]] = {
    kind.exit_code: kind for kind in (ExperimentError, DataError, DeviceError, OutputError, BusyError, CorruptError)
}


# Patterns of flags in messages of the program, and their replacements. Applied in this order, before _ARGUMENT.
_FLAGS = {
    r"gpu_sweep run --keep-predictions": 'run(keep=["probabilities"])',
    r"--keep-predictions": 'keep=["probabilities"]',
    r"--save-weights": 'keep=["weights"]',
    r"^--data ": "",
    r"--columns (\w+)=NAME": r'columns={"\1": NAME}',
    r"--missing (failed|not-run)": r'missing="\1"',
    r"--data (\S+)(?= or --data|$)": r'gs.Data.open("\1")',
}
_ARGUMENT = re.compile(r"--(device|precision|until-decided|race|max-runs|metric|pairing|missing|test-share)\b")


def in_python(line: str) -> str:
    """Return a line of the program with Python's arguments in place of flags.

    A line with ``gpu_sweep run EXPERIMENT`` is for a terminal, so the flags that _ARGUMENT matches stay.
    """
    for flag, argument in _FLAGS.items():
        line = re.sub(flag, argument, line)
    return line if "gpu_sweep run EXPERIMENT" in line else _ARGUMENT.sub(lambda m: m[1].replace("-", "_"), line)


def error_for(exit_code: int, line: str) -> Error:
    """Return the exception for an exit code of the program."""
    return _KINDS.get(exit_code, Error)(in_python(line))
