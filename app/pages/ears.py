"""
The field of rice on the home page: an ear a theme, its pairs of grains by the number of datasets. Pure geometry.
"""

import math
from dataclasses import dataclass

WIDTH, HEIGHT = 40.0, 210.0
_LOWEST, _HIGHEST = 72.0, 192.0
_MAX_PAIRS = 11
_GRAIN_LENGTH, _GRAIN_WIDTH = 16.0, 5.2
_SPREAD = 0.58
"""Angle between a grain and the stem, in radians."""


@dataclass(frozen=True, slots=True)
class Ear:
    """Paths in a box of 40 × 210, the ground at its lower edge. No datasets: a green blade without grain."""

    code: str
    label: str
    count: int
    stem: str
    blade: str
    grains: str


def ears(themes: list[tuple[str, str, int]]) -> list[Ear]:
    """One ear for each (code, label, count), in that order. Heights grow with the root, so that small ones show."""
    most = max((count for _, _, count in themes), default=0)
    return [_ear(place, *theme, most) for place, theme in enumerate(themes)]


def _ear(place: int, code: str, label: str, count: int, most: int) -> Ear:
    share = math.sqrt(count / most) if most and count else 0.0
    # neighbours sway differently; the numbers only have to look unplanned and stay the same from day to day
    sway = math.sin(place * 2.4) * 5.0
    height = _LOWEST + (_HIGHEST - _LOWEST) * share
    foot, tip = (WIDTH / 2, HEIGHT), (WIDTH / 2 + 3.0 + sway, HEIGHT - height + _GRAIN_LENGTH)
    knee = (WIDTH / 2 - 2.5 - sway / 2, HEIGHT - height * 0.58)

    def on_stem(t: float) -> tuple[float, float, float]:
        x = (1 - t) ** 2 * foot[0] + 2 * t * (1 - t) * knee[0] + t * t * tip[0]
        y = (1 - t) ** 2 * foot[1] + 2 * t * (1 - t) * knee[1] + t * t * tip[1]
        dx = 2 * (1 - t) * (knee[0] - foot[0]) + 2 * t * (tip[0] - knee[0])
        dy = 2 * (1 - t) * (knee[1] - foot[1]) + 2 * t * (tip[1] - knee[1])
        return x, y, math.atan2(dy, dx)

    stem = f"M{_point(*foot)}Q{_point(*knee)} {_point(*tip)}"
    grains = ""
    if count:
        pairs = 2 + round((_MAX_PAIRS - 2) * share)
        step = 10.2 / height
        for pair in range(pairs):
            x, y, angle = on_stem(1 - step * (pair + 0.6))
            grains += _grain(x, y, angle - _SPREAD) + _grain(x, y, angle + _SPREAD)
        grains += _grain(*on_stem(1.0))
    return Ear(code, label, count, stem, _blade(place, height), grains)


def _blade(place: int, height: float) -> str:
    """The leaf beside the stem, now left, now right."""
    side = -1 if place % 2 else 1
    x, top = WIDTH / 2, HEIGHT - height * 0.5
    outer, bend = x + side * 18.0, HEIGHT - height * 0.34
    return (
        f"M{_point(x, HEIGHT)}Q{_point(x + side * 2, bend)} {_point(outer, top)}"
        f"Q{_point(x + side * 10, bend + 8)} {_point(x + side * 2, HEIGHT)}Z"
    )


def _grain(x: float, y: float, angle: float) -> str:
    cos, sin = math.cos(angle), math.sin(angle)

    def at(along: float, across: float) -> str:
        return _point(x + along * cos - across * sin, y + along * sin + across * cos)

    middle = _GRAIN_LENGTH * 0.45
    tip = at(_GRAIN_LENGTH, 0)
    return f"M{_point(x, y)}Q{at(middle, _GRAIN_WIDTH)} {tip}Q{at(middle, -_GRAIN_WIDTH)} {_point(x, y)}Z"


def _point(x: float, y: float) -> str:
    return f"{x:.1f} {y:.1f}"
