#!/usr/bin/python3
"""Plugins that mean harm: what they try is stopped by its layer, is said, and costs them the document that they
tried it on, and nobody else anything."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, Daemon, Skip, clean, lifts_layers, run, until  # noqa: E402
from misdeeds import FATAL, REFUSED  # noqa: E402


def hostile(deeds):
    """A detector for each deed, which does it on the document that names it; `topics` beside them."""
    if not os.path.exists(os.path.join(PLUGINS, "misdeed.so")):
        raise Skip("the plugin that misbehaves is not built (make check builds it)")
    d = Daemon()
    victim = os.path.join(d.dir, "victim")
    with open(victim, "w", encoding="utf-8") as f:
        f.write("as it was")
    for deed in deeds:
        d.config["detectors"]["bad-" + deed] = {
            "plugin": "misdeed", "deadline": "2s" if deed == "hang" else "60s", "memory": "16M",
            "options": {"deed": deed, "late": "yes", "only": f"poison-{deed}.", "path": "@" + victim}}
    d.write_config()
    d.start()
    return d, victim


def drop_all(d, deeds):
    """A poisoned document for each deed, and a good one before and after it."""
    for deed in deeds:
        d.drop(f"before-{deed}", f"Before {deed} an alarm.")
        d.drop(f"poison-{deed}", f"There is poison-{deed}. Also an alarm of {deed}.")
        d.drop(f"after-{deed}", f"After {deed} an alarm.")


def rang(d, detector):
    return sorted(os.path.basename(r["path"]) for r in d.rang() if r["detector"] == detector)


def each(deeds):
    return sorted(f"{when}-{deed}" for deed in deeds for when in ("before", "poison", "after"))


def what_ends_a_host_costs_the_plugin_its_document():
    # Without a filter of system calls, and without a limit of memory.
    deeds = [deed for deed, why in FATAL.items() if not lifts_layers() or not (deed == "eat" or "sandbox" in why)]
    d, _ = hostile(deeds)
    with d:
        drop_all(d, deeds)
        until(lambda: len(d.ask("quarantine", "list")) == len(deeds), "each is quarantined", 120)
        until(lambda: rang(d, "topics") == each(deeds), "every alarm rings, of the poisoned ones too")
        quarantined = {row["detector"]: row for row in d.ask("quarantine", "list")}
        for deed in deeds:
            row = quarantined["bad-" + deed]
            assert row["path"] == f"poison-{deed}" and row["strikes"] == 2, row
            assert FATAL[deed] in row["reason"] and "bad-" + deed in row["reason"], row
            assert f'detector "bad-{deed}" failed on poison-{deed} in docs: ' in d.log(), d.log()
            assert FATAL[deed] in d.ctl("explain", os.path.join(d.folder, "poison-" + deed), output="text")[1]
        assert d.log().count(": flood") <= 2 * 1000 * (1 + len(deeds)) and clean(d.log())
        # They are asked about other documents as ever.
        d.drop("needle", "A needle, and an alarm.")
        until(lambda: all(rang(d, "bad-" + deed) == ["needle"] for deed in deeds), "each finds the needle")
        assert len(d.ask("quarantine", "list")) == len(deeds)


def what_fails_on_all_holds_nobody_up():
    d, _ = hostile(["crash"])
    with d:
        for i in range(300):
            d.drop(f"doc{i}", f"Report {i}: an alarm, and poison-crash.")
        until(lambda: len(rang(d, "topics")) == 300, "every alarm rings", 20)
        assert len(set(rang(d, "topics"))) == 300
        # Most are not even tried by then; they are kept for it, and it is said.
        assert len(d.ask("quarantine", "list")) < 100
        apart, = d.ask("status")["detect"]["apart"]
        assert (apart["detector"], apart["why"]) == ("bad-crash", "failed"), apart
        code, text, _ = d.ctl("status", output="text")
        assert code == 0 and 'detector "bad-crash" failed: it has hosts of its own' in text, text
        assert 'detector "bad-crash" failed: it has hosts of its own for 10m' in d.log(), d.log()
        # It is asked about each all the same: mended, it finds what waited for it.
        d.config["detectors"]["bad-crash"]["options"]["only"] = "nothing that is there"
        d.write_config()
        d.ctl("reload")
        left = 300 - len(d.ask("quarantine", "list"))
        d.drop("needle", "A needle, and an alarm.")
        until(lambda: rang(d, "bad-crash") == ["needle"], "it works again")
        d.idle()
        assert left and d.ask("status")["detect"]["apart"] == []
        code, text, _ = d.ctl("explain", os.path.join(d.folder, "doc299"), output="text")
        assert "has not judged it yet" not in text, text


def one_run_does_not_wait_for_it():
    d, _ = hostile(["crash"])
    with d:
        d.stop()
        for i in range(50):
            d.drop(f"doc{i}", f"Report {i}: an alarm, and poison-crash.")
        d.start("--once", ready=False)
        assert d.process.wait(60) == 0, d.log()
        assert "what waits for detectors that fail time after time is kept for the next run" in d.log(), d.log()
        d.process = None
        d.start()
        assert rang(d, "topics") == sorted(f"doc{i}" for i in range(50))


def what_is_refused_harms_nobody():
    if lifts_layers():
        raise Skip("a host built so has no filter of system calls")
    d, victim = hostile(REFUSED)
    with d:
        drop_all(d, REFUSED)
        until(lambda: rang(d, "topics") == each(REFUSED), "every alarm rings")
        d.idle()
        for deed, answer in REFUSED.items():
            assert f"bad-{deed}: {deed}: {answer}\n" in d.log(), (deed, d.log())
        assert d.ask("quarantine", "list") == [] and "failed on" not in d.log(), d.log()
        with open(victim, encoding="utf-8") as f:
            assert f.read() == "as it was"
        assert not [name for name in os.listdir(d.dir) if name.startswith("victim.")]


run([
    what_ends_a_host_costs_the_plugin_its_document,
    what_fails_on_all_holds_nobody_up,
    one_run_does_not_wait_for_it,
    what_is_refused_harms_nobody,
])
