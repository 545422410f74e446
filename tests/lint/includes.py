#!/usr/bin/python3
"""Includes go one way: a room includes only the rooms before it, and no plugin a room of the daemon."""
import os
import re
import sys

TOP = os.environ.get("TOCSIN_SRCDIR", ".")
ROOMS = "base config ipc hosts store source document detect alert deliver metrics control".split()
# The programs' own rooms, and what the plugins may link from the daemon.
EXTRA = {
    "host": {"base", "ipc", "host"},
    "batch": {"base", "config", "host", "batch"},
    "ctl": {"base", "config", "ipc", "hosts", "control", "ctl"},
    "verbs": {*ROOMS, "verbs"},
}
PLUGINS_MAY = ("base/", "config/tree.h", "config/diag.h")


def allowed(folder):
    if folder in ROOMS:
        return set(ROOMS[: ROOMS.index(folder) + 1])
    return EXTRA.get(folder)


def sources(folder):
    for root, _, files in os.walk(os.path.join(TOP, folder)):
        for name in files:
            if name.endswith((".c", ".h")) and not name.startswith("test_"):
                yield os.path.join(root, name)


def includes(path):
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            match = re.match(r'\s*#\s*include\s+"([a-z_]+)/([a-z_]+\.h)"', line)
            if match and (match.group(1) in ROOMS or match.group(1) in EXTRA):
                yield number, match.group(1), match.group(2)


def problems():
    for path in sources("daemon"):
        folder = os.path.basename(os.path.dirname(path))
        rooms = allowed(folder)
        for number, room, _ in includes(path):
            if rooms is not None and room not in rooms:
                yield f"{os.path.relpath(path, TOP)}:{number}: {folder}/ may not include {room}/"
    for path in sources("plugins"):
        for number, room, header in includes(path):
            if not f"{room}/{header}".startswith(PLUGINS_MAY):
                yield f"{os.path.relpath(path, TOP)}:{number}: a plugin may not include {room}/{header}"


def main():
    found = list(problems())
    print("1..1")
    for problem in found:
        print("#", problem)
    print("not ok" if found else "ok", "1 - includes go one way")
    sys.exit(bool(found))


main()
