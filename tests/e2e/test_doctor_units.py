#!/usr/bin/python3
"""What tocsinctl doctor says of units: a booted container with a real systemd, the user's unit and the
system's in every state that a person has to mend."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from container import Unit, boot  # noqa: E402
from harness import run, until  # noqa: E402

ALICE = "alice"
machine = boot()
machine.user(ALICE)
unit, system = Unit(machine, ALICE), Unit(machine)
unit.configure()


def doctor(*which, user=ALICE):
    """Exit status and findings; alice's, of both units, unless told otherwise."""
    done = machine.run("tocsinctl", *which, "--output", "json", "doctor", user=user, check=False)
    assert done.stderr == "", done.stderr
    return done.returncode, json.loads(done.stdout)


def says(findings, check, result, words, mend=None):
    got = [f for f in findings if f["check"] == check and f["result"] == result and words in f["text"]]
    assert len(got) == 1, (words, [f for f in findings if f["check"] == check])
    assert mend is None or mend in (got[0]["mend"] or ""), got


def type_in(findings, check, words):
    """Does as the finding says, line by line."""
    (finding,) = [f for f in findings if f["check"] == check and words in f["text"]]
    machine.sh(finding["mend"], user=ALICE)


def one_that_is_installed_is_to_be_enabled():
    code, found = doctor()
    assert code == 0, found
    says(found, "unit", "note", "a unit is installed, and none is enabled or runs",
         "\n# or: sudo systemctl enable --now tocsin")
    type_in(found, "unit", "a unit is installed")
    until(lambda: unit.property("ActiveState") == "active", "what it says to type starts the unit")
    code, found = doctor()
    assert code == 0, found
    says(found, "unit", "ok", "the user unit is active and enabled, with 0 restarts")
    says(found, "daemon", "ok", f"pid {unit.main_pid()}, answers and is ready")
    says(found, "sandbox", "ok", "in the daemon's hosts as well as here")
    says(found, "journal", "ok", "its socket /run/systemd/journal/socket is there")


def one_that_does_not_run_is_to_be_started():
    unit.systemctl("stop", "tocsin")
    code, found = doctor()
    assert code == 0, found
    says(found, "unit", "warning", "the user unit is enabled, and does not run", "systemctl --user start tocsin")
    type_in(found, "unit", "does not run")
    assert unit.property("ActiveState") == "active"


def one_that_failed_is_a_fault():
    unit.container.run("sed", "-i", "1i nonsense: true", f"{unit.confdir}/tocsin.yaml", user=ALICE)
    assert unit.systemctl("restart", "tocsin", check=False).returncode != 0
    until(lambda: unit.property("ActiveState") == "failed", "it has failed")
    code, found = doctor()
    assert code == 78, found
    says(found, "unit", "fault", "the user unit has failed (exit-code, after 0 restarts)", "journalctl --user -u tocsin")
    says(found, "configuration", "fault", "nonsense")
    unit.configure()
    type_in(found, "unit", "has failed")
    code, found = doctor()
    assert code == 0, found


def one_without_a_watchdog_is_noted():
    unit.drop_in("WatchdogSec=0")
    unit.start()
    code, found = doctor()
    assert code == 0, found
    says(found, "unit", "note", "the user unit has no watchdog", "[Service]\nWatchdogSec=60")


def one_whose_file_changed_is_to_be_read_again():
    assert not [f for f in doctor()[1] if "changed since" in f["text"]]
    machine.write(f"{unit.unitdir}/tocsin.service.d/test.conf", "[Service]\nWatchdogSec=50\n", user=ALICE)
    code, found = doctor()
    assert code == 0, found
    says(found, "unit", "warning", "the file of the user unit changed since systemd read it",
         "systemctl --user daemon-reload")
    type_in(found, "unit", "changed since")
    assert not [f for f in doctor()[1] if "changed since" in f["text"]]
    unit.drop_in("")


