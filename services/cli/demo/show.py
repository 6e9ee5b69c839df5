"""What is to be seen while the day runs: a live table on a terminal, plain lines in a pipe."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

COUNTS = ("expected", "in_care", "in_transit", "missing", "late", "released", "wechat", "sms")
"""What the table shows, in this order; the first six from the duty board, the last two from the stand-in."""
LABELS = {"in_care": "in care", "in_transit": "on the way", "wechat": "WeChat", "sms": "SMS"}


@dataclass
class Step:
    """One line of the story."""

    title: str
    started: float
    seconds: float | None = None
    outcome: str = ""


@dataclass
class Show:
    """Prints to stdout; the JSON line at the end is the caller's."""

    console: Console
    live: bool
    started: float = field(default_factory=time.perf_counter)
    steps: list[Step] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    clock: Callable[[], str] = str
    """Tells the school's wall clock once the day runs."""
    pace: str = ""
    links: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    _screen: Live | None = None

    @contextmanager
    def on_screen(self) -> Iterator[None]:
        """Keep the table on the terminal while the block runs; in a pipe, nothing."""
        if not self.live:
            yield
            return
        with Live(get_renderable=self._table, console=self.console, refresh_per_second=4) as self._screen:
            yield
        self._screen = None

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Tell that something begins, and how it came out; fill in ``outcome`` inside the block."""
        step = Step(title, time.perf_counter())
        self.steps.append(step)
        yield step
        step.seconds = time.perf_counter() - step.started
        self.line(f"{title}: {step.outcome or 'done'} ({step.seconds:.1f} s)")

    def line(self, words: str) -> None:
        """Print one line, with the school's clock before it once the day runs. On a terminal the table tells."""
        if self._screen is None:
            self.console.print(f"{self.clock():>5}  {words}", markup=False, highlight=False)

    def notice(self, words: str) -> None:
        """Take a remark of the supervisor's: a process ended, a warning in a log."""
        self.notices.append(words)
        self.line(f"platform: {words}")

    def link(self, what: str, url: str) -> None:
        """Tell where something is to be looked at."""
        self.links[what] = url
        self.line(f"{what}: {url}")

    def count(self, counts: Mapping[str, int]) -> None:
        """Take the newest counts."""
        self.counts.update(counts)

    def _table(self) -> Group:
        spent = time.perf_counter() - self.started
        head = Text(f"kehou demo   {self.clock()}   {self.pace}   {spent:.0f} s", style="bold")
        story = Table.grid(padding=(0, 2))
        for step in self.steps[-14:]:
            mark = "…" if step.seconds is None else "✓"
            story.add_row(
                mark, step.title, step.outcome, "" if step.seconds is None else f"{step.seconds:.1f} s"
            )
        figures = Table(box=None, padding=(0, 2))
        for name in COUNTS:
            figures.add_column(LABELS.get(name, name), justify="right")
        figures.add_row(*(str(self.counts.get(name, "–")) for name in COUNTS))
        links = Text("\n".join(f"{what}: {url}" for what, url in self.links.items()), style="dim")
        return Group(head, story, figures, links)


def open_show() -> Show:
    """Return a show for whatever stdout is."""
    on_terminal = sys.stdout.isatty()
    return Show(Console(soft_wrap=not on_terminal), live=on_terminal)
