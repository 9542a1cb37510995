"""The small real tables are what the entries that lead to them say, and hold facts one can check."""

import csv
import re
from datetime import date

import pytest

from tests.unit.demo.harvested import DEMO, Entry, entries
from vocab.namespaces import CSVW, SUI

TABLES = sorted(path.stem for path in (DEMO / "tables").glob("*.csv"))


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def entry_of(name: str) -> Entry:
    address = f"<urn:suishu:demo/tables/{name}.csv>"
    return next(entry for entry in entries().values() if address in entry.record.ntriples.decode())


@pytest.mark.parametrize("name", TABLES)
def test_the_entry_of_a_table_tells_its_columns_rows_and_size(name: str) -> None:
    entry = entry_of(name)
    text = entry.record.ntriples.decode()
    table = rows(name)
    columns = set(re.findall(rf'<{re.escape(CSVW.name)}> "([^"]*)"', text))
    assert columns == set(table[0])
    assert entry.texts(SUI.rows)[0].split('"')[1] == str(len(table))
    assert f'"{(DEMO / "tables" / f"{name}.csv").stat().st_size}"' in text
    assert f"| `{name}.csv` | {len(table)} |" in (DEMO / "README.md").read_text(encoding="utf-8")


def test_there_are_ten_tables() -> None:
    assert len(TABLES) == 10


def test_each_street_lies_in_a_district_of_the_table() -> None:
    districts = {row["code"]: row for row in rows("guangzhou_districts")}
    streets = rows("guangzhou_streets")
    assert len(districts) == 11
    assert {row["district_code"] for row in streets} == set(districts)
    assert all(row["code"].startswith(row["district_code"]) for row in streets)
    counted = sum(int(row["streets"]) + int(row["towns"]) for row in districts.values())
    assert counted == sum(row["kind"] in ("街道", "镇") for row in streets)


def test_days_off_and_make_up_days_give_the_working_days_of_each_month() -> None:
    off = {date.fromisoformat(row["date"]): row["is_off_day"] == "true" for row in rows("public_holidays")}
    assert off[date(2026, 1, 1)] is True
    assert off[date(2026, 1, 4)] is False  # a Sunday that was worked for the New Year's holiday
    for month in rows("working_days_by_month"):
        days = [date(int(month["year"]), int(month["month"]), day + 1) for day in range(int(month["days"]))]
        working = [day for day in days if not off.get(day, day.weekday() >= 5)]
        assert (int(month["working_days"]), int(month["days_off"])) == (len(working), len(days) - len(working))


def test_the_twenty_two_domains_and_fourteen_frequencies_are_whole() -> None:
    assert len({row["id"] for row in rows("open_data_domains")}) == 22
    assert len({row["id"] for row in rows("update_frequencies")}) == 14
