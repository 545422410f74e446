#!/usr/bin/python3
"""Completion in a real bash and a real zsh at a terminal: commands, options and their values, files, and
what a live daemon knows, with names that a shell has to quote."""
import json
import os
import shlex
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import shells  # noqa: E402
from harness import BUILD, PLUGINS, TOCSINCTL, Daemon, Skip, need, run, scalar, until  # noqa: E402

# What a topic may be called; everything else has names of letters, digits, `.`, `_` and `-`.
ODD = ["Le Mans 24", "Le Bugatti's", 'say "x"', "a: b", "$HOME `x`", "back\\slash", "ünï (x) & y", "-dash", "plain"]


class Table(Daemon):
    """A daemon where tocsinctl looks for the user's, and an environment in which it does."""

    def __init__(self, **more):
        super().__init__(topics={scalar(name): {"query": "alarm"} for name in ODD}, **more)
        self.runtime = os.path.join(self.dir, "tocsin")
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
        self.env.update(XDG_RUNTIME_DIR=self.dir, HOME=self.dir, TERM="dumb", LC_ALL="C.UTF-8",
                        PATH=BUILD + ":" + os.environ["PATH"])

    def shell(self, name):
        need(name)
        return getattr(shells, name)(self.dir, script_for(name), self.dir, self.env)


def script_for(name):
    path = os.path.join(BUILD, "conf", "completion", "tocsinctl" if name == "bash" else "_tocsinctl")
    if not os.path.exists(path):
        raise Skip("the completion was not built: tocsinctl does not run here")
    return path


def words(d, kind, *options):
    done = subprocess.run([TOCSINCTL, *options, "completion", "words", kind], env=d.env, check=False,
                          capture_output=True, text=True, timeout=60)
    return done.returncode, [tuple(line.split("\t")) for line in done.stdout.splitlines()], done.stderr


def offered(shell, line):
    """What completes the line, without the quotes."""
    got = shell.offers(line)
    last = line.split(" ")[-1]
    assert got.startswith(line[:len(line) - len(last)]), (line, got)
    return shlex.split(got[len(line) - len(last):])


# ---- the words ----

def words_are_what_the_daemon_knows():
    with Table() as d:
        d.start()
        d.drop("a.txt", "An alarm.\n")
        d.rings(len(ODD))
        d.idle()
        alerts = d.ask("alert", "list")
        code, got, said = words(d, "alert")
        assert (code, said) == (0, "") and got == [(a["id"][:8], a["headline"]) for a in alerts], (got, alerts)
        d.ask("alert", "ack", alerts[0]["id"])
        assert {w for w, _ in words(d, "open-alert")[1]} == {a["id"][:8] for a in alerts[1:]}
        assert words(d, "open-delivery")[1] == []
        assert words(d, "folder")[1] == [("docs", d.folder)]
        assert words(d, "which")[1] == [("unread", ""), ("docs", d.folder)]
        assert words(d, "notifier")[1] == [("stdout", "up")]
        assert words(d, "dead-delivery")[1] == [("dead", ""), ("stdout", "up")]
        deliveries = d.ask("delivery", "list")
        assert words(d, "delivery")[1] == [(x["id"][:8], x["headline"]) for x in deliveries] and deliveries
        assert sorted(words(d, "topic")[1]) == sorted((name, "alarm") for name in ODD)
        assert words(d, "quarantiner")[1] == words(d, "quarantined")[1] == []
        code, got, _ = words(d, "plugin", "--plugins", PLUGINS)
        assert code == 0 and {"topics", "stdout"} <= {w for w, _ in got}, got
        code, got, said = words(d, "nix")
        assert code == 64 and not got and 'kind "nix"' in said, (code, got, said)


def words_that_steer_a_terminal_are_left_out():
    with Daemon(topics={'"a\\tb"': {"query": "x"}, '"a\\e[1m"': {"query": "x"}, '"a\\u202eb"': {"query": "x"},
                        "good": {"query": "x"}}) as d:
        d.start()
        until(lambda: d.ctl("topic", "list")[0] == 0, "the detectors are started")
        assert len(d.ask("topic", "list")) == 4
        code, out, _ = d.ctl("completion", "words", "topic", output="text")
        assert (code, out) == (0, "good\tx\n"), (code, out)


def without_a_daemon_there_are_no_words_and_nothing_is_said():
    with Table() as d:
        for kind in ("alert", "folder", "notifier", "topic", "quarantined"):
            assert words(d, kind) == (69, [], ""), words(d, kind)


def a_daemon_that_hangs_is_not_waited_for():
    with Table() as d:
        os.mkdir(d.runtime)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(d.runtime, "control"))
            listener.listen()
            began = time.monotonic()
            assert words(d, "alert") == (75, [], "")
            assert 0.9 < time.monotonic() - began < 20