def a_filter_that_takes_the_sandbox_away_is_named():
    unit.drop_in("SystemCallFilter=@system-service\nSystemCallErrorNumber=EPERM")
    unit.start()
    until(lambda: all(layers for _, layers in unit.layers()), "the hosts are set up")
    code, found = doctor()
    assert code == 0, found
    says(found, "unit", "warning", "SystemCallFilter= of the user unit takes landlock_create_ruleset away")
    says(found, "sandbox", "warning", "landlock is missing (landlock_create_ruleset: Operation not permitted)")
    (finding,) = [f for f in found if "SystemCallFilter= of" in f["text"]]
    lines = finding["mend"].splitlines()
    assert lines[:2] == ["# systemctl --user edit tocsin", "[Service]"], lines
    unit.drop_in("SystemCallFilter=@system-service\nSystemCallErrorNumber=EPERM\n" + "\n".join(lines[2:]))
    unit.start()
    until(lambda: all(layers for _, layers in unit.layers()), "the hosts are set up")
    code, found = doctor()
    assert code == 0 and not [f for f in found if "SystemCallFilter" in (f["mend"] or "")], found
    # Without an error number it is death: the unit does not even start, and why is said all the same.
    unit.drop_in("SystemCallFilter=~seccomp")
    assert unit.systemctl("restart", "tocsin", check=False).returncode != 0
    code, found = doctor()
    assert code == 78, found
    says(found, "unit", "warning", "SystemCallFilter= of the user unit takes seccomp away")
    unit.drop_in("")
    unit.start()


def who_does_not_linger_is_told_what_that_means():
    linger = f"/var/lib/systemd/linger/{ALICE}"
    _, found = doctor()
    assert not [f for f in found if "is logged in" in f["text"]], found
    machine.run("mv", linger, linger + ".away")
    try:
        code, found = doctor()
        assert code == 0, found
        says(found, "unit", "note", "runs while alice is logged in", "loginctl enable-linger")
    finally:
        machine.run("mv", linger + ".away", linger)


def the_systems_unit_is_looked_at_as_well():
    assert not [f for f in doctor()[1] if "system unit" in f["text"]], "nobody asked for it"
    system.configure()
    system.start()
    code, found = doctor()
    assert code == 0, found
    says(found, "unit", "note", "the system unit is active, and disabled: the next boot does not start it",
         "systemctl enable tocsin")
    says(found, "unit", "note", "run side by side: tocsinctl speaks to yours")
    assert not [f for f in doctor("--user")[1] if "system" in f["text"] and f["check"] == "unit"]
    code, found = doctor("--system", user=None)
    assert code == 0 and not [f for f in found if "the user unit" in f["text"]], found
    says(found, "daemon", "ok", f"pid {system.main_pid()}, answers")
    says(found, "configuration", "ok", f"{system.confdir}/tocsin.yaml is good for the daemon")
    says(found, "state", "ok", "/var/lib/tocsin is shut to others")
    says(found, "runtime", "ok", "/run/tocsin is shared with the group tocsin")
    # Who is not in its group learns how to get there, and is not told of what is not theirs.
    code, found = doctor("--system")
    assert code == 0, found
    says(found, "daemon", "warning", "join it with `sudo usermod -aG tocsin alice`")
    assert not [f for f in found if f["check"] in ("state", "runtime") and f["result"] == "fault"], found
    system.systemctl("stop", "tocsin")


def by_hand_it_is_nobodys():
    unit.systemctl("stop", "tocsin")
    machine.sh("setsid tocsind >/dev/null 2>&1 &", user=ALICE)
    until(lambda: unit.ctl("status", check=False).returncode == 0, "it answers")
    _, found = doctor()
    says(found, "unit", "note", "the daemon that answers was started by no unit")
    machine.run("pkill", "-u", ALICE, "-x", "tocsind")


def the_bus_of_a_session_is_asked():
    unit.configure(notifiers="  desktop:\n")
    _, found = doctor()
    assert [f for f in found if f["check"] == "desktop"], found
    # The root file system has dunst, which the bus starts when it is first asked for.
    says(found, "desktop", "ok", "a server of popups is started with the first of them")
    unit.configure()


run([
    one_that_is_installed_is_to_be_enabled,
    one_that_does_not_run_is_to_be_started,
    one_that_failed_is_a_fault,
    one_without_a_watchdog_is_noted,
    one_whose_file_changed_is_to_be_read_again,
    a_filter_that_takes_the_sandbox_away_is_named,
    who_does_not_linger_is_told_what_that_means,
    the_systems_unit_is_looked_at_as_well,
    by_hand_it_is_nobodys,
    the_bus_of_a_session_is_asked,
])
