"""Publishing a warehouse: what the new file holds, when it is written, and what it says of itself."""

import hashlib
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse.checks import CheckRow
from orchestration.warehouse.connect import open_mart, open_warehouse
from orchestration.warehouse.errors import NothingToPublish
from orchestration.warehouse.freshness import SourceFreshness
from orchestration.warehouse.publish import Description, Publication, publish

NOW = datetime(2026, 11, 21, 3, 15, tzinfo=UTC)
CHECK = CheckRow(
    check_id="amounts_are_there", engine="dbt", table_name="finance.statement_line", severity="error", status="pass"
)
SOURCE = SourceFreshness(
    source_system="ledger",
    source_table="entries",
    batch_id="20261121T000000Z-1a2b3c4d5e6f",
    known_at=NOW - timedelta(hours=3),
    row_count=10,
    quarantined_count=1,
    max_age_hours=24,
)
Publish = Callable[..., Publication]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    file = tmp_path / "warehouse" / "warehouse.duckdb"
    with open_warehouse(file) as connection:
        connection.execute("""
            create schema core; create schema kpi; create schema finance; create schema operations; create schema meta;
            create table core.product (product_id integer);
            insert into core.product values (7);
            create table kpi.kpi_value (kpi_id varchar not null, "member" varchar, value decimal(38, 10));
            insert into kpi.kpi_value values ('revenue', 'total', 12345678901234567890.0123456789), ('orders', null, 3);
            create table finance.statement_line (line_code varchar not null, amount decimal(18, 2), period_end date);
            insert into finance.statement_line values ('net_sales', -12.50, '2014-01-29');
            comment on table finance.statement_line is 'Statement × line. It''s signed for presentation.';
            comment on column finance.statement_line.amount is 'In the entity''s currency.';
            create view operations.dim_product as select product_id, 'bike' as product_name from core.product;
            create table meta.tie_out (tie_out_id varchar, ties boolean);
        """)
    return file


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published" / "mart.duckdb"


@pytest.fixture
def publish_it(warehouse: Path, published: Path) -> Publish:
    def run(
        checks: tuple[CheckRow, ...] = (CHECK,),
        sources: tuple[SourceFreshness, ...] = (SOURCE,),
        code: str = "0.1.0",
        now: datetime = NOW,
    ) -> Publication:
        return publish(warehouse, published, checks, sources, code, now)

    return run


def change(warehouse: Path, sql: str) -> None:
    with open_warehouse(warehouse) as connection:
        connection.execute(sql)


def rows(published: Path, query: str) -> list[tuple[object, ...]]:
    with open_mart(published) as connection:
        return connection.execute(query).fetchall()


