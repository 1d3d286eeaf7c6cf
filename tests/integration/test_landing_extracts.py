"""What databases and APIs share: increments, unchanged rows, quarantine and history, against a model of the source."""

import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.quarantine import quarantine
from orchestration.sources.lake.raw_lake import DATA_FILE, REJECTS_FILE, BatchManifest, LandedColumn, RawLake
from orchestration.sources.landing import land_opened
from orchestration.sources.results import LandingResult
from orchestration.sources.rows import extracts
from orchestration.sources.rows.extracts import Since, land_extract
from orchestration.sources.rows.reading import Reading

NOON = datetime(2014, 1, 15, 12, tzinfo=UTC).replace(tzinfo=None)
Row = dict[str, Any]


class Shop:
    """A relation of a database, in memory: `rows` by id, of which those with the amount "bad" cannot be landed."""

    def __init__(self, folder: Path, **table: Any) -> None:
        said = {
            "name": "order",
            "description": "x",
            "relation": "shop.order",
            "load": "incremental",
            "keys": ["id"],
            "cursor": "changed_at",
            "overlap": "2 hours",
            "columns": {"id": "INTEGER", "amount": "DECIMAL(18,2)", "changed_at": "TIMESTAMP"},
        }
        self.system = SourceSystem.model_validate(
            {
                "name": "shop",
                "description": "x",
                "owners": ["team:a"],
                "group": "g",
                "database": {"kind": "sqlite", "connection": "shop.db"},
                "tables": [{**said, **table}],
            }
        )
        self.table = self.system.tables[0]
        self.lake = RawLake(folder / "lake")
        self.rows: dict[int, Row] = {}
        self.asked: list[Since | None] = []

    def put(self, id: int, amount: str, changed_at: datetime | None) -> None:  # noqa: A002
        self.rows[id] = {"id": id, "amount": amount, "changed_at": changed_at}

    def land(self, table: SourceTable, lake: RawLake) -> tuple[list[BatchManifest], list[BatchManifest]]:
        return land_extract(self.system, table, lake, self.extract)

    def refresh(self) -> LandingResult:
        return land_opened(self, self.table, self.lake)

    def now(self, as_of: datetime | None = None) -> dict[int, str]:
        batches = self.lake.current("shop", "order", as_of=as_of)
        if not batches:
            return {}
        query = current_rows(self.lake, self.table, batches)
        rows = duckdb.execute(f"SELECT id, amount::VARCHAR FROM ({query})").fetchall()
        assert len(rows) == len(dict(rows)) == self.lake.row_count("shop", "order", as_of=as_of)
        return dict(rows)

    def quarantined(self) -> list[int]:
        return sorted(json.loads(row.raw_text)["id"] for row in quarantine(self.lake, [self.system]).rows)

    def extract(self, table: SourceTable, since: Since | None, workplace: Path) -> Reading:
        self.asked.append(since)

        def is_asked_for(row: Row) -> bool:
            at = row["changed_at"]
            return not since or at is None or at > since.value or (since.is_inclusive and at == since.value)

        asked = [row for row in self.rows.values() if is_asked_for(row)]
        sound = [row for row in asked if row["amount"] != "bad"]
        rejects = [row for row in asked if row["amount"] == "bad"]
        columns = tuple(LandedColumn(name=name, type=column.type) for name, column in table.columns.items())
        structure = json.dumps([{**{c.name: c.type for c in columns}, "source_row": "BIGINT"}])
        listed = json.dumps([{**row, "source_row": n} for n, row in enumerate(sound, 1)], default=str)
        duckdb.execute(
            f"COPY (SELECT unnest(from_json('{listed}', '{structure}'), recursive := true)) "
            f"TO '{workplace / DATA_FILE}' (FORMAT parquet)"
        )
        if rejects:
            raw = ", ".join(f"('{json.dumps(row, default=str)}')" for row in rejects)
            duckdb.execute(
                "COPY (SELECT 'shop.order' AS source_file, row_number() OVER () AS source_row, 'amount' AS "
                f"column_name, 'unfit' AS reason, raw_text FROM (VALUES {raw}) rejects(raw_text)) "
                f"TO '{workplace / REJECTS_FILE}' (FORMAT parquet)"
            )
        return Reading(columns, len(asked), len(sound), len(rejects))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def hours(number: float) -> datetime:
    return NOON + timedelta(hours=number)


def test_only_what_changed_is_read_and_landed(shop: Shop) -> None:
    shop.put(1, "10.00", hours(0))
    shop.put(2, "20.00", hours(5))
    shop.refresh()
    shop.put(3, "30.00", hours(6))
    result = shop.refresh()
    assert shop.asked == [None, Since(hours(3), is_inclusive=True)]
    assert shop.now() == {1: "10.00", 2: "20.00", 3: "30.00"}
    (new,) = result.new
    assert (new.rows_read, new.rows_landed, new.rows_unchanged, new.is_whole) == (2, 1, 1, False)
    assert (result.row_count, new.cursor_max) == (3, "2014-01-15 18:00:00")


