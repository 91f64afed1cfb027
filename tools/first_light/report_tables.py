"""The tables of first_light.md. Each function in report.SECTIONS takes the results and returns Markdown lines, or none
if there are no measurements to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import kernel_bench
from .results import Json, Results

COMPUTED = (
    "Computed: the time to move the least bytes of an operation at this card's copy rate. The data sheet's floor also "
    "counts the arithmetic. Operations whose data stay in the cache may be faster than the computed time."
)


def cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cell(value) for value in line)} |" for line in lines]


def _number(value: Any, form: str) -> str:
    return format(value, form) if isinstance(value, (int, float)) else ""


def _share(part: float | None, whole: float) -> str:
    return f"{part / whole:.0%}" if part and whole else ""


def margins(found: Results) -> list[str]:
    """Lists every check of the self-test with the share of its bound that it used, if the self-test reports numbers."""
    rows = []
    for device in found.figures("selftest").get("devices", []):
        for check in device["checks"]:
            measured = check.get("margins") or [check]
            for margin in measured:
                value, bound = margin.get("value"), margin.get("bound")
                used = _share(value, bound) if isinstance(value, (int, float)) and bound else ""
                what = margin.get("name") or check["figure"]
                rows.append(
                    [
                        check["check"],
                        "passed" if check["passed"] else "FAILED",
                        what,
                        _number(value, ".3g"),
                        _number(bound, ".3g"),
                        used,
                    ]
                )
    return table(["check", "result", "figure", "value", "allowed", "used"], rows) if rows else []


def quick(found: Results) -> list[str]:
    shown = {p: found.figures(f"quick_{p}") for p in ("fp32", "tf32", "bf16")}
    shown = {precision: figures for precision, figures in shown.items() if figures}
    if not shown:
        return []
    models = list(next(iter(shown.values()))["test_accuracy"])
    rows = [[m, *(_number(f["test_accuracy"].get(m), ".4f") for f in shown.values())] for m in models]
    rows.append(["seconds by the wall clock", *(f"{f['seconds']:.1f}" for f in shown.values())])
    return table(["mean test accuracy", *shown], rows)


def _operation_rows(found: Results, entries: Sequence[Json]) -> list[list[str]]:
    rate = found.figures("copy").get("bytes_per_second")
    rows = []
    for entry in entries:
        computed = kernel_bench.copy_floor_us(entry, rate)
        sheet = entry.get("floor_us")
        rows.append(
            [
                entry["name"],
                entry.get("shape", ""),
                f"{entry['us']:.2f}",
                _number(computed, ".2f"),
                _share(computed, entry["us"]),
                _number(sheet, ".2f"),
                _share(sheet, entry["us"]),
                _number(entry.get("flops_per_second", 0) / 1e12 or None, ".1f"),
            ]
        )
    return rows


OPERATION_HEAD = ["operation", "shape", "us", "computed us", "share", "data sheet us", "share", "TFLOP/s"]


def _measured(found: Results) -> list[Json]:
    """Returns operations and steps at the usual number of replicas."""
    return [entry for p in ("tf32", "bf16") for entry in found.figures(f"operations_{p}").get("operations", [])]


def _operations(found: Results, entries: Sequence[Json], replicas: Any) -> list[str]:
    if not entries:
        return []
    return [f"{replicas} replicas. {COMPUTED}", "", *table(OPERATION_HEAD, _operation_rows(found, entries))]


def _replicas(found: Results) -> Any:
    return found.figures("operations_tf32").get("replicas") or found.figures("operations_bf16").get("replicas", "")


def steps(found: Results) -> list[str]:
    return _operations(found, kernel_bench.whole_steps(_measured(found)), _replicas(found))


def operations(found: Results) -> list[str]:
    whole = kernel_bench.whole_steps(_measured(found))
    return _operations(found, [entry for entry in _measured(found) if entry not in whole], _replicas(found))


def operations_beyond_cache(found: Results) -> list[str]:
    figures = found.figures("operations_beyond_cache")
    return _operations(found, figures.get("operations", []), figures.get("replicas"))


def cudnn(found: Results) -> list[str]:
    times = {entry["name"]: entry["us"] for entry in found.figures("cudnn").get("operations", [])}
    rows = []
    for name, us in times.items():
        if name.endswith("/cudnn"):
            ours = name.removesuffix("/cudnn")
            rows.append([ours, f"{us:.2f}", _number(times.get(ours), ".2f")])
    return table(["operation", "cuDNN's calls, us", "ours, us"], rows) if rows else []


def tune(found: Results) -> list[str]:
    figures = found.figures("tune")
    if not figures:
        return []
    rows = [
        [t["replicas_per_group"], t["lanes"], f"{t['epochs_a_second']:.1f}", "best" if t == figures["best"] else ""]
        for t in figures["timings"]
    ]
    return table(["replicas", "lanes", "epochs per second", ""], rows)


def groupings(found: Results) -> list[str]:
    rows = [
        [g["replicas"], g["lanes"], _number(g["epochs_a_second"], ".1f") or "too short to tell"]
        for g in found.figures("groupings").get("groupings", [])
    ]
    return table(["replicas", "lanes", "epochs of the original model per second"], rows) if rows else []


def study(found: Results) -> list[str]:
    rows = []
    for precision in ("tf32", "bf16"):
        figures = found.figures(f"study_{precision}")
        if figures:
            rows.append(
                [
                    precision,
                    f"{figures['seconds']:.1f}",
                    figures["runs_a_model"],
                    "yes" if figures["scaled"] else "no",
                    _number(figures["floor_s"], ".1f"),
                    _share(figures["floor_s"], figures["seconds"]),
                    figures["data"],
                ]
            )
    head = ["precision", "seconds", "runs per model", "cut to fit", "computed floor, s", "share of the floor", "data"]
    return table(head, rows) if rows else []


def nodes(found: Results) -> list[str]:
    figures = found.figures("step_nodes")
    if not figures:
        return []
    rows = [[node["kernel"], f"{node['us']:.2f}"] for node in figures["nodes"]]
    rows += [
        ["all nodes", f"{figures['nodes_us']:.2f}"],
        ["the step, without the profiler", f"{figures['step_us']:.2f}"],
        ["gaps: the step minus its nodes", f"{figures['gaps_us']:.2f}"],
    ]
    return table([f"kernel ({figures['replicas']} replicas, tf32, one hidden layer)", "us"], rows)


def counters(found: Results) -> list[str]:
    kernels = found.figures("step_counters").get("kernels", [])
    if not kernels:
        return []
    head = list(kernels[0])
    rows = [[kernel["kernel"], *(_number(kernel[name], ".4g") for name in head[1:])] for kernel in kernels]
    return table(head, rows)


def products(found: Results) -> list[str]:
    rows = []
    for product in found.figures("products").get("products", []):
        offered = [a for a in product["algorithms"] if "microseconds" in a]
        if not offered:
            why = product.get("error", "none offered")
            rows.append([product["product"], product["precision"], why, "", "", ""])
            continue
        best = min(offered, key=lambda a: a["microseconds"])
        form = f"id {best['id']}, tile {best['tile']}, stages {best['stages']}, split {best['split_k']}"
        rows.append(
            [
                product["product"],
                product["precision"],
                len(product["algorithms"]),
                f"{offered[0]['microseconds']:.1f}",
                f"{best['microseconds']:.1f}",
                form,
            ]
        )
    return (
        table(["product", "precision", "algorithms", "cublasLt's choice, us", "best, us", "which"], rows)
        if rows
        else []
    )


def variants(found: Results) -> list[str]:
    base = {entry["name"]: entry["us"] for entry in _measured(found)}
    rows = []
    for variant in found.figures("variants").get("variants", []):
        for entry in variant["operations"]:
            ours = base.get(entry["name"])
            rows.append(
                [
                    variant["variant"].rsplit("/", 1)[-1],
                    entry["name"],
                    f"{entry['us']:.2f}",
                    _number(ours, ".2f"),
                    f"{entry['us'] / ours:.3f}" if ours else "",
                ]
            )
    return table(["build", "operation", "us", "this build's, us", "ratio"], rows) if rows else []


def peers(found: Results) -> list[str]:
    rows = []
    for entry in kernel_bench.whole_steps(_measured(found)):
        precision, depth = entry["name"].split("/")[:2]
        if depth == "1_hidden":
            rows.append(["gpu_sweep", precision, "fused", _replicas(found), f"{entry['us']:.0f}"])
    theirs = [r for module in ("torch", "jax") for r in found.figures(f"peer_{module}").get("results", [])]
    rows += [
        [
            f"{r['library']} {r['version']} on {r['device']}",
            r["precision"],
            r["adam"],
            r["replicas"],
            f"{r['us_per_step']:.0f}",
        ]
        for r in theirs
    ]
    note = ["Only training steps of the original model: no validation, no shuffle, no start-up.", ""]
    return note + table(["library", "precision", "Adam", "replicas", "us per step"], rows) if theirs else []
