"""Let a process end when its parent does, even by kill -9, so that nothing is ever left behind.

Linux sends the signal when the *thread* that started the process ends, so children are started from a thread
that lives as long as the parent: its main thread. Also a program of its own, for children that are no Python::

    python -I -S die_with_parent.py 2 PARENT_PID program arguments...
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(signum: int, parent: int) -> None:
    """Ask the kernel for ``signum`` at the parent's death; leave at once if ``parent`` died before that.

    Elsewhere than on Linux this does nothing: there is no such request to make.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]), int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 - becoming that program is the purpose
