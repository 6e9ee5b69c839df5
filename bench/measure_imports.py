"""How many rows of a roster does an import take in a second, and how far does its memory grow with the sheet?

Two sheets, the sample's 1,184 rows and 100,000 generated ones, each imported by a process of its own into a school of
its own, then shown again as a difference (a dry run that finds all unchanged). A process' peak before it opens the
sheet is taken from its peak at the end. The database's own memory does not count: it holds pages, not sheets.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook, load_workbook

from bench.peak_memory import peak_mb
from services.enrollment.imports.import_file import Upload, import_file
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.policy import read_policy
from services.enrollment.schools.create_school import SchoolFacts, create_school
from services.kernel.cipher import FieldCipher
from services.kernel.clock import real_now
from services.kernel.database.embedded import EmbeddedPostgres
from services.kernel.database.migrate import migrate
from services.kernel.database.provision import provision
from services.kernel.database.transaction import Database

SAMPLE = Path(__file__).resolve().parents[1] / "examples" / "primary-roster.xlsx"
MANY = 100_000


def measure_imports() -> dict[str, float]:
    """Return rows a second and the peak's growth (MB) of both sheets, and the growth of each further row (bytes)."""
    with TemporaryDirectory(prefix="kehou-bench-") as folder:
        large = Path(folder) / "large-roster.xlsx"
        write_large(large, MANY)
        with EmbeddedPostgres(Path(folder) / "postgres") as server:
            url = asyncio.run(_prepare(server.admin_url, Path(folder) / "secrets"))
            few, many = _in_own_process(url, SAMPLE, "B001"), _in_own_process(url, large, "B002")
    per_row = (many["growth_mb"] - few["growth_mb"]) * 1_000_000 / (many["rows"] - few["rows"])
    return {
        "import_rows_per_s_1184": round(few["rows"] / few["seconds"]),
        "import_rows_per_s_100000": round(many["rows"] / many["seconds"]),
        "import_unchanged_rows_per_s_100000": round(many["rows"] / many["again_seconds"]),
        "import_growth_mb_1184": round(few["growth_mb"], 1),
        "import_growth_mb_100000": round(many["growth_mb"], 1),
        "import_bytes_per_further_row": round(per_row),
    }


def write_large(to: Path, rows: int) -> None:
    """Write a roster with the sample's names under other numbers and phones; one child in ten has a sibling."""
    lines = list(load_workbook(SAMPLE).worksheets[0].values)
    head = next(index for index, line in enumerate(lines) if "学号" in line)
    column = {str(word): index for index, word in enumerate(lines[head]) if word}
    children = lines[head + 1 :]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("学生名册")
    sheet.append(lines[head])
    family = [index for word, index in column.items() if "监护人" in word or "关系" in word]
    for number in range(rows):
        line = list(children[number % len(children)])
        older = number - 1 if number % 10 == 9 else number
        for index in family:
            line[index] = children[older % len(children)][index]
        line[column["学号"]] = f"{30_000_000 + number}"
        line[column["班级"]] = f"{number // 6 % 99 + 1}班"
        line[column["监护人1手机"]] = f"{13_000_000_000 + older}"
        if line[column["监护人2手机"]]:
            line[column["监护人2手机"]] = f"{15_000_000_000 + older}"
        sheet.append(line)
    book.save(to)


async def _prepare(admin_url: str, secrets: Path) -> str:
    urls = (await provision(admin_url, secrets, services=["enrollment"]))["enrollment"]
    await migrate("enrollment", urls.owner)
    return urls.app


def _in_own_process(url: str, sheet: Path, code: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.measure_imports", str(sheet), code]
    done = subprocess.run(  # noqa: S603 - this file
        command, env={**os.environ, "KEHOU_DATABASE_URL": url}, stdout=subprocess.PIPE, text=True, check=True
    )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


async def _import(url: str, sheet: Path, code: str) -> dict[str, float]:
    policy, cipher, now = read_policy(), FieldCipher(f"k1:{base64.b64encode(bytes(32)).decode()}"), real_now()
    database = Database(url)
    async with database.transaction() as tx:
        facts = SchoolFacts(code, "量测小学", "潞州区", "primary")
        school = await create_school(tx, facts, policy=policy, now=now)
    desk = Desk(school.school_id, policy, cipher, now)
    before, started = peak_mb(), time.perf_counter()
    async with database.transaction([school.school_id]) as tx:
        report = await import_file(tx, desk, "roster", Upload(sheet.name, sheet))
    seconds = time.perf_counter() - started
    async with database.transaction([school.school_id]) as tx:
        again = await import_file(tx, desk, "roster", Upload(sheet.name, sheet), dry_run=True)
    again_seconds = time.perf_counter() - started - seconds
    await database.close()
    if report.added != report.rows or again.unchanged != report.rows:
        raise RuntimeError(f"{report.added} added, then {again.unchanged} unchanged, of {report.rows} rows")
    return {
        "rows": report.rows,
        "seconds": seconds,
        "again_seconds": again_seconds,
        "growth_mb": peak_mb() - before,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_import(os.environ["KEHOU_DATABASE_URL"], Path(sys.argv[1]), sys.argv[2]))))
