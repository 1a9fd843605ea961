"""A process that belongs to no run and reports every signal it is sent, until it is told to end.

It keeps all signals back and takes them one by one. "ready" on standard output says that it does; an end of
standard input is the word to leave. SIGKILL and SIGSTOP cannot be kept back; they are seen from outside.
"""

from __future__ import annotations

import os
import select
import signal

CATCHABLE = frozenset(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}

signal.pthread_sigmask(signal.SIG_BLOCK, CATCHABLE)
os.write(1, b"ready\n")
while not select.select([0], [], [], 0.02)[0]:
    while (received := signal.sigtimedwait(CATCHABLE, 0)) is not None:
        os.write(1, b"%d\n" % received.si_signo)
while (received := signal.sigtimedwait(CATCHABLE, 0)) is not None:
    os.write(1, b"%d\n" % received.si_signo)
