"""`onestop audit`: the joint inspection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onestop_cli.audit.plan import PlanChoices
    from onestop_cli.batch.audit.draw import Audited, Extras


def audit(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="结算结果文件夹")],
    out: Annotated[Path | None, typer.Option("--out", help="检查材料写到这个新文件夹")] = None,
    seed: Annotated[
        list[int] | None,
        typer.Option("--seed", help="抽样种子，可给两次：两部门各出一个数"),
    ] = None,
    commit: Annotated[
        bool,
        typer.Option("--commit", help="只显示本部门种子的承诺摘要，抽样前先交给对方；不写文件"),
    ] = False,
    committed: Annotated[
        list[str] | None,
        typer.Option("--committed", help="各部门先前交出的承诺摘要，与种子核对后才抽样"),
    ] = None,
    size: Annotated[int | None, typer.Option("--size", help="样本量；不给则按把握程度算出")] = None,
    method: Annotated[
        Literal["mus", "random", "stratified"],
        typer.Option("--method", help="货币单元 mus、简单随机 random、按级别分层 stratified"),
    ] = "mus",
    confidence: Annotated[str, typer.Option("--confidence", help="置信水平，百分数")] = "95",
    tolerable: Annotated[str, typer.Option("--tolerable", help="可容忍差错，百分数")] = "5",
    expected: Annotated[str, typer.Option("--expected", help="预计差错，百分数")] = "0",
    leads: Annotated[int, typer.Option("--leads", help="另附加多少笔线索住院")] = 20,
    threshold: Annotated[
        list[str] | None, typer.Option("--threshold", help="改线索阈值，如 readmission_days=7")
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(
            "--ledger", help="台账，与往期住院一起查，抽样也记在里面；默认按 onestop.toml"
        ),
    ] = None,
    table: Annotated[
        list[Path] | None,
        typer.Option("--table", help="报送或公布的汇总表，核对其合计、比例和均值"),
    ] = None,
    equations: Annotated[
        str, typer.Option("--equations", help="汇总表的核对公式，如 3=4+5；合计=门诊+住院")
    ] = "",
    against_run: Annotated[
        bool, typer.Option("--against-run", help="汇总表是本期的，连同本期明细一起核对")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="入户核查表另存 PDF（需要 [pdf] 组件）")
    ] = False,
    verify: Annotated[
        Path | None, typer.Option("--verify", help="按这份 plan.json 重抽，看是否一致")
    ] = None,
    returned: Annotated[
        list[Path] | None,
        typer.Option("--returned", help="收回的底稿（文件或文件夹，可给几份），汇总出联合检查报告"),
    ] = None,
) -> None:
    """联合检查：全面筛查线索，抽样（两部门可各自重抽），检查底稿，收回后汇总成报告。"""
    if commit:
        return _commit(run, seed or ())
    if verify:
        return _verify(run, verify, ledger)
    if returned:
        return _report(run, returned, out or _beside(returned[0]))
    from onestop_cli.audit.plan import PlanChoices
    from onestop_cli.audit.seeds import plain_digests
    from onestop_cli.batch.audit.draw import Extras

    choices = PlanChoices(
        seeds=tuple(seed or ()),
        method=method,
        size=size,
        confidence=confidence,
        tolerable=tolerable,
        expected=expected,
        leads=leads,
        committed=plain_digests(committed or ()),
    )
    extras = Extras(ledger, table or (), equations, pdf, against_run)
    return _draw(run, out, choices, threshold or (), extras)


def _draw(
    run: Path, out: Path | None, choices: PlanChoices, thresholds: Sequence[str], extras: Extras
) -> None:
    """Check, draw, write the papers, and say what was drawn."""
    from datetime import datetime

    from onestop_cli.batch.audit.draw import audit_folder, thresholds_from
    from onestop_cli.errors import stop

    if out is None:
        raise stop("没有说检查材料写到哪里", "请加 --out 新文件夹；只复核抽样用 --verify plan.json")
    now = datetime.now().astimezone()
    _tell(audit_folder(run, out, choices, thresholds_from(thresholds), extras, now), out)


def _tell(done: Audited, out: Path) -> None:
    """What was drawn and what comes next."""
    from onestop_cli.audit.sampling import METHODS
    from onestop_cli.money import yuan
    from onestop_cli.writers.audit.words import TOO_FEW

    plan = done.plan
    frame, found = plan["frame"], plan["leads"]
    typer.echo(f"检查材料已写到 {out}")
    typer.echo(f"全面检查：线索 {found['found']:,} 条（线索不是结论，须现场核实）")
    typer.echo(
        f"抽样总体：{frame['rows']:,} 笔，应付 {yuan(frame['amount_fen'])} 元；"
        f"{METHODS[plan['method']]}抽 {plan['sample']['rows']} 笔，另附加线索 {found['added']} 笔"
    )
    typer.echo(
        f"种子 {'、'.join(map(str, plan['seeds']))}，样本校验值 {plan['sample']['sha256'][:16]}"
    )
    if not plan["provable"]:
        typer.echo(f"提示：{TOO_FEW}")
    if done.ledger:
        typer.echo(f"台账 {done.ledger}：与往期住院一起查，这次抽样也记在里面")
    if done.slips:
        typer.echo(f"汇总表核对：{done.slips} 处，见底稿“汇总表核对”")
    if not plan["seeds_given"]:
        typer.echo("提示：没有指定种子，用了结算期末日；正式检查请两部门各出一个数，--seed 给两次")
    if plan["earlier"]:
        typer.echo(f"提示：本期此前已抽样 {len(plan['earlier'])} 次，已列在封面")


def _commit(run: Path, seeds: Sequence[int]) -> None:
    """The digest of each seed, to hand over before anybody tells a seed."""
    from onestop_cli.audit.seeds import SHORT
    from onestop_cli.batch.audit.draw import commitments

    for digest in commitments(run, seeds):
        typer.echo(digest)
    typer.echo(
        "请把摘要交给对方并留底；双方都交出后再公开种子抽样：--seed 两次、--committed 两次",
        err=True,
    )
    if min(seeds) < SHORT:
        typer.echo("提示：数太短，对方可以逐个试出来，请用 12 位以上的数", err=True)


def _verify(run: Path, plan: Path, ledger: Path | None) -> None:
    """Draw again and say so; what differs ends the command with exit code 2."""
    from onestop_cli.batch.audit.verify import verify

    done = verify(run, plan, ledger)
    drawing = done.drawing
    typer.echo(
        f"重抽一致：按计划中的种子和方法从 {drawing.frame.height:,} 笔中重抽，"
        f"{drawing.sample.height} 笔与计划所记完全相同"
    )
    if done.leads:
        typer.echo("线索一致：重新全面检查，线索和附加的行与计划所记完全相同")
    else:
        typer.echo(
            "线索没有重查：版本不同，或台账不是抽样时的那个样子（当时用了台账的加 --ledger）；附加的行与计划核对过"
        )
    if not done.logged:
        typer.echo("提示：这份结算结果里没有抽样记录（抽样前的复制件），此前抽过几次请到原件上核对")
    typer.echo(f"样本校验值 {drawing.plan['sample']['sha256']}")


def _beside(returned: Path) -> Path:
    """The folder that a returned paper lies in."""
    return returned.absolute() if returned.is_dir() else returned.absolute().parent


def _report(run: Path, returned: Sequence[Path], out: Path) -> None:
    """Evaluate what came back and say what it proves."""
    from datetime import datetime

    from onestop_cli.batch.audit.returned import evaluate_returned
    from onestop_cli.money import yuan
    from onestop_cli.writers.audit.words import conclusion

    today = datetime.now().astimezone().date()
    report, target = evaluate_returned(run, returned, out, today)
    typer.echo(conclusion(report))
    typer.echo(f"建议扣款 {yuan(report.over_fen)} 元，涉及 {report.over.height} 笔")
    if report.owed.height:
        typer.echo(f"查到少付 {yuan(report.owed_fen)} 元，涉及 {report.owed.height} 笔")
    typer.echo(f"联合检查报告已写到 {target}")
