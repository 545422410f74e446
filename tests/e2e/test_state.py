#!/usr/bin/python3
"""Back-ups of the store: made while the daemon works, put back while it does not."""
import contextlib
import grp
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, TOCSINCTL, TOCSIND, Daemon, Skip, clean, daemon, need, run, until  # noqa: E402

NOBODY = 65534


def text(d, *args, code=0):
    got, out, said = d.ctl(*args, output="text")
    assert got == code, f"tocsinctl {' '.join(args)}: {got} instead of {code}: {said}"
    assert clean(out) and clean(said), (out, said)
    return out if code == 0 else said


def backup(d, name="backup.db"):
    path = os.path.join(d.dir, name)
    told = d.ask("state", "backup", path)
    assert told == {"file": path, "size": os.stat(path).st_size}, told
    return path


def restore(d, path, code=0):
    """What is said of it, with the state directory of this daemon."""
    return text(d, "state", "restore", path, "--state", d.state, code=code)


def rows(path, sql):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


# ---- back up ----

def a_backup_is_consistent_while_documents_arrive():
    with daemon() as d:
        for i in range(300):
            d.drop(f"{i}.txt", f"Alarm number {i}.")
            if i == 100:
                first = backup(d, "first.db")
        second = backup(d, "second.db")
        d.idle()
        for path in (first, second):
            assert stat.S_IMODE(os.stat(path).st_mode) == 0o600 and os.stat(path).st_nlink == 1
            assert rows(path, "PRAGMA integrity_check") == [("ok",)] and rows(path, "PRAGMA foreign_key_check") == []
            # No document without its version, no alert without what it rests on.
            assert rows(path, "SELECT count(*) FROM document d LEFT JOIN version v ON v.id = d.version"
                              " WHERE v.id IS NULL") == [(0,)]
            assert rows(path, "SELECT count(*) FROM delivery WHERE state NOT IN"
                              " ('queued', 'sent', 'held', 'superseded')") == [(0,)]
        assert sorted(os.listdir(d.state)) == ["index", "lock", "tocsin.db", "tocsin.db-shm", "tocsin.db-wal"]
        assert re.fullmatch(r"the store was copied to \S+/third\.db, \d+ bytes\n",
                            text(d, "state", "backup", d.dir + "/third.db"))


def nothing_that_is_there_is_overwritten():
    with daemon() as d:
        path = d.drop("mine", "mine")
        assert "File exists" in text(d, "state", "backup", path, code=73)
        assert "File exists" in text(d, "state", "backup", d.folder, code=73)
        os.symlink("nowhere", d.dir + "/link")
        assert "File exists" in text(d, "state", "backup", d.dir + "/link", code=73)
        assert "No such file" in text(d, "state", "backup", d.dir + "/nix/backup", code=73)
        with open(path, encoding="utf-8") as f:
            assert f.read() == "mine"
        d.stop()
        path = os.path.join(d.dir, "backup.db")
        assert "no daemon answers" in text(d, "state", "backup", path, code=69)
        assert not os.path.exists(path)


def a_disk_that_is_full_leaves_no_half_a_backup():
    if os.geteuid() != 0:
        raise Skip("only root can mount a small file system")
    need("mount")
    with daemon() as d:
        for i in range(20):
            d.drop(f"{i}.txt", os.urandom(20000).hex())
        d.idle()
        small = os.path.join(d.dir, "small")
        os.mkdir(small)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", small], check=False).returncode:
            raise Skip("nothing can be mounted here")
        try:
            assert "No space left" in text(d, "state", "backup", small + "/backup.db", code=74)
            assert os.listdir(small) == []
        finally:
            subprocess.run(["umount", small], check=True)
        assert not [n for n in os.listdir(d.state) if "snapshot" in n]


def a_copy_that_was_left_behind_goes_with_the_next_start():
    with daemon() as d:
        d.stop()
        left = os.path.join(d.state, "tocsin.db.snapshot-abcdef")
        shutil.copy(os.path.join(d.state, "tocsin.db"), left)
        d.start()
        assert not os.path.exists(left) and d.ask("status")["ready"]


