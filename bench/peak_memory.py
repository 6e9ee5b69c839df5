"""How much memory has this process held at most?"""

from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """Return the peak in MB (10^6 bytes), counted from the program's own start.

    ``ru_maxrss`` would begin with what the process that started it had held.
    """
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1_000_000
