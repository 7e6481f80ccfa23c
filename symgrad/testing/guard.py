"""Somebody else's code, run with a limit of time and its printing kept."""

from __future__ import annotations

import ctypes
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

SECONDS = 20.0
"""How long one call of the user's code may take."""
late: list[Callable[[], object]] = []
"""Called when a call runs longer than it may: one that does not come back can be told by that."""


class TimeOver(BaseException):
    """The code ran longer than it may. Not an Exception, so that user's code does not catch it."""


@contextmanager
def guarded(seconds: float) -> Iterator[io.StringIO]:
    """A context that ends with TimeOver after some seconds, and gives what was printed in it.

    It can stop any loop written in Python; a single call of a compiled function it cannot.
    """
    thread = threading.get_ident()
    lock, over = threading.Lock(), False

    def stop() -> None:
        with lock:
            if not over:
                for told in late:
                    told()
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TimeOver))

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    printed = io.StringIO()
    timer.start()
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            yield printed
    finally:
        with lock:
            over = True
        timer.cancel()
