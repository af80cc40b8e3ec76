"""Days by which papers are due: only where the county says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from onestop_cli.batch.publish import PublishOptions, publish
from onestop_cli.county.deadlines import day_after, table_due
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import load_settings
from onestop_cli.errors import CannotRun
from onestop_cli.notices.notice_period import NoticePeriod
from onestop_cli.notices.texts import Around, FundLine
from onestop_cli.run import Run
from onestop_cli.statements.remarks import cover_lines
from onestop_cli.statements.statement import Statement
from tests.made.run import made_run, with_info


@pytest.mark.parametrize(
    ("period", "due"),
    [
        ("2010-11", date(2010, 12, 5)),
        ("2010-12", date(2011, 1, 5)),
        ("2010Q3", date(2010, 10, 5)),
        ("2010H1", date(2010, 7, 5)),
        ("2010", date(2011, 1, 5)),
    ],
)
def test_a_paper_is_due_in_the_month_after_its_period(period: str, due: date) -> None:
    assert day_after(parse_period(period), 5) == due


@pytest.mark.parametrize(
    ("deadlines", "text"),
    [
        ({}, ""),
        ({"table_day": 10}, "2010年12月10日前报出"),
        (
            {"table_day": 10, "pay_days": 15},
            "2010年12月10日前报出，其后 15 个工作日内拨付（2010年12月31日前）",
        ),
        ({"pay_days": 15}, "报出后 15 个工作日内拨付"),
    ],
)
def test_what_the_statement_says(deadlines: dict[str, int], text: str) -> None:
    assert table_due(parse_period("2010-11"), deadlines) == text
    run = made_run(10)
    covered = dict(cover_lines(Statement(Run(with_info(run, period="2010-11", deadlines=deadlines).info,
        run.stays, run.findings, run.roster, run.quarantine))))  # fmt: skip
    assert covered.get("办理期限", "") == text


def test_the_last_day_to_pay_is_named_only_where_holidays_are_known() -> None:
    """From 11 January 2011 the 15th working day is Sunday the 30th, which was worked before the Spring Festival."""
    due = {"table_day": 10, "pay_days": 15}
    assert table_due(parse_period("2010-12"), due).endswith("15 个工作日内拨付（2011年1月30日前）")
    assert table_due(parse_period("2003-10"), due).endswith("15 个工作日内拨付")


def test_a_day_that_not_every_month_has_is_refused(tmp_path: Path) -> None:
    (tmp_path / "onestop.toml").write_text("[deadlines]\nfund_notice_day = 31\n", "utf-8")
    with pytest.raises(CannotRun, match="fund_notice_day：不能大于 28"):
        load_settings(tmp_path / "onestop.toml")


def hung(first: date) -> Around:
    """Lists that hang from a day on, in a county whose fund notice is due by the 5th."""
    return Around(notice=NoticePeriod(first=first), fund_day=5)


class TestFundNotice:
    """望城县: income and outlay of the funds are posted by the 5th."""

    FUNDS = (FundLine("新农合基金", 100_000_00, 50_000_00, 30_000_00),)

    def board(
        self, out: Path, around: Around, funds: tuple[FundLine, ...] = FUNDS
    ) -> tuple[str, str]:
        """The county's board, and the hints."""
        done = publish(made_run(40), out, around, PublishOptions(), funds=funds)
        return (out / "张贴" / "县级.html").read_text("utf-8"), "".join(done.hints)

    def test_the_day_is_printed_on_the_notice(self, tmp_path: Path) -> None:
        page, hints = self.board(tmp_path / "o", hung(date(2011, 1, 5)))
        assert "应在2011年1月5日前公示" in page
        assert "已经晚了" not in hints

    def test_a_notice_that_comes_too_late_is_told(self, tmp_path: Path) -> None:
        _, hints = self.board(tmp_path / "o", hung(date(2011, 1, 6)))
        assert "公示第一天 2011-01-06 已经晚了" in hints

    @pytest.mark.parametrize("around", [Around(), Around(fund_day=5)])
    def test_without_a_day_or_a_notice_none_is_printed(
        self, tmp_path: Path, around: Around
    ) -> None:
        page, _ = self.board(tmp_path / "o", around, () if around.fund_day else self.FUNDS)
        assert "前公示" not in page
