#!/usr/bin/python3
"""tocsinctl in depth: command line and help, alerts and explanations, terminals. Every verb, as text and as
JSON, with its exit status: test_verbs.py."""
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import BUILD, HOST, PLUGINS, SHARED, SRC, TOCSINCTL, Daemon, Skip, clean, daemon, need, run, until  # noqa: E402

NOBODY = 65534
TEXT = " date 2025-01-02 Minutes of Tuesday.\n\nAt noon the alarm was raised in the west wing. Nobody was hurt.\n"
# What a stranger may write into a name or a text: a colour, a window's title, a bell, a C1 control,
# a line turned around, an erased line.
HOSTILE = "\x1b[35m\x1b]0;title\x07\x9b2K\u202ered\x7f"


def text(d, *args, code=0):
    """What a command prints for people; fails unless it ends with `code`."""
    got, out, said = d.ctl(*args, output="text")
    assert got == code, f"tocsinctl {' '.join(args)}: {got} instead of {code}: {said}"
    assert clean(out) and clean(said), (out, said)
    return out if code == 0 else said


def bare(*args, env=None, wrap=()):
    """tocsinctl without a daemon's socket."""
    done = subprocess.run([*wrap, TOCSINCTL, "--host", HOST, "--plugins", PLUGINS, *args], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                          env=dict(os.environ, **(env or {})))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def commands(hidden=False):
    """The table of commands, as the program has it."""
    code, out, _ = bare("--output", "json", "--help")
    assert code == 0
    return [command for command in json.loads(out)["commands"] if hidden or not command["hidden"]]


# ---- the command line ----

def wrong_usage_is_64_and_says_how():
    for args, said in [
        ((), "usage: tocsinctl"),
        (("nix", "--help"), 'unknown command "nix"'),
        (("statsu",), 'unknown command "statsu" (did you mean "status"?)'),
        (("source",), "  source rescan [NAME]"),
        (("alert", "lits"), 'did you mean "alert list"?'),
        (("alert", "show"), "usage: tocsinctl alert show ID"),
        (("alert", "show", "1234", "5678"), "usage: tocsinctl alert show ID"),
        (("status", "more"), "usage: tocsinctl status"),
        (("--output", "xml", "status"), "--output is text or json"),
        (("--user", "--system", "status"), "exclude each other"),
        (("--nonsense",), "nonsense"),
        (("alert", "list", "opne"), 'did you mean "open"?'),
        (("quarantine", "release", "topics", "x"), "no document's number"),
        (("source", "rescan", os.fsdecode(b"\xff")), "no UTF-8"),
    ]:
        code, out, errors = bare(*args)
        assert code == 64 and out == "" and said in errors, (args, code, out, errors)
        assert clean(errors), errors


def help_is_of_all_of_a_group_and_of_each_command():
    code, everything, _ = bare("--help")
    assert code == 0 and all(len(line) <= 80 for line in everything.splitlines()), everything
    groups = {}
    for command in commands():
        name = command["name"]
        assert re.search(rf"^  {re.escape(command['usage'])}( |$)", everything, re.M), (name, everything)
        code, out, _ = bare("--help", *name.split())
        assert code == 0 and out.startswith(f"usage: tocsinctl {command['usage']}\n"), out
        assert f"\nexample: tocsinctl {name}" in out and command["example"] in out, out
        for argument in command["arguments"]:
            assert re.search(rf"^  {re.escape(argument['name'])} +\S", out, re.M), out
        for status in command["statuses"]:
            assert f"  {status['status']:<2}  {status['when']}\n" in out, out
        if " " in name:
            groups.setdefault(name.split()[0], []).append(command["usage"])
    assert "alert" in groups
    for group, usages in groups.items():
        code, out, _ = bare(group, "--help")
        assert code == 0 and re.findall(r"^  (\S.*?)(?: {2,}|$)", out, re.M) == usages, (out, usages)
    for hidden in ("completion table", "completion words"):
        assert hidden not in everything and bare(*hidden.split(), "--help")[0] == 0
    code, out, _ = bare("--version")
    assert code == 0 and re.fullmatch(r"tocsinctl \d+\.\d+\.\d+\S*\n", out), out


