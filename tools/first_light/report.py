"""Writes first_light.md, a readable form of first_light.json. Called after every step."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence

from . import report_tables as tables
from .results import FAILED, TIMED_OUT, Json, Results, write_atomically
from .stage import Stage

FILE = "first_light.md"

Section = tuple[str, Callable[[Results], list[str]]]
SECTIONS: tuple[Section, ...] = (
    ("Margins of the self-test", tables.margins),
    ("A small experiment in each precision", tables.quick),
    ("The whole step, measured and computed", tables.steps),
    ("Operations, measured and computed", tables.operations),
    ("Operations beyond the cache", tables.operations_beyond_cache),
    ("Compared with compositions of cuDNN's calls", tables.cudnn),
    ("Groupings that tune tried", tables.tune),
    ("More groupings, by the wall clock", tables.groupings),
    ("The study, by the wall clock", tables.study),
    ("The nodes of a step", tables.nodes),
    ("Counters of a step's kernels", tables.counters),
    ("The two big products by algorithm", tables.products),
    ("Other builds of the lane", tables.variants),
    ("Other libraries on the same card", tables.peers),
)


def _head(found: Results) -> list[str]:
    machine = found.machine
    cards = machine.get("cards", [])
    lines = [f"- card: {card['name']}, driver {card['driver_version']}, {card['memory.total']} MiB" for card in cards]
    if not cards:
        lines = [f"- device: {machine.get('device', '?')}; nvidia-smi listed no card"]
    lines += [
        f"- program: {machine.get('version', 'not known yet')}",
        f"- machine: {machine.get('processor', '?')}, {machine.get('cpus', '?')} CPUs, {machine.get('system', '?')}",
        f"- last call: {machine.get('started', '?')}",
    ]
    return lines


def _all_steps(found: Results, stages: Sequence[Stage]) -> list[str]:
    rows = []
    for stage in stages:
        for step in stage.steps:
            entry = found.steps.get(step.name, {})
            rows.append(
                [
                    stage.name,
                    step.name,
                    entry.get("status", "not run yet"),
                    f"{entry['seconds']:.1f} of {entry['limit_s']:.0f}" if "seconds" in entry else "",
                    entry.get("headline", step.shows),
                ]
            )
    return tables.table(["stage", "step", "result", "seconds", "what it says"], rows)


def _troubles(found: Results) -> list[str]:
    lines = []
    for entry in found.steps.values():
        if entry["status"] in (FAILED, TIMED_OUT):
            lines += [f"### {entry['step']}: {entry['status']}", "", tables.cell(entry["headline"]), ""]
            lines += ["```", *_fenced(entry).splitlines(), "```", ""]
    return lines


def _fenced(entry: Json) -> str:
    return str(entry.get("log_tail", "")).replace("```", "'''")[-2000:]


def text(found: Results, stages: Sequence[Stage]) -> str:
    lines = ["# First light", "", *_head(found), "", "## Steps", "", *_all_steps(found, stages), ""]
    troubles = _troubles(found)
    if troubles:
        lines += ["## What failed", "", *troubles]
    for title, section in SECTIONS:
        try:
            content = section(found)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            content = [f"not to be shown: {type(error).__name__}: {error}; first_light.json has the figures"]
        if content:
            lines += [f"## {title}", "", *content, ""]
    return "\n".join(lines)


def write(found: Results, stages: Sequence[Stage], folder: pathlib.Path) -> None:
    write_atomically(folder / FILE, text(found, stages))
