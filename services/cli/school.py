"""`school`: put a school on file and invite its first officer."""

from typing import Annotated

import typer
from rich.console import Console

from services.cli.reach_enrollment import Office, at_enrollment
from services.enrollment.policy import word_for
from services.enrollment.schools.create_school import (
    SchoolFacts,
    create_school,
    invite_officer,
    school_by_code,
)
from services.kernel.clock import real_now
from services.kernel.problems import Refusal
from services.kernel.unable import Unable

school = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Schools and their first officers.",
)


@school.command()
def create(
    code: Annotated[str, typer.Argument(help="as the bureau numbers schools: S001")],
    name: Annotated[str, typer.Argument(help="实验小学")] = "",
    *,
    county: Annotated[str, typer.Option(help="潞州区")] = "",
    kind: Annotated[
        str, typer.Option(help="as the policy names it: 小学, 初中, 九年一贯制学校, 教学点 …")
    ] = "小学",
    run_by: Annotated[str | None, typer.Option(help="code of the central school that runs it")] = None,
) -> None:
    """Create a school, or take the one on file with this code; print an invitation for its first officer."""

    async def work(office: Office) -> tuple[str, str]:
        async with office.database.transaction() as tx:
            found = await school_by_code(tx, code)
            if found is None:
                facts = SchoolFacts(
                    code=code,
                    name=name or code,
                    county=county,
                    kind=word_for(office.policy.school_kinds, kind) or kind,
                    run_by_code=run_by,
                )
                found = await create_school(tx, facts, policy=office.policy, now=office.clock.now())
            school_id, called = found.school_id, found.name
        async with office.database.transaction([school_id]) as tx:
            return called, await invite_officer(tx, school_id, real_now=real_now())

    try:
        called, invitation = at_enrollment(work)
    except Refusal as refusal:
        raise Unable(refusal.sentence()) from refusal
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{code} {called}")
    console.print(f"邀请码 {invitation}（72 小时内由第一位管理员使用一次）")


@school.command()
def invite(code: Annotated[str, typer.Argument(help="S001")]) -> None:
    """Print a fresh invitation for a school that is on file."""
    create(code)
