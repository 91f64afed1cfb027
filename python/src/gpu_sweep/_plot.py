"""The picture of intervals that notebooks show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_ROW = 26
_LEFT = 240
_WIDTH = 620
_MOST = 30


@dataclass(frozen=True)
class Bar:
    """The difference of two models, with its interval if there is one."""

    name: str
    difference: float
    low: float | None
    high: float | None
    told: bool


def _ends(bars: Sequence[Bar]) -> tuple[float, float]:
    values = [0.0]
    for bar in bars:
        values += [value for value in (bar.difference, bar.low, bar.high) if value is not None]
    low, high = min(values), max(values)
    room = (high - low or 1.0) * 0.05
    return low - room, high + room


def interval_plot(bars: Sequence[Bar], unit: str) -> str:
    """Return SVG: a line per pair with its difference as a dot and its interval, blue if the pair is told apart.

    Shows the 30 pairs with the largest differences. Returns "" if there are no pairs.
    """
    if not bars:
        return ""
    shown = sorted(bars, key=lambda bar: -abs(bar.difference))[:_MOST]
    low, high = _ends(shown)
    height = _ROW * (len(shown) + 1) + 14

    def x(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - 10)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" role="img" aria-label="differences with intervals" '
        'style="font: 12px sans-serif" fill="currentColor">',
        f'<line x1="{x(0):.1f}" x2="{x(0):.1f}" y1="4" y2="{height - 22}" stroke="gray"/>',
    ]
    for row, bar in enumerate(shown):
        y = _ROW * row + _ROW / 2
        color = "#1f5fa8" if bar.told else "gray"
        title = f"<title>{escape(bar.name)}: {bar.difference:+.4g}</title>"
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(bar.name[:38])}</text>')
        if bar.low is not None and bar.high is not None:
            parts.append(
                f'<line x1="{x(bar.low):.1f}" x2="{x(bar.high):.1f}" y1="{y}" y2="{y}" stroke="{color}" '
                f'stroke-width="3">{title}</line>'
            )
        parts.append(f'<circle cx="{x(bar.difference):.1f}" cy="{y}" r="4.5" fill="{color}">{title}</circle>')
    foot = height - 6
    parts.append(f'<text x="{x(0):.1f}" y="{foot}" text-anchor="middle">0</text>')
    parts.append(f'<text x="{_WIDTH - 10}" y="{foot}" text-anchor="end">{escape(unit)}</text></svg>')
    return "".join(parts)
