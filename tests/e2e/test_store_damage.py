#!/usr/bin/python3
"""The store itself under fire: damaged in every way, of another age, killed while it is begun or migrated.

usage: test_store_damage.py [N]     so many kills and flipped bits, default 2; TOCSIN_FIRE_HITS is the same
"""
import contextlib
import glob
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from fire import FireDaemon, say  # noqa: E402
from harness import TIMEOUT, Skip, need, run, until  # noqa: E402
from webserver import Recorder  # noqa: E402

N = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TOCSIN_FIRE_HITS", "2"))
OLD_STORE = os.path.join(os.path.dirname(__file__), "stores", "schema-1.sql")
N_OLD, N_OLD_TOLD = 4, 3  # the documents that it knows, and those of them that were told
EX_IOERR, EX_CONFIG = 74, 78


def store_of(d):
    return os.path.join(d.state, "tocsin.db")


def contents(path):
    with open(path, "rb") as f:
        return f.read()


@contextlib.contextmanager
def fire(**options):
    with Recorder() as recorder, FireDaemon(recorder, **options) as d:
        yield d


@contextlib.contextmanager
def lived_in():
    """A daemon that has told of two documents and was ended, all of it in one file."""
    with fire() as d:
        d.start()
        d.feed(2)
        d.drained()
        d.stop()
        yield d


def losses(d):
    """What the receiver was told of the store, by delivery."""
    told = {}
    for request in list(d.toll.recorder.requests):
        for alert in request.json()["alerts"]:
            if alert["labels"]["detector"] == "tocsin" and alert["labels"]["alertname"] == "store":
                told[request.headers["idempotency-key"]] = alert["annotations"]["summary"]
    return told


# ---- damage ----

def assert_loss_is_seen(d, cause):
    """By whoever gets alerts, asks for the status, asks the doctor, reads the log; the damaged store is kept
    as it was, what was there rings nobody, and what is new does."""
    was = contents(store_of(d))
    d.start()
    (told,) = until(lambda: losses(d), "the loss is told").values()
    aside = glob.glob(d.state + "/tocsin.db.damaged-*Z")
    assert len(aside) == 1 and contents(aside[0]) == was, aside
    for text in (told, d.ask("status")["store_lost"], d.log()):
        assert f"was damaged and is kept as {aside[0]}: " in text and cause in text, text
    code, text, _ = d.ctl("status", output="text")
    assert code == 0 and aside[0] in text, text
    _, text, _ = d.ctl("doctor", output="text")
    assert aside[0] in text, text
    d.feed()
    d.drained()
    # All was told again or nothing of it: a first start with `all` has no say here.
    assert all(sum(keys.values()) == 1 for keys in d.toll.look().values()), d.toll
    d.restart()
    d.feed()
    d.drained()
    assert len(losses(d)) == 1 and "store_lost" not in d.ask("status")


def harmed(harm, cause):
    def test():
        with lived_in() as d:
            harm(store_of(d))
            assert_loss_is_seen(d, cause)
    test.__name__ = f"a_store_that_is_{harm.__name__}_is_kept_aside_and_the_loss_is_seen"
    return test