# ---- restore ----

def what_the_backup_knows_does_not_ring_again():
    with daemon() as d:
        d.drop("a.txt", "Alarm a.")
        d.rings(1)
        d.idle()
        path = backup(d)
        d.drop("b.txt", "Alarm b.")
        d.rings(2)
        d.idle()
        assert "a daemon runs: end it first (`systemctl --user stop tocsin`)" in restore(d, path, code=75)
        d.stop()
        out = restore(d, path)
        kept = re.fullmatch(rf"{d.state}/tocsin\.db is now what was backed up in {path}\n"
                            rf"what stood there is kept as ({d.state}/tocsin\.db\.replaced-\d+T\d+Z)\n", out)
        assert kept, out
        assert rows(kept.group(1), "SELECT count(*) FROM document") == [(2,)]
        assert stat.S_IMODE(os.stat(d.state + "/tocsin.db").st_mode) == 0o600
        # What came since is handled as if the daemon had been down.
        d.start()
        d.rings(3)
        d.silent(3)
        assert [r["headline"] for r in d.rang()] == ["alarm: Alarm a.", "alarm: Alarm b.", "alarm: Alarm b."]
        assert {a["headline"] for a in d.ask("alert", "list")} == {"alarm: Alarm a.", "alarm: Alarm b."}
        assert "damaged" not in d.log()


def what_the_backup_had_queued_is_sent():
    if not os.path.exists(os.path.join(PLUGINS, "moody.so")):
        raise Skip("the notifier with moods is not built (make check builds it)")
    with Daemon() as d:
        d.config["notifiers"] = {"mail": {"plugin": "moody", "options": {"mood": "later"}, "retry-first": "1s"}}
        d.write_config()
        d.start()
        d.drop("a.txt", "Alarm a.")
        (row,) = until(lambda: [r for r in d.ask("delivery", "list", "open") if r["state"] == "deferred"],
                       "it is put off")
        path = backup(d)
        d.ask("delivery", "drop", row["id"])
        d.stop()
        restore(d, path)
        d.config["notifiers"]["mail"]["options"]["mood"] = "ok"
        d.write_config()
        d.start()
        (sent,) = until(lambda: d.ask("delivery", "list", "sent"), "it is sent after all")
        assert sent["id"] == row["id"] and sent["attempts"] >= 2, sent


