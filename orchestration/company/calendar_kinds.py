"""How a fiscal calendar is declared: its kind and, where it changed, its segments. The days themselves: `calendars`."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR = 1990, 2060
"""Which fiscal years a calendar has, unless it says another first one; core keeps those that data reach."""


class Declared(BaseModel):
    """What every part of company.yaml has in common: nothing else may be said."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)


class Segment(Declared):
    """What every kind of calendar may say: the days for which it holds."""

    valid_from: date | None = Field(default=None, alias="from", description="First day for which this holds.")
    valid_to: date | None = Field(default=None, alias="to", description="Last day for which this holds.")
    fiscal_year: int | None = Field(
        default=None, description="All of the segment's days are this one fiscal year: a short or a long one."
    )
    year_named_after: Literal["start", "end"] = Field(
        default="end", description="Which calendar year names a fiscal year: that of its start or of its end."
    )
    first_fiscal_year: int = Field(default=FIRST_FISCAL_YEAR, ge=1900, le=LAST_FISCAL_YEAR)

    @model_validator(mode="after")
    def _days_follow(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"to ({self.valid_to}) is before from ({self.valid_from})")
        if self.fiscal_year is not None and not (self.valid_from and self.valid_to):
            raise ValueError("fiscal_year makes one year of the segment's days, so from and to must be given")
        return self


class Months(Segment):
    """Calendar months; the fiscal year begins with any of them."""

    kind: Literal["months"]
    first_month: int = Field(default=1, ge=1, le=12, description="The month that the fiscal year begins with.")


class _OfWeeks(Segment):
    period_id: Literal["YYYY-PNN", "YYYY-MM"] = Field(
        default="YYYY-PNN", description="How periods are called: 2025-P03, or 2025-03 as in a calendar of months."
    )
    week_53_in: int | None = Field(
        default=None,
        ge=1,
        le=13,
        description="The period with the 53rd week of a long year; the last unless given.",
    )


class Weeks(_OfWeeks):
    """Quarters of 13 weeks; the year ends on a weekday at the end of a month, and has 52 or 53 weeks."""

    kind: Literal["weeks"]
    pattern: Literal["4-4-5", "4-5-4", "5-4-4"] = "4-4-5"
    year_ends: Literal["last", "nearest"] = Field(
        default="last", description="On the last such weekday of the month, or on the one nearest to the month's end."
    )
    weekday: Weekday = "saturday"
    month: int = Field(default=12, ge=1, le=12, description="The month that the year ends in, or near the end of.")


class Thirteen(_OfWeeks):
    """Thirteen periods of 28 days: from a day on, years of 364 days; or with a 53rd week by a year's end."""

    kind: Literal["thirteen"]
    starts_on: date | None = Field(default=None, description="First day of a period 1; every year has 364 days then.")
    year_ends: Literal["last", "nearest"] | None = None
    weekday: Weekday = "sunday"
    month: int = Field(default=12, ge=1, le=12)

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if (self.starts_on is None) == (self.year_ends is None):
            raise ValueError("say either starts_on (years of 364 days), or year_ends with weekday and month")
        if self.starts_on and self.week_53_in:
            raise ValueError("week_53_in goes with year_ends: years from starts_on on have 52 weeks each")
        return self


class Own(Segment):
    """Closing days of the company's own: a file of its lists, or a mapping model."""

    kind: Literal["own"]
    file: str | None = Field(
        default=None,
        description="A CSV below the company's folder: period_id, fiscal_year, fiscal_period, ends_on and, where "
        "periods do not simply follow each other, starts_on; fiscal_quarter and label if wanted.",
    )
    model: str | None = Field(
        default=None, pattern=r"^map_[a-z0-9_]+__fiscal_period$", description="map_<system>__fiscal_period."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.file is None) == (self.model is None):
            raise ValueError("say where the closing days are: file (a CSV) or model (map_<system>__fiscal_period)")
        if self.valid_from or self.valid_to or self.fiscal_year:
            raise ValueError("own closing days have no segments: the file or the model has all of them")
        return self


AnyKind = Annotated[Months | Weeks | Thirteen | Own, Field(discriminator="kind")]
