#!/usr/bin/python3
"""The skeleton in the manual is the skeleton in the tree, and the one command compiles it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ.get("TOCSIN_SRCDIR", ".")
BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
NAME = "skeleton"


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def unescape(roff):
    return roff.replace("\\&", "").replace("\\e", "\\")


def quoted_code():
    code = read("plugins/skeleton/skeleton.c")
    code = code[code.index("#include <stdlib.h>"):]
    if code in unescape(read("man/tocsin-plugin.7")):
        return None
    return "man/tocsin-plugin.7 does not quote plugins/skeleton/skeleton.c"


def commands():
    """The one command as every place writes it, for one name and on one line."""
    found = {}
    for path in ("plugins/skeleton/skeleton.c", "plugins/skeleton/README.md",
                 "plugins/include/tocsin/plugin.h", "man/tocsin-plugin.7"):
        text = re.sub(r"\\\n\s*", "", unescape(read(path)))
        for command in re.findall(r"cc -std=c17 .*tocsin-plugin\)", text):
            found[path + ": " + command] = re.sub(r"\w+\.(so|c)\b", NAME + r".\1", command)
    return found


def one_command():
    found = commands()
    if len(found) < 4 or len(set(found.values())) != 1:
        return "the command differs: %s" % sorted(found)
    return None


def compiles():
    """With pkg-config's answer for this tree in its place, and with every warning an error."""
    command = next(iter(commands().values()))
    flags = "-I%s -L%s -ltocsin-plugin" % (shlex.quote(SOURCE + "/plugins/include"),
                                           shlex.quote(BUILD + "/.libs"))
    command = re.sub(r"\$\(.*\)", "", command) + " -Wall -Wextra -Werror " + flags
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(SOURCE, "plugins/skeleton/skeleton.c"), folder)
        done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True,
                              timeout=120, check=False)
        if done.returncode:
            return done.stderr
        symbols = subprocess.run(["nm", "-D", "--defined-only", folder + "/skeleton.so"],
                                 capture_output=True, text=True, check=True).stdout
    return None if " tocsin_plugin\n" in symbols else "tocsin_plugin is not exported"


def main():
    tests = [("the manual quotes the skeleton", quoted_code),
             ("one command in every place", one_command),
             ("the command compiles the skeleton", compiles)]
    print("1..%d" % len(tests))
    failed = False
    for number, (name, test) in enumerate(tests, 1):
        problem = test()
        for line in (problem or "").splitlines():
            print("# " + line)
        print("%sok %d - %s" % ("not " if problem else "", number, name))
        failed |= bool(problem)
    return 1 if failed else 0


sys.exit(main())
