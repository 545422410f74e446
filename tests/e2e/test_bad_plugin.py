#!/usr/bin/python3
"""A plugin that crashes, hangs, eats memory or does not start stops only itself, and is named."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, Daemon, Skip, clean, lifts_layers, run, until  # noqa: E402

GOOD = "There is a needle, and an alarm.\n"
POISON = "There is poison beside the needle, and an alarm.\n"


def bad(deed, late=True, only="poison", **more):
    """A detector that finds needles, and does the deed where poison is."""
    options = {"deed": deed, "late": "yes" if late else "no"}
    if only:
        options["only"] = only
    return dict({"plugin": "misdeed", "options": options}, **more)


def with_bad(detector):
    if not os.path.exists(os.path.join(PLUGINS, "misdeed.so")):
        raise Skip("the plugin that misbehaves is not built (make check builds it)")
    d = Daemon()
    d.config["detectors"] = {"bad": detector, "topics": d.config["detectors"]["topics"]}
    d.write_config()
    return d


def rang_of(d, detector):
    return sorted(os.path.basename(r["path"]) for r in d.rang() if r["detector"] == detector)


def troubles(d, state="open"):
    return [a for a in d.ask("alert", "list") if a["detector"] == "tocsin" and a["state"] == state]


def quarantined(d, n=1):
    return until(lambda: (lambda q: q if len(q) == n else None)(d.ask("quarantine", "list")),
                 f"{n} documents are quarantined")


def stops_only_itself(deed, reason, **more):
    """The whole life of a document that a plugin cannot bear."""
    with with_bad(bad(deed, **more)) as d:
        d.start()
        d.drop("a.txt", GOOD)
        poison = d.drop("poison.txt", POISON)
        d.drop("b.txt", GOOD.replace("There", "Here"))
        (row,) = quarantined(d)
        # The other detector's alerts ring, of this document too; so do its own of other documents.
        until(lambda: rang_of(d, "topics") == ["a.txt", "b.txt", "poison.txt"], "all alarms ring")
        until(lambda: rang_of(d, "bad") == ["a.txt", "b.txt"], "the needles of the others ring")
        # Plugin and document are named: in the list, in the log, by an alert.
        assert row["detector"] == "bad" and row["path"] == "poison.txt" and row["strikes"] == 2, row
        assert reason in row["reason"], row
        code, out, _ = d.ctl("quarantine", "list", output="text")
        assert code == 0 and "poison.txt" in out and "bad" in out and reason in out, out
        assert 'detector "bad" failed on poison.txt in docs: ' in d.log(), d.log()
        (alert,) = until(lambda: troubles(d), "an alert of tocsin is made")
        until(lambda: [r for r in d.rang() if r["detector"] == "tocsin"], "and rings")
        for word in ('detector "bad" failed 2 times on poison.txt in docs', reason,
                     "tocsinctl quarantine release bad"):
            assert word in alert["headline"], (word, alert)
        assert d.ask("status")["detect"]["quarantined"] == 1
        assert "1 quarantined" in d.ctl("status", output="text")[1]
        explained = d.ask("explain", poison)
        assert [f["detector"] for f in explained["findings"]] == ["topics"], explained
        # A restart does not try it again; whatever comes next is handled as ever.
        n = len(d.rang())
        strikes = d.log().count('detector "bad" failed')
        d.restart()
        d.drop("c.txt", GOOD.replace("There", "Where"))
        d.rings(n + 2)
        assert len(quarantined(d)) == 1 and d.log().count('detector "bad" failed') == strikes, d.log()
        # Released too early, it comes back.
        code, out, _ = d.ctl("quarantine", "release", "bad", str(row["document"]), output="text")
        assert (code, out) == (0, "1 document to be tried again\n"), (code, out)
        until(lambda: d.log().count('detector "bad" failed') == 2 * strikes, "it fails again")
        quarantined(d)
        # The cause is gone: released, it rings, and the trouble is over.
        d.config["detectors"]["bad"] = bad("none")
        d.write_config()
        d.ask("reload")
        d.silent(n + 2)
        assert d.ask("quarantine", "release") == {"released": 1}
        d.rings(n + 3)
        assert rang_of(d, "bad") == ["a.txt", "b.txt", "c.txt", "poison.txt"]
        assert d.ask("quarantine", "list") == []
        until(lambda: not troubles(d) and len(troubles(d, "closed")) == 1, "the trouble is over")
        assert d.ask("status")["detect"]["quarantined"] == 0


def a_plugin_that_crashes_on_a_document_stops_only_itself():
    stops_only_itself("crash", "crashed: segmentation fault")


def a_plugin_that_hangs_on_a_document_stops_only_itself():
    stops_only_itself("hang", "took longer than 1s", deadline="1s")


def a_plugin_that_eats_memory_stops_only_itself():
    if lifts_layers():
        raise Skip("a host built so has no limit of memory")
    stops_only_itself("eat", "crashed: segmentation fault", memory="64M")


def a_plugin_that_refuses_a_document_stops_only_itself():
    stops_only_itself("refuse", "could not judge it")


def a_plugin_whose_init_fails_is_named_and_the_rest_goes_on():
    for deed, late, said in (("fail", False, 'names.txt:3:7: the team "Ferari" is unknown'),
                             ("crash", False, "bad crashed: segmentation fault")):
        with with_bad(bad(deed, late, only=None)) as d:
            code, _, errors = d.ctl("config", "check", output="text")
            assert code == 78 and said in errors, (code, errors)
            d.start()
            d.drop("a.txt", GOOD)
            until(lambda d=d: rang_of(d, "topics") == ["a.txt"], "the alarm rings")
            (alert,) = until(lambda d=d: troubles(d), "an alert of tocsin is made")
            assert 'detector "bad" cannot work: ' in alert["headline"] and said in alert["headline"], alert
            # What it did not see meanwhile, it sees when it works again.
            d.config["detectors"]["bad"] = bad("none")
            d.write_config()
            d.ask("reload")
            until(lambda d=d: rang_of(d, "bad") == ["a.txt"], "the needle rings")
            until(lambda d=d: not troubles(d), "the trouble is over")


def a_reload_to_a_plugin_that_does_not_start_is_refused():
    with with_bad(bad("none")) as d:
        d.start()
        for deed, said in (("fail", "names.txt:3:7: "), ("crash", "crashed: segmentation fault")):
            d.config["detectors"]["bad"] = bad(deed, late=False, only=None)
            d.write_config()
            code, _, errors = d.ctl("reload", output="text")
            assert code == 78 and said in errors, (code, errors)
        d.drop("a.txt", GOOD)
        until(lambda: rang_of(d, "bad") == ["a.txt"] == rang_of(d, "topics"), "both ring")


def a_poisoned_document_of_any_name_is_named():
    with with_bad(bad("crash")) as d:
        d.start()
        d.drop(os.fsdecode(b"caf\xe9\x1b[31m\xc2\x9b2K\xe2\x80\xae\n.txt"), POISON)
        (row,) = quarantined(d)
        assert row["path"] == "caf?\x1b[31m??2K???\n.txt", row
        (ring,) = until(lambda: [r for r in d.rang() if r["detector"] == "tocsin"], "tocsin rings")
        assert "caf" in ring["headline"] and 'detector "bad" failed 2 times' in ring["headline"], ring
        (alert,) = troubles(d)
        assert "caf" in alert["headline"], alert
        code, out, _ = d.ctl("alert", "show", alert["id"], output="text")
        assert code == 0 and "caf" in out and clean(out), out
        until(lambda: d.ask("status")["rang"] == 2, "both are counted", 5)
        assert clean(d.log())


run([
    a_plugin_that_crashes_on_a_document_stops_only_itself,
    a_plugin_that_hangs_on_a_document_stops_only_itself,
    a_plugin_that_eats_memory_stops_only_itself,
    a_plugin_that_refuses_a_document_stops_only_itself,
    a_plugin_whose_init_fails_is_named_and_the_rest_goes_on,
    a_reload_to_a_plugin_that_does_not_start_is_refused,
    a_poisoned_document_of_any_name_is_named,
])
