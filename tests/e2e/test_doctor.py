#!/usr/bin/python3
"""tocsinctl doctor on machines that lack something for real: watches, room, Landlock, a bus, rights."""
import contextlib
import ctypes
import fcntl
import json
import os
import pty
import re
import socket
import struct
import subprocess
import sys
import termios

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from desktop import Desktop  # noqa: E402
from harness import BUILD, HOST, PLUGINS, TOCSINCTL, Daemon, Skip, counted, lifts_layers, need, run, until  # noqa: E402

CHECKS = ["daemon", "unit", "configuration", "plugins", "folders", "inotify", "state", "runtime", "temp",
          "kernel", "limits", "sandbox", "notifiers", "desktop", "journal", "certificates", "secrets", "clock"]
NOBODY = 65534


class Examined(Daemon):
    """A daemon that need not run: its places are the defaults of an environment of its own."""

    def __init__(self, **more):
        super().__init__(**more)
        self.state, self.runtime = os.path.join(self.dir, "tocsin"), os.path.join(self.dir, "run", "tocsin")
        os.mkdir(os.path.dirname(self.runtime))
        for variable in ("DBUS_SESSION_BUS_ADDRESS", "TMPDIR", "STATE_DIRECTORY", "RUNTIME_DIRECTORY"):
            self.env.pop(variable, None)
        self.env.update(XDG_STATE_HOME=self.dir, XDG_RUNTIME_DIR=os.path.dirname(self.runtime), HOME=self.dir)
        os.chmod(self.config_file, 0o600)

    def doctor(self, *wrap, output="json", options=(), **more):
        """Exit status and what it found, or printed."""
        done = subprocess.run([*wrap, TOCSINCTL, "--config", self.config_file, "--host", HOST, "--plugins",
                               self.plugins, *options, "--output", output, "doctor"], env=self.env, check=False,
                              capture_output=True, text=True, timeout=120, **more)
        assert done.stderr == "", done.stderr
        return done.returncode, json.loads(done.stdout) if output == "json" else done.stdout


@contextlib.contextmanager
def examined(**more):
    with Examined(**more) as d:
        yield d


def of(findings, check, result=None):
    return [f for f in findings if f["check"] == check and result in (None, f["result"])]


def says(findings, check, result, words, mend=None):
    """The one finding of the check that says this, with that in its mend."""
    got = [f for f in of(findings, check, result) if words in f["text"]]
    assert len(got) == 1, (words, of(findings, check))
    assert mend is None or mend in (got[0]["mend"] or ""), got
    return got[0]


def in_a_namespace(*options):
    """unshare with these options, where it may be used."""
    need("unshare")
    if subprocess.run(["unshare", *options, "true"], check=False, capture_output=True).returncode:
        raise Skip(f"no unshare {' '.join(options)} here")
    return ["unshare", *options]


# ---- a machine where all is well ----

def all_checks_are_made_of_a_live_daemon():
    with examined() as d:
        os.mkdir(os.path.join(d.folder, "sub"))
        d.start()
        until(lambda: d.ask("status")["deliver"][0]["state"] == "up", "the notifier is up")
        code, found = d.doctor()
        assert [c for i, c in enumerate([f["check"] for f in found]) if c not in [g["check"] for g in found[:i]]] \
            == CHECKS, found
        assert all(set(f) == {"check", "result", "text", "mend"} for f in found), found
        assert all(f["result"] in ("ok", "note", "warning", "fault") and f["text"] for f in found), found
        assert code == 0 and not [f for f in found if f["result"] == "fault"], found
        says(found, "daemon", "ok", f"pid {d.process.pid}, answers and is ready")
        says(found, "configuration", "ok", f"{d.config_file} is good for the daemon: folders 1, detectors 1, notifiers 1")
        says(found, "plugins", "ok", "topics ")
        says(found, "notifiers", "ok", "all 1 are up")
        says(found, "secrets", "ok", "none")
        assert f"docs: {d.folder}" in of(found, "folders")[0]["text"], found
        # It sees what the daemon lives under, and changes nothing.
        assert "a daemon started from here" not in of(found, "limits")[0]["text"], found
        assert os.listdir(d.folder) == ["sub"] and d.ask("alert", "list") == []


def the_text_is_aligned_and_ends_with_the_sum():
    with examined() as d:
        code, out = d.doctor(output="text")
        assert code == 0, out
        lines = out.splitlines()
        assert all(len(line) <= 80 or line.startswith(" " * 28) for line in lines), out
        assert lines[0] == "note     daemon         no daemon answers at", out
        told = [line[9:24].strip() for line in lines[:-2]]
        assert [check for check in told if check] == CHECKS, told
        assert all(line[:9].strip() in ("", "ok", "note", "warning", "fault") for line in lines[:-2]), out
        assert lines[-2] == "" and re.fullmatch(r"18 checks: .*\d+ notes?", lines[-1]), lines[-1]


