"""`python -m services.cli`: one line for what the person can put right, a traceback only for our own faults."""

import sys

from rich.console import Console

from services.cli.commands import kehou
from services.kernel.unable import Unable


def main() -> None:
    """Run the command that was typed."""
    try:
        kehou()
    except Unable as problem:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[bold red]kehou:[/] {problem}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
