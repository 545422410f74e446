#!/usr/bin/python3
"""A route's hours and numbers, as their user meets them: what is held says until when, why and which line of the
configuration wants it; a reload loses and repeats nothing; a folder that should not be silent is told of; a wrong time is refused
with its place."""
import datetime
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import TOCSINCTL, Daemon, run, until  # noqa: E402


def line_of(d, text):
    """Where the first route begins."""
    with open(d.config_file, encoding="utf-8") as f:
        lines = f.read().splitlines()
    return next(i for i, line in enumerate(lines, 1) if text in line)


def held(d):
    return [delivery for alert in d.ask("alert", "list") for told in d.ask("alert", "show", alert["id"])["told"]
            for delivery in told["deliveries"] if delivery["state"] == "held"]


def with_route(**route):
    return Daemon(config={"routes": [{"notify": ["stdout"], **route}]})


def what_is_held_says_until_when_why_and_where():
    for route, reason, why in (
            ({"quiet": ["00:00-24:00"]}, "quiet", "quiet hours: held until they end"),
            ({"digest": "yearly"}, "digest", "held for the next digest"),
            ({"batch-for": "1d"}, "batch", "held for a moment, for others to join it")):
        with with_route(**route) as d:
            d.start()
            d.drop("a.txt", "An alarm rang.")
            until(lambda: len(held(d)) == 1, "it is held")
            d.idle()
            delivery = held(d)[0]
            place = f"{d.config_file}:{line_of(d, 'notify:')}"
            assert delivery["reason"] == reason and delivery["why"] == why and delivery["place"] == place, (delivery, place)
            assert delivery["next_ms"] > time.time() * 1000, delivery
            alert = d.ask("alert", "list")[0]
            _, out, _ = d.ctl("alert", "show", alert["id"], output="text")
            assert re.search(rf"stdout: held until \d{{4}}-\d\d-\d\d .*: {re.escape(why)} \({re.escape(place)}\)\n", out), out
            assert d.rang() == []


def every_step_says_what_it_decided():
    with with_route(quiet=["00:00-24:00"]) as d:
        d.start()
        d.drop("a.txt", "An alarm rang.")
        until(lambda: len(held(d)) == 1, "it is held")
        d.drop("b.txt", "An alarm rang.")
        d.idle()
        (alert,) = d.ask("alert", "list")
        place = f"{d.config_file}:{line_of(d, 'notify:')}"
        first, second = d.ask("alert", "show", alert["id"])["findings"]
        decided = [(s["step"], s["decision"], s["place"]) for s in first["steps"]]
        assert decided == [("identity", "passed", ""), ("news", "passed", ""), ("mute", "passed", ""), ("route", "passed", ""),
                           ("hold", "passed", ""), ("timing", "held", place), ("valve", "passed", ""),
                           ("follow-up", "passed", "")], decided
        assert first["steps"][3]["why"] == f"to stdout ({place})", first["steps"]
        assert first["steps"][5]["why"] == "stdout: quiet hours: held until they end", first["steps"]
        assert [s["decision"] for s in second["steps"]] == ["passed", "against"] + ["not asked"] * 6, second["steps"]
        assert second["steps"][1]["why"] == "everything it quotes was told before", second["steps"]
        said = d.ask("alert", "suppressed", "quiet")
        assert [(r["outcome"], r["n"]) for r in said["reasons"]] == [("known-evidence", 1), ("quiet", 1)], said
        assert [(f["outcome"], f["place"]) for f in said["findings"]] == [("quiet", place)], said
        _, out, _ = d.ctl("alert", "suppressed", output="text")
        assert f"    quiet: quiet hours: held until they end ({place})\n" in out, out
        _, out, _ = d.ctl("alert", "show", alert["id"], "--why", output="text")
        assert f"      timing    held: stdout: quiet hours: held until they end ({place})\n" in out, out
        assert "      news      passed: 1 of 1 quotes had not been told\n" in out and "      valve     not asked\n" in out, out
        _, out, _ = d.ctl("alert", "show", alert["id"], output="text")
        assert "valve" not in out, out