def a_narrow_terminal_gets_narrow_lines():
    with examined() as d:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 60, 0, 0))
        process = subprocess.Popen([TOCSINCTL, "--config", d.config_file, "--host", HOST, "--plugins", PLUGINS,
                                    "doctor"], stdin=slave, stdout=slave, stderr=slave,
                                   env=dict(d.env, TERM="xterm"))
        os.close(slave)
        out = b""
        with contextlib.suppress(OSError):  # EIO: the other end is closed
            while part := os.read(master, 65536):
                out += part
        os.close(master)
        assert process.wait(60) == 0
        plain = re.sub("\x1b\\[[0-9]*m", "", out.decode().replace("\r", ""))
        assert "\x1b[" in out.decode() and "\x1b" not in plain
        assert all(len(line) <= 60 or line.startswith(" " * 28) or " " not in line[24:]
                   for line in plain.splitlines()), plain
        assert any(len(line) > 50 for line in plain.splitlines()), plain


# ---- the daemon and its configuration ----

def without_a_daemon_the_rest_is_looked_at():
    with examined() as d:
        code, found = d.doctor()
        assert code == 0, found
        says(found, "daemon", "note", f"no daemon answers at {d.runtime}/control")
        says(found, "notifiers", "note", "no daemon answers")
        assert of(found, "configuration", "ok") and of(found, "plugins", "ok") and of(found, "inotify"), found


def a_daemon_that_hangs_is_a_fault():
    with examined() as d:
        os.mkdir(d.runtime, 0o700)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(d.runtime, "control"))
            listener.listen()
            code, found = d.doctor()
        assert code == 78, found
        says(found, "daemon", "fault", "takes too long to answer", "systemctl --user restart tocsin")


def a_bad_configuration_is_a_fault_at_its_place():
    with examined() as d:
        d.config["folders"]["docs"]["settel"] = "1s"
        d.write_config()
        code, found = d.doctor()
        assert code == 78, found
        with open(d.config_file, encoding="utf-8") as f:
            line = [i for i, text in enumerate(f, 1) if "settel" in text][0]
        says(found, "configuration", "fault", f'tocsin.yaml:{line}:5: folder "docs": unknown option "settel"',
             f"editor}} +{line} {d.config_file}")
        assert not of(found, "configuration", "ok") and of(found, "folders", "note"), found
        os.unlink(d.config_file)
        code, found = d.doctor()
        assert code == 78, found
        says(found, "configuration", "fault", "there is no configuration at " + d.config_file, "config init")


def a_query_that_is_wrong_is_found():
    with examined(topics={"a": {"query": "(x"}}) as d:
        code, found = d.doctor()
        assert code == 78, found
        says(found, "configuration", "fault", "topics.yaml:3:")


def the_daemons_own_configuration_is_looked_at():
    with examined() as d:
        d.start()
        other = os.path.join(d.dir, "empty")
        os.mkdir(other)
        done = subprocess.run([TOCSINCTL, "--host", HOST, "--plugins", PLUGINS, "--output", "json", "doctor"],
                              env=dict(d.env, XDG_CONFIG_HOME=other), check=False, capture_output=True, timeout=60)
        says(json.loads(done.stdout), "configuration", "ok", d.config_file + " is good for the daemon")


def a_plugin_that_cannot_be_used_is_named():
    with examined() as d:
        folder = os.path.join(d.dir, "plugins")
        os.mkdir(folder)
        with open(os.path.join(folder, "bad.so"), "wb") as f:
            f.write(b"\x7fELF rubbish")
        d.plugins = f"{folder}:{PLUGINS}"
        code, found = d.doctor()
        assert code == 0, found
        says(found, "plugins", "warning", "bad cannot be used: ", "tocsinctl plugin info bad")
        says(found, "plugins", "ok", "topics ")
        d.plugins = folder
        code, found = d.doctor()
        assert code == 78, found
        says(found, "plugins", "fault", f"no plugin can be used of those in {folder}")


def without_a_host_nothing_can_run():
    with examined() as d:
        done = subprocess.run([TOCSINCTL, "--config", d.config_file, "--host", "/nix/tocsin-host", "--plugins",
                               PLUGINS, "--output", "json", "doctor"], env=d.env, check=False,
                              capture_output=True, timeout=60)
        assert done.returncode == 78
        says(json.loads(done.stdout), "sandbox", "fault", "no host can be started")


