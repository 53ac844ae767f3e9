"""The one line that a person watches."""

import sys
import time
from typing import TextIO

SAY_SECONDS = 0.2
# Before that, a pace is a guess.
SURE_SECONDS = 2.0


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Progress:
    """total: None where the input can't be counted without reading it."""

    def __init__(self, total: int | None, stream: TextIO | None = None) -> None:
        self.total, self.stream = total, stream or sys.stderr
        self.done = self.failed = 0
        # When the first batch came back, how many pictures it had, and this process's own time until then: the start
        # of the workers is not their pace.
        self._first, self._last, self._said = (0.0, 0, 0.0), 0.0, 0.0

    def add(self, good: int, bad: int) -> None:
        self.done += good
        self.failed += bad
        now = self._last = time.monotonic()
        if self._first[0] == 0:
            self._first = (now, self.done + self.failed, time.process_time())
        if now - self._said >= SAY_SECONDS:
            self._said = now
            self._say(now)

    @property
    def rate(self) -> float:
        """Pictures a second since the first batch came back."""
        return self._rate(self._last)

    @property
    def own(self) -> float:
        """Seconds of this process a picture."""
        counted = self.done + self.failed - self._first[1]
        return (time.process_time() - self._first[2]) / counted if counted else 0.0

    def _rate(self, now: float) -> float:
        counted = self.done + self.failed - self._first[1]
        return counted / (now - self._first[0]) if counted and now > self._first[0] else 0.0

    def _say(self, now: float) -> None:
        count = self.done + self.failed
        text = f"{count} of {self.total} pictures" if self.total is not None else f"{count} pictures"
        if self.failed:
            text += f", {self.failed} broken"
        if now - self._first[0] >= SURE_SECONDS and (rate := self._rate(now)):
            text += f", {rate:.1f} a second"
            if self.total is not None and count < self.total:
                text += f", {_span((self.total - count) / rate)} left"
        self.stream.write(f"\r{text:<78}")
        self.stream.flush()

    def end(self) -> None:
        if self._first[0] > 0:
            self._say(self._last)
            self.stream.write("\n")
