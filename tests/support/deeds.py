#!/usr/bin/python3
"""A program for the plugin `exec` that does one deed, named by its first argument, before it answers the
greeting, and logs how it went: "done" or the error. Afterwards it finds and tells nothing."""
import ctypes
import json
import os
import resource
import socket
import sys
import time

DEED, PATH = sys.argv[1], sys.argv[2].removeprefix("..")
LIBC = ctypes.CDLL(None, use_errno=True)


def called(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def read():
    open(PATH, "rb").close()


def write():
    open(PATH, "ab").close()


def null():
    with open("/dev/null", "w", encoding="utf-8") as f:
        f.write("x")


def inet():
    socket.socket(socket.AF_INET).close()


def unix():
    socket.socket(socket.AF_UNIX).close()


def ptrace():
    called(LIBC.ptrace(0, 0, 0, 0))  # PTRACE_TRACEME


def unshare():
    called(LIBC.unshare(0x04000000))  # CLONE_NEWUTS


def signal():
    os.kill(os.getppid(), 0)


def limit():
    """Of the process that started it; the same as it is, so that nothing comes of it."""
    resource.prlimit(os.getppid(), resource.RLIMIT_CPU, resource.prlimit(os.getppid(), resource.RLIMIT_CPU))


def priority():
    os.setpriority(os.PRIO_PROCESS, os.getppid(), os.getpriority(os.PRIO_PROCESS, os.getppid()))


def own():
    """Its own, it may."""
    resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE))
    os.nice(1)


def memory():
    bytearray(300 * 1024 * 1024)


def core():
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))


def privileges():
    with open("/proc/self/status", encoding="utf-8") as f:
        if "NoNewPrivs:\t1" in f.read():
            raise OSError(1, "no new privileges")


def descriptors():
    left = sorted(int(fd) for fd in os.listdir("/proc/self/fd"))
    if left != [0, 1, 2, 3]:  # the last is the listing's own
        raise OSError(0, f"descriptors {left}")


def orphan():
    """Leaves a process behind in a session of its own, whose parent is gone, and tells its number."""
    if os.fork() == 0:
        os.setsid()
        pid = os.fork()
        if pid == 0:
            for fd in range(3):
                os.close(fd)
            while True:
                time.sleep(100)
        say({"log": "notice", "text": f"pid {pid}"})
        os._exit(0)
    os.wait()


def environment():
    raise OSError(0, " ".join(sorted(os.environ)))


def say(message):
    print(json.dumps(message), flush=True)


def outcome():
    try:
        globals()[DEED]()
        return "done"
    except OSError as error:
        return error.strerror
    except MemoryError:
        return "Cannot allocate memory"
    except ValueError as error:
        return str(error)


for line in sys.stdin:
    question = json.loads(line)
    if "hello" in question:
        say({"log": "notice", "text": f"{DEED}: {outcome()}"})
        say({"id": question["id"], "tocsin": 1})
        if DEED == "orphan" and PATH == "exit":
            sys.exit(0)
    elif "detect" in question:
        say({"id": question["id"], "findings": []})
    else:
        say({"id": question["id"], "result": "ok"})