def the_users_daemon_is_asked_by_default_and_named_when_it_is_absent():
    with Daemon() as d:
        d.runtime = os.path.join(d.dir, "tocsin")
        env = {"XDG_RUNTIME_DIR": d.dir}
        code, _, said = bare("status", env=env)
        assert code == 69 and f"{d.dir}/tocsin/control or /run/tocsin/control" in said, said
        code, _, said = bare("--user", "status", env=env)
        assert code == 69 and "/run/tocsin/control" not in said, said
        d.start()
        code, out, _ = bare("status", env=env)
        assert code == 0 and str(d.process.pid) in out, out


def another_users_daemon_is_77():
    if os.geteuid() != 0:
        raise Skip("only root can become another user")
    need("setpriv")
    other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if subprocess.run([*other, "test", "-x", TOCSINCTL], check=False).returncode:
        raise Skip(f"user {NOBODY} may not run what is built in {BUILD}")
    with daemon() as d:
        os.chmod(d.dir, 0o755)
        path = os.path.join(d.runtime, "control")
        code, _, said = bare("--socket", path, "status", wrap=other)
        assert code == 77 and "another user's" in said, (code, said)
        # Where the folder would let one in, the daemon itself looks at who asks.
        os.chmod(d.runtime, 0o755)
        os.chmod(path, 0o666)
        for _ in range(20):  # also when it closes before the question was written
            code, _, said = bare("--socket", path, "status", wrap=other)
            assert code == 77 and "only the daemon's own user and root" in said, (code, said)
        assert "was turned away" in d.log(), d.log()


def a_daemon_that_says_nothing_is_not_waited_for_after_it_ended():
    with Daemon() as d:
        os.mkdir(d.runtime)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(d.runtime, "control"))
            listener.listen()

            def hang_up():
                listener.accept()[0].close()
            thread = threading.Thread(target=hang_up)
            thread.start()
            said = text(d, "status", code=69)
            thread.join()
        assert "ended before it answered" in said, said


# ---- what the daemon answers ----

def status_says_what_is_going_on():
    with daemon() as d:
        d.drop("a.txt", TEXT)
        d.rings(1)
        until(lambda: d.ask("status")["deliver"][0]["sent"] == 1, "it is sent")
        out = text(d, "status")
        for part in (f"pid {d.process.pid}", d.config_file, "documents: 1 known", "rang: 1",
                     f"docs  watching  {d.folder}", "notify-stdout  ready", "detect-1  ready",
                     "no_new_privs", "NOTIFIER", "stdout    up"):
            assert part in out, f"{part!r} is not in:\n{out}"
        status = d.ask("status")
        assert status["pid"] == d.process.pid and status["ready"] is True and status["paused"] is False
        assert status["documents"]["known"] == 1 and status["deliver"][0]["sent"] == 1
        assert "longest_turn_us" in status and status["hosts"][0]["layers"]


def sources_are_listed_and_rescanned():
    with daemon() as d:
        out = text(d, "source", "list")
        assert f"docs  watching  {d.folder}" in out, out
        (source,) = d.ask("source", "list")
        assert source["name"] == "docs" and source["path"] == d.folder, source
        scans = source["scans"]
        assert text(d, "source", "rescan") == "listing 1 folder again\n"
        assert d.ask("source", "rescan", "docs") == {"rescanning": 1}
        until(lambda: d.ask("source", "list")[0]["scans"] > scans, "it is listed again")
        assert 'no folder is named "nix"' in text(d, "source", "rescan", "nix", code=65)