# ---- the shells ----

def completes(name):
    with Table() as d, d.shell(name) as shell:
        for line, wanted in [
            ("tocsinctl statu", "tocsinctl status "),
            ("tocsinctl ale", "tocsinctl alert "),
            ("tocsinctl alert sh", "tocsinctl alert show "),
            ("tocsinctl quarantine re", "tocsinctl quarantine release "),
            ("tocsinctl --out", "tocsinctl --output "),
            ("tocsinctl --output t", "tocsinctl --output text "),
            ("tocsinctl --output=t", "tocsinctl --output=text "),
            ("tocsinctl --output=json --system alert li", "tocsinctl --output=json --system alert list "),
            ("tocsinctl silence add 2h det", "tocsinctl silence add 2h detector="),
            ("tocsinctl route test sev", "tocsinctl route test severity="),
            ("tocsinctl --socket /nix alert list cl", "tocsinctl --socket /nix alert list closed "),
            ("tocsinctl alert --user list al", "tocsinctl alert --user list all "),
            ("tocsinctl alert list cl", "tocsinctl alert list closed "),
            ("tocsinctl alert list closed per", "tocsinctl alert list closed person="),
            ("tocsinctl alert search word st", "tocsinctl alert search word state="),
            ("tocsinctl delivery list su", "tocsinctl delivery list superseded "),
            ("true; tocsinctl pau", "true; tocsinctl pause "),
            # Nothing comes after these.
            ("tocsinctl status ", "tocsinctl status "),
            ("tocsinctl alert show 12 ", "tocsinctl alert show 12 "),
            ("tocsinctl nonsense ", "tocsinctl nonsense "),
        ]:
            assert shell.complete(line) == wanted, (line, shell.complete(line))
        everything = offered(shell, "tocsinctl ")
        table = json.loads(subprocess.run([TOCSINCTL, "--output", "json", "--help"], check=True,
                                          capture_output=True).stdout)
        visible = [c for c in table["commands"] if not c["hidden"]]
        assert sorted(everything) == sorted({c["name"].split()[0] for c in visible}), everything
        for group in {c["name"].split()[0] for c in visible if " " in c["name"]}:
            seconds = sorted(c["name"].split()[1] for c in visible if c["name"].startswith(group + " "))
            assert sorted(offered(shell, f"tocsinctl {group} ")) == seconds, group
        assert sorted(offered(shell, "tocsinctl --")) == sorted("--" + o["name"] for o in table["options"])
        assert sorted(offered(shell, "tocsinctl alert list ")) == [
            "acknowledged", "after=", "all", "closed", "detector=", "limit=", "open", "person=", "since=", "topic=", "until="]


def completes_files(name):
    with Table() as d:
        for file in ("one report.txt", "it's.txt", "hello.so", "hello.c"):
            with open(os.path.join(d.folder, file), "w", encoding="utf-8"):
                pass
        os.mkdir(os.path.join(d.folder, "sub folder"))
        with d.shell(name) as shell:
            for line, wanted in [
                ("tocsinctl test docs/on", "tocsinctl test docs/one\\ report.txt "),
                ("tocsinctl test docs/it", "tocsinctl test docs/it\\'s.txt "),
                ("tocsinctl test x y 'docs/on", "tocsinctl test x y 'docs/one report.txt' "),
                ("tocsinctl test ~/docs/on", "tocsinctl test ~/docs/one\\ report.txt "),
                ("tocsinctl explain docs/hello.c", "tocsinctl explain docs/hello.c "),
                ("tocsinctl plugin check docs/he", "tocsinctl plugin check docs/hello.so "),
                ("tocsinctl plugin check do", "tocsinctl plugin check docs/"),
                ("tocsinctl config init docs/", "tocsinctl config init docs/sub\\ folder/"),
                ("tocsinctl --config docs/on", "tocsinctl --config docs/one\\ report.txt "),
                ("tocsinctl --config=docs/on", "tocsinctl --config=docs/one\\ report.txt "),
                ("tocsinctl --plugins docs/s", "tocsinctl --plugins docs/sub\\ folder/"),
            ]:
                assert shell.complete(line) == wanted, (line, shell.complete(line))


