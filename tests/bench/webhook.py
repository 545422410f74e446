#!/usr/bin/python3
"""Deliveries a second by the notifier `webhook`, through the whole daemon, to a local nginx that answers 204.

usage: tests/bench/webhook.py [N]   (in a built tree; see TOCSIN_BUILDDIR)

drain    N deliveries (5,000 unless said) wait in the store, as after a night without a network; then the
         receiver can be reached: deliveries a second until the store has them all as sent
through  N documents with one alert each, as fast as a program can write them: from the first close()
         until all are sent

Each is sent only after the commit that made it, and is `sent` only after the commit of its answer. The
state is in TMPDIR, else /var/tmp: a disk. Prints a table, and one line of JSON with the same figures.
"""
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import Daemon, until  # noqa: E402
from webserver import Nginx, Pki, free_port, tls_server  # noqa: E402

TOPICS = {"bench": {"query": "harbour"}}
ANSWER = "location / { return 204; }"


def notifier(url, ca, concurrency):
    return {"plugin": "webhook", "concurrency": concurrency, "options": {"url": url, "ca-file": ca}}


def states(d):
    with sqlite3.connect(f"file:{d.state}/tocsin.db?mode=ro", uri=True) as db:
        return dict(db.execute("SELECT state, count(*) FROM delivery GROUP BY state"))


def write_documents(d, n):
    for i in range(n):
        d.drop(f"{i % 100}/doc{i}.txt", f"Report {i} of town {i}. The harbour was busy on day {i}.")


def all_sent(d, n):
    """Seldom asked, because each question costs something, too."""
    def done():
        found = states(d)
        assert set(found) <= {"queued", "sent"}, found
        return found.get("sent", 0) >= n or time.sleep(0.2)
    until(done, f"{n} are sent", 300)


def span(d):
    """Seconds from the first commit of an answer to the last."""
    with sqlite3.connect(f"file:{d.state}/tocsin.db?mode=ro", uri=True) as db:
        first, last = db.execute("SELECT min(updated_ms), max(updated_ms) FROM delivery").fetchone()
    return (last - first) / 1000


def drain(url, ca, concurrency, n):
    with Daemon(topics=TOPICS) as d:
        # It does not start: what is to be sent waits.
        d.config["notifiers"] = {"hook": notifier("ftp://none/", ca, concurrency)}
        d.write_config()
        d.start()
        write_documents(d, n)
        until(lambda: states(d).get("queued", 0) >= n or time.sleep(0.2), "all are queued", 300)
        until(lambda: d.ask("status")["documents"]["known"] >= n, "all are known")
        d.config["notifiers"] = {"hook": notifier(url, ca, concurrency)}
        d.write_config()
        d.ask("reload")
        all_sent(d, n)  # and one more, the trouble that it did not start
        return n / span(d)


def through(url, ca, concurrency, n):
    with Daemon(topics=TOPICS) as d:
        d.config["notifiers"] = {"hook": notifier(url, ca, concurrency)}
        d.write_config()
        d.start()
        began = time.time()
        write_documents(d, n)
        all_sent(d, n)
        with sqlite3.connect(f"file:{d.state}/tocsin.db?mode=ro", uri=True) as db:
            (last,) = db.execute("SELECT max(updated_ms) FROM delivery").fetchone()
        return n / (last / 1000 - began)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    tempfile.tempdir = os.environ.get("TMPDIR", "/var/tmp")
    directory = tempfile.mkdtemp(prefix="tocsin-bench-")
    figures = {}
    try:
        keys = Pki(directory)
        plain, tls = free_port(), free_port()
        with Nginx(f"server {{ listen 127.0.0.1:{plain}; {ANSWER} }}", tls_server(tls, keys, "good", ANSWER)):
            urls = {"http": f"http://127.0.0.1:{plain}/hook", "https": f"https://localhost:{tls}/hook"}
            print(f"deliveries/s, {n} at a time; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            print("concurrency            1        2        4        8")
            for name, measure in (("drain", drain), ("through", through)):
                for scheme, url in urls.items():
                    rates = {c: round(measure(url, keys.file("ca.pem"), c, n)) for c in (1, 2, 4, 8)}
                    figures[f"{name} {scheme}"] = rates
                    print(f"{name + ' ' + scheme:15}" + "".join(f"{rate:9}" for rate in rates.values()), flush=True)
    finally:
        shutil.rmtree(directory)
    print(json.dumps({"deliveries_per_second": figures, "n": n}))


main()