def alerts_are_listed_shown_and_acknowledged():
    with daemon() as d:
        assert text(d, "alert", "list") == "no alerts\n"
        d.drop("a.txt", TEXT)
        d.rings(1)
        d.drop("b.txt", "Another alarm.")
        d.rings(2)
        d.idle()
        lines = text(d, "alert", "list").splitlines()
        assert len(lines) == 2 and "alarm: Another alarm." in lines[0], lines
        newest, oldest = d.ask("alert", "list")
        assert text(d, "alert", "list", "limit=1").splitlines() == [
            lines[0], f"(only the first 1 are listed; those after: after={newest['id'][:8]})"]
        assert oldest["headline"] == "alarm: Minutes of Tuesday." and oldest["state"] == "open"
        short = oldest["id"][:8]
        assert lines[1].startswith(short), lines
        out = text(d, "alert", "show", short)
        for part in ("alarm: Minutes of Tuesday.\n", f"alert {oldest['id']}\n",
                     "open, normal, topics: alarm, 1 source\n", "  sources:\n",
                     f"    2025-01-02  {d.folder}/a.txt\n",
                     "“At noon the »alarm« was raised in the west wing.”\n",
                     "rang: it was news and was told\n", "  told:\n", "    1  20",
                     "stdout: sent after 1 attempt\n"):
            assert part in out, f"{part!r} is not in:\n{out}"
        shown = d.ask("alert", "show", short)
        assert shown["findings"][0]["file"] == d.folder + "/a.txt", shown
        assert shown["told"][0]["deliveries"][0]["state"] == "sent", shown
        assert text(d, "alert", "ack", short) == f"acknowledged {short}\n"
        assert [a["id"] for a in d.ask("alert", "list", "acknowledged")] == [oldest["id"]]
        assert [a["id"] for a in d.ask("alert", "list", "open")] == [newest["id"]]
        assert len(d.ask("alert", "list", "all")) == 2 and d.ask("alert", "list", "closed") == []
        for wrong in ("show", "ack"):
            assert "4 to 64 hex digits" in text(d, "alert", wrong, "xyz", code=65)
            assert "there is no alert" in text(d, "alert", wrong, "0" * 64, code=65)


def a_fact_is_shown_as_its_ladder():
    seeds = os.path.join(SHARED, "seeds")
    if not os.path.isdir(seeds):
        raise Skip(f"there are no shared documents in {seeds}")
    with Daemon() as d:
        d.config["detectors"]["lemans"] = {"options": {"lists": os.path.join(SRC, "conf", "lemans")}}
        d.config["folders"]["docs"]["path"] = seeds
        d.write_config()
        d.start()
        d.idle()
        # The one with the most to tell.
        alert = max(d.ask("alert", "list"), key=lambda a: (a["sources"], a["id"]))
        out, shown = text(d, "alert", "show", alert["id"]), d.ask("alert", "show", alert["id"])
        assert alert["sources"] > 1 and f"lemans: {alert['topic']}, {alert['sources']} sources\n" in out, out
        assert "  ladder, the latest last:\n" in out and f"driver: {alert['fields']['driver'][0]}" in out, out
        assert out.count(f"  {seeds}/") == len(shown["findings"]), out
        for finding in shown["findings"]:
            assert f"      {finding['outcome']}: {finding['why']}\n" in out, out
            assert f"\n   {finding['status']}\n" in out, out
        rungs = [rung["status"] for rung in shown["ladder"]]
        assert re.findall(r"^   (\w+)$", out, re.M) == rungs, (rungs, out)


def troubles_of_tocsin_are_shown_too():
    with daemon() as d:
        os.rename(d.folder, d.folder + ".gone")
        (ring,) = d.rings(1)
        assert ring["detector"] == "tocsin", ring
        out = text(d, "alert", "show", ring["alert"])
        assert f"({d.folder}) is unavailable" in out and "high, tocsin: source, 1 source" in out, out
        assert "docs  unavailable" in text(d, "source", "list")
        os.rename(d.folder + ".gone", d.folder)
        until(lambda: d.ask("alert", "list")[0]["state"] == "closed", "the trouble is over")