def completes_what_the_daemon_knows(name):
    with Table() as d, d.shell(name) as shell:
        # Before there is a daemon: nothing, and nothing is said on the terminal either.
        assert shell.complete("tocsinctl notifier test ") == "tocsinctl notifier test "
        assert "daemon" not in shell.text
        d.start()
        d.drop("a.txt", "An alarm.\n")
        d.rings(len(ODD))
        alerts = d.ask("alert", "list")
        for line, wanted in [
            ("tocsinctl notifier test ", "tocsinctl notifier test stdout "),
            ("tocsinctl source rescan d", "tocsinctl source rescan docs "),
            ("tocsinctl document list un", "tocsinctl document list unread "),
            ("tocsinctl delivery retry dead st", "tocsinctl delivery retry dead stdout "),
            ("tocsinctl --socket /nix source rescan d", "tocsinctl --socket /nix source rescan d"),
            (f"tocsinctl alert show {alerts[0]['id'][:6]}", f"tocsinctl alert show {alerts[0]['id'][:8]} "),
            ("tocsinctl explain a.txt Le\\ M", "tocsinctl explain a.txt Le\\ Mans\\ 24 "),
            ('tocsinctl explain a.txt "Le M', 'tocsinctl explain a.txt "Le Mans 24" '),
            ("tocsinctl explain a.txt 'Le M", "tocsinctl explain a.txt 'Le Mans 24' "),
            ("tocsinctl explain a.txt ba", "tocsinctl explain a.txt back\\\\slash "),
            # For bash a word also begins at a colon.
            ("tocsinctl explain a.txt a:", "tocsinctl explain a.txt a:\\ b "),
        ]:
            assert shell.complete(line) == wanted, (line, shell.complete(line))
        # However it was quoted, it is the name.
        for topic in ODD:
            for begin in (topic[:1], topic[:4]) if topic[0] != "-" else ():
                if sum(other.startswith(begin) for other in ODD) > 1:
                    continue
                line = "tocsinctl explain a.txt " + shlex.quote(begin)[:-1 if "'" in shlex.quote(begin) else None]
                got = shell.complete(line)
                assert shlex.split(got)[3:] == [topic], (line, got)
        assert sorted(offered(shell, "tocsinctl alert show ")) == sorted(a["id"][:8] for a in alerts)
        d.ask("alert", "ack", alerts[0]["id"])
        assert sorted(offered(shell, "tocsinctl alert ack ")) == sorted(a["id"][:8] for a in alerts[1:])
        # The daemon that is spoken to is the one of the options, by whatever name tocsinctl goes.
        other = os.path.join(d.dir, "my tocsinctl")
        os.symlink(TOCSINCTL, other)
        os.rename(d.runtime, d.runtime + " elsewhere")
        line = f"tocsinctl --socket '{d.runtime} elsewhere/control' notifier test "
        assert shell.complete(line) == line + "stdout ", shell.complete(line)
        assert shell.complete("tocsinctl notifier test ") == "tocsinctl notifier test "


def bash_completes_commands_and_options():
    completes("bash")


def bash_completes_files():
    completes_files("bash")


def bash_completes_what_the_daemon_knows():
    completes_what_the_daemon_knows("bash")


def bash_loads_it_by_itself():
    loader = "/usr/share/bash-completion/bash_completion"
    if not os.path.exists(loader):
        raise Skip("bash-completion is not installed")
    with Table() as d:
        folder = os.path.join(d.dir, "share", "bash-completion", "completions")
        os.makedirs(folder)
        os.symlink(script_for("bash"), os.path.join(folder, "tocsinctl"))
        d.env["XDG_DATA_DIRS"] = os.path.join(d.dir, "share")
        with shells.bash(d.dir, loader, d.dir, d.env) as shell:
            assert shell.complete("tocsinctl alert sh") == "tocsinctl alert show "
            assert shell.complete("tocsinctl alert --output=t") == "tocsinctl alert --output=text "
            assert shell.complete("sudo tocsinctl alert sh") == "sudo tocsinctl alert show "


def zsh_completes_commands_and_options():
    completes("zsh")


def zsh_completes_files():
    completes_files("zsh")


def zsh_completes_what_the_daemon_knows():
    completes_what_the_daemon_knows("zsh")


def zsh_says_what_each_is():
    with Table() as d, d.shell("zsh") as shell:
        d.start()
        d.drop("a.txt", "An alarm.\n")
        d.rings(len(ODD))
        (headline, *_) = [a["headline"] for a in d.ask("alert", "list")]
        for line, said in (("tocsinctl alert show ", headline), ("tocsinctl ", "alerts and deliveries"),
                           ("tocsinctl alert ", "one alert whole"), ("tocsinctl --", "the control socket")):
            shell.type(line + "\x04")  # ^D lists
            shell.expect(said)
            shell.type(shells.CLEAR)


run([
    words_are_what_the_daemon_knows,
    words_that_steer_a_terminal_are_left_out,
    without_a_daemon_there_are_no_words_and_nothing_is_said,
    a_daemon_that_hangs_is_not_waited_for,
    bash_completes_commands_and_options,
    bash_completes_files,
    bash_completes_what_the_daemon_knows,
    bash_loads_it_by_itself,
    zsh_completes_commands_and_options,
    zsh_completes_files,
    zsh_completes_what_the_daemon_knows,
    zsh_says_what_each_is,
])