def test_nothing_new_makes_no_batch(shop: Shop) -> None:
    shop.put(1, "10.00", hours(0))
    shop.put(2, "bad", hours(0))
    shop.put(3, "30.00", None)
    before = shop.refresh()
    assert shop.refresh().new == ()
    assert shop.lake.current("shop", "order") == list(before.current)


def test_a_row_that_goes_back_and_forth_is_landed_each_time(shop: Shop) -> None:
    for amount in ("10.00", "20.00", "10.00", "20.00"):
        shop.put(1, amount, None)
        shop.put(2, "10.00", hours(0))
        shop.refresh()
        assert shop.now() == {1: amount, 2: "10.00"}
    assert len({batch.content_hash for batch in shop.lake.batches("shop", "order")}) == 4


def test_a_row_that_came_late_is_read_within_the_overlap(shop: Shop) -> None:
    shop.put(1, "10.00", hours(5))
    shop.refresh()
    shop.put(2, "20.00", hours(3.5))
    shop.refresh()
    assert shop.now() == {1: "10.00", 2: "20.00"}


def test_a_time_of_the_future_hides_nothing(shop: Shop) -> None:
    shop.put(1, "10.00", hours(0))
    shop.put(2, "20.00", datetime(2095, 1, 1, tzinfo=UTC).replace(tzinfo=None))
    shop.refresh()
    shop.put(3, "30.00", hours(1))
    (new,) = shop.refresh().new
    assert shop.now() == {1: "10.00", 2: "20.00", 3: "30.00"}
    assert (new.rows_landed, new.rows_unchanged) == (1, 2)


def test_a_mended_row_leaves_quarantine_and_lands(shop: Shop) -> None:
    shop.put(1, "10.00", hours(0))
    shop.put(2, "bad", hours(0))
    shop.put(3, "bad", hours(0))
    shop.refresh()
    assert shop.quarantined() == [2, 3]
    shop.put(2, "20.00", hours(1))
    shop.refresh()
    assert (shop.quarantined(), shop.now()) == ([3], {1: "10.00", 2: "20.00"})


def test_a_repeated_key_does_not_make_everything_be_read_again(shop: Shop) -> None:
    shop.put(1, "10.00", hours(0))
    shop.rows[99] = {"id": 1, "amount": "11.00", "changed_at": hours(0)}
    shop.put(2, "20.00", hours(0))
    assert shop.refresh().rows_quarantined == 1
    shop.put(3, "30.00", hours(1))
    (new,) = shop.refresh().new
    assert (new.is_whole, shop.now()) == (False, {1: "10.00", 2: "20.00", 3: "30.00"})


def test_a_row_that_became_bad_is_in_quarantine_and_its_last_sound_state_stays_in_use(shop: Shop) -> None:
    shop.put(1, "10.00", hours(0))
    shop.refresh()
    shop.put(1, "bad", hours(1))
    shop.refresh()
    assert (shop.quarantined(), shop.now()) == ([1], {1: "10.00"})


def test_deleted_rows_are_seen_when_everything_is_read_again(shop: Shop, tmp_path: Path) -> None:
    weekly = Shop(tmp_path, full_every_days=7)
    weekly.put(1, "10.00", hours(0))
    weekly.put(2, "20.00", hours(0))
    weekly.refresh()
    del weekly.rows[2]
    weekly.refresh()
    assert weekly.now() == {1: "10.00", 2: "20.00"}
    note = weekly.lake.folder("shop", "order") / ".read-whole"
    long_ago = note.stat().st_mtime - timedelta(days=8).total_seconds()
    os.utime(note, (long_ago, long_ago))
    weekly.refresh()
    assert weekly.now() == {1: "10.00"}
    os.utime(note, (long_ago, long_ago))
    assert weekly.refresh().new == (), "the same content again makes no batch"
    assert weekly.refresh().new == ()
    assert weekly.asked[-1] is not None, "and counts as a reading of everything"
    assert shop.lake.root == weekly.lake.root


def test_after_the_clock_was_set_back_rows_are_known_no_earlier_and_everything_is_read_again(tmp_path: Path) -> None:
    weekly = Shop(tmp_path, full_every_days=7)
    weekly.put(1, "10.00", hours(0))
    batches = list(weekly.refresh().current)
    ahead = batches[0].known_at + timedelta(days=700)
    weekly.lake.commit("shop", "order", [*batches, *batches], 1, ahead)
    weekly.lake.commit("shop", "order", batches, 1, ahead)
    note = weekly.lake.folder("shop", "order") / ".read-whole"
    os.utime(note, (ahead.timestamp(), ahead.timestamp()))
    weekly.put(2, "20.00", hours(1))
    (newest,) = weekly.refresh().new
    assert newest.known_at > ahead
    assert weekly.asked == [None, None]