# ---- folders and watches ----

def watches_that_run_out_are_foretold():
    wrap = [*in_a_namespace("-Ur"), "bash", "-c",
            "echo 3 >/proc/sys/user/max_inotify_watches && echo 0 >/proc/sys/user/max_inotify_instances && "
            'exec "$@"', "bash"]
    with examined() as d:
        for name in "abc":
            os.mkdir(os.path.join(d.folder, name))
        code, found = d.doctor(*wrap)
        assert code == 0, found
        says(found, "inotify", "warning", "4 watches are needed, other programs of the user hold 0, and "
             "user.max_inotify_watches allows 3", "echo 'user.max_inotify_watches = 524288' | sudo tee")
        says(found, "inotify", "warning", "1 instances are needed", "user.max_inotify_instances = 1024")
        # And so it happens to a daemon there.
        d.wrap = wrap
        d.start()
        code, found = d.doctor(*wrap)
        says(found, "folders", "warning", "looks through " + d.folder + " at intervals")


def a_folder_on_an_overlay_is_noted():
    need("mount")
    wrap = in_a_namespace("-Urm")
    with examined() as d:
        for name in ("lower", "upper", "over"):
            os.mkdir(os.path.join(d.dir, name))
        script = (f"mount -t tmpfs t '{d.dir}/over' && mkdir '{d.dir}/over/u' '{d.dir}/over/w' && mount -t overlay o "
                  f"-o 'lowerdir={d.dir}/lower,upperdir={d.dir}/over/u,workdir={d.dir}/over/w' '{d.folder}'")
        if subprocess.run([*wrap, "sh", "-c", script], check=False, capture_output=True).returncode:
            raise Skip("no overlay can be mounted here")
        code, found = d.doctor(*wrap, "sh", "-c", script + ' && exec "$@"', "sh")
        assert code == 0, found
        says(found, "folders", "note", "is on an overlay")


def as_nobody():
    if os.geteuid() != 0:
        return []  # already somebody whom permissions hold
    need("setpriv")
    other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if subprocess.run([*other, "test", "-x", TOCSINCTL], check=False).returncode:
        raise Skip(f"user {NOBODY} may not run what is built in {BUILD}")
    return other


def what_this_user_may_not_read_is_found():
    if counted():
        raise Skip("another user may not write what this build counts")
    wrap = as_nobody()
    with examined() as d:
        closed = os.path.join(d.folder, "for me only")
        os.mkdir(closed)
        os.chmod(d.dir, 0o777)
        os.chmod(d.config_file, 0o644)
        os.chmod(closed, 0)
        code, found = d.doctor(*wrap)
        uid = NOBODY if wrap else os.geteuid()
        says(found, "folders", "warning", f"docs: user {uid} cannot read 1 of the directories below {d.folder}, the "
             f"first is {closed}: documents there are not seen", f"setfacl -R -m u:{uid}:rX '{closed}'")
        os.chmod(closed, 0o755)
        os.chmod(d.folder, 0)
        code, found = d.doctor(*wrap)
        assert code == 78, found
        says(found, "configuration", "fault", "is not visible to user")
        os.chmod(d.folder, 0o755)
        # Nor write.
        os.mkdir(d.state, 0o700)
        os.chmod(d.state, 0o500)
        code, found = d.doctor(*wrap)
        assert code == 78, found
        if wrap:
            says(found, "state", "fault", f"{d.state} belongs to user 0, not to you ({NOBODY})", "sudo chown -R")
        says(found, "state", "fault", f"{d.state} cannot be written to")


# ---- state ----

def a_state_directory_that_others_may_read_is_named():
    with examined() as d:
        os.mkdir(d.state)
        os.chmod(d.state, 0o755)
        code, found = d.doctor()
        assert code == 0, found
        says(found, "state", "warning", f"{d.state} has mode 0755", f"chmod 700 {d.state}")
        other = os.path.join(d.dir, "other")
        os.mkdir(other)
        os.chmod(other, 0o770)
        _, found = d.doctor(options=("--state", other))
        says(found, "state", "warning", f"{other} has mode 0770", f"chmod 700 {other}")
        # The daemon shuts it itself.
        d.start()
        _, found = d.doctor()
        assert not [f for f in of(found, "state") if "mode" in f["text"]], found


