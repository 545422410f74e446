#!/usr/bin/python3
"""The life of an alert at two notifiers at once, a web hook and the popups of a real notification server: it
fires, it is acknowledged by a button or elsewhere, it grows and rings again in place, it is closed and resolved.
What is done at one of them, both show."""
import contextlib
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from desktop import Desktop  # noqa: E402
from harness import PLUGINS, Skip, run, until  # noqa: E402
from hook import HookDaemon, hook  # noqa: E402
from webserver import Recorder  # noqa: E402

FIRST = "At noon the harbour bridge was closed to all traffic."
SECOND = "At one the harbour bridge was opened again."


def told(recorder, n):
    """The n requests so far: of each, status and what it quotes."""
    requests = until(lambda: recorder.requests if len(recorder.requests) >= n else None, f"the hook has heard {n} times")
    assert len(requests) == n, [request.json() for request in requests]
    return [request.json() for request in requests]


def state(d):
    (alert,) = d.ask("alert", "list")
    return alert["state"]


def alert_id(d):
    return d.ask("alert", "list")[0]["id"]


def annotations(request):
    (alert,) = request["alerts"]
    assert alert["status"] == request["status"], request
    return alert["annotations"]


def live(d, recorder, seen=lambda: None, gone=lambda: None, acknowledge=None):
    """`seen` looks at a popup after each news, `gone` at its absence, `acknowledge` presses its button."""
    d.drop("a.txt", f"{FIRST}\n")
    (firing,) = told(recorder, 1)
    seen()
    assert (firing["version"], firing["status"]) == ("4", "firing"), firing
    assert "state" not in annotations(firing), firing
    d.idle()
    acknowledge()
    followup = told(recorder, 2)[1]
    assert followup["status"] == "firing" and followup["groupKey"] == firing["groupKey"], followup
    assert annotations(followup)["state"] == "acknowledged", followup
    assert state(d) == "acknowledged"
    gone()
    d.drop("a.txt", f"{FIRST}\n\n{SECOND}\n")
    update = told(recorder, 3)[2]
    seen()
    assert update["status"] == "firing" and update["groupKey"] == firing["groupKey"], update
    assert update["alerts"][0]["labels"] == firing["alerts"][0]["labels"], (firing, update)
    assert "state" not in annotations(update), update
    assert state(d) == "open"
    d.idle()
    d.ask("alert", "close", alert_id(d))
    resolved = told(recorder, 4)[3]
    assert resolved["status"] == "resolved" and resolved["groupKey"] == firing["groupKey"], resolved
    (alert,) = resolved["alerts"]
    assert alert["status"] == "resolved" and alert["endsAt"] > alert["startsAt"], alert
    gone()
    d.idle()
    assert len(recorder.requests) == 4 and state(d) == "closed"


def a_web_hook_sees_firing_acknowledged_update_resolved():
    with Recorder() as recorder, HookDaemon({"hook": hook(recorder.url + "/hook")}) as d:
        d.start()
        live(d, recorder, acknowledge=lambda: d.ask("alert", "ack", alert_id(d)))


@contextlib.contextmanager
def at_both():
    """Popups of a real server, what a hook hears, and the daemon that tells both."""
    if not os.path.exists(os.path.join(PLUGINS, "desktop.so")):
        raise Skip("built with --disable-desktop")
    with Desktop() as desktop, Recorder() as recorder:
        desktop.start_server()
        with HookDaemon({"hook": hook(recorder.url + "/hook"), "desktop": {}}, env=desktop.env) as d:
            d.start()
            yield desktop, recorder, d


def shown(desktop, n):
    return until(lambda: desktop.displayed() == n, f"{n} popups are on the screen")


def live_at_both(act):
    with at_both() as (desktop, recorder, d):
        popups = []

        def seen():
            popups.append(desktop.shows(len(popups) + 1)[-1])
            shown(desktop, 1)

        live(d, recorder, seen, lambda: shown(desktop, 0), lambda: act(desktop, d))
        assert len(desktop.popups()) == 2, desktop.popups()
        first, second = popups
        assert first["replaces"] == 0 and second["replaces"] != 0, popups
        assert "was closed" in first["body"] and "was opened" in second["body"], popups


def a_button_on_the_popup_acknowledges_it_for_all():
    live_at_both(lambda desktop, d: desktop.press("Acknowledge"))


def what_is_acknowledged_elsewhere_takes_the_popup_away():
    live_at_both(lambda desktop, d: d.ask("alert", "ack", alert_id(d)))


def a_snooze_and_a_close_are_buttons():
    with at_both() as (desktop, recorder, d):
        d.drop("a.txt", f"{FIRST}\n")
        told(recorder, 1)
        shown(desktop, 1)
        d.idle()
        desktop.press("Snooze")
        snoozed = told(recorder, 2)[1]
        notes = annotations(snoozed)
        assert snoozed["status"] == "firing" and notes["state"] == "snoozed", snoozed
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", notes["snoozed_until"]), notes
        shown(desktop, 0)
        d.drop("b.txt", f" date 2026-02-01 Another.\n\n{SECOND}\n")
        told(recorder, 3)
        shown(desktop, 1)
        d.idle()
        desktop.press("Close")
        assert told(recorder, 4)[3]["status"] == "resolved"
        shown(desktop, 0)
        d.idle()
        (alert,) = [alert for alert in d.ask("alert", "list") if alert["state"] == "closed"]
        (told_once,) = d.ask("alert", "show", alert["id"])["told"]
        kinds = sorted((entry["notifier"], entry["notice"], entry["state"]) for entry in told_once["deliveries"])
        assert kinds == [("desktop", "", "sent"), ("desktop", "ended", "sent"), ("hook", "", "sent"),
                         ("hook", "ended", "sent")], kinds
        assert "hook (notice: ended): sent" in d.ctl("alert", "show", alert["id"], output="text")[1]


def a_muted_topic_takes_all_its_popups_away():
    with at_both() as (desktop, recorder, d):
        d.drop("a.txt", f"{FIRST}\n")
        d.drop("b.txt", f" date 2026-02-01 Another.\n\n{SECOND}\n")
        told(recorder, 2)
        shown(desktop, 2)
        d.idle()
        d.ask("alert", "mute", alert_id(d))
        after = told(recorder, 4)[2:]
        assert [(r["status"], annotations(r)["state"]) for r in after] == [("resolved", "muted")] * 2, after
        shown(desktop, 0)


run([
    a_web_hook_sees_firing_acknowledged_update_resolved,
    a_button_on_the_popup_acknowledges_it_for_all,
    what_is_acknowledged_elsewhere_takes_the_popup_away,
    a_snooze_and_a_close_are_buttons,
    a_muted_topic_takes_all_its_popups_away,
])