def a_route_says_before_what_it_would_do():
    with Daemon(config={"routes": [
            {"notify": ["stdout"], "topic": ["night"], "quiet": ["22:00-07:00"], "zone": "UTC"},
            {"notify": [], "topic": ["nobody"]}]}) as d:
        d.start()
        place = f"{d.config_file}:{line_of(d, 'notify:')}"
        for when, severity, outcome in (("Sat 23:30 UTC", "high", "quiet"), ("Sun 12:00 UTC", "high", "rang"),
                                        ("Sat 23:30 UTC", "urgent", "rang")):
            told = d.ask("route", "test", "topic=night", f"severity={severity}", "--at", when)["told"]
            assert [(t["outcome"], t["place"]) for t in told] == [(outcome, place)], (when, told)
        _, out, _ = d.ctl("route", "test", "topic=night", "--at", "Sat 23:30 UTC", output="text")
        assert re.search(rf"\n  stdout: held until .*: quiet hours: held until they end \({re.escape(place)}\)\n", out), out
        _, out, _ = d.ctl("route", "test", "topic=nobody", output="text")
        assert out.endswith(" nobody is told: the alert is listed\n"), out


def a_limit_lets_so_many_through():
    with with_route(**{"at-most": "3/1h"}) as d:
        d.start()
        for i in range(10):
            d.drop(f"{i}.txt", f"Alarm {i} rang.")
        until(lambda: len(held(d)) == 7, "the rest is held")
        until(lambda: len(d.rang()) == 3, "three rang")
        assert {delivery["reason"] for delivery in held(d)} == {"limit"}, held(d)
        assert len({delivery["next_ms"] for delivery in held(d)}) == 1, held(d)


def a_batch_is_told_once_and_survives_a_kill():
    with with_route(**{"batch-for": "3s"}) as d:
        d.start()
        for i in range(5):
            d.drop(f"{i}.txt", f"Alarm {i} rang.")
        until(lambda: len(held(d)) == 5, "all are held")
        d.process.kill()
        d.process.wait()
        d.start()
        until(lambda: len(d.rang()) == 5, "they are told, after their time")
        d.idle()
        lines = d.rang()
        assert {line["summary"] for line in lines} == {"5 alerts at once"}, lines
        assert len({line["delivery"] for line in lines}) == 1, lines
        assert not held(d)


def nobody_acknowledges(route):
    d = with_route(**route)
    d.start()
    d.drop("a.txt", "An alarm rang.")
    until(d.rang, "it rings")
    until(lambda: held(d), "it is followed up")
    return d, f"{d.config_file}:{line_of(d, 'notify:')}"


def a_reminder_comes_unless_somebody_acknowledges():
    d, place = nobody_acknowledges({"remind-after": ["1d"]})
    with d:
        delivery = held(d)[0]
        assert delivery["reason"] == "remind" and delivery["place"] == place, delivery
        assert delivery["why"] == "a reminder, unless somebody acknowledges it", delivery
        (alert,) = d.ask("alert", "list")
        (finding,) = d.ask("alert", "show", alert["id"])["findings"]
        assert finding["steps"][3]["why"] == f"to stdout ({place})", finding["steps"]  # once
        d.ask("alert", "ack", d.ask("alert", "list")[0]["id"])
        until(lambda: not held(d), "it is not wanted any more")
    d, _ = nobody_acknowledges({"remind-after": ["2s", "1s"]})
    with d:
        until(lambda: len(d.rang()) == 3, "it comes twice")
        d.idle()
        headline = d.rang()[0]["headline"]
        assert [line["headline"] for line in d.rang()] == [headline, f"Reminder: {headline}", f"Reminder: {headline}"], d.rang()
        assert len({line["delivery"] for line in d.rang()}) == 3 and not held(d), d.rang()