def what_cannot_be_used_changes_nothing():
    with daemon() as d:
        d.drop("a.txt", "Alarm a.")
        d.rings(1)
        d.idle()
        good = backup(d)
        d.stop()
        before = d.kept()

        def refused(name, why, code=78):
            assert why in restore(d, os.path.join(d.dir, name), code), why
            assert d.kept() == before, sorted(d.kept())

        def variant(name, sql):
            shutil.copy(good, os.path.join(d.dir, name))
            with contextlib.closing(sqlite3.connect(os.path.join(d.dir, name))) as db:
                db.executescript(sql)
        refused("nix", "No such file", 66)
        refused("docs", "is no file", 66)
        refused("tocsin.yaml", "cannot be used, and nothing was changed: file is not a database")
        variant("newer", "PRAGMA user_version = 99")
        refused("newer", "cannot be used, and nothing was changed: it was written by a newer tocsin")
        variant("foreign", "PRAGMA application_id = 7")
        refused("foreign", "it is not a store of tocsin")
        open(os.path.join(d.dir, "empty"), "wb").close()
        refused("empty", "it is empty")
        with open(good, "rb") as f:
            whole = f.read()
        with open(os.path.join(d.dir, "half"), "wb") as f:
            f.write(whole[:len(whole) // 2])
        refused("half", "cannot be used, and nothing was changed: ")
        d.start()
        d.silent(1)


def a_damaged_or_lost_store_is_replaced():
    with daemon() as d:
        d.drop("a.txt", "Alarm a.")
        d.rings(1)
        d.idle()
        path = backup(d)
        d.stop()
        with open(d.state + "/tocsin.db", "r+b") as f:
            f.write(b"garbage")
        assert "what stood there is kept as" in restore(d, path)
        d.start()
        d.silent(1)
        d.stop()
        shutil.rmtree(d.state)
        assert restore(d, path) == f"{d.state}/tocsin.db is now what was backed up in {path}\n"
        d.start()
        d.silent(1)


def killed_at_any_point_it_leaves_a_whole_store():
    need("strace")
    with daemon() as d:
        d.drop("a.txt", "Alarm a.")
        d.rings(1)
        d.idle()
        path = backup(d)
        for call in ("?link,?linkat", "?rename,?renameat,?renameat2", "fsync"):
            d.stop()
            done = subprocess.run(["strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                                   f"inject={call}:signal=SIGKILL:when=1", TOCSIND, "--restore", path, "--state",
                                   d.state], capture_output=True, text=True, check=False, timeout=60)
            if "ptrace" in done.stderr:
                raise Skip("nothing can be traced here: " + done.stderr)
            assert done.returncode == -9, done
            d.start()
            d.silent(1)


def tocsind_itself_waits_for_no_daemon_that_runs():
    with daemon() as d:
        path = backup(d)
        before = d.ask("status")["pid"]
        done = subprocess.run([TOCSIND, "--restore", path, "--state", d.state], capture_output=True, text=True,
                              check=False, timeout=60)
        assert done.returncode == 75 and f"in use by tocsind (pid {before})" in done.stderr, done
        assert d.ask("status")["pid"] == before and not [n for n in os.listdir(d.state) if "re" in n]


def who_may_only_ask_gets_no_copy():
    if os.geteuid() != 0:
        raise Skip("only root can become another user")
    need("setpriv")
    try:
        group = grp.getgrgid(NOBODY).gr_name
    except KeyError:
        raise Skip(f"group {NOBODY} has no name here") from None
    other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if subprocess.run([*other, "test", "-x", TOCSINCTL], check=False).returncode:
        raise Skip(f"user {NOBODY} may not run what is built here")
    with Daemon() as d:
        os.chmod(d.dir, 0o777)
        d.start("--group", group)
        path = os.path.join(d.dir, "backup.db")
        done = subprocess.run([*other, TOCSINCTL, "--socket", d.runtime + "/control", "state", "backup", path],
                              capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 77 and "only the daemon's own user and root" in done.stderr, done
        assert not os.path.exists(path) and not [n for n in os.listdir(d.state) if "snapshot" in n]


def root_restores_for_the_daemons_user():
    if os.geteuid() != 0:
        raise Skip("only root can act for another user")
    need("setpriv")
    other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if subprocess.run([*other, "test", "-x", TOCSIND], check=False).returncode:
        raise Skip(f"user {NOBODY} may not run what is built here")
    with Daemon(wrap=other) as d:
        os.chmod(d.dir, 0o755)
        for path in (d.state, d.runtime):
            os.mkdir(path, 0o700)
            os.chown(path, NOBODY, NOBODY)
        d.start()
        d.drop("a.txt", "Alarm a.")
        d.rings(1)
        d.idle()
        path = backup(d)
        assert os.stat(path).st_uid == 0 and stat.S_IMODE(os.stat(path).st_mode) == 0o600
        d.stop()
        assert "what stood there is kept as" in restore(d, path)
        assert {os.stat(os.path.join(d.state, n)).st_uid for n in os.listdir(d.state)} == {NOBODY}
        d.start()
        d.silent(1)


run([
    a_backup_is_consistent_while_documents_arrive,
    nothing_that_is_there_is_overwritten,
    a_disk_that_is_full_leaves_no_half_a_backup,
    a_copy_that_was_left_behind_goes_with_the_next_start,
    what_the_backup_knows_does_not_ring_again,
    what_the_backup_had_queued_is_sent,
    what_cannot_be_used_changes_nothing,
    a_damaged_or_lost_store_is_replaced,
    killed_at_any_point_it_leaves_a_whole_store,
    tocsind_itself_waits_for_no_daemon_that_runs,
    who_may_only_ask_gets_no_copy,
    root_restores_for_the_daemons_user,
])
