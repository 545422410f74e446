#!/usr/bin/python3
"""Very many findings at once: a person hears of no more than the limits say, all are found afterwards, and what
waits for a web hook that is dead outlives a kill and arrives in its order.

    test_flood.py [FINDINGS [DELIVERIES]]   e.g. 10000 100000; by default so many as are quick
"""
import collections
import os
import random
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import run, until  # noqa: E402
from hook import HookDaemon, hook  # noqa: E402
from webserver import Recorder  # noqa: E402

FINDINGS = int(sys.argv[1]) if len(sys.argv) > 1 else 600
DELIVERIES = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
PATIENCE = 60 + (FINDINGS + DELIVERIES) / 50
TOPICS = 20 if DELIVERIES < 10000 else 500  # in one document


def count(d, where):
    with sqlite3.connect(f"file:{d.state}/tocsin.db?mode=ro", uri=True) as db:
        return db.execute(f"SELECT count(*) FROM delivery WHERE {where}").fetchone()[0]


def counted(d, where, n):
    until(lambda: count(d, where) >= n, f"{n} deliveries: {where}", PATIENCE)
    assert count(d, where) == n, (count(d, where), where)


def a_flood_rings_as_often_as_the_limits_say():
    with Recorder() as recorder:
        hooks = {"popup": hook(recorder.url + "/popup", per_minute=5), "few": hook(recorder.url + "/few"),
                 "all": hook(recorder.url + "/all")}
        with HookDaemon(hooks) as d:
            d.write_topics({"alarm": {"query": "alarm"}})
            d.config["routes"] = [{"notify": ["popup", "all"]}, {"notify": ["few"], "at-most": "3/1h"}]
            d.write_config()
            d.start()
            began = time.monotonic()
            for i in range(FINDINGS):
                d.drop(f"{i}.txt", f"Alarm {i} rang, and nobody knows why.\n")
            counted(d, "notifier = 'few'", FINDINGS)
            took = time.monotonic() - began
            print(f"# {FINDINGS} findings in {took:.1f} s", flush=True)
            until(lambda: count(d, "notifier = 'all' AND state = 'sent'") == FINDINGS, "all are told to the log",
                  PATIENCE)
            rang = collections.Counter(request.path for request in recorder.requests)
            minutes = 1 + int((time.monotonic() - began) / 60)
            assert rang["/few"] == 3, rang
            assert 5 <= rang["/popup"] <= 6 * minutes, (rang, minutes)
            assert rang["/all"] == FINDINGS, rang
            assert len(d.ask("alert", "list", f"limit={FINDINGS + 1}")) == FINDINGS


def article(number):
    """Every topic's word in a sentence of its own; no two articles tell one story."""
    chance = random.Random(number)
    return "\n\n".join(f"The {chance.getrandbits(64):x} of {chance.getrandbits(64):x} is word{i} to "
                       f"{chance.getrandbits(64):x}." for i in range(TOPICS)) + "\n"


def hanging(release):
    """A server that takes what it is sent, and never answers while it is so."""
    def handle(handler):
        if not release.is_set():
            release.wait()
            handler.close_connection = True
        else:
            handler.answer(204)
    return handle


def check_order(requests, n):
    """Each once, and none before an older one."""
    keys = [request.headers["idempotency-key"] for request in requests]
    assert len(set(keys)) == len(keys) == n, (len(set(keys)), len(keys), n)
    began = [request.json()["alerts"][0]["startsAt"] for request in requests]
    assert began == sorted(began), next((i, a, b) for i, (a, b) in enumerate(zip(began, began[1:])) if a > b)


def a_queue_outlives_a_kill_and_drains_oldest_first():
    documents, each = DELIVERIES // (2 * TOPICS), DELIVERIES // 2
    release = threading.Event()
    with Recorder() as recorder:
        recorder.answers.update({"/a": hanging(release), "/b": hanging(release)})
        hooks = {name: hook(f"{recorder.url}/{name}", timeout="10m") for name in "ab"}
        for one in hooks.values():
            one["deadline"] = "20m"
        with HookDaemon(hooks) as d:
            d.write_topics({f"topic{i}": {"query": f"word{i}"} for i in range(TOPICS)})
            d.config["routes"] = [{"notify": [name]} for name in hooks]
            d.write_config()
            d.start()
            for i in range(documents):
                d.drop(f"{i}.txt", article(i))
            counted(d, "state = 'queued'", 2 * each)
            d.process.kill()
            d.process.wait()
            before = len(recorder.requests)
            release.set()
            counted(d, "state = 'queued'", 2 * each)
            began = time.monotonic()
            d.start()
            counted(d, "state = 'sent'", 2 * each)
            print(f"# {2 * each} deliveries in {time.monotonic() - began:.1f} s", flush=True)
            for name in hooks:
                check_order([r for r in recorder.requests[before:] if r.path == f"/{name}"], each)


class Refusing:
    """A server that refuses; once `relents` is set, from the next try of what came first on it takes all."""

    def __init__(self):
        self.relents, self.first, self.taken = threading.Event(), None, []

    def __call__(self, handler):
        key = handler.told.headers["idempotency-key"]
        self.first = self.first or key
        takes = bool(self.taken) or self.relents.is_set() and key == self.first
        if takes:
            self.taken.append(handler.told)
        handler.answer(204 if takes else 503)


def tries(recorder):
    """How often each delivery was tried."""
    return collections.Counter(request.headers["idempotency-key"] for request in recorder.requests)


def what_was_refused_goes_oldest_first():
    """Each delivery has its own next try, spread by chance: still none that is younger, and none that is new,
    goes before one that waits; nor after a kill."""
    n = 30
    for kill in (False, True):
        with Recorder() as recorder:
            server = recorder.answers["/a"] = Refusing()
            with HookDaemon({"a": hook(recorder.url + "/a", retry="1s", retry_max="2s")}) as d:
                d.write_topics({"word": {"query": "word"}})
                d.start()
                for i in range(n):
                    d.drop(f"{i}.txt", f"The {random.Random(i).getrandbits(64):x} is a word.\n")
                    counted(d, "1", i + 1)
                until(lambda: len(tries(recorder)) == n and min(tries(recorder).values()) > 1, "all are refused twice")
                if kill:
                    d.process.kill()
                    d.process.wait()
                    d.start()
                server.relents.set()
                d.drop("new.txt", "Another word, of something else.\n")
                counted(d, "state = 'sent'", n + 1)
            check_order(server.taken, n + 1)


def what_is_refused_alone_holds_nobody_up():
    with Recorder() as recorder:
        recorder.answers["/a"] = lambda handler: handler.answer(503 if b"odd" in handler.told.body else 204)
        with HookDaemon({"a": hook(recorder.url + "/a", retry="1h", retry_max="1h")}) as d:
            d.write_topics({"odd": {"query": "odd"}, "even": {"query": "even"}})
            d.start()
            d.drop("odd.txt", "Something odd.\n")
            counted(d, "state = 'deferred'", 1)
            for i in range(10):
                d.drop(f"{i}.txt", f"The {random.Random(i).getrandbits(64):x} is even.\n")
                counted(d, "state = 'sent'", i + 1)
        bodies = [request.body for request in recorder.requests]
        assert sum(b"even" in body for body in bodies) == 10 and sum(b"odd" in body for body in bodies) <= 4, bodies


run([a_flood_rings_as_often_as_the_limits_say, a_queue_outlives_a_kill_and_drains_oldest_first,
     what_was_refused_goes_oldest_first, what_is_refused_alone_holds_nobody_up])
