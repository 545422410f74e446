#!/usr/bin/python3
"""Configurations that are wrong, and configurations that change: a bad one is refused with its
place, the reason and what to do, and never replaces a good one."""
import os
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import BUILD, HOST, PLUGINS, TOCSINCTL, TOCSIND, Daemon, Skip, daemon, need, run, until  # noqa: E402

EX_CONFIG = 78
NOBODY = 65534
TOPICS = "detectors: {topics: {options: {files: topics.yaml}}}\n"
STDOUT = "notifiers: {stdout: }\n"
REST = TOPICS + STDOUT


# ---- bad ones ----

def refusals(d, text, env=None, wrap=()):
    """What tocsinctl config check and the start of tocsind say of a bad configuration."""
    d.write_config(text)
    environment = dict(d.env, **(env or {}))
    check = subprocess.run([*wrap, TOCSINCTL, "--config", d.config_file, "--host", HOST, "--plugins",
                            PLUGINS, "config", "check"], env=environment, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, check=False, timeout=60)
    start = subprocess.run([*wrap, *d.command()], env=environment, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, check=False, timeout=60)
    for done in (check, start):
        assert done.returncode == EX_CONFIG, (done.returncode, done.stderr)
        assert done.stdout == b"", done.stdout
    return check.stderr.decode(), start.stderr.decode()


def refused(text, *lines, files=None, env=None):
    """Each line, with @ for the directory, is said by both; nothing else goes wrong with them."""
    with Daemon() as d:
        for name in ("news", "news/sport"):
            os.makedirs(os.path.join(d.dir, name))
        for name, content in (files or {}).items():
            with open(os.path.join(d.dir, name), "w", encoding="utf-8") as f:
                f.write(content)
        for said in refusals(d, text, env):
            for line in lines:
                wanted = line.replace("@", d.dir)
                assert wanted in said, f"{wanted!r} is not in:\n{said}"


def an_unknown_key_is_refused_with_a_suggestion():
    refused("folders: {news: {path: news, recursvie: yes}}\n" + REST,
            '@/tocsin.yaml:1:30: folder "news": unknown option "recursvie" (did you mean "recursive"?)')


def a_wrong_type_is_refused():
    refused("folders: {news: {path: news, settle: 5 sec}}\n" + REST,
            '@/tocsin.yaml:1:38: folder "news": "settle": "5 sec" is not a duration (write it like 500ms,')
    refused("folders: {news: {path: news, recursive: [yes]}}\n" + REST,
            '@/tocsin.yaml:1:41: folder "news": "recursive" must be a bool, not a list')


def a_missing_file_is_refused():
    refused("folders: {news: {path: news}}\nnotifiers: {stdout: }\n"
            "detectors: {topics: {options: {files: none.yaml}}}\n",
            '@/tocsin.yaml:3:39: "topics": option "files": cannot read @/none.yaml: No such file')
    refused("folders: {news: {path: news}}\ninclude: none.yaml\n" + REST,
            "@/tocsin.yaml:2:10: include: cannot open @/none.yaml: No such file or directory")


def a_configuration_that_is_not_there_is_refused():
    with Daemon() as d:
        d.config_file = os.path.join(d.dir, "absent.yaml")
        os.symlink("nowhere", d.config_file)
        code, _, said = d.ctl("config", "check", output="text")
        assert code == EX_CONFIG and f"{d.config_file}: cannot open: No such file" in said, (code, said)
        start = subprocess.run(d.command(), stderr=subprocess.PIPE, check=False, timeout=60)
        assert start.returncode == EX_CONFIG and b"cannot open" in start.stderr, start


def a_duplicate_name_is_refused():
    refused("folders:\n  news: {path: news}\n  news: {path: news/sport}\n" + REST,
            '@/tocsin.yaml:3:3: "news" stands here twice (first in line 2)')
    refused("folders: {news: {path: news}}\ninclude: more.yaml\n" + REST,
            '@/more.yaml:1:11: folder "news" is defined twice (first in @/tocsin.yaml:1:11)',
            files={"more.yaml": "folders: {news: {path: news/sport}}\n"})


