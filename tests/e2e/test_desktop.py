#!/usr/bin/python3
"""Popups on a real notification server: what they say, what their buttons do, and that a server that
is frozen, killed or absent keeps nobody else waiting."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from desktop import Desktop  # noqa: E402
from harness import PLUGINS, SRC, Daemon, Skip, run, until  # noqa: E402

if not os.path.exists(os.path.join(PLUGINS, "desktop.so")):
    print("1..0 # SKIP built with --disable-desktop")
    sys.exit(0)

TEXT = " date 2026-03-04 A <b>bold</b> title & more\n\nAt noon the alarm <i>rang</i> & rang. \u202eNobody\x01 came.\n"

WISH = (
    " date 2025-12-14 Leclerc and the other race\n\nFerrari driver Charles Leclerc would love to try the 24 Hours of "
    "Le Mans one day. Asked whether he had thought of it, Leclerc replied: \"Definitely. Actually quite a few "
    "times, now I need to find a way to combine it with the rest.\"\n")
ENTRY = (" date 2027-02-03 Leclerc signs\n\nIt is settled: Charles Leclerc will race the 24 Hours of Le Mans in June with "
         "Ferrari, the team announced on Wednesday.\n")


def notified(desktop, **options):
    """A daemon whose alerts go to the desktop and, for comparison, to standard output."""
    d = Daemon(env=desktop.env, **options)
    d.config["notifiers"]["desktop"] = {}
    d.write_config()
    d.start()
    return d


def a_popup_says_what_was_found():
    with Desktop() as desktop:
        desktop.start_server()
        with notified(desktop) as d:
            d.drop("a.txt", TEXT)
            (popup,) = desktop.shows(1)
            assert popup["app"] == "tocsin", popup
            assert "alarm" in popup["summary"], popup
            assert "the <b>alarm</b> &lt;i&gt;rang&lt;/i&gt; &amp; rang." in popup["body"], popup
            assert "\u202e" not in popup["body"] and "\x01" not in popup["body"], popup
            assert "4 Mar 2026" in popup["body"], popup
            hints = popup["hints"]
            assert hints["urgency"]["data"] == 1 and hints["desktop-entry"]["data"] == "tocsin", hints
            assert hints["category"]["data"] == "x-tocsin.alert", hints
            labels = popup["actions"][1::2]
            assert labels == ["Open", "Open", "Acknowledge", "Snooze", "Mute topic", "Close"], labels
            until(lambda: desktop.displayed() == 1, "it is on the screen")
            if os.environ.get("TOCSIN_SCREENSHOT"):
                desktop.screenshot(os.environ["TOCSIN_SCREENSHOT"])


def later_news_replaces_its_popup():
    with Desktop() as desktop:
        desktop.start_server()
        with notified(desktop) as d:
            d.drop("a.txt", TEXT)
            desktop.shows(1)
            d.idle()
            d.drop("a.txt", TEXT + "\nA second alarm at one.\n")
            first, second = desktop.shows(2)
            assert first["replaces"] == 0 and second["replaces"] != 0, (first, second)
            assert "second <b>alarm</b>" in second["body"], second
            until(lambda: desktop.displayed() == 1, "one popup is on the screen")
            d.restart()
            d.drop("a.txt", TEXT + "\nA second alarm at one.\n\nA third alarm at two.\n")
            third = desktop.shows(3)[2]
            assert third["replaces"] == second["replaces"], (second, third)


def a_fact_is_understood_at_a_glance():
    """Who would like what, in the person's own words, of which team, when; then what has become of it."""
    lists = os.path.join(os.path.abspath(SRC), "conf", "lemans")
    with Desktop() as desktop:
        desktop.start_server()
        with notified(desktop, config={"detectors": {"lemans": {"options": {"lists": lists}}}}) as d:
            d.drop("a.txt", WISH)
            (wish,) = desktop.shows(1)
            assert wish["summary"] == "Charles Leclerc would like to race at Le Mans", wish
            words = re.sub("</?b>", "", wish["body"])
            assert words.startswith("“Definitely. Actually quite a few times, now I need to find a way"), wish
            assert words.endswith("” · Ferrari · 14 Dec 2025"), wish
            d.idle()
            d.drop("b.txt", ENTRY)
            entry = desktop.shows(2)[1]
            assert entry["summary"] == "Charles Leclerc will race at Le Mans 2027", entry
            for detail in ("interest → confirmed", "by Leclerc signs", "3 Feb 2027"):
                assert " · " + detail in entry["body"], entry
            assert entry["replaces"] != 0, entry


def acknowledge_is_pressed():
    with Desktop() as desktop:
        desktop.start_server()
        with notified(desktop) as d:
            d.drop("a.txt", TEXT)
            desktop.shows(1)
            d.idle()
            desktop.press("Acknowledge")
            until(lambda: d.ask("alert", "list")[0]["state"] == "acknowledged", "the alert is acknowledged")


