"""One row a figure: what was measured, its floor, their ratio and the ratio that is allowed."""

from dataclasses import dataclass


@dataclass
class Row:
    what: str
    value: float
    unit: str
    floor: float | None = None
    floor_is: str = ""
    at_most: float | None = None
    """The ratio value / floor may be at most this (for throughput: at least, see `more_is_better`)."""
    more_is_better: bool = False
    limit: float | None = None
    """An absolute limit on the value."""

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def verdict(self) -> str:
        checks = []
        if self.ratio is not None and self.at_most is not None:
            checks.append(self.ratio >= self.at_most if self.more_is_better else self.ratio <= self.at_most)
        if self.limit is not None:
            checks.append(self.value <= self.limit)
        return "" if not checks else "ok" if all(checks) else "MISSED"


def show(title: str, rows: list[Row]) -> None:
    print(f"## {title}\n")
    print("| what | measured | floor | ratio | allowed | |\n|---|---|---|---|---|---|")
    for row in rows:
        floor = f"{row.floor:.4g} {row.unit} ({row.floor_is})" if row.floor else ""
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        sign = "≥" if row.more_is_better else "≤"
        allowed = ", ".join(
            part
            for part in (
                f"ratio {sign} {row.at_most:g}" if row.at_most is not None else "",
                f"≤ {row.limit:g} {row.unit}" if row.limit is not None else "",
            )
            if part
        )
        print(f"| {row.what} | {row.value:.4g} {row.unit} | {floor} | {ratio} | {allowed} | {row.verdict} |")
    print(flush=True)
