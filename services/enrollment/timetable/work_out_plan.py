"""Solve a timetable's question with CP-SAT, in a process of its own that gives its memory back."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from services.enrollment.timetable.errors import TimetableBusy, TimetableNotWorkedOut
from services.enrollment.timetable.rules.first_fit import first_fit
from services.enrollment.timetable.rules.question import Line, Question

SECONDS = 10.0
"""How long an officer waits at most; the best plan found until then counts."""
WORK = 8.0
"""The solver's own measure of work, about a second each: where it ends the search, a plan can be reproduced."""
SEED = 2021

_working = asyncio.Lock()


@dataclass(frozen=True)
class Plan:
    """Where each offering goes that found a place. ``best``: proven, and not only the best in the time given."""

    lines: tuple[Line, ...]
    best: bool


async def work_out_plan(question: Question) -> Plan:
    """Return the best plan that is found in `SECONDS`; one question at a time in this process.

    The solver needs about 300 MB and a whole core: in a child process they are gone when it is done, and the
    event loop stays free.

    Raises:
        TimetableBusy: another question is being solved here.
        TimetableNotWorkedOut: the solver's process ended without an answer.
    """
    if _working.locked():
        raise TimetableBusy
    async with _working:
        # Not forked: a fork would copy this process with its open connections.
        pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, solve_plan, question)
        except BrokenProcessPool as fault:
            raise TimetableNotWorkedOut from fault
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def solve_plan(question: Question, *, seconds: float = SECONDS) -> Plan:
    """Solve in this thread. The same question has the same plan: one worker, one seed."""
    # Imported here: the solver's packages take 0.4 s and 100 MB, which no other request should pay for.
    from ortools.sat.python.cp_model import FEASIBLE, OPTIMAL, CpSolver  # noqa: PLC0415

    from services.enrollment.timetable.rules.plan_model import plan_model  # noqa: PLC0415

    model = plan_model(question)
    solver = CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.max_deterministic_time = WORK
    # Half the time on the sample school: rooms are alike, but proving that they are gains nothing here.
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    status = solver.solve(model.cp)
    if status not in (OPTIMAL, FEASIBLE):
        # A slow machine: not even the first plan was looked at.
        return Plan(tuple(first_fit(question)), best=False)
    return Plan(tuple(model.lines(solver.boolean_value)), best=status == OPTIMAL)