def bytes_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def structure(file: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(
            "select schema_name, table_name, column_name, data_type, is_nullable, comment from duckdb_columns() "
            "where schema_name in ('kpi', 'finance') order by all"
        ).fetchall()


def test_every_table_of_the_published_schemas_is_copied_with_all_its_rows(publish_it, warehouse, published):
    publication = publish_it()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as w (read_only); attach '{published}' as p (read_only)")
        for table in ("kpi.kpi_value", "finance.statement_line", "operations.dim_product", "meta.tie_out"):
            expected = connection.execute(f"from w.{table} order by all").fetchall()
            assert connection.execute(f"from p.{table} order by all").fetchall() == expected
            assert publication.rows_by_table[table] == len(expected)


def test_what_is_not_of_the_published_schemas_stays_inside(publish_it, published):
    publish_it()
    assert rows(published, "select distinct schema_name from duckdb_tables() where schema_name = 'core'") == []


def test_types_not_null_and_comments_are_those_of_the_warehouse(publish_it, warehouse, published):
    publish_it()
    assert structure(published) == structure(warehouse)
    comments = "select comment from duckdb_tables() where table_name = 'statement_line'"
    with duckdb.connect(warehouse, read_only=True) as connection:
        assert rows(published, comments) == connection.execute(comments).fetchall()


def test_a_publication_says_when_by_which_code_with_which_content_and_checks(publish_it, published):
    warned = CHECK.model_copy(update={"check_id": "stock_is_not_negative", "severity": "warn", "status": "warn"})
    publication = publish_it(checks=(CHECK, warned), code="0.1.0+abc")
    [(found_id, at, code, content, *checks)] = rows(published, "from meta.publication")
    assert (found_id, content) == (publication.row.publication_id, publication.row.content_hash)
    assert at.replace(tzinfo=UTC) == NOW
    assert code == "0.1.0+abc"
    assert checks == [1, 1, 0]
    assert rows(published, "select check_id, status from meta.check_result order by all") == [
        ("amounts_are_there", "pass"),
        ("stock_is_not_negative", "warn"),
    ]


def test_times_are_utc_whatever_the_zone_of_who_publishes(publish_it, published):
    tokyo = timezone(timedelta(hours=9))
    publish_it(now=NOW.astimezone(tokyo), sources=(replace(SOURCE, known_at=NOW.astimezone(tokyo)),))
    [(published_at, known_at)] = rows(
        published, "select published_at, known_at from meta.publication, meta.source_batch"
    )
    assert published_at == known_at == NOW.replace(tzinfo=None)


def test_the_same_content_again_leaves_the_file_as_it_is_byte_by_byte(publish_it, published):
    first = publish_it()
    before = bytes_of(published), published.stat().st_mtime_ns, published.stat().st_ino
    again = publish_it(now=NOW + timedelta(days=1), code="0.2.0")
    assert (bytes_of(published), published.stat().st_mtime_ns, published.stat().st_ino) == before
    assert first.is_new
    assert not again.is_new
    assert again == replace(first, is_new=False)


def test_the_same_rows_in_another_order_are_the_same_content(publish_it, warehouse):
    publish_it()
    change(warehouse, "create or replace table kpi.kpi_value as from kpi.kpi_value order by kpi_id")
    change(warehouse, "alter table kpi.kpi_value alter column kpi_id set not null")
    assert not publish_it().is_new


@pytest.mark.parametrize(
    "sql",
    [
        "update finance.statement_line set amount = amount + 0.01",
        "insert into finance.statement_line from finance.statement_line",
        "delete from operations.stock",
        "insert into meta.tie_out values ('ledger_to_orders', false)",
        "create table finance.dim_entity as select 'AW-01' as entity_id",
        "comment on column finance.statement_line.amount is 'In thousands.'",
    ],
)
def test_any_change_of_the_marts_is_published_and_the_history_goes_on(publish_it, warehouse, published, sql):
    change(warehouse, "create table operations.stock as select 1 as stock_qty")
    first = publish_it()
    change(warehouse, sql)
    second = publish_it(now=NOW + timedelta(days=1))
    assert second.is_new
    assert second.row.publication_id > first.row.publication_id
    history = rows(published, "select publication_id, content_hash from meta.publication")
    assert history == [(p.row.publication_id, p.row.content_hash) for p in (first, second)]


def test_ids_keep_sorting_when_the_clock_goes_back(publish_it, warehouse):
    first = publish_it()
    change(warehouse, "update finance.statement_line set amount = 0")
    assert publish_it(now=NOW - timedelta(days=1)).row.publication_id > first.row.publication_id


@pytest.mark.parametrize(
    "news",
    [
        {"checks": (CHECK.model_copy(update={"severity": "warn", "status": "warn", "failing_rows": 3}),)},
        {"checks": (CHECK, CHECK.model_copy(update={"check_id": "another"}))},
        {"sources": (replace(SOURCE, batch_id="20261122T000000Z-000000000000"),)},
        {"sources": (SOURCE, replace(SOURCE, source_table="another", batch_id=None, known_at=None))},
    ],
)
def test_news_of_checks_and_sources_reach_readers_although_no_figure_changed(publish_it, published, news):
    first = publish_it()
    second = publish_it(**news)
    assert second.is_new
    assert second.row.content_hash == first.row.content_hash
    assert len(rows(published, "from meta.publication")) == 2


def test_an_observed_value_that_tells_the_time_is_no_news(publish_it):
    publish_it(checks=(CHECK.model_copy(update={"observed": "3 hours old", "message": "3 hours old"}),))
    assert not publish_it(checks=(CHECK.model_copy(update={"observed": "4 hours old"}),)).is_new


def test_freshness_is_worked_out_when_it_is_read(publish_it, published):
    now = datetime.now(UTC)
    sources = tuple(
        replace(SOURCE, source_table=name, known_at=known_at, max_age_hours=hours)
        for name, known_at, hours in (
            ("young", now - timedelta(hours=1), 24.0),
            ("old", now - timedelta(hours=25), 24.0),
            ("from_the_future", now + timedelta(hours=25), 24.0),
            ("never_landed", None, 24.0),
            ("without_promise", now - timedelta(days=1000), None),
        )
    )
    publish_it(sources=sources)
    found = dict(rows(published, "select source_table, is_fresh from meta.source_freshness"))
    assert found == {source.source_table: source.is_fresh(now) for source in sources}
    assert found["young"]
    assert not found["old"]


def test_the_age_of_a_source_does_not_depend_on_the_readers_time_zone(publish_it, published):
    publish_it(sources=(replace(SOURCE, known_at=datetime.now(UTC), max_age_hours=0.5),))
    for zone in ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"):
        with open_mart(published) as connection:
            connection.execute(f"set TimeZone = '{zone}'")
            assert connection.execute("select is_fresh from meta.source_freshness").fetchall() == [(True,)]


def test_an_open_reader_keeps_the_mart_that_it_opened_and_a_new_one_sees_the_new(publish_it, warehouse, published):
    publish_it()
    query = "select amount from finance.statement_line"
    with open_mart(published) as reader, duckdb.connect(published, read_only=True) as plain_reader:
        before = reader.execute(query).fetchall()
        change(warehouse, "update finance.statement_line set amount = 99")
        publish_it()
        assert reader.execute(query).fetchall() == before
        assert plain_reader.execute(query).fetchall() == before
        [(new,)] = rows(published, query)
        assert [(new,)] != before
        assert new == 99


def test_nobody_may_write_the_published_file(publish_it, published):
    publish_it()
    assert stat.S_IMODE(published.stat().st_mode) & 0o222 == 0
    with open_mart(published) as reader, pytest.raises(duckdb.Error, match="read-only"):
        reader.execute("delete from finance.statement_line")


def test_nothing_but_the_mart_is_left_in_its_folder(publish_it, published):
    publish_it()
    assert [file.name for file in published.parent.iterdir()] == [published.name]


def test_only_the_named_tables_are_published_and_all_of_them_must_be_there(warehouse, published):
    named = {"kpi.kpi_value", "finance.statement_line", "operations.dim_product"}
    publication = publish(warehouse, published, [CHECK], [SOURCE], "0.1.0", NOW, tables=named)
    assert set(publication.rows_by_table) == named
    before = bytes_of(published)
    with pytest.raises(NothingToPublish, match=r"lacks finance\.dim_entity"):
        publish(warehouse, published, [CHECK], [SOURCE], "0.1.0", NOW, tables=named | {"finance.dim_entity"})
    assert bytes_of(published) == before


def test_a_warehouse_without_the_marts_is_not_published(publish_it, warehouse, published):
    publish_it()
    before = bytes_of(published)
    change(warehouse, "drop schema kpi cascade")
    with pytest.raises(NothingToPublish, match="lacks schema kpi"):
        publish_it()
    assert bytes_of(published) == before


def test_descriptions_become_comments_that_bi_tools_show(warehouse: Path, published: Path) -> None:
    described = {"kpi.kpi_value": Description("One row per KPI.", {"value": "The value."})}
    publish(warehouse, published, [CHECK], [SOURCE], "0.1.0", NOW, descriptions=described)
    with open_mart(published) as connection:
        comments = connection.execute(
            "select column_name, comment from duckdb_columns() where database_name = 'mart' and table_name = 'kpi_value' "
            "and comment is not null union all select table_name, comment from duckdb_tables() "
            "where database_name = 'mart' and table_name in ('kpi_value', 'statement_line')"
        ).fetchall()
    assert set(comments) == {
        ("value", "The value."),
        ("kpi_value", "One row per KPI."),
        ("statement_line", "Statement × line. It's signed for presentation."),
    }