def truncated(path):
    os.truncate(path, os.stat(path).st_size // 2)


def emptied(path):
    os.truncate(path, 0)


def overwritten(path):
    with open(path, "r+b") as f:
        f.write(b"garbage")


def foreign(path):
    os.unlink(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE notes(text); INSERT INTO notes VALUES('mine'); PRAGMA user_version = 3")


def without_a_table(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE mute")


def flipped_in_its_schema(path):
    """One bit of a column's name."""
    data = bytearray(contents(path))
    at = data.index(b"next_ms INTEGER")
    data[at] ^= 1
    with open(path, "wb") as f:
        f.write(data)


def flipped_in_an_indexs_condition(path):
    """The statements that ask for it by name could not be made."""
    data = bytearray(contents(path))
    data[data.index(b"deferred", data.index(b"CREATE INDEX delivery_open"))] ^= 1
    with open(path, "wb") as f:
        f.write(data)


def rings_in_the_end(d):
    """As under systemd: one that ends over damage is started again."""
    for _ in range(3):
        d.start(ready=False)
        until(lambda: d.process.poll() is not None or d.is_ready(), "it is ready")
        path = d.feed()
        until(lambda path=path: path in d.toll.look() or d.process.poll() is not None, "what is new rings")
        if path in d.toll.look():
            return
        assert d.process.wait() == EX_IOERR, d.log()
        d.process = None
    raise AssertionError("it ended three times")


def any_bit_that_flips_stops_nothing_for_good():
    """Most of a store's bytes are what documents said, which nothing protects; whatever the bit is, the
    daemon says that the store is damaged, or works."""
    with fire() as d:
        d.start()
        d.feed(100)
        d.drained()
        d.stop()
        whole = contents(store_of(d))
        n_seen = 0
        for _ in range(5 * N):
            data = bytearray(whole)
            bit = random.randrange(len(data) * 8)
            data[bit // 8] ^= 1 << bit % 8
            shutil.rmtree(d.state)
            os.mkdir(d.state, 0o700)
            with open(store_of(d), "wb") as f:
                f.write(data)
            try:
                rings_in_the_end(d)
            except BaseException:
                say(f"bit {bit} of {len(data) * 8}")
                raise
            n_seen += bool(glob.glob(d.state + "/*.damaged-*"))
            assert d.stop() == 0
        say(f"{5 * N} bits flipped, one at a time: {n_seen} were seen and the store kept aside")


def damage_that_is_met_at_work_ends_it_for_the_next_start_to_mend():
    """Whatever it has in its caches, sooner or later it reads one of the pages that are gone."""
    with fire() as d:
        d.start()
        d.feed(300, padding=os.urandom(10000).hex().encode())
        d.drained()
        d.restart()  # all of it is in the one file
        with open(store_of(d), "r+b") as f:
            f.seek(8192)
            f.write(b"\xa5" * (os.stat(store_of(d)).st_size - 8192))

        def has_ended():
            d.feed()
            d.ctl("document", "list")
            return d.process.poll()
        assert until(has_ended, "it ends") == EX_IOERR
        assert "the store is damaged (" in d.log() and os.path.exists(store_of(d) + "-check")
        told = d.toll.look().keys()
        d.toll.wanted &= set(told)  # what came to a store that was damaged is part of the loss
        d.process = None
        d.start()
        until(lambda: losses(d), "the loss is told")
        d.feed()
        d.drained()
        assert not os.path.exists(store_of(d) + "-check")


def a_damaged_index_of_words_is_made_anew():
    """Its pages are sound, what they say is not; it is met when the next alert's words come in."""
    with fire() as d:
        d.start()
        d.feed(20)
        d.drained()
        d.stop()
        with contextlib.closing(sqlite3.connect(store_of(d))) as db:
            db.execute("UPDATE alert_words_data SET block = zeroblob(length(block))")
            db.commit()
        rings_in_the_end(d)
        d.drained()
        assert "its index of words was made anew" in d.log(), d.log()
        assert not glob.glob(d.state + "/tocsin.db*-*Z") and not losses(d)
        found = d.ask("alert", "search", "harbour")
        assert len(found) == d.n, (len(found), d.n)
        assert d.stop() == 0
        with contextlib.closing(sqlite3.connect(store_of(d))) as db:
            db.execute("INSERT INTO alert_words(alert_words) VALUES('integrity-check')")


def a_loss_is_seen_though_the_start_is_killed():
    with lived_in() as d:
        for _ in range(N):
            truncated(store_of(d))
            before = len(losses(d))
            d.start(ready=False)
            time.sleep(random.uniform(0, 0.15))
            d.kill()
            d.start()
            until(lambda before=before: len(losses(d)) > before, "the loss is told")
            d.feed()
            d.drained()
            assert all(sum(keys.values()) == 1 for keys in d.toll.look().values()), d.toll
            d.stop()


# ---- other ages ----

def a_newer_store_is_left_as_it_is():
    with lived_in() as d:
        with contextlib.closing(sqlite3.connect(store_of(d))) as db:
            db.execute("PRAGMA user_version = 99")
        was = d.kept()
        assert [name for name in was if "index/" not in name] == ["tocsin.db"]
        done = subprocess.run(d.command(), stderr=subprocess.PIPE, check=False, timeout=TIMEOUT)
        assert done.returncode == EX_CONFIG and b"newer tocsin (schema 99" in done.stderr, done
        now = d.kept()
        assert now == was, sorted(now)


def put_old_store(d):
    """What it knows is in the folder; its last document was not told yet."""
    shutil.rmtree(d.state, ignore_errors=True)
    os.mkdir(d.state, 0o700)
    with open(OLD_STORE, encoding="utf-8") as f:
        text = f.read().replace("/ROOT", d.folder)
    with contextlib.closing(sqlite3.connect(store_of(d))) as db:
        db.executescript(text)


def assert_old_store_is_known(d):
    """Nothing of it rings again, what was queued does, and what is new."""
    before = sum(n for keys in d.toll.look().values() for n in keys.values())
    d.start()
    path = d.feed()
    until(lambda: path in d.toll.look(), "what is new rings")
    d.idle()
    told = {os.path.basename(p): sum(keys.values()) for p, keys in d.toll.look().items()}
    assert not any(told.get(f"{n}.txt") for n in range(1, N_OLD_TOLD + 1)), told
    assert told[f"{N_OLD}.txt"] and sum(told.values()) - before == 2, told
    assert not glob.glob(d.state + "/*.damaged-*")
    d.stop()
    os.unlink(path)


def an_older_store_is_migrated():
    with fire() as d:
        d.feed(N_OLD)
        put_old_store(d)
        assert_old_store_is_known(d)


def version(d):
    """What a start would find, with the log."""
    return d.rows("PRAGMA user_version")[0][0]


def killed_at(d, call, when, *paths):
    """Kills a starting daemon as it enters a system call for the so-manieth time; False: it got by."""
    need("strace")
    command = ["strace", "-qq", "-o", "/dev/null", *(a for p in paths for a in ("-P", p)), "-e", f"trace={call}",
               "-e", f"inject={call}:signal=SIGKILL:when={when}", *d.command("--once")]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, timeout=TIMEOUT,
                          env=d.env)
    if b"ptrace" in done.stderr:
        raise Skip(f"nothing can be traced here: {done.stderr}")
    return done.returncode == -9


def killed_while_it_migrates_it_migrates_at_the_next_start():
    """At writes that the migration makes (the long mode: at each of them); the schema that is left says so."""
    with fire() as d:
        d.feed(N_OLD)
        hits = 0
        when = 1
        while when:
            put_old_store(d)
            killed = killed_at(d, "pwrite64", when, store_of(d) + "-wal")
            if not killed or version(d) != 1 or (N < 20 and hits == N):
                break
            hits += 1
            assert_old_store_is_known(d)
            when += 1 if N >= 20 else random.randint(2, 20)
        say(f"{hits} kills in migration, each left the old schema")
        assert hits >= N, hits


def killed_while_it_begins_it_begins_at_the_next_start():
    with fire() as d:
        d.config["notifiers"] = {}  # the start that is killed tells nobody
        d.feed(2)
        hits = 0
        for call, whens in (("pwrite64", range(1, 200, 1 if N >= 20 else 29)), ("fdatasync", (1, 2, 3)),
                            ("fsync", (1,)), ("?rename,?renameat,?renameat2", (1,)), ("unlink", range(1, 6))):
            for when in whens:
                shutil.rmtree(d.state, ignore_errors=True)
                d.write_config()
                if not killed_at(d, call, when):
                    break
                hits += not os.path.exists(store_of(d))
        say(f"{hits} kills before there was a store")
        assert hits >= N


run([
    harmed(truncated, "malformed"),
    harmed(emptied, "it is empty"),
    harmed(overwritten, "not a database"),
    harmed(foreign, "not a store of tocsin"),
    harmed(without_a_table, "schema"),
    harmed(flipped_in_its_schema, "schema"),
    harmed(flipped_in_an_indexs_condition, "schema"),
    any_bit_that_flips_stops_nothing_for_good,
    damage_that_is_met_at_work_ends_it_for_the_next_start_to_mend,
    a_damaged_index_of_words_is_made_anew,
    a_loss_is_seen_though_the_start_is_killed,
    a_newer_store_is_left_as_it_is,
    an_older_store_is_migrated,
    killed_while_it_migrates_it_migrates_at_the_next_start,
    killed_while_it_begins_it_begins_at_the_next_start,
])