def overlapping_folders_are_refused():
    refused("folders:\n  a: {path: news}\n  b: {path: news/sport}\n" + REST,
            '@/tocsin.yaml:3:13: folder "b" (@/news/sport) lies in folder "a" (@/news) of '
            '@/tocsin.yaml:2:13 (remove one, or set "recursive: no" on the outer one)')


def a_folder_that_is_not_there_is_refused_with_a_suggestion():
    refused("folders: {news: {path: nwes}}\n" + REST,
            '@/tocsin.yaml:1:24: folder "news": @/nwes does not exist', 'did you mean "@/news"?')


def like_a_unit(d):
    """What makes a daemon the main process of a unit with InaccessiblePaths=@/news: the mounts as systemd
    makes them, in a namespace of its own. The real thing is in test_system_unit.py."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        raise Skip("no mount namespace can be made")
    script = ('mount -t tmpfs none "$1" && mkdir -p "$1/inaccessible/dir" && mount --bind "$1/inaccessible/dir" "$2" '
              "&& shift 2 && SYSTEMD_EXEC_PID=$$ exec \"$@\"")
    for name in ("news", "sport", "empty"):
        os.makedirs(os.path.join(d.dir, name), exist_ok=True)
    return ["unshare", "-m", "sh", "-euc", script, "sh", os.path.join(d.dir, "empty"), os.path.join(d.dir, "news")]


def a_folder_that_the_unit_hides_is_refused():
    with Daemon() as d:
        wrap = like_a_unit(d)
        d.write_config("folders: {news: {path: news}}\n" + REST)
        start = subprocess.run([*wrap, *d.command()], stderr=subprocess.PIPE, check=False, timeout=60)
        assert start.returncode == EX_CONFIG, start
        assert (f'error: {d.dir}/tocsin.yaml:1:24: folder "news" ({d.dir}/news) is not visible inside this unit: '
                f"InaccessiblePaths={d.dir}/news hides {d.dir}/news (write \"InaccessiblePaths=\" with what shall stay "
                "hidden under [Service] in `systemctl edit tocsin`, then `systemctl restart tocsin`)\n"
                ) in start.stderr.decode(), start.stderr.decode()


def the_daemon_is_asked_what_it_sees():
    with Daemon() as d:
        d.wrap = like_a_unit(d)
        d.config["folders"] = {"sport": {"path": os.path.join(d.dir, "sport")}}
        d.write_config()
        d.start()
        good = d.ask("config", "check")
        assert (good["file"], good["folders"], good["notifiers"]) == (d.config_file, 1, 1), good
        d.config["folders"]["all"] = {"path": d.dir, "recursive": False}
        d.config["folders"]["news"] = {"path": os.path.join(d.dir, "news")}
        d.write_config()
        code, out, said = d.ctl("config", "check", output="text")
        assert code == EX_CONFIG and out == "" and 'folder "news"' in said and "not visible inside" in said, (code, said)
        code, _, said = d.ctl("reload", output="text")
        assert code == EX_CONFIG and "not visible inside this unit" in said, (code, said)
        assert [s["name"] for s in d.ask("source", "list")] == ["sport"]
        # A part that is hidden keeps nobody from watching the rest, but is said.
        d.config["folders"] = {"all": {"path": d.dir}}
        d.write_config()
        code, out, said = d.ctl("config", "check", output="text")
        assert code == 0 and out.startswith(f"{d.config_file} is good: 1 folder, 1 detector"), (code, out, said)
        assert f"warning: folder \"all\" ({d.dir}): what is in {d.dir}/news is not visible" in said, said
        d.ask("reload")
        assert f"folder \"all\" ({d.dir}): what is in {d.dir}/news is not visible" in d.log(), d.log()
        # Another file is none of its business, and neither is one without a daemon.
        other = os.path.join(d.dir, "other.yaml")
        with open(other, "w", encoding="utf-8") as f:
            f.write("folders: {news: {path: news}}\n" + REST)
        code, _, said = d.ctl("--config", other, "config", "check", output="text")
        assert code == 0 and "not visible" not in said, (code, said)
        d.stop()
        code, _, said = d.ctl("config", "check", output="text")
        assert code == 0 and "not visible" not in said, (code, said)


def a_folder_that_may_not_be_read_is_refused():
    if os.geteuid() != 0:
        raise Skip("only root can become another user")
    need("setpriv")
    other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if subprocess.run([*other, "test", "-x", TOCSIND, "-a", "-x", HOST], check=False).returncode:
        raise Skip(f"user {NOBODY} may not run what is built in {BUILD}")
    with Daemon() as d:
        secret = os.path.join(d.dir, "secret")
        os.mkdir(secret, 0o700)
        d.write_config()
        os.chown(d.dir, NOBODY, NOBODY)
        for said in refusals(d, "folders: {secret: {path: secret}}\n" + REST, wrap=other):
            wanted = f'{d.dir}/tocsin.yaml:1:26: folder "secret": {secret} is not visible to user nobody'
            assert wanted in said and "setfacl" in said, said


def a_plugins_unknown_option_is_refused_with_a_suggestion():
    refused("folders: {news: {path: news}}\nnotifiers: {stdout: }\n"
            "detectors: {topics: {options: {fiels: topics.yaml}}}\n",
            '@/tocsin.yaml:3:39: "topics": plugin "topics" has no option "fiels" (did you mean "files"?)')


def a_plugin_that_is_not_there_is_refused():
    refused("folders: {news: {path: news}}\nnotifiers: {stdotu: }\n" + TOPICS,
            '@/tocsin.yaml:2:13: notifier "stdotu": plugin "stdotu" cannot be used: ',
            f"no stdotu.so in {PLUGINS}")


def an_unknown_notifier_in_a_route_is_refused():
    refused("folders: {news: {path: news}}\n" + REST + "routes: [{notify: stdotu}]\n",
            '@/tocsin.yaml:4:19: route 1: notify: there is no notifier "stdotu" (did you mean "stdout"?)')


def a_query_that_begins_with_a_quote_gets_its_own_hint():
    with Daemon() as d:
        with open(d.topics_file, "w", encoding="utf-8") as f:
            f.write('topics:\n  a:\n    query: "harbour bridge" AND cost*\n')
        for command in (("config", "check"), ("topic", "check", d.topics_file)):
            code, text, said = d.ctl(*command, output="text")
            assert code == EX_CONFIG and text == "", (code, text)
            assert f"{d.topics_file}:3:29: " in said and "query: >" in said, said


def a_broken_topic_is_refused_by_the_check_and_is_an_alert_at_the_start():
    with Daemon() as d:
        d.write_topics({"a": {"query": "alarm AND"}})
        code, _, said = d.ctl("config", "check", output="text")
        assert code == EX_CONFIG and re.search(r"topics\.yaml:3:\d+: topic \"a\": ", said), (code, said)
        # The daemon starts: what else there is goes on, and nothing is lost meanwhile.
        d.drop("a.txt", "an alarm")
        d.start()
        (trouble,) = d.rings(1)
        assert trouble["detector"] == "tocsin" and trouble["severity"] == 3, trouble
        assert re.search(r"detector \"topics\" cannot work: .*topics\.yaml:3:\d+: topic \"a\": ",
                         trouble["headline"]), trouble
        until(lambda: d.ask("status")["documents"]["read"] == 1, "the document is read")
        d.write_topics({"a": {"query": "alarm"}})
        d.ask("reload")
        assert d.rings(2)[1]["topic"] == "a", d.rang()
        until(lambda: [a["state"] for a in d.ask("alert", "list") if a["detector"] == "tocsin"]
              == ["closed"], "the trouble is over")


def everything_that_is_wrong_is_said_at_once():
    refused("folders:\n  news: {path: news, settle: x}\n  olds: {path: news/sport, growht: log}\n"
            "routes: [{notify: nobody}]\n" + REST,
            "@/tocsin.yaml:2:30: ", "@/tocsin.yaml:3:28: ", "@/tocsin.yaml:4:19: ")


# ---- reload ----

def reload_refused(d, *words):
    code, _, said = d.ctl("reload", output="text")
    assert code == EX_CONFIG, (code, said)
    assert "the configuration in force stays" in said, said
    for word in words:
        assert word in said, f"{word!r} is not in:\n{said}"


def by_signal(d, word):
    """Reloads by SIGHUP; waits until the log holds one more line with the word."""
    before = d.log().count(word)
    d.process.send_signal(signal.SIGHUP)
    until(lambda: d.log().count(word) > before, f"the log says {word}")


def a_bad_reload_changes_nothing():
    with daemon() as d:
        d.drop("a.txt", "an alarm")
        d.rings(1)
        good = open(d.config_file, encoding="utf-8").read()
        d.write_config(good + "folders: [\n")
        reload_refused(d, "tocsin.yaml:")
        d.write_config(good.replace("settle", "setlte"))
        reload_refused(d, 'did you mean "settle"?')
        d.drop("b.txt", "an alarm, too")
        d.rings(2)
        d.write_config(good)
        d.write_topics({"fire": {"query": "(fire"}})
        reload_refused(d, "topics.yaml:3:", 'topic "fire"', "    (fire\n    ^\n")
        d.drop("c.txt", "fire, said the alarm")
        rings = d.rings(3)
        assert rings[2]["topic"] == "alarm", rings[2]
        d.write_topics({"fire": {"query": "fire"}})
        d.ask("reload")
        d.drop("d.txt", "fire and alarm")
        assert d.rings(4)[3]["topic"] == "fire", d.rang()


def a_bad_reload_by_signal_changes_nothing():
    with daemon() as d:
        until(lambda: any(h["role"] == "detector" and h["state"] == "ready"
                          for h in d.ask("status")["hosts"]), "the detectors are ready")
        d.write_topics({"fire": {"query": "(fire"}})
        by_signal(d, "the configuration in force stays")
        until(lambda: re.search(r'topics\.yaml:3:\d+: topic "fire": ', d.log()), "the log says where")
        d.drop("a.txt", "fire, said the alarm")
        assert d.rings(1)[0]["topic"] == "alarm"
        d.write_topics({"fire": {"query": "fire"}})
        by_signal(d, "reloaded")
        d.drop("b.txt", "fire and alarm")
        assert d.rings(2)[1]["topic"] == "fire"


def a_new_topic_does_not_ring_for_old_documents_and_a_removed_one_rings_no_more():
    with daemon() as d:
        d.drop("a.txt", "alarm and fire")
        d.rings(1)
        d.write_topics({"alarm": {"query": "alarm"}, "fire": {"query": "fire"}})
        d.ask("reload")
        assert {t["name"] for t in d.ask("topic", "list")} == {"alarm", "fire"}
        d.silent(1)
        d.drop("b.txt", "more of the fire")
        assert d.rings(2)[1]["topic"] == "fire"
        d.write_topics({"fire": {"query": "fire"}})
        d.ask("reload")
        assert [t["name"] for t in d.ask("topic", "list")] == ["fire"]
        d.drop("c.txt", "an alarm nobody hears")
        d.silent(2)


def folders_come_and_go():
    with daemon() as d:
        other = os.path.join(d.dir, "other")
        os.mkdir(other)
        with open(os.path.join(other, "old.txt"), "w", encoding="utf-8") as f:
            f.write("an old alarm")
        d.config["folders"]["other"] = {"path": other, "settle": "0"}
        d.write_config()
        d.ask("reload")
        until(lambda: any(s["name"] == "other" and s["state"] == "watching"
                          for s in d.ask("source", "list")), "the new folder is watched")
        d.silent(0)  # first-start is baseline there
        with open(os.path.join(other, "new.txt"), "w", encoding="utf-8") as f:
            f.write("a new alarm")
        assert d.rings(1)[0]["source"] == "other"
        del d.config["folders"]["docs"]
        d.write_config()
        d.ask("reload")
        assert [s["name"] for s in d.ask("source", "list")] == ["other"]
        d.drop("a.txt", "an alarm where nobody looks")
        with open(os.path.join(other, "last.txt"), "w", encoding="utf-8") as f:
            f.write("a last alarm")
        assert d.rings(2)[1]["source"] == "other"
        d.silent(2)


def what_a_removed_notifier_had_to_tell_is_cancelled_and_listed():
    with Daemon() as d:
        d.config["notifiers"]["second"] = {"plugin": "stdout", "options": {"format": "json"}}
        d.write_config()
        d.start()
        d.ask("pause")
        d.drop("a.txt", "an alarm")
        (alert,) = until(lambda: d.ask("alert", "list"), "an alert is made")

        def states():
            (told,) = d.ask("alert", "show", alert["id"])["told"]
            return {e["notifier"]: e["state"] for e in told["deliveries"]}

        until(lambda: states() == {"stdout": "held", "second": "held"}, "both are held")
        del d.config["notifiers"]["second"]
        d.write_config()
        d.ask("reload")
        until(lambda: states() == {"stdout": "held", "second": "cancelled"}, "the removed one's is cancelled")
        d.ask("resume")
        d.rings(1)
        d.idle()
        assert states() == {"stdout": "sent", "second": "cancelled"}, states()
        code, text, _ = d.ctl("alert", "show", alert["id"], output="text")
        assert code == 0 and "second: cancelled" in text and "stdout: sent after 1 attempt" in text, text


def hosts_live_on_when_their_part_of_the_configuration_is_the_same():
    with daemon() as d:
        def hosts():
            return {h["name"]: h["pid"] for h in d.ask("status")["hosts"]}
        d.drop("a.txt", "an alarm")
        d.rings(1)
        before = hosts()
        d.config["folders"]["docs"]["settle"] = "10ms"
        d.write_config()
        d.ask("reload")
        d.drop("b.txt", "an alarm")
        assert hosts() == before, (before, hosts())


def a_configuration_that_went_bad_meanwhile_does_not_start():
    with daemon() as d:
        d.stop()
        d.config["folders"]["docs"]["setle"] = "0"
        d.write_config()
        start = subprocess.run(d.command(), stderr=subprocess.PIPE, check=False, timeout=60)
        assert start.returncode == EX_CONFIG and b'"settle"' in start.stderr, start


run([
    an_unknown_key_is_refused_with_a_suggestion,
    a_wrong_type_is_refused,
    a_missing_file_is_refused,
    a_configuration_that_is_not_there_is_refused,
    a_duplicate_name_is_refused,
    overlapping_folders_are_refused,
    a_folder_that_is_not_there_is_refused_with_a_suggestion,
    a_folder_that_the_unit_hides_is_refused,
    the_daemon_is_asked_what_it_sees,
    a_folder_that_may_not_be_read_is_refused,
    a_plugins_unknown_option_is_refused_with_a_suggestion,
    a_plugin_that_is_not_there_is_refused,
    an_unknown_notifier_in_a_route_is_refused,
    a_query_that_begins_with_a_quote_gets_its_own_hint,
    a_broken_topic_is_refused_by_the_check_and_is_an_alert_at_the_start,
    everything_that_is_wrong_is_said_at_once,
    a_bad_reload_changes_nothing,
    a_bad_reload_by_signal_changes_nothing,
    a_new_topic_does_not_ring_for_old_documents_and_a_removed_one_rings_no_more,
    folders_come_and_go,
    what_a_removed_notifier_had_to_tell_is_cancelled_and_listed,
    hosts_live_on_when_their_part_of_the_configuration_is_the_same,
    a_configuration_that_went_bad_meanwhile_does_not_start,
])
