"""Clocks for a test: libfaketime's library, and a daemon whose time passes by hand alone."""
import calendar
import glob
import os
import time

from harness import Daemon, Skip, sanitized

# Every wound clock begins here: 2026-01-01 00:00:00 UTC.
BEGIN = calendar.timegm((2026, 1, 1, 0, 0, 0))


def faketime():
    """The library to preload."""
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not found:
        raise Skip("faketime is not installed")
    if sanitized():
        raise Skip("the sanitizers' library has to be the first one")
    return found[0]


class WoundDaemon(Daemon):
    """A daemon on whose wall clock no time passes unless the test says so: then as much as over a machine's
    sleep. What measures durations is left alone, and its hosts live in the real time."""

    def __init__(self, **options):
        library = faketime()
        super().__init__(**options)
        self.clock_file = os.path.join(self.dir, "clock")
        self.now = BEGIN
        self.wind(0)
        self.env.update(LD_PRELOAD=library, FAKETIME_TIMESTAMP_FILE=self.clock_file, FAKETIME_NO_CACHE="1",
                        FAKETIME_DONT_FAKE_MONOTONIC="1", NO_FAKE_STAT="1", TZ="UTC")

    def wind(self, seconds):
        """So many seconds forward or back, which a running daemon notices at the next thing that it is asked."""
        self.now += seconds
        with open(self.clock_file + ".new", "w", encoding="ascii") as f:
            f.write(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.now)) + "\n")
        os.rename(self.clock_file + ".new", self.clock_file)

    def drop(self, name, text):
        """A document that is complete when it appears, and has been for long."""
        path, new = os.path.join(self.folder, name), os.path.join(self.dir, "new")
        with open(new, "w", encoding="utf-8") as f:
            f.write(text)
        os.utime(new, (BEGIN, BEGIN))
        os.rename(new, path)
        return path

    def ctl(self, *args, output="json"):
        """tocsinctl lives in the real time."""
        env, self.env = self.env, {k: v for k, v in self.env.items() if k != "LD_PRELOAD"}
        try:
            return super().ctl(*args, output=output)
        finally:
            self.env = env
