"""What a run says of a step that failed: in the words of what failed, never in Dagster's."""

from collections.abc import Iterator

import dagster as dg

from orchestration.refresh import failures


def failures_of(*definitions: dg.AssetsDefinition) -> list[str]:
    return failures(dg.materialize(list(definitions), raise_on_error=False).all_events)


def test_what_an_asset_says_itself_is_said_as_it_is() -> None:
    @dg.asset
    def report() -> None:
        raise dg.Failure(description="The mart is empty. Fill it.")

    assert failures_of(report) == ["✗ report: The mart is empty. Fill it."]


def test_an_exception_that_nobody_expected_is_said_by_name_and_not_as_an_error_of_an_op() -> None:
    @dg.asset
    def report() -> None:
        raise KeyError("closing")

    (told,) = failures_of(report)
    assert told.startswith("✗ report: KeyError: 'closing' (What led to it is in Dagster")
    assert "Error occurred" not in told


def test_checks_that_block_are_said_with_what_they_found() -> None:
    @dg.multi_asset(
        specs=[dg.AssetSpec("stock")],
        check_specs=[dg.AssetCheckSpec(name, asset="stock", blocking=True) for name in ("sound", "full", "named")],
    )
    def stock() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        yield dg.MaterializeResult(asset_key="stock")
        yield dg.AssetCheckResult(check_name="sound", passed=True, description="All is well.")
        yield dg.AssetCheckResult(check_name="full", passed=False, description="stock: 3 rows are missing.")
        yield dg.AssetCheckResult(check_name="named", passed=False)

    @dg.asset(deps=[stock])
    def report() -> None:
        """Depend on what is checked."""

    assert failures_of(stock, report) == [
        "✗ stock: Not published: 2 blocking checks failed.\n  stock: 3 rows are missing.\n  named"
    ]


def test_what_did_not_land_is_said_first() -> None:
    @dg.asset
    def a_model() -> None:
        raise dg.Failure(description="nothing to build from")

    @dg.asset
    def land_shop() -> None:
        raise dg.Failure(description="refused")

    assert failures_of(a_model, land_shop) == ["✗ land_shop: refused", "✗ a_model: nothing to build from"]