def explain_says_why_also_when_the_file_is_gone():
    topics = {"alarm": {"query": "alarm AND west"}, "fire": {"query": "fire AND (brigade OR hose)"}}
    with daemon(topics=topics) as d:
        path = d.drop("sub/a.txt", TEXT.replace("Nobody", "No firr. Nobody"))
        d.rings(1)
        d.idle()
        out = text(d, "explain", path)
        for part in (f"document 1, version 1, 2025-01-02: {path}\n", "“Minutes of Tuesday.”",
                     "what was found, and what came of it:\n", "(topics: alarm, alert ",
                     "    rang: it was news and was told\n", "✓ alarm (topics)\n",
                     "✗ fire (topics)\n", "      ✗ fire: not in the text; nearest: “firr”\n",
                     "✓ alarm AND west: all 2 parts hold"):
            assert part in out, f"{part!r} is not in:\n{out}"
        one = text(d, "explain", path, "fire")
        assert "✗ fire (topics)" in one and "✓ alarm (topics)" not in one, one
        assert "no detector explains" in text(d, "explain", path, "nix")
        # By its number, by a path from here, and through a link to the folder above.
        assert text(d, "explain", "1") == out
        os.symlink(d.dir, d.dir + ".link")
        try:
            for cwd, given in ((d.folder, "sub/a.txt"), (d.folder, "./sub/../sub/a.txt"),
                               ("/", f"{d.dir}.link/docs/sub/a.txt")):
                done = subprocess.run([TOCSINCTL, "--socket", d.runtime + "/control", "explain", given],
                                      cwd=cwd, stdout=subprocess.PIPE, check=False, timeout=60)
                assert done.stdout.decode() == out, (cwd, given, done)
        finally:
            os.unlink(d.dir + ".link")
        told = d.ask("explain", path)
        assert told["file"] == path and told["removed"] is False and told["date"] == 20250102, told
        assert told["findings"][0]["outcome"] == "rang" and told["findings"][0]["why"], told
        assert [t["topic"] for t in told["topics"] if t["matches"]] == ["alarm"], told
        os.unlink(path)
        until(lambda: d.ask("explain", path)["removed"], "the file is known to be gone")
        gone = text(d, "explain", path)
        assert gone == out.replace(path, path + " (removed)"), gone
        assert "no document of that number or path" in text(d, "explain", d.folder + "/nix", code=65)
        assert "no document of that number or path" in text(d, "explain", "99", code=65)


def a_folder_that_is_a_link_is_explained_by_both_names():
    with Daemon() as d:
        real = os.path.join(d.dir, "real")
        os.rename(d.folder, real)
        os.symlink("real", d.folder)
        d.start()
        d.drop("a.txt", TEXT)
        d.rings(1)
        d.idle()
        assert text(d, "explain", d.folder + "/a.txt") == text(d, "explain", "1")
        # The daemon calls it as the configuration does; the other name is the same file.
        assert d.ctl("explain", real + "/a.txt")[0] in (0, 65)


def topics_are_listed():
    with daemon(topics={"alarm": {"query": "alarm"}, "fire": {"query": "fire*"}}) as d:
        out = text(d, "topic", "list")
        assert re.search(rf"^fire  fire\*  {re.escape(d.topics_file)}:\d+$", out, re.M), out
        alarm, fire = d.ask("topic", "list")
        assert alarm["name"] == "alarm" and alarm["detector"] == "topics" and alarm["severity"] == 2
        assert fire["query"] == "fire*" and fire["file"] == d.topics_file and fire["line"] == 4, fire


def a_notifier_is_tested():
    with Daemon() as d:
        d.start()
        assert text(d, "notifier", "test", "stdout") == "stdout took it\n"
        (ring,) = d.rings(1)
        assert ring["detector"] == "tocsin" and ring["headline"], ring
        assert d.ask("alert", "list") == [], "a test is no alert"
        assert 'no notifier is named "nix"' in text(d, "notifier", "test", "nix", code=65)


def a_pause_holds_over_a_restart_and_resume_rings():
    with daemon() as d:
        assert text(d, "pause") == "paused\n"
        assert d.ask("pause") == {"paused": True}
        d.drop("a.txt", TEXT)
        until(lambda: d.ask("alert", "list"), "the alert is made")
        d.silent(0)
        assert "paused: alerts are kept" in text(d, "status")
        d.restart()
        assert d.ask("status")["paused"] is True
        d.drop("b.txt", "Another alarm.")
        until(lambda: len(d.ask("alert", "list")) == 2, "the second alert is made")
        d.silent(0)
        shown = text(d, "alert", "show", d.ask("alert", "list")[0]["id"])
        assert "stdout: held" in shown and "paused: tocsin is paused" in shown, shown
        assert text(d, "resume") == "resumed\n"
        d.rings(2)
        d.restart()
        assert d.ask("status")["paused"] is False
        d.silent(2)