def the_next_is_told_of_what_nobody_acknowledges():
    with with_route(**{"escalate-after": "1d"}) as d:
        d.config["notifiers"]["second"] = dict(d.config["notifiers"]["stdout"], plugin="stdout")
        d.config["routes"][0]["notify"] = ["stdout", "second"]
        d.write_config()
        d.start()
        d.drop("a.txt", "An alarm rang.")
        until(d.rang, "the first is told")
        until(lambda: held(d), "the second is to be told")
        place = f"{d.config_file}:{line_of(d, 'notify:')}"
        assert held(d)[0]["reason"] == "escalate" and held(d)[0]["place"] == place, held(d)
        told = d.ask("route", "test", "topic=alarm")["told"]
        assert {t["notifier"]: t["outcome"] for t in told} == {"stdout": "rang", "second": "escalate"}, told
        d.ask("alert", "close", d.ask("alert", "list")[0]["id"])
        until(lambda: not held(d), "it is not wanted any more")
        assert len(d.rang()) == 1, d.rang()


def a_reload_takes_new_hours_for_what_is_new():
    with with_route(quiet=["00:00-24:00"]) as d:
        d.start()
        d.drop("a.txt", "An alarm rang.")
        until(lambda: len(held(d)) == 1, "it is held")
        del d.config["routes"]
        d.write_config()
        d.ask("reload")
        d.drop("b.txt", "Another alarm rang.")
        until(lambda: len(d.rang()) == 1, "the other one rings")
        assert len(held(d)) == 1
        d.ask("pause")
        d.ask("resume")  # a person lets go what is held by a pause alone
        d.idle()
        assert len(held(d)) == 1


def troubles(d, state):
    return [alert["headline"] for alert in d.ask("alert", "list")
            if alert["topic"] == "silent" and alert["state"] == state]


def a_folder_that_is_silent_for_too_long_is_told_of():
    with Daemon() as d:
        d.config["folders"]["docs"]["expect-within"] = "2s"
        d.write_config()
        d.drop("a.txt", "Nothing of note.")
        d.start()
        until(lambda: len(troubles(d, "open")) == 1, "the silence is told of")
        text = troubles(d, "open")[0]
        assert re.fullmatch(r'Nothing new has come from the folder "docs" since 20\d\d-\d\d-\d\d \d\d:\d\d UTC; '
                            r"something is expected within 2s\.", text), text
        d.restart()  # it is no news that it lasts
        d.drop("b.txt", "Nothing of note, either.")
        until(lambda: troubles(d, "closed"), "it is over")
        until(lambda: troubles(d, "open"), "and begins again")
        del d.config["folders"]["docs"]["expect-within"]
        d.write_config()
        d.ask("reload")
        until(lambda: troubles(d, "closed"), "nothing is expected any more")
        d.idle()
        told = [line["headline"] for line in d.rang() if line["topic"] == "silent"]
        assert len(told) <= 3 and told[0] == text, told


def a_topic_that_is_silent_for_too_long_is_told_of():
    with Daemon(config={"expect": [{"topic": ["alarm"], "within": "2s"}]}) as d:
        d.start()
        d.drop("a.txt", "Nothing of note.")
        until(lambda: troubles(d, "open"), "the silence is told of")
        text = troubles(d, "open")[0]
        assert re.fullmatch(r"Nothing has been found for alarm since 20\d\d-\d\d-\d\d \d\d:\d\d UTC; "
                            r"something is expected within 2s\.", text), text
        d.drop("b.txt", "An alarm rang.")
        until(lambda: troubles(d, "closed"), "it is over")
        d.stop()
        d.config["expect"][0]["within"] = "1d"
        d.write_config()
        d.start()
        d.idle()
        assert not troubles(d, "open"), "the last match is in the store"
        d.config["expect"][0] = {"topic": ["alarm"], "within": "1s"}
        d.write_config()
        d.ask("reload")
        until(lambda: troubles(d, "open"), "the time is shorter now")
        del d.config["expect"]
        d.write_config()
        d.ask("reload")
        until(lambda: troubles(d, "closed"), "nothing is expected any more")


