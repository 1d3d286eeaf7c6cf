"""Connection strings taken apart, and passwords kept out of what is said."""

import pytest

from orchestration.sources.databases.address import server_address
from orchestration.sources.databases.relations import name_parts
from orchestration.sources.errors import DeclarationError, SourceError

AWKWARD = 'p\'w\\ d=1 & "x"/@:%'


@pytest.mark.parametrize(
    ("written", "settings", "password"),
    [
        ("host=db port=5433 dbname=erp user=me password=pw", {"port": "5433"}, "pw"),
        (r"host = db  dbname='erp' user=me password='p\'w \\ d'", {}, r"p'w \ d"),
        ("postgresql://me:p%27w%20d@db/erp", {}, "p'w d"),
        ("postgres://me:pw@db:5433/erp?sslmode=require", {"port": "5433", "sslmode": "require"}, "pw"),
        ("mysql://me:pw@db/erp", {}, "pw"),
        ("host=db database=erp user=me", {}, None),
    ],
)
def test_strings_and_urls_are_taken_apart(written: str, settings: dict[str, str], password: str | None) -> None:
    address = server_address(written, what="x")
    assert address.settings == {"host": "db", "dbname": "erp", "user": "me", **settings}
    assert address.password == password
    assert "pw" not in repr(address)


def test_several_hosts_and_ipv6_are_taken_apart() -> None:
    address = server_address("postgresql://me@[::1]:5432,db2:5433/erp", what="x")
    assert address.settings == {"host": "::1,db2", "port": "5432,5433", "dbname": "erp", "user": "me"}


@pytest.mark.parametrize(
    "written", ["host=db user=me password=${PW}", "postgresql://me:${PW}@db", "mysql://me:${PW}@db"]
)
def test_a_variable_is_taken_as_it_is_whatever_it_holds(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("PW", AWKWARD)
    address = server_address(written, what="x")
    assert address.password == AWKWARD
    assert address.settings == {"host": "db", "user": "me"}


@pytest.mark.parametrize("form", [AWKWARD, AWKWARD.replace("'", "''"), "p%27w%5C%20d%3D1%20%26%20%22x%22%2F%40%3A%25"])
def test_a_password_is_taken_out_of_messages_in_every_form(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setenv("PW", AWKWARD)
    address = server_address("host=db password=${PW}", what="x")
    assert address.secrets.out_of(f"at db with <{form}>") == "at db with <***>"


def test_a_whole_connection_from_the_environment_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP", "host=db user=me password=hush")
    address = server_address("${ERP}", what="x")
    assert address.password == "hush"  # noqa: S105
    assert address.secrets.out_of("cannot use 'host=db user=me password=hush': hush") == "cannot use '***': ***"


@pytest.mark.parametrize(
    "written", ["hush", "host=db password='hush", "host=db hush", "mongodb://[hush", "password hush"]
)
def test_what_cannot_be_understood_is_not_shown(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("ERP", written)
    with pytest.raises(DeclarationError, match="cannot be understood") as refused:
        server_address("${ERP}", what="Source system erp: connection")
    assert "hush" not in str(refused.value)
    assert refused.value.__context__ is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("sales.order", ("sales", "order")),
        ("order", ("public", "order")),
        ("My Schema.Order Line", ("My Schema", "Order Line")),
        ('"a.b"."c""d"', ("a.b", 'c"d')),
    ],
)
def test_relations_are_named_letter_by_letter(written: str, expected: tuple[str, str]) -> None:
    assert name_parts(written, "public", what="x") == expected


@pytest.mark.parametrize("written", ["a.b.c", 'a."b', ".a", "a.", '"a"b', '""', "a\0b"])
def test_what_is_no_relation_is_refused(written: str) -> None:
    with pytest.raises(SourceError, match="is not a relation"):
        name_parts(written, "public", what="x")