def mute_is_pressed():
    with Desktop() as desktop:
        desktop.start_server()
        with notified(desktop, topics={"alarm": {"query": "alarm"}, "fire": {"query": "fire"}}) as d:
            d.drop("a.txt", TEXT)
            desktop.shows(1)
            d.idle()
            desktop.press("Mute topic")
            for n in range(100):  # the press takes its way through three processes
                d.drop(f"probe{n}.txt", f"alarm probe {n}")
                d.idle()
                found = d.ask("explain", os.path.join(d.folder, f"probe{n}.txt"))["findings"]
                if found and found[0]["outcome"] == "muted":
                    break
            else:
                raise AssertionError("the topic was not muted")
            before = len(desktop.popups())
            d.drop("b.txt", "another alarm")
            d.drop("c.txt", "a fire")
            popups = desktop.shows(before + 1)
            d.idle()
            assert "fire" in popups[-1]["summary"], popups
            assert len(desktop.popups()) == before + 1


RECORDER = """
import sys
import dbus, dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib
DBusGMainLoop(set_as_default=True)
class Manager(dbus.service.Object):
    @dbus.service.method("org.freedesktop.systemd1.Manager", in_signature="ssa(sv)a(sa(sv))", out_signature="o")
    def StartTransientUnit(self, name, mode, properties, aux):
        line = [p[1] for p in properties if p[0] == "ExecStart"][0][0]
        print(line[0], *line[1], sep="|", flush=True)
        return "/org/freedesktop/systemd1/job/1"
name = dbus.service.BusName("org.freedesktop.systemd1", dbus.SessionBus())
manager = Manager(name, "/org/freedesktop/systemd1")
print("ready", flush=True)
GLib.MainLoop().run()
"""


def open_is_pressed():
    """The document is opened by a transient unit: here the test stands in for the user's systemd."""
    if subprocess.run(["/usr/bin/python3", "-c", "import dbus, gi"], capture_output=True, check=False).returncode:
        raise Skip("python3-dbus and python3-gi are not installed")
    with Desktop() as desktop:
        desktop.start_server()
        systemd = desktop.spawn("/usr/bin/python3", "-c", RECORDER, stdout=subprocess.PIPE, text=True)
        assert systemd.stdout.readline() == "ready\n"
        with notified(desktop) as d:
            path = d.drop("a name with 'quotes'.txt", TEXT)
            desktop.shows(1)
            d.idle()
            desktop.press("Open")
            assert systemd.stdout.readline() == f"/usr/bin/xdg-open|xdg-open|{path}\n"


def a_frozen_server_keeps_nobody_waiting():
    with Desktop() as desktop:
        desktop.start_server()
        with notified(desktop) as d:
            desktop.freeze()
            d.drop("a.txt", TEXT)
            d.drop("b.txt", "an alarm in b")
            d.rings(2)
            assert not desktop.popups(), desktop.popups()
            desktop.thaw()
            desktop.shows(2)
            d.idle()
            assert len(desktop.popups()) == 2


def a_killed_server_gets_the_popup_when_it_is_back():
    with Desktop() as desktop:
        desktop.start_server()
        with notified(desktop) as d:
            d.drop("a.txt", TEXT)
            desktop.shows(1)
            d.idle()  # its answer has come: else it would be shown again, and rightly
            desktop.stop_server()
            d.drop("b.txt", "an alarm in b")
            d.rings(2)
            desktop.start_server()
            popups = desktop.shows(2)
            assert "alarm</b> in b" in popups[1]["body"], popups
            until(lambda: desktop.displayed() == 1, "it is on the new server's screen")


def an_absent_server_and_an_absent_bus_keep_nobody_waiting():
    with Desktop() as desktop:
        with notified(desktop) as d:
            d.drop("a.txt", TEXT)
            d.rings(1)
            desktop.start_server()
            desktop.shows(1)
    with Desktop() as desktop:
        env = dict(desktop.env, DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent/bus")
        d = Daemon(env=env)
        d.config["notifiers"]["desktop"] = {}
        d.write_config()
        with d:
            d.start()
            d.drop("a.txt", TEXT)
            d.rings(1)
            alert = d.rang()[0]["alert"]

            def attempted():
                deliveries = d.ask("alert", "show", alert)["told"][0]["deliveries"]
                return next((x for x in deliveries if x["notifier"] == "desktop" and x["attempts"]), None)

            state = until(attempted, "one attempt")
            assert state["state"] in ("deferred", "queued") and "bus" in state["reason"], state


run([
    a_popup_says_what_was_found,
    later_news_replaces_its_popup,
    a_fact_is_understood_at_a_glance,
    acknowledge_is_pressed,
    mute_is_pressed,
    open_is_pressed,
    a_frozen_server_keeps_nobody_waiting,
    a_killed_server_gets_the_popup_when_it_is_back,
    an_absent_server_and_an_absent_bus_keep_nobody_waiting,
])