def follow_prints_events_as_they_happen():
    with daemon() as d:
        def follower(output):
            return subprocess.Popen([TOCSINCTL, "--socket", d.runtime + "/control", "--output", output,
                                     "follow"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        followers = [follower("json"), follower("text")]
        lines = [[], []]

        def read(i):
            for line in followers[i].stdout:
                lines[i].append(line)
        threads = [threading.Thread(target=read, args=(i,)) for i in (0, 1)]
        for thread in threads:
            thread.start()
        try:
            # They listen from the first event that both saw.
            def both_hear():
                d.ask("pause")
                d.ask("resume")
                return all(lines)
            until(both_hear, "both followers hear a pause")
            d.drop("a.txt", TEXT)
            until(lambda: any('"delivery"' in x for x in lines[0]) and any("sent" in x for x in lines[1]),
                  "the delivery is told")
            events = [json.loads(line) for line in lines[0]]
            (revision,) = [e for e in events if e["event"] == "revision"]
            assert revision["topic"] == "alarm" and revision["path"] == "a.txt", revision
            assert revision["notifiers"] == ["stdout"] and revision["outcome"] == "rang", revision
            assert [e["state"] for e in events if e["event"] == "delivery"][-1] == "sent", events
            told = "".join(lines[1])
            assert f"revision  {revision['alert'][:8]}  alarm: Minutes of Tuesday." in told, told
            assert "delivery  stdout  sent" in told and clean(told), told
        finally:
            d.stop()
            for process, thread in zip(followers, threads):
                code = process.wait(60)
                thread.join()
                assert code == 0 and "the daemon ended" in process.stderr.read()
                process.stdout.close()
                process.stderr.close()


def nothing_is_quarantined_at_first():
    with daemon() as d:
        assert text(d, "quarantine", "list") == "nothing is quarantined\n"
        assert d.ask("quarantine", "list") == []
        assert text(d, "quarantine", "release") == "nothing of that is quarantined\n"
        assert d.ask("quarantine", "release", "topics", "7") == {"released": 0}
        assert 'no detector is named "nix"' in text(d, "quarantine", "release", "nix", code=65)


def explain_tells_of_what_was_not_judged_or_not_read():
    with Daemon(topics={"alarm": {"query": "alarm"}}) as d:
        d.config["detectors"]["misdeed"] = {"options": {"deed": "refuse", "only": "beyond"}}
        d.write_config()
        d.start()
        path, picture = d.drop("a.txt", "An alarm beyond me."), d.drop("p.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 99)
        d.drop("large.txt", b"x" * (17 << 20))
        until(lambda: d.ask("quarantine", "list"), "it is quarantined")
        until(lambda: d.ask("status")["documents"]["too_large"] == 1, "the large one is counted")
        said = text(d, "explain", path)
        assert "misdeed has it in quarantine: " in said and "this document is beyond me\n" in said, said
        (pending,) = d.ask("explain", path)["pending"]
        assert pending["detector"] == "misdeed" and pending["quarantined_ms"], pending
        until(lambda: d.ask("status")["documents"]["unsupported"] == 1, "the picture was seen")
        assert "p.png was seen and not read: unsupported: image/png" in text(d, "explain", picture, code=65)


# ---- without a daemon ----

def test_says_what_would_be_found_and_why_not():
    with Daemon(topics={"alarm": {"query": "alarm AND noon"}}) as d:
        found, other = d.drop("a.txt", TEXT), d.drop("b.txt", "An alarm. Afternoon.")
        out = text(d, "test", found)
        assert out.startswith(f"{found}:\n  alarm: Minutes of Tuesday.  (topics: alarm)\n"), out
        assert "    “At »noon« the alarm was raised in the west wing.”\n" in out, out
        assert "    “At noon the »alarm« was raised in the west wing.”\n" in out, out
        code, out, _ = d.ctl("test", other, output="text")
        assert code == 1 and f"{other}: nothing found\n  ✗ alarm" in out, (code, out)
        assert "noon: not in the text" in out and "✓ alarm: in the text" in out, out
        code, out, _ = d.ctl("test", found, other)
        assert code == 0 and [bool(r["findings"]) for r in out] == [True, False], out
        assert out[0]["date"] == "2025-01-02" and out[1]["explain"], out
        assert out[0]["findings"][0]["evidence"][0]["mark"], out
        # Nothing is kept, and nobody is told.
        assert not os.path.exists(d.state)


def test_says_what_was_dropped_and_shows_the_others_beside_a_failure():
    with Daemon(topics={"alarm": {"query": "alarm"}}) as d:
        path = d.drop("a.txt", "An alarm.")
        for deed, code, said in (("unproven", 0, f'{path}:\n  "misdeed": 1 findings without evidence were dropped\n'),
                                 ("refuse", 2, f'{path}: "misdeed" fails on it: this document is beyond me\n')):
            d.config["detectors"]["misdeed"] = {"options": {"deed": deed}}
            d.write_config()
            got, out, _ = d.ctl("test", path, output="text")
            assert got == code and out.startswith(said) and "  alarm: An alarm.  (topics: alarm)\n" in out, (got, out)
        d.config["detectors"]["misdeed"] = {"options": {"deed": "unproven"}}
        d.write_config()
        (result,) = d.ask("test", path)
        assert result["note"].startswith('"misdeed": 1 findings without') and len(result["findings"]) == 1, result


def test_ends_with_2_where_a_file_cannot_be_read():
    with Daemon() as d:
        good = d.drop("a.txt", TEXT)
        binary = d.drop("b.bin", b"\x7fELF\x02\x01\x01" + bytes(2000))
        missing = os.path.join(d.folder, "nix.txt")
        code, out, said = d.ctl("test", missing, good, output="text")
        assert code == 2 and f"{missing}: No such file or directory" in said, (code, said)
        assert "alarm: Minutes of Tuesday." in out, out
        code, out, _ = d.ctl("test", binary, output="text")
        assert code == 2 and f"{binary}: it is no text" in out, (code, out)
        code, out, _ = d.ctl("test", d.folder, output="text")
        assert code == 2, (code, out)
        d.write_topics({"a": {"query": "(x"}})
        code, _, said = d.ctl("test", good, output="text")
        assert code == 2 and "topics.yaml:3:" in said, (code, said)


def topic_check_shows_the_place_with_a_caret():
    with Daemon(topics={"alarm": {"query": "alarm  OR fire*"}}) as d:
        assert text(d, "topic", "check", d.topics_file) == "alarm: alarm OR fire*\n"
        (topic,) = d.ask("topic", "check", d.topics_file)
        assert topic["name"] == "alarm" and topic["file"] == d.topics_file, topic
        d.write_topics({"alarm": {"query": "alarm AND (fire OR"}})
        said = text(d, "topic", "check", d.topics_file, code=78)
        lines = said.splitlines()
        assert re.match(rf"{re.escape(d.topics_file)}:3:\d+: topic \"alarm\": ", lines[0]), said
        assert lines[1] == "    alarm AND (fire OR" and re.fullmatch(r"    +\^", lines[2]), said
        assert lines[2].index("^") == len(lines[1]), said  # at the end, where something is missing
        source = open(d.topics_file, encoding="utf-8").read().splitlines()[2]
        assert int(lines[0].split(":")[2]) == source.index("'alarm") + 1, (said, source)
        missing = os.path.join(d.dir, "nix.yaml")
        assert f"{missing}: No such file" in text(d, "topic", "check", missing, code=78)


def plugins_are_listed_described_and_checked():
    with Daemon() as d:
        out = text(d, "plugin", "list")
        assert re.search(r"^NAME +KIND +VERSION +SUMMARY$", out, re.M), out
        assert re.search(r"^stdout +notifier +\d", out, re.M), out
        assert {"topics", "lemans", "stdout", "desktop"} <= {p["name"] for p in d.ask("plugin", "list")}
        info = text(d, "plugin", "info", "stdout")
        assert "stdout " in info and "(notifier, ISC, plugin API " in info and "options:" in info, info
        assert "  format  choice (text|json), default text\n" in info, info
        assert d.ask("plugin", "info", "topics")["kind"] == "detector"
        assert 'there is no plugin "nix"' in text(d, "plugin", "info", "nix", code=78)
        good = os.path.join(PLUGINS, "topics.so")
        assert f"file: {os.path.realpath(good)}" in text(d, "plugin", "check", good)
        assert d.ask("plugin", "check", good)["name"] == "topics"
        for name, content in (("notes.txt", b"hello"), ("bad.so", b"\x7fELF rubbish")):
            with open(os.path.join(d.dir, name), "wb") as f:
                f.write(content)
        assert "NAME.so" in text(d, "plugin", "check", os.path.join(d.dir, "notes.txt"), code=66)
        assert "No such file" in text(d, "plugin", "check", os.path.join(d.dir, "nix.so"), code=66)
        assert "bad" in text(d, "plugin", "check", os.path.join(d.dir, "bad.so"), code=78)


def config_init_writes_what_config_check_finds_good_and_never_overwrites():
    with Daemon() as d:
        d.config_file = os.path.join(d.dir, "new", "tocsin.yaml")
        first = os.path.join(d.dir, "new", "topics.d", "first.yaml")
        odd = os.path.join(d.dir, "it's a: folder")
        os.mkdir(odd)
        assert "no folder that can be watched" in text(d, "config", "init", d.dir + "/nix", code=66)
        assert "Not a directory" in text(d, "config", "init", d.topics_file, code=66)
        out = text(d, "config", "init", odd)
        assert f"wrote {d.config_file} and {first}\n" in out, out
        assert text(d, "config", "check") == \
            f"{d.config_file} is good: 1 folder, 1 detector, 1 notifier, 0 routes\n"
        shown = text(d, "config", "show")
        assert "it''s a: folder" in shown or "it's a: folder" in shown, shown
        assert "settle: 200ms" in shown, shown
        assert d.ask("config", "show")["file"] == d.config_file
        assert d.ask("config", "check")["folders"] == 1
        files = {p: open(p, "rb").read() for p in (d.config_file, first)}
        assert "left as it is" in text(d, "config", "init", odd, code=73)
        assert files == {p: open(p, "rb").read() for p in files}
        os.unlink(d.config_file)
        with open(first, "w", encoding="utf-8") as f:
            f.write("topics: {mine: {query: mine}}\n")
        assert d.ask("config", "init", odd) == {"config": d.config_file, "topics": first}
        assert open(first, encoding="utf-8").read() == "topics: {mine: {query: mine}}\n"
        with open(os.path.join(odd, "x.txt"), "w", encoding="utf-8") as f:
            f.write("it is mine")
        assert d.ctl("test", os.path.join(odd, "x.txt"), output="text")[0] == 0


# ---- terminals ----

def on_a_terminal(args, **env):
    """What a command writes to a terminal."""
    try:
        master, slave = pty.openpty()
    except OSError as reason:
        raise Skip(f"there are no terminals here: {reason}") from None
    base = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen(args, stdin=slave, stdout=slave, stderr=slave, env=dict(base, **env))
    os.close(slave)
    out = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # EIO: the other end is closed
            break
        if not part:
            break
        out += part
    os.close(master)
    process.wait(60)
    return out.decode()


def colour_is_for_terminals_only():
    with daemon() as d:
        d.drop("a.txt", TEXT)
        (ring,) = d.rings(1)
        d.idle()
        base = [TOCSINCTL, "--socket", d.runtime + "/control"]
        for command in (["alert", "show", ring["alert"]], ["alert", "list"], ["status"], ["explain", "1"],
                        ["topic", "list"]):
            coloured = on_a_terminal(base + command, TERM="xterm-256color")
            assert "\x1b[" in coloured, (command, coloured)
            plain = coloured.replace("\r\n", "\n")
            plain = re.sub(r"\x1b\[[0-9;]*m", "", plain)
            assert clean(plain), plain
            for env in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}, {}):
                assert "\x1b" not in on_a_terminal(base + command, **env), (command, env)
            assert "\x1b" not in text(d, *command)
        shown = on_a_terminal(base + ["alert", "show", ring["alert"]], TERM="xterm")
        assert "the \x1b[1malarm\x1b[0m was" in shown, shown
        assert "\x1b" not in on_a_terminal(base + ["--output", "json", "status"], TERM="xterm")


def nothing_that_a_stranger_wrote_steers_a_terminal():
    with daemon() as d:
        name = f"evil {HOSTILE}.txt"
        path = d.drop(name, f"{HOSTILE} title\n\nAn alarm {HOSTILE} here.\n")
        latin = os.fsdecode(b"caf\xe9 \x1b[35m.txt")
        d.drop(latin, "An alarm with a name that is no UTF-8")
        d.rings(2)
        d.idle()
        alerts = d.ask("alert", "list")
        commands = [("alert", "list"), ("status",), ("source", "list"), ("explain", path), ("explain", "1"),
                    ("explain", "2"), ("test", path, os.path.join(d.folder, latin))]
        commands += [("alert", "show", a["id"]) for a in alerts]
        base = [TOCSINCTL, "--socket", d.runtime + "/control", "--config", d.config_file, "--host", HOST,
                "--plugins", PLUGINS]
        for command in commands:
            out = text(d, *command)
            assert out, command
            for output in ("text", "json"):
                raw = on_a_terminal(base + ["--output", output, *command], TERM="xterm")
                raw = re.sub(r"\x1b\[(0|1|2|31|32|33)m", "", raw.replace("\r\n", "\n"))
                assert clean(raw), (command, raw)
        assert "evil" in text(d, "explain", path) and "caf" in "".join(
            text(d, "alert", "show", a["id"]) for a in alerts)
        # JSON carries the text as it is, written so that a terminal does not mind.
        told = {json.loads(json.dumps(d.ask("explain", str(n))))["path"] for n in (1, 2)}
        assert name in told, told
        # What the user gives comes back in messages.
        for command, code in ((("explain", "/nix" + HOSTILE), 65), (("alert", "show", HOSTILE), 65),
                              (("test", "/nix" + HOSTILE), 2), (("alert", "list", HOSTILE), 64),
                              ((HOSTILE,), 64), (("source", "rescan", HOSTILE), 65),
                              (("plugin", "check", "/nix" + HOSTILE), 66),
                              (("topic", "check", "/nix" + HOSTILE), 78)):
            text(d, *command, code=code)
        d.write_topics({"a" + HOSTILE: {"query": "(" + HOSTILE}})
        text(d, "topic", "check", d.topics_file, code=78)
        text(d, "reload", code=78)
        assert clean(d.log()), d.log()


def a_reader_that_went_away_is_no_crash():
    with daemon() as d:
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([TOCSINCTL, "--socket", d.runtime + "/control", "status"], stdout=write,
                              stderr=subprocess.PIPE, check=False, timeout=60)
        os.close(write)
        assert done.returncode in (74, -signal.SIGPIPE), done


run([
    wrong_usage_is_64_and_says_how,
    help_is_of_all_of_a_group_and_of_each_command,
    the_users_daemon_is_asked_by_default_and_named_when_it_is_absent,
    another_users_daemon_is_77,
    a_daemon_that_says_nothing_is_not_waited_for_after_it_ended,
    status_says_what_is_going_on,
    sources_are_listed_and_rescanned,
    alerts_are_listed_shown_and_acknowledged,
    a_fact_is_shown_as_its_ladder,
    troubles_of_tocsin_are_shown_too,
    explain_says_why_also_when_the_file_is_gone,
    a_folder_that_is_a_link_is_explained_by_both_names,
    topics_are_listed,
    a_notifier_is_tested,
    a_pause_holds_over_a_restart_and_resume_rings,
    follow_prints_events_as_they_happen,
    nothing_is_quarantined_at_first,
    explain_tells_of_what_was_not_judged_or_not_read, test_says_what_would_be_found_and_why_not,
    test_says_what_was_dropped_and_shows_the_others_beside_a_failure,
    test_ends_with_2_where_a_file_cannot_be_read,
    topic_check_shows_the_place_with_a_caret,
    plugins_are_listed_described_and_checked,
    config_init_writes_what_config_check_finds_good_and_never_overwrites,
    colour_is_for_terminals_only,
    nothing_that_a_stranger_wrote_steers_a_terminal,
    a_reader_that_went_away_is_no_crash,
])
