"""The charts of a report as separate objects."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_WIDTH = 640
_SPEC = re.compile(r'<script type="application/json" id="spec-(\w+)">(.*?)</script>', re.DOTALL)
_FIGURE = re.compile(r'<figure data-spec="(\w+)">.*?aria-label="(.*?)".*?<script[^>]*>(.*?)</script>', re.DOTALL)
_COLOR = re.compile(r"(--[\w-]+):\s*([^;}]+)")
_USED_COLOR = re.compile(r"var\((--[\w-]+)\)")


@dataclass(frozen=True)
class Chart:
    """A chart of a report, which notebooks draw. Returned by :meth:`Result.charts`.

    Examples
    --------
    >>> result.charts()[0].text[:37]
    'Dot plot of validation accuracy, one '
    """

    kind: str
    """"distributions", "differences", "curves", "confusion" or "reliability"."""
    text: str
    """A description of the chart in words."""
    spec: dict[str, Any]
    """The chart with its data, for Vega 5."""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"application/vnd.vega.v5+json": self.spec, "text/plain": self.text}


def _merge(entries: list[dict[str, Any]], values: dict[str, Any], field: str) -> None:
    for entry in entries:
        if entry["name"] in values:
            entry[field] = values[entry["name"]]


def _legend(spec: dict[str, Any]) -> None:
    """Add a legend of the lines to ``spec``, which has none because the page shows the legend outside the chart."""
    points = next(entry["values"] for entry in spec["data"] if entry["name"] == "points")
    names = list(dict.fromkeys(point["name"] for point in points))
    spec["signals"].append({"name": "names", "value": names})
    labels = {"update": {"text": {"signal": "names[datum.value]"}}}
    legend = {"stroke": "colour", "values": list(range(len(names))), "orient": "top", "encode": {"labels": labels}}
    spec["legends"] = [legend | {"symbolType": "stroke", "direction": "horizontal"}]


def charts_of(page: str) -> Iterator[Chart]:
    """Yield the charts of a ``report.html`` in the order of the page, with the colors of its light mode."""
    style = page[: page.index("</style>")]
    colors: dict[str, str] = {}
    for name, color in _COLOR.findall(style):
        colors.setdefault(name, color.strip())  # keeps the first value, which is for light mode
    specs = dict(_SPEC.findall(page))
    for kind, text, given in _FIGURE.findall(page):
        spec: dict[str, Any] = json.loads(_USED_COLOR.sub(lambda found: colors[found[1]], specs[kind]))
        data = json.loads(given)
        _merge(spec["data"], data.get("data", {}), "values")
        _merge(spec.get("signals", []), data.get("signals", {}), "value")
        if kind == "curves":
            _legend(spec)
        yield Chart(kind, html.unescape(text), {**spec, "width": _WIDTH, "background": "white"})
