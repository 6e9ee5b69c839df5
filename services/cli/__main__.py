"""`python -m services.cli`: one line for what the person can put right, a traceback only for our own faults."""

import sys

from rich.console import Console
from rich.markup import escape

from services.cli.commands import kehou
from services.kernel.unable import Unable

DISK_FULL = "the disk is full: make room, or name a data folder elsewhere with KEHOU_DATA_DIR."


def main() -> None:
    """Run the command that was typed."""
    try:
        kehou()
    except Unable as problem:
        refuse(str(problem))
    except Exception as fault:
        if not is_disk_full(fault):
            raise
        refuse(DISK_FULL)
    except KeyboardInterrupt:
        sys.exit(130)


def refuse(sentence: str) -> None:
    """Print one sentence and leave with exit code 1."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"[bold red]kehou:[/] {escape(sentence)}")
    sys.exit(1)


def is_disk_full(fault: BaseException | None) -> bool:
    """Tell whether a full disk lies at the bottom of a fault: ours, Python's or the database's."""
    while fault is not None:
        if "No space left on device" in str(fault):
            return True
        fault = fault.__cause__ or fault.__context__
    return False


if __name__ == "__main__":
    main()
