"""Compares the manual page and the completion with the output of --help: generated_pages_test.py PROGRAM"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

program = sys.argv[1]


def text_of(command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def flags_in(help_text):
    """Returns the flags at the starts of lines. Flags elsewhere belong to other commands or to examples."""
    starts = re.findall(r"^  (-\S+)", help_text, re.MULTILINE)
    return {flag for start in starts for flag in start.split(",")}


def commands():
    listed = text_of([program, "--help"]).split("Subcommands:")[1]
    return re.findall(r"^  (\w+)", listed, re.MULTILINE)


def completion(words):
    """Returns the completions that bash offers for the last of `words`."""
    script = """
      eval "$("$1" --completion bash)"
      complete -p gpu_sweep >&2
      COMP_WORDS=(gpu_sweep "${@:2}") COMP_CWORD=$(($# - 1))
      _gpu_sweep
      printf '%s\\n' "${COMPREPLY[@]}"
    """
    return set(text_of(["bash", "--norc", "-c", script, "-", program, *words]).split())


def check(condition, message):
    if not condition:
        sys.exit("generated_pages_test: " + message)


roff = text_of([program, "--man-page"])
page = roff.replace("\\-", "-")
check(commands(), "--help lists no command")
check(completion([""]) == set(commands()) | flags_in(text_of([program, "--help"])), "completion of the first word")
check(completion(["ex"]) == {"export"}, "completion of the start of a command")
for command in commands():
    flags = flags_in(text_of([program, command, "--help"]))
    check("--help" in flags, command + " --help lists no flag")
    check(completion([command, "-"]) == flags, f"completion of {command}: {completion([command, '-']) ^ flags}")
    section = page.split(f".SS gpu_sweep {command} ")[1].split(".SS ")[0]
    for flag in flags:
        check(f"\\fB{flag}\\fR" in section, f"the manual page lacks {flag} of {command}")
rows = (Path(__file__).parents[2] / "include/gpu_sweep/activations.def").read_text()
activations = set(re.findall(r'^GPU_SWEEP_ACTIVATION\(\w+, "(\w+)"', rows, re.MULTILINE))
check(len(activations) >= 8, f"activations.def has the rows {activations}")
check(completion(["train", "--activation", ""]) == activations, "values of --activation")
check(completion(["export", "--format", "c"]) == {"csv"}, "values of --format")
check(completion(["run", "--out", ""]) == set(), "a folder's name is not for this script to complete")

if shutil.which("groff"):
    shown = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z"], input=roff, capture_output=True, text=True)
    check(shown.returncode == 0 and not shown.stderr, "groff says: " + shown.stderr)
else:
    print("NOT TESTED: how the manual page is set (groff is missing)")
