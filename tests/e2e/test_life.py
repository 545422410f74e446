#!/usr/bin/python3
"""The life of an alert at two notifiers at once, a web hook and the popups of a real notification server: it
fires, it is acknowledged by a button, it grows and rings again in place, it is closed and resolved."""
import os
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


def live(d, recorder, seen=lambda: None, acknowledge=None):
    """`seen` looks at a popup after each news, `acknowledge` presses its button."""
    d.drop("a.txt", f"{FIRST}\n")
    (firing,) = told(recorder, 1)
    seen()
    assert (firing["version"], firing["status"]) == ("4", "firing"), firing
    d.idle()
    acknowledge()
    until(lambda: state(d) == "acknowledged", "it is acknowledged")
    d.drop("a.txt", f"{FIRST}\n\n{SECOND}\n")
    update = told(recorder, 2)[1]
    seen()
    assert update["status"] == "firing" and update["groupKey"] == firing["groupKey"], update
    assert update["alerts"][0]["labels"] == firing["alerts"][0]["labels"], (firing, update)
    assert state(d) == "open"
    d.idle()
    d.ask("alert", "close", d.ask("alert", "list")[0]["id"])
    resolved = told(recorder, 3)[2]
    assert resolved["status"] == "resolved" and resolved["groupKey"] == firing["groupKey"], resolved
    (alert,) = resolved["alerts"]
    assert alert["status"] == "resolved" and alert["endsAt"] > alert["startsAt"], alert
    d.idle()
    assert len(recorder.requests) == 3 and state(d) == "closed"


def a_web_hook_sees_firing_update_resolved():
    with Recorder() as recorder, HookDaemon({"hook": hook(recorder.url + "/hook")}) as d:
        d.start()
        live(d, recorder, acknowledge=lambda: d.ask("alert", "ack", d.ask("alert", "list")[0]["id"]))


def a_button_on_the_popup_acknowledges_it_for_all():
    if not os.path.exists(os.path.join(PLUGINS, "desktop.so")):
        raise Skip("built with --disable-desktop")
    with Desktop() as desktop, Recorder() as recorder:
        desktop.start_server()
        with HookDaemon({"hook": hook(recorder.url + "/hook"), "desktop": {}}, env=desktop.env) as d:
            d.start()
            shown = []

            def seen():
                shown.append(desktop.shows(len(shown) + 1)[-1])

            live(d, recorder, seen, lambda: desktop.press("Acknowledge"))
            until(lambda: desktop.displayed() == 0, "its popup is taken away")
            assert len(desktop.popups()) == 2, desktop.popups()
            first, second = shown
            assert first["replaces"] == 0 and second["replaces"] != 0, shown
            assert "was closed" in first["body"] and "was opened" in second["body"], shown


run([a_web_hook_sees_firing_update_resolved, a_button_on_the_popup_acknowledges_it_for_all])