def a_canary_goes_the_whole_way():
    def canaries(state):
        return [alert["headline"] for alert in d.ask("alert", "list") if alert["topic"] == "canary" and
                alert["detector"] == "tocsin" and alert["state"] == state]

    with Daemon(config={"canary": {"schedule": "*-*-* *:*:*", "within": "2s"}}) as d:
        d.start()
        # On a machine that is busy some may come too late.
        until(lambda: [text for text in canaries("open") if re.fullmatch(
            r"The canary of 20\d\d-\d\d-\d\d \d\d:\d\d UTC was read, but no topic found it "
            r"\(write one with the query tocsincanary\) within 2s\.", text)], "no topic finds it")
        d.write_topics({"bird": {"query": "tocsincanary"}})
        d.ask("reload")
        until(lambda: canaries("closed"), "it goes the whole way")
        (line, *_) = [ring for ring in d.rang() if ring["topic"] == "bird"]
        assert line["source"] == "canary" and re.search(r"The tocsincanary of 20.*Z sings\.", line["quote"]), line
        d.config["routes"] = [{"source": ["canary"], "notify": []}]
        d.write_config()
        d.ask("reload")
        until(lambda: [text for text in canaries("open") if "found, but told to nobody (not-routed: no route leads to a "
                       "notifier)" in text], "it is told to nobody")
        d.config["canary"]["schedule"] = "none"
        d.write_config()
        d.ask("reload")
        until(lambda: canaries("closed"), "none is wanted any more")


def a_wrong_time_is_refused_with_its_place():
    for key, value, said in (
            ("quiet", "22:00", '"22:00" are no hours (write them like "22:00-07:00" or "Sat,Sun 00:00-24:00")'),
            ("zone", "Mars/Olympus", "/usr/share/zoneinfo/Mars/Olympus: No such file or directory"),
            ("digest", "8 o'clock", '"8" is no date: YEAR-MONTH-DAY, with * for any'),
            ("digest", "25:00", "a hour from 0 to 23, not 25"),
            ("at-most", "ten/1h", '"ten/1h" is no limit (write it like "10/1h": at most 10, and 1000, in any hour; or none)'),
            ("batch-for", "soon", '"soon" is not a duration'),
            ("remind-after", ["30m", "later"], '"later" is no delay (write it like 30m or 1h30m; 1s to 365d)'),
            ("remind-after", ["30m"] * 9, '"remind-after" takes at most 8 delays'),
            ("escalate-after", "2y", '"2y" is not a duration')):
        with with_route(**{key: value}) as d:
            done = subprocess.run([TOCSINCTL, "--config", d.config_file, "config", "check"], capture_output=True, text=True,
                                  check=False, timeout=60, env=d.env)
            line = line_of(d, value[-1] if isinstance(value, list) else f"{key}:")
            assert done.returncode == 78 and said in done.stderr, done.stderr
            assert re.search(rf"^{re.escape(d.config_file)}:{line}:\d+: ", done.stderr, re.M), done.stderr


def the_systems_zone_is_meant_unless_one_is_named():
    now = datetime.datetime.now(datetime.timezone.utc)
    # Where it is noon now, and where it is midnight.
    noon, midnight = (f"Etc/GMT{hour:+d}" if hour else "Etc/GMT" for hour in
                      (now.hour - 12, now.hour if now.hour <= 12 else now.hour - 24))
    for zone, is_quiet in ((noon, False), (midnight, True)):
        with with_route(quiet=["22:00-03:00"], zone=zone) as d:
            d.start()
            d.drop("a.txt", "An alarm rang.")
            until(lambda: held(d) or d.rang(), "it is held or rings")
            assert bool(held(d)) == is_quiet, (zone, now)


run([
    what_is_held_says_until_when_why_and_where,
    every_step_says_what_it_decided,
    a_route_says_before_what_it_would_do,
    a_limit_lets_so_many_through,
    a_batch_is_told_once_and_survives_a_kill,
    a_reminder_comes_unless_somebody_acknowledges,
    the_next_is_told_of_what_nobody_acknowledges,
    a_reload_takes_new_hours_for_what_is_new,
    a_folder_that_is_silent_for_too_long_is_told_of,
    a_topic_that_is_silent_for_too_long_is_told_of,
    a_canary_goes_the_whole_way,
    a_wrong_time_is_refused_with_its_place,
    the_systems_zone_is_meant_unless_one_is_named,
])
