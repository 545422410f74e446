#!/usr/bin/python3
"""The notifier `command` in a real daemon: what the program is given, what its end means, and that it
cannot hold anything up, flood the log or leave anything behind."""
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import Daemon, run, until  # noqa: E402

TOPICS = {"harbour": {"query": '"harbour bridge"', "severity": "high", "labels": ["city"]}}


def notifier(command, retry="100ms", **options):
    return {"plugin": "command", "retry-first": retry, "retry-max": "1s",
            "options": {"command": command, **options}}


def with_script(text, topics=None, **options):
    """A daemon whose notifier `told` runs a script; the folder $OUT is the script's to write to."""
    d = Daemon(topics=topics or TOPICS)
    out = os.path.join(d.dir, "out.d")
    os.mkdir(out)
    script = os.path.join(d.dir, "tell.sh")
    with open(script, "w", encoding="utf-8") as f:
        f.write(f"#!/bin/sh\nOUT='{out}'\n{text}\n")
    os.chmod(script, 0o755)
    d.config["notifiers"] = {"told": notifier([script, "first arg", "$(touch shell)"], **options)}
    d.write_config()
    return d, out


def contents(out, name):
    try:
        with open(os.path.join(out, name), encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return None


def state(d):
    (told,) = [n for n in d.ask("status")["deliver"] if n["notifier"] == "told"]
    return told


def it_gets_the_alert_as_json_and_environment():
    d, out = with_script('cat >"$OUT/in"; env >"$OUT/env"; pwd >"$OUT/pwd"; printf "%s|" "$@" >"$OUT/args.new"; '
                         'mv "$OUT/args.new" "$OUT/args"')
    with d:
        d.start()
        path = d.drop("a.txt", " date 2026-01-31 The harbour bridge closes.\n")
        until(lambda: contents(out, "args"), "the command ran")
        lines = contents(out, "in").splitlines()
        assert len(lines) == 1, lines
        alert = json.loads(lines[0])
        assert alert["topic"] == "harbour" and alert["status"] == "firing" and alert["severity"] == 3, alert
        env = dict(line.split("=", 1) for line in contents(out, "env").splitlines() if "=" in line)
        assert env["TOCSIN_PATH"] == path and env["TOCSIN_TOPIC"] == "harbour", env
        assert env["TOCSIN_ALERT"] == alert["alert"] and env["TOCSIN_DELIVERY"] == alert["delivery"], env
        assert env["TOCSIN_SEVERITY"] == "high" and env["TOCSIN_DATE"] == "2026-01-31", env
        assert "harbour bridge" in env["TOCSIN_QUOTE"] and env["TOCSIN_LABELS"] == "city", env
        assert contents(out, "pwd") == "/\n"
        # No shell read the arguments.
        assert contents(out, "args") == "first arg|$(touch shell)|", contents(out, "args")
        until(lambda: state(d)["sent"] == 1, "it was sent")


def exit_statuses_mean_what_they_say():
    d, out = with_script('n=$(cat "$OUT/n" 2>/dev/null || echo 0); n=$((n + 1)); echo $n >"$OUT/n"; '
                         'case $TOCSIN_TITLE in *later*) [ $n -ge 3 ] || { echo "mail is down" >&2; exit 75; } ;; '
                         '*never*) echo "no such person" >&2; exit 3 ;; esac')
    with d:
        d.start()
        d.drop("later.txt", "The harbour bridge, later.\n")
        until(lambda: state(d)["sent"] == 1, "75 was tried again")
        assert contents(out, "n") == "3\n"
        d.drop("never.txt", "The harbour bridge, never.\n")
        # The dead letter's own trouble goes the same way, and is told with success.
        until(lambda: state(d)["dead"] == 1, "another status is a dead letter")
        (alert,) = [a for a in d.ask("alert", "list") if "never" in a["headline"]]
        (delivery,) = d.ask("alert", "show", alert["id"])["told"][0]["deliveries"]
        assert delivery["reason"] == "the command ended with exit status 3: no such person", delivery


def one_that_hangs_is_killed_with_all_it_started():
    d, out = with_script('echo $$ >"$OUT/pids"; setsid sleep 1000 & echo $! >>"$OUT/pids"; sleep 1000',
                         timeout="2000ms")
    with d:
        d.start()
        d.drop("a.txt", "The harbour bridge.\n")
        until(lambda: state(d)["deferred"] == 1, "it is tried later")
        pids = [int(pid) for pid in contents(out, "pids").split()]
        assert len(pids) == 2
        d.config["notifiers"]["told"]["retry-first"] = "1h"
        d.write_config()
        for pid in pids:
            until(lambda: not os.path.exists(f"/proc/{pid}"), f"process {pid} is gone")
        (alert,) = d.ask("alert", "list")
        (delivery,) = d.ask("alert", "show", alert["id"])["told"][0]["deliveries"]
        assert "ran longer than 2000 ms and was killed" in delivery["reason"], delivery


def what_it_leaves_in_the_background_goes_with_it():
    d, out = with_script('setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >"$OUT/pid"')
    with d:
        d.start()
        d.drop("a.txt", "The harbour bridge.\n")
        until(lambda: state(d)["sent"] == 1, "it was sent")
        pid = int(contents(out, "pid"))
        until(lambda: not os.path.exists(f"/proc/{pid}"), "the background process is gone")


def nothing_outlives_the_daemon():
    d, out = with_script('echo $$ >"$OUT/pids"; sleep 1000 & echo $! >>"$OUT/pids"; wait')
    with d:
        d.start()
        d.drop("a.txt", "The harbour bridge.\n")
        pids = until(lambda: (lambda p: p if len(p) == 2 else None)((contents(out, "pids") or "").split()), "it runs")
        d.stop(signal.SIGKILL)
        for pid in pids:
            until(lambda: not os.path.exists(f"/proc/{pid}"), f"process {pid} is gone")
        d.start()  # the lock was let go


def a_flood_is_bounded():
    d, out = with_script('yes "a line of output" | head -c 20000000; printf "%0100000d\\n" 0; echo end >"$OUT/end"')
    with d:
        d.start()
        d.drop("a.txt", "The harbour bridge.\n")
        until(lambda: state(d)["sent"] == 1, "it was sent")
        assert contents(out, "end") == "end\n"
        assert d.log().count("a line of output") <= 101 and len(d.log()) < 100000, len(d.log())
        assert "further ones are not shown" in d.log(), d.log()


def one_that_talks_without_end_is_killed():
    """Its time is over also while there is always one more line to hear."""
    d, _ = with_script('exec yes', timeout="300ms")
    with d:
        d.start()
        d.drop("a.txt", "The harbour bridge.\n")
        until(lambda: state(d)["deferred"] == 1, "it was killed")
        (delivery,) = d.ask("delivery", "list")
        assert delivery["reason"].startswith("the command ran longer than 300 ms and was killed"), delivery


def it_may_leave_its_input_unread():
    topics = {f"t{i}": {"query": "alarm"} for i in range(1)}
    d, _ = with_script("exec <&-; exit 0", topics=topics)
    with d:
        d.start()
        d.drop("a.txt", "alarm " * 20000)
        until(lambda: state(d)["sent"] == 1, "it was sent")


def a_program_that_went_away_comes_back():
    d, _ = with_script("exit 0")
    with d:
        d.start()
        script = os.path.join(d.dir, "tell.sh")
        os.rename(script, script + ".away")
        d.drop("a.txt", "The harbour bridge.\n")
        until(lambda: state(d)["deferred"] == 1, "it is tried later")
        (alert,) = d.ask("alert", "list")
        (delivery,) = d.ask("alert", "show", alert["id"])["told"][0]["deliveries"]
        assert f"{script} cannot be started: No such file" in delivery["reason"], delivery
        os.rename(script + ".away", script)
        until(lambda: state(d)["sent"] == 1, "it was sent")


def an_end_is_told_only_when_asked_for():
    script = 'echo "$TOCSIN_STATUS" >>"$OUT/statuses"'
    for resolved, wanted in (("no", "firing\n"), ("yes", "firing\nresolved\n")):
        d, out = with_script(script, resolved=resolved)
        with d:
            d.start()
            d.drop("a.txt", "The harbour bridge.\n")
            until(lambda: state(d)["sent"] == 1, "it was sent")
            folder = d.folder + ".away"
            os.rename(d.folder, folder)
            d.ask("source", "rescan")
            until(lambda: "unavailable" in (contents(out, "statuses") or "") or
                  len([a for a in d.ask("alert", "list") if a["detector"] == "tocsin"]) == 1, "the folder is gone")
            until(lambda: (contents(out, "statuses") or "").count("firing") == 2, "the trouble was told")
            os.rename(folder, d.folder)
            d.ask("source", "rescan")
            until(lambda: state(d)["sent"] == 3, "the end was sent")
            assert contents(out, "statuses") == "firing\n" + wanted, contents(out, "statuses")


def a_bad_command_is_refused():
    with Daemon(topics=TOPICS) as d:
        for command, words in ((["no-such-program-anywhere"], "is not found in $PATH"),
                               (["./missing.sh"], "No such file"), ([], "names no program")):
            d.config["notifiers"] = {"told": notifier(command)}
            d.write_config()
            code, _, said = d.ctl("config", "check", output="text")
            assert code == 78 and words in said, (command, code, said)


def its_sandbox_is_named():
    d, _ = with_script("exit 0")
    with d:
        d.start()
        host = until(lambda: [h for h in d.ask("status")["hosts"] if h["name"] == "notify-told" and
                              h["state"] == "ready"], "the host is ready")[0]
        assert "no_new_privs" in host["program_layers"], host


run([it_gets_the_alert_as_json_and_environment, exit_statuses_mean_what_they_say,
     one_that_hangs_is_killed_with_all_it_started, what_it_leaves_in_the_background_goes_with_it,
     nothing_outlives_the_daemon, a_flood_is_bounded, one_that_talks_without_end_is_killed, it_may_leave_its_input_unread,
     a_program_that_went_away_comes_back, an_end_is_told_only_when_asked_for, a_bad_command_is_refused,
     its_sandbox_is_named])