def test_many_increments_become_one_batch_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracts, "_MOST_BATCHES", 3)
    for number in range(6):
        shop.put(number, "10.00", hours(number))
        shop.refresh()
    assert [since is None for since in shop.asked] == [True, False, False, False, True, False]
    assert len(shop.now()) == 6
    assert len(shop.lake.current("shop", "order")) == 2


def test_another_declaration_reads_everything_again(shop: Shop, tmp_path: Path) -> None:
    shop.put(1, "10.00", hours(0))
    shop.refresh()
    wider = {"id": "INTEGER", "amount": "DECIMAL(18,4)", "changed_at": "TIMESTAMP"}
    other = Shop(tmp_path, columns=wider)
    other.rows = shop.rows
    other.refresh()
    assert (other.asked, other.now()) == ([None], {1: "10.0000"})


def test_full_tables_lose_what_the_source_lost_and_know_the_same_rows_in_another_order(tmp_path: Path) -> None:
    shop = Shop(tmp_path, load="full", overlap=None)
    shop.put(1, "10.00", hours(0))
    shop.put(2, "20.00", hours(0))
    first = shop.refresh()
    shop.rows = dict(reversed(shop.rows.items()))
    assert shop.refresh().new == ()
    del shop.rows[1]
    shop.refresh()
    assert shop.now() == {2: "20.00"}
    assert shop.now(first.current[0].known_at + timedelta(seconds=0.5)) in ({1: "10.00", 2: "20.00"}, {2: "20.00"})
    shop.put(1, "10.00", hours(0))
    assert shop.refresh().new == (), "content that comes back is no new batch"


def test_appended_tables_read_what_is_beyond_the_mark(tmp_path: Path) -> None:
    columns = {"id": "INTEGER", "amount": "DECIMAL(18,2)", "changed_at": "TIMESTAMP"}
    shop = Shop(tmp_path, load="append", overlap=None, keys=[], cursor="id", columns=columns)
    for number in (1, 2):
        shop.put(number, "10.00", hours(0))
    since_id = [None, Since(2, is_inclusive=False)]
    original = shop.extract

    def by_id(table: SourceTable, since: Since | None, workplace: Path) -> Reading:
        kept = shop.rows
        shop.rows = {n: row for n, row in kept.items() if since is None or n > since.value}  # type: ignore[operator]
        shop.asked.append(since)
        reading = original(table, None, workplace)
        shop.asked.pop()
        shop.rows = kept
        return reading

    shop.extract = by_id  # type: ignore[method-assign]
    shop.refresh()
    del shop.rows[1]
    shop.put(3, "30.00", hours(0))
    shop.refresh()
    assert shop.asked == since_id
    assert shop.now() == {1: "10.00", 2: "10.00", 3: "30.00"}


@hypothesis_settings(max_examples=25, stateful_step_count=15, deadline=None)
class AnySourceAnyChange(RuleBasedStateMachine):
    """Whatever changes at a source, and whenever it is read, sound rows are landed once and the others are listed."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.shop = Shop(Path(self.folder.name))
        self.clock = 0.0
        self.remembered: list[tuple[datetime, dict[int, str]]] = []
        self.is_read = True

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @rule(id=st.integers(1, 4), amount=st.sampled_from(["1.00", "2.00", "bad"]), late=st.sampled_from([0, 0, 1.5]))
    def change(self, id: int, amount: str, late: float) -> None:  # noqa: A002
        self.clock += 0.25
        self.shop.put(id, amount, hours(self.clock - late))
        self.is_read = False

    @rule(id=st.integers(1, 4))
    def delete(self, id: int) -> None:  # noqa: A002
        self.shop.rows.pop(id, None)

    @rule()
    def read(self) -> None:
        self.shop.refresh()
        self.is_read = True
        self.remembered.append((datetime.now(UTC), self.shop.now()))
        assert self.shop.refresh().new == ()

    @invariant()
    def what_is_read_is_known(self) -> None:
        if not self.remembered or not self.is_read:
            return
        now, quarantined = self.shop.now(), self.shop.quarantined()
        for number, row in self.shop.rows.items():
            if row["amount"] == "bad":
                assert number in quarantined
            else:
                assert now[number] == row["amount"]
                assert number not in quarantined

    @invariant()
    def the_past_stays(self) -> None:
        for moment, known in self.remembered:
            assert self.shop.now(moment) == known


TestAnySourceAnyChange = AnySourceAnyChange.TestCase
