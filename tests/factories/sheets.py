"""Catalogues as tables and JSON, small ones, for what reads them."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

PARKS: tuple[dict[str, str], ...] = tuple(
    {
        "资源名称": f"公园名录{number}",
        "简要描述": f"全市公园的名称、地址和开放时间，第 {number} 版，按年整理。",
        "数据供给部门": "市林业和园林局" if number % 2 else "市教育局",
        "涉及领域": "生态环境" if number % 2 else "花鸟鱼虫",
        "更新频次": "每年" if number % 3 else "看情况",
        "上线日期": f"2024-01-{number:02}",
        "开放形式": "无条件开放",
        "备用": "",
    }
    for number in range(1, 13)
)
"""Headings that no list of usual names has; every second theme and every third frequency is no known code."""


def as_csv(path: Path, rows: Sequence[Mapping[str, str]] = PARKS) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def as_json(path: Path, rows: Sequence[Mapping[str, object]] = PARKS) -> Path:
    path.write_text(json.dumps({"data": {"rows": list(rows)}}, ensure_ascii=False), encoding="utf-8")
    return path
