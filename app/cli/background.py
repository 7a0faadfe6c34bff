"""Training started in a terminal, moved to its own session.

Linux shares the CPU evenly between sessions, whatever the priorities inside them. Only the leader of a
session can lower its priority, and in a terminal that is the shell.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

AUTOGROUPS = Path("/proc/sys/kernel/sched_autogroup_enabled")
OURS = Path("/proc/self/autogroup")
PARENT_DEATH = 1  # prctl's PR_SET_PDEATHSIG
PASSED_ON = {
    signal.SIGINT: signal.SIGINT,
    signal.SIGTERM: signal.SIGTERM,
    **({signal.SIGHUP: signal.SIGTERM} if hasattr(signal, "SIGHUP") else {}),  # the terminal was closed
}


def give_way() -> None:
    """Lower the priority below that of all other programs, an open window above all."""
    if hasattr(os, "nice"):
        os.nice(19)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    if _leads():
        with contextlib.suppress(OSError):
            OURS.write_text("19", encoding="ascii")


def shares_its_session() -> bool:
    """Whether this process was started as `… train …` by a shell, whose session it cannot lower."""
    with contextlib.suppress(OSError):
        grouped = AUTOGROUPS.read_text(encoding="ascii").strip() == "1"
        return grouped and not _leads() and sys.argv[1:2] == ["train"] and "LOCAL_RANK" not in os.environ
    return False


def _leads() -> bool:
    return hasattr(os, "getsid") and os.getsid(0) == os.getpid()


def run_apart() -> int:
    """Run this command in its own session, which ends with this process; return its exit status.

    Signals from the terminal (stop and save, suspend) are passed on to that session.
    """
    command = [sys.executable, *sys.orig_argv[1:]]
    end_with_parent = partial(ctypes.CDLL(None).prctl, PARENT_DEATH, signal.SIGTERM)
    with subprocess.Popen(command, start_new_session=True, preexec_fn=end_with_parent) as made:

        def hold(_number: int, _frame: object) -> None:
            made.send_signal(signal.SIGSTOP)
            os.kill(os.getpid(), signal.SIGSTOP)
            made.send_signal(signal.SIGCONT)

        for heard, told in PASSED_ON.items():
            if told == heard or signal.getsignal(heard) != signal.SIG_IGN:  # nohup asked for that
                signal.signal(heard, lambda _number, _frame, told=told: made.send_signal(told))
        signal.signal(signal.SIGTSTP, hold)
        status = made.wait()
    return status if status >= 0 else 128 - status
