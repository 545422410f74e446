"""A desktop for a test: an X server without a screen, a session bus of its own, a real notification
server (dunst), and a recorder of what passes over the bus."""
import json
import os
import shutil
import signal
import subprocess
import tempfile

from harness import need, until

DUNSTRC = """
[global]
    follow = none
    geometry = "400x5-10+10"
    width = 420
    height = 300
    markup = full
    font = DejaVu Sans 10
    format = "<b>%s</b>\\n%b"
    notification_limit = 20
    stack_duplicates = false
    idle_threshold = 0
    show_indicators = true
    mouse_left_click = do_action, close_current
    dmenu = {menu}
[urgency_low]
    timeout = 0
    background = "#e8f0e8"
    foreground = "#102010"
[urgency_normal]
    timeout = 0
    background = "#f4f4ff"
    foreground = "#101030"
    frame_color = "#4060c0"
[urgency_critical]
    timeout = 0
    background = "#fff0f0"
    foreground = "#400000"
"""

# Chooses the line of dunst's menu that begins with "#" and the label in the file WANTED.
MENU = """#!/bin/sh
grep -F -m1 "#$(cat {wanted}) " || grep -F -m1 "$(cat {wanted})"
"""


class Desktop:
    def __init__(self):
        need("Xvfb", "dbus-daemon", "dunst", "dunstctl", "busctl")
        self.dir = tempfile.mkdtemp(prefix="tocsin-desktop-")
        self.wanted = os.path.join(self.dir, "wanted")
        self.processes = []
        self.dunst = None
        self.recorder = None
        self.env = dict(os.environ, HOME=self.dir, XDG_CONFIG_HOME=self.dir, XDG_CACHE_HOME=self.dir,
                        XDG_DATA_HOME=self.dir)
        self.start_x()
        self.start_bus()
        self.start_recorder()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop_server()
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def spawn(self, *argv, **options):
        process = subprocess.Popen(argv, env=self.env, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def start_x(self):
        read_end, write_end = os.pipe()
        self.spawn("Xvfb", "-displayfd", str(write_end), "-screen", "0", "900x700x24", "-nolisten", "tcp",
                   pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            self.env["DISPLAY"] = ":" + pipe.readline().strip()
        self.env.pop("WAYLAND_DISPLAY", None)

    def start_bus(self):
        # No service may be started by its name: the test says which server runs when.
        config = os.path.join(self.dir, "bus.conf")
        with open(config, "w", encoding="utf-8") as f:
            f.write('<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" '
                    '"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">'
                    f"<busconfig><type>session</type><listen>unix:path={self.dir}/bus</listen>"
                    '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
                    '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>')
        bus = self.spawn("dbus-daemon", "--config-file", config, "--nofork", "--print-address",
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()

    def start_recorder(self):
        self.record_file = os.path.join(self.dir, "record")
        with open(self.record_file, "wb") as out:
            self.spawn("busctl", "--address", self.env["DBUS_SESSION_BUS_ADDRESS"], "--json=short", "monitor",
                       stdout=out, stderr=subprocess.DEVNULL)
        until(lambda: self.bus_names() is not None and self.poke(), "the recorder listens")

    def poke(self):
        """The recorder is up when it records this call."""
        self.bus_names()
        return any(m.get("member") == "ListNames" for m in self.messages())

    def bus_names(self):
        done = subprocess.run(["busctl", "--address", self.env["DBUS_SESSION_BUS_ADDRESS"], "call",
                               "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                               "ListNames"], env=self.env, capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def start_server(self):
        rc, menu = os.path.join(self.dir, "dunstrc"), os.path.join(self.dir, "menu")
        with open(rc, "w", encoding="utf-8") as f:
            f.write(DUNSTRC.format(menu=menu))
        with open(menu, "w", encoding="utf-8") as f:
            f.write(MENU.format(wanted=self.wanted))
        os.chmod(menu, 0o755)
        with open(os.path.join(self.dir, "dunst.log"), "ab") as log:
            self.dunst = subprocess.Popen(["dunst", "-config", rc], env=self.env, stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log)
        until(lambda: "org.freedesktop.Notifications" in (self.bus_names() or ""), "dunst owns its name")

    def stop_server(self, sig=signal.SIGKILL):
        if self.dunst:
            self.dunst.send_signal(signal.SIGCONT)
            self.dunst.send_signal(sig)
            self.dunst.wait()
            self.dunst = None

    def freeze(self):
        self.dunst.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.dunst.send_signal(signal.SIGCONT)

    def messages(self):
        with open(self.record_file, encoding="utf-8", errors="replace") as f:
            for line in f:
                if line.endswith("\n"):
                    yield json.loads(line)

    def popups(self):
        """The calls of Notify so far: [{app, replaces, summary, body, actions, hints}]."""
        keys = ("app", "replaces", "icon", "summary", "body", "actions", "hints", "timeout")
        return [dict(zip(keys, m["payload"]["data"])) for m in self.messages()
                if m.get("member") == "Notify" and m.get("type") == "method_call"]

    def shows(self, n):
        return until(lambda: (lambda p: p if len(p) >= n else None)(self.popups()), f"{n} popups")

    def displayed(self):
        done = subprocess.run(["dunstctl", "count", "displayed"], env=self.env, capture_output=True, text=True,
                              check=True)
        return int(done.stdout)

    def press(self, label):
        """Presses a button of the popups on the screen, through dunst's own menu."""
        with open(self.wanted, "w", encoding="utf-8") as f:
            f.write(label)
        subprocess.run(["dunstctl", "context"], env=self.env, check=True)

    def screenshot(self, path):
        subprocess.run(["/usr/bin/import", "-window", "root", path], env=self.env, check=True)