def a_disk_without_room_is_a_fault():
    need("mount")
    wrap = in_a_namespace("-Urm")
    with examined() as d:
        os.mkdir(d.state)
        for options, result, words in (("size=8M", "fault", "is full (8M free"),
                                       ("size=100M", "warning", "has little room left: 100M free"),
                                       ("size=1G,nr_inodes=50", "warning", "little room left"),
                                       ("size=1G,nr_inodes=1", "fault", "0 inodes free"),
                                       ("size=1G,ro", "fault", "mounted read-only")):
            mounted = [*wrap, "sh", "-c", f"mount -t tmpfs -o {options},mode=700 t '{d.state}' && exec \"$@\"", "sh"]
            code, found = d.doctor(*mounted)
            assert code == (78 if result == "fault" else 0), found
            says(found, "state", result, words)
            if "ro" not in options:
                says(found, "state", "warning", "is in memory (tmpfs)")


def a_store_that_was_damaged_is_remembered():
    with examined() as d:
        d.start()
        d.stop()
        with open(os.path.join(d.state, "tocsin.db"), "r+b") as f:
            f.write(b"rubbish" * 1000)
        d.start()
        _, found = d.doctor()
        says(found, "state", "note", "a store was damaged once and is kept as " + d.state + "/tocsin.db.damaged-")


def without_a_runtime_directory_it_says_so():
    with examined() as d:
        del d.env["XDG_RUNTIME_DIR"]
        code, found = d.doctor()
        assert code == 0, found
        says(found, "runtime", "note", "XDG_RUNTIME_DIR is not set", f"export XDG_RUNTIME_DIR=/run/user/{os.geteuid()}")
        os.mkdir(d.runtime)
        d.env["XDG_RUNTIME_DIR"] = os.path.dirname(d.runtime)
        os.chmod(d.runtime, 0o777)
        _, found = d.doctor()
        says(found, "runtime", "warning", "has mode 0777", "chmod 700 " + d.runtime)


# ---- kernel ----

def refuse_landlock():
    """A filter that answers EPERM to landlock_create_ruleset, as a container's may. For preexec_fn."""
    nr, errno_eperm, allow = 444, 0x00050000 | 1, 0x7fff0000
    code = b"".join(struct.pack("HBBI", *i) for i in (
        (0x20, 0, 0, 0), (0x15, 0, 1, nr), (0x06, 0, 0, errno_eperm), (0x06, 0, 0, allow)))
    memory = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.c_char_p(program), 0, 0) == 0


def a_filter_that_takes_landlock_away_is_named():
    if counted():
        raise Skip("this build goes without Landlock")
    with examined() as d:
        code, found = d.doctor(preexec_fn=refuse_landlock)
        assert code == 0, found
        says(found, "kernel", "warning", "Landlock's calls are forbidden here (Operation not permitted)",
             "--system-call-filter='landlock_create_ruleset")
        says(found, "sandbox", "warning", "a host started from here: landlock is missing (landlock_create_ruleset: "
             "Operation not permitted): files are shut off")
        # A daemon under such a filter is seen from without.
        with open(d.log_file, "ab") as log, open(d.out_file, "ab") as out:
            d.process = subprocess.Popen(d.command(), stdout=out, stderr=log, env=d.env, preexec_fn=refuse_landlock)
        until(d.is_ready, "the daemon is ready")
        until(lambda: all(host["layers"] for host in d.ask("status")["hosts"]), "its hosts are, too")
        code, found = d.doctor()
        assert code == 0, found
        assert of(found, "kernel", "ok") or of(found, "kernel", "note"), found
        says(found, "sandbox", "warning", "landlock is missing", "[Service]\nSystemCallFilter=landlock_create_ruleset")
        assert "the daemon's detect-1, notify-stdout: " in of(found, "sandbox", "warning")[0]["text"] or \
            "the daemon's notify-stdout, detect-1: " in of(found, "sandbox", "warning")[0]["text"], found


def a_build_that_lifts_layers_says_so():
    if not lifts_layers():
        raise Skip("this build lifts none")
    with examined() as d:
        _, found = d.doctor()
        says(found, "sandbox", "note", f"this build goes without seccomp ({'coverage' if counted() else 'sanitizer'})")


def a_limit_that_is_too_low_is_named():
    with examined() as d:
        code, found = d.doctor("bash", "-c", 'ulimit -Sn 200 && ulimit -f 100000 && exec "$@"', "bash")
        assert code == 0, found
        says(found, "limits", "warning", "a daemon started from here could have 200 open files", "LimitNOFILE=300")
        says(found, "limits", "warning", "102400000 bytes in a file", "LimitFSIZE=infinity")


# ---- the desktop ----

