#!/usr/bin/python3
"""tocsind lives a full day under valgrind's memcheck: no invalid access, nothing read that was never written,
nothing lost at its end. Its hosts run beside it as ever, in their sandboxes."""
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, Daemon, Skip, need, run, sanitized, until  # noqa: E402
from hook import hook  # noqa: E402
from webserver import free_port  # noqa: E402

CAUGHT = 99
LIMIT = 180  # it is twenty times as slow


def under_valgrind():
    need("valgrind")
    if sanitized():
        raise Skip("a sanitized program does not run under valgrind")
    if not os.path.exists(os.path.join(PLUGINS, "misdeed.so")):
        raise Skip("the plugin that misbehaves is not built (make check builds it)")
    d = Daemon()
    d.wrap = ["valgrind", "--quiet", f"--error-exitcode={CAUGHT}", "--leak-check=full", "--num-callers=30",
              "--errors-for-leak-kinds=definite,indirect", f"--log-file={d.dir}/valgrind.%p"]
    d.config["detectors"]["bad"] = {"plugin": "misdeed",
                                    "options": {"deed": "crash", "late": "yes", "only": "poison"}}
    d.config["notifiers"]["hook"] = hook(f"http://127.0.0.1:{free_port()}/")  # where nobody listens
    d.write_config()
    return d


def told(d, n):
    return until(lambda: len([r for r in d.rang() if r["topic"] == "alarm"]) >= n, f"{n} alarms rang", LIMIT)


def documents_come_and_go(d):
    for i in range(20):
        d.drop(f"{i % 3}/doc{i}.txt", f"An alarm, number {i}.")
    d.drop("poison.txt", "There is poison, and an alarm.")
    d.drop("none.bin", b"\x7fELF\x02\x01\x01" + bytes(2000))
    d.drop("latin.txt", "L'alarm a été donnée à l'hôtel.".encode("latin-1"))
    os.mkfifo(os.path.join(d.folder, "fifo"))
    told(d, 22)
    until(lambda: d.ask("quarantine", "list"), "the poison is quarantined", LIMIT)
    for i in range(5):
        d.drop(f"{i % 3}/doc{i}.txt", f"An alarm, number {i}. Another alarm, at {i}.")
    told(d, 27)
    os.rename(os.path.join(d.folder, "1"), os.path.join(d.folder, "moved"))
    os.unlink(os.path.join(d.folder, "latin.txt"))


def people_ask(d):
    document = os.path.join(d.folder, "0", "doc0.txt")
    for args in (["status"], ["metrics"], ["source", "list"], ["source", "rescan"], ["document", "list"],
                 ["document", "list", "unread"], ["document", "show", document], ["explain", document],
                 ["alert", "list"], ["topic", "list"], ["delivery", "list"], ["notifier", "list"], ["pause"],
                 ["resume"], ["quarantine", "release"], ["document", "forget", document],
                 ["state", "backup", d.dir + "/copy"], ["config", "check"]):
        assert d.ctl(*args)[0] == 0, args
    alert = d.ask("alert", "list", "open")[0]["id"]
    assert d.ctl("alert", "show", alert)[0] == 0 and d.ctl("alert", "ack", alert)[0] == 0
    delivery = d.ask("delivery", "list", "open")[0]["id"]
    assert d.ctl("delivery", "show", delivery)[0] == 0 and d.ctl("delivery", "drop", delivery)[0] == 0
    for args in (["explain", "nowhere"], ["alert", "show", "00000000"], ["document", "show", "999"]):
        assert d.ctl(*args)[0] == 65, args


def hosts_die_and_configurations_change(d):
    d.kill_hosts("detector")
    d.kill_hosts("notifier")
    d.write_topics({"alarm": {"query": "alarm"}, "second": {"query": "second"}})
    del d.config["notifiers"]["hook"]
    d.config["folders"]["docs"]["settle"] = "1ms"
    d.write_config()
    d.ask("reload")
    with open(d.config_file, "a", encoding="utf-8") as f:
        f.write("nonsense: 1\n")
    assert d.ctl("reload")[0] == 78
    d.write_config()
    d.drop("late.txt", "A second alarm.")
    until(lambda: any(r["topic"] == "second" for r in d.rang()), "the new topic rings", LIMIT)


def found(d):
    """What it complains of; that it does not know openat2 is no complaint."""
    text = ""
    for path in glob.glob(d.dir + "/valgrind.*"):
        with open(path, encoding="utf-8", errors="replace") as f:
            text += "".join(line for line in f if line.startswith("=="))
    return text


def a_full_day_is_clean():
    with under_valgrind() as d:
        d.start(ready=False)
        until(d.is_ready, "the daemon is ready", LIMIT)
        documents_come_and_go(d)
        people_ask(d)
        hosts_die_and_configurations_change(d)
        assert d.stop() == 0, found(d)
        # What is known is taken up again.
        d.start(ready=False)
        until(d.is_ready, "the daemon is ready again", LIMIT)
        d.drop("last.txt", "The last alarm.")
        told(d, 29)
        assert d.stop() == 0, found(d)
        assert not found(d), found(d)


run([a_full_day_is_clean])