@contextlib.contextmanager
def with_popups():
    """The configuration has a notifier that shows some."""
    if not os.path.exists(os.path.join(PLUGINS, "desktop.so")):
        raise Skip("the plugin desktop is not built")
    with examined() as d:
        d.config["notifiers"]["desktop"] = {}
        d.write_config()
        yield d


def without_a_bus_popups_are_a_fault_if_they_are_wanted():
    with with_popups() as d:
        code, found = d.doctor()
        assert code == 78, found
        says(found, "desktop", "fault", "there is no session bus (no DBUS_SESSION_BUS_ADDRESS",
             "systemctl --user import-environment")
        d.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nix/bus"
        _, found = d.doctor()
        says(found, "desktop", "fault", "there is no session bus (unix:path=/nix/bus: No such file or directory)")
    with examined() as d:
        code, found = d.doctor()
        assert code == 0, found
        says(found, "desktop", "note", "no notifier of the configuration shows popups")


def the_server_of_popups_is_asked_what_it_can():
    with Desktop() as desktop, with_popups() as d:
        d.env["DBUS_SESSION_BUS_ADDRESS"] = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        code, found = d.doctor()
        assert code == 78, found
        says(found, "desktop", "fault", "nobody on the session bus shows popups", "sudo apt install dunst")
        desktop.start_server()
        code, found = d.doctor()
        assert code == 0, found
        assert re.match(r"dunst [\d.]+ .*shows popups \(specification 1\.\d\), with buttons and markup",
                        says(found, "desktop", "ok", "dunst")["text"]), found
        desktop.freeze()
        code, found = d.doctor()
        desktop.thaw()
        assert code == 0, found
        says(found, "desktop", "warning", "is there and does not answer (Connection timed out)")


def a_server_that_would_be_started_is_well():
    need("dbus-daemon")
    with with_popups() as d:
        services = os.path.join(d.dir, "services")
        os.mkdir(services)
        with open(os.path.join(services, "n.service"), "w", encoding="utf-8") as f:
            f.write("[D-BUS Service]\nName=org.freedesktop.Notifications\nExec=/bin/false\n")
        config = os.path.join(d.dir, "bus.conf")
        with open(config, "w", encoding="utf-8") as f:
            f.write(f"<busconfig><type>session</type><listen>unix:path={d.dir}/bus</listen><servicedir>{services}"
                    '</servicedir><policy context="default"><allow send_destination="*" eavesdrop="true"/>'
                    '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>')
        bus = subprocess.Popen(["dbus-daemon", "--config-file", config, "--nofork", "--print-address"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            d.env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
            code, found = d.doctor()
            assert code == 0, found
            says(found, "desktop", "ok", "a server of popups is started with the first of them")
        finally:
            bus.kill()
            bus.wait()
            bus.stdout.close()


def a_notifier_that_is_down_is_named():
    with with_popups() as d:
        d.start()
        d.drop("a.txt", "An alarm.\n")
        until(lambda: [n for n in d.ask("status")["deliver"] if n["notifier"] == "stdout" and n["sent"]], "it rings")
        code, found = d.doctor()
        assert code == 78, found
        assert of(found, "daemon", "ok") and of(found, "desktop", "fault"), found
        # Whether the host of `desktop` lives without a bus is its own affair; what status says is told.
        down = [n["notifier"] for n in d.ask("status")["deliver"] if n["state"] == "down"]
        assert {f["text"].split(" is ")[0] for f in of(found, "notifiers", "warning")} >= set(down), (found, down)


run([
    all_checks_are_made_of_a_live_daemon,
    the_text_is_aligned_and_ends_with_the_sum,
    a_narrow_terminal_gets_narrow_lines,
    without_a_daemon_the_rest_is_looked_at,
    a_daemon_that_hangs_is_a_fault,
    a_bad_configuration_is_a_fault_at_its_place,
    a_query_that_is_wrong_is_found,
    the_daemons_own_configuration_is_looked_at,
    a_plugin_that_cannot_be_used_is_named,
    without_a_host_nothing_can_run,
    watches_that_run_out_are_foretold,
    a_folder_on_an_overlay_is_noted,
    what_this_user_may_not_read_is_found,
    a_state_directory_that_others_may_read_is_named,
    a_disk_without_room_is_a_fault,
    a_store_that_was_damaged_is_remembered,
    without_a_runtime_directory_it_says_so,
    a_filter_that_takes_landlock_away_is_named,
    a_build_that_lifts_layers_says_so,
    a_limit_that_is_too_low_is_named,
    without_a_bus_popups_are_a_fault_if_they_are_wanted,
    the_server_of_popups_is_asked_what_it_can,
    a_server_that_would_be_started_is_well,
    a_notifier_that_is_down_is_named,
])
