#!/usr/bin/python3
"""The listener for metrics: what it serves, that a real Prometheus is content with it, that nobody
holds it up, and that its host may die or hang without harm."""
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, SRC, Daemon, Skip, daemon, need, run, until  # noqa: E402

SILENCE = 10  # seconds, after which a connection that says nothing is closed
PATIENCE = 5  # for the daemon's answer


def free_port(family=socket.AF_INET, host="127.0.0.1"):
    with socket.socket(family) as s:
        s.bind((host, 0))
        return s.getsockname()[1]


def listening(host="127.0.0.1", **options):
    """A daemon, not started, that is to listen."""
    if not os.path.exists(os.path.join(PLUGINS, "metrics.so")):
        raise Skip("the plugin metrics is not built")
    d = Daemon(**options)
    d.host, d.port = host, free_port(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    set_listen(d, f"[{host}]:{d.port}" if ":" in host else f"{host}:{d.port}")
    return d


def set_listen(d, address):
    d.config["metrics"] = {"listen": address}
    d.write_config()


def state(d):
    return d.ask("status")["metrics"]


def up(d):
    until(lambda: state(d)["state"] == "up", "the listener is up")
    return d


def exporters(d):
    return [h["pid"] for h in d.ask("status")["hosts"] if h["role"] == "exporter"]


def ask(d, path, method="GET", body=None, timeout=30):
    """Status, headers and body of one request on a connection of its own."""
    connection = http.client.HTTPConnection(d.host, d.port, timeout=timeout)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def value(d, line):
    """The value of one line of /metrics."""
    status, _, text = ask(d, "/metrics")
    assert status == 200, (status, text)
    (found,) = [row.rsplit(" ", 1)[1] for row in text.splitlines() if row.rsplit(" ", 1)[0] == line]
    return float(found)


def troubles(d, kind="open"):
    return [a for a in d.ask("alert", "list") if a["detector"] == "tocsin" and a["state"] == kind]


# ---- what is served ----

def pages_are_served_to_this_machine():
    for host in ("127.0.0.1", "::1"):
        try:
            d = listening(host)
        except OSError:
            continue  # no IPv6 here
        with d:
            up(d.start())
            d.drop("a.txt", "An alarm.")
            d.rings(1)
            d.idle()
            status, headers, text = ask(d, "/metrics")
            assert status == 200 and headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            assert headers["Connection"] == "close" and int(headers["Content-Length"]) == len(text.encode())
            names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
            assert names == set(d.ask("metrics")), names
            assert 'tocsin_documents_total{source="docs",result="read"} 1\n' in text, text
            assert 'tocsin_hosts{role="exporter"} 1\n' in text, text
            status, _, body = ask(d, "/metrics", "HEAD")
            assert status == 200 and body == ""
            assert ask(d, "/-/healthy")[::2] == (200, "healthy\n")
            assert ask(d, "/-/ready")[::2] == (200, "ready\n")
            assert ask(d, "/metrics?x=1")[0] == 200
            for path in ("/", "/metrics/", "/metric", "/-/", "/../metrics", "/%00"):
                status, _, body = ask(d, path)
                assert status == 404 and "/metrics" in body, (path, status, body)
            for method in ("POST", "PUT", "DELETE", "OPTIONS", "NONSENSE"):
                status, headers, _ = ask(d, "/metrics", method, "body" if method[0] == "P" else None)
                assert status == 405 and headers["Allow"] == "GET, HEAD", (method, status)
            out = d.ctl("status", output="text")[1]
            address = d.config["metrics"]["listen"]
            assert f"metrics: http://{address}/metrics  up\n" in out, out
            (host_line,) = [line for line in out.splitlines() if line.startswith("  metrics  ready")]
            assert "no_new_privs" in host_line and "landlock" in host_line, host_line
            # It is for this machine alone, and one request a connection.
            with open("/proc/net/tcp6" if ":" in host else "/proc/net/tcp", encoding="ascii") as f:
                sockets = [line.split() for line in f if f":{d.port:04X} " in line]
            (local,) = [s[1] for s in sockets if s[3] == "0A"]
            assert local.split(":")[0] in ("0100007F", "00000000000000000000000001000000"), local
            # A check of the configuration does not mind that the daemon listens there already.
            code, _, said = d.ctl("config", "check", output="text")
            assert code == 0, said


def without_it_nobody_listens():
    with daemon() as d:
        assert state(d) == {"listen": "none", "state": "off", "why": ""}
        assert "metrics:" not in d.ctl("status", output="text")[1]
        assert not exporters(d)


def other_addresses_are_refused_with_the_reason():
    with listening() as d:
        up(d.start())
        for address, said in (("0.0.0.0:9464", "other machines may reach"), ("[::]:9464", "other machines may reach"),
                              ("localhost:9464", "no address with a port"), ("127.0.0.1", "no address with a port"),
                              ("127.0.0.1:0", "no port from 1 to 65535")):
            set_listen(d, address)
            for command in (("config", "check"), ("reload",)):
                code, _, errors = d.ctl(*command, output="text")
                assert code == 78 and said in errors and "tocsin.yaml:" in errors, (command, code, errors)
        assert ask(d, "/-/healthy")[0] == 200, "the one in force stays"


# ---- a real Prometheus ----

@contextlib.contextmanager
def prometheus(d):
    """Runs one on the example's configuration, made for this daemon's port; gives its own port."""
    need("prometheus")
    folder = os.path.join(SRC, "conf", "examples", "prometheus")
    with open(os.path.join(folder, "prometheus.yaml"), encoding="utf-8") as f:
        text = f.read()
    assert text.count("'127.0.0.1:9464'") == 1 and text.count("15s") == 2 and text.count("- tocsin.rules.yaml") == 1
    text = text.replace("127.0.0.1:9464", f"127.0.0.1:{d.port}", 2).replace("15s", "1s")
    text = text.replace("- tocsin.rules.yaml", "- " + os.path.join(folder, "tocsin.rules.yaml"))
    config = os.path.join(d.dir, "prometheus.yaml")
    with open(config, "w", encoding="utf-8") as f:
        f.write(text)
    port = free_port()
    with open(os.path.join(d.dir, "prometheus.log"), "wb") as log:
        process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={d.dir}/tsdb", "--log.level=warn",
             f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(60)


def query(port, path, **args):
    url = f"http://127.0.0.1:{port}/api/v1/{path}?{urllib.parse.urlencode(args)}"
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            answer = json.load(response)
    except OSError:
        return None  # not up yet
    assert answer["status"] == "success", answer
    return answer["data"]


def read_back(port, expression):
    """The one value that the expression has there, None while there is none."""
    data = query(port, "query", query=expression)
    result = data["result"] if data else []
    assert len(result) < 2, result
    return float(result[0]["value"][1]) if result else None


def a_real_prometheus_scrapes_it():
    with listening() as d:
        up(d.start())
        with prometheus(d) as port:
            until(lambda: read_back(port, 'up{job="tocsin"}') == 1, "Prometheus says up")
            for i in range(3):
                d.drop(f"{i}.txt", f"Report {i}. An alarm rang.")
            d.rings(3)
            until(lambda: read_back(port, 'tocsin_documents_total{source="docs",result="read"}') == 3, "it read 3")
            until(lambda: read_back(port, 'tocsin_deliveries_total{notifier="stdout",result="sent"}') == 3, "3 sent")
            assert read_back(port, 'tocsin_detect_duration_seconds_count{detector="topics"}') == 3
            quantile = "histogram_quantile(0.9, tocsin_detect_duration_seconds_bucket)"
            assert 0 < read_back(port, quantile) < 10
            # Every metric came over, with its type and its words.
            metadata = query(port, "metadata")
            families = d.ask("metrics")
            for name, family in families.items():
                (said,) = [m for m in metadata[name] if m["help"] == family["help"]]
                assert said["type"] == family["type"], (name, said)
            (target,) = query(port, "targets")["activeTargets"]
            assert target["health"] == "up" and target["lastError"] == "", target
            (group,) = query(port, "rules")["groups"]
            assert all(rule["health"] in ("ok", "unknown") for rule in group["rules"]), group
            # What it sees of a folder that goes, and of a daemon that ends.
            os.rename(d.folder, d.folder + ".gone")
            until(lambda: read_back(port, 'tocsin_source_state{state="unavailable"} == 1') == 1, "it sees it go")
            d.stop()
            until(lambda: read_back(port, 'up{job="tocsin"}') == 0, "Prometheus says down")


# ---- ready, or not ----

def it_is_not_ready_while_the_store_cannot_be_written():
    need("prlimit")
    with listening(wrap=["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh"]) as d:
        up(d.start())

        def limit(size):
            subprocess.run(["prlimit", "--pid", str(d.process.pid), f"--fsize={size}:"], check=True)
        assert value(d, "tocsin_store_failing") == 0
        limit(32768)  # a page is smaller, what the store writes for a document is not
        d.drop("a.txt", "An alarm.")
        until(lambda: ask(d, "/-/ready")[0] == 503, "it is not ready")
        status, _, why = ask(d, "/-/ready")
        assert status == 503 and why.startswith("the store cannot be written: "), (status, why)
        assert ask(d, "/-/healthy")[0] == 200
        assert value(d, "tocsin_store_failing") == 1 and value(d, "tocsin_store_faults_total") == 1
        assert value(d, "tocsin_store_backlog_operations") > 0
        limit("unlimited")
        until(lambda: ask(d, "/-/ready")[0] == 200, "it is ready again")
        rang = d.rings(2)  # the document, and that the store had failed
        assert {r["detector"] for r in rang} == {"topics", "tocsin"}, rang
        assert value(d, "tocsin_store_failing") == 0 and value(d, "tocsin_store_faults_total") == 1


def a_daemon_that_does_not_answer_is_not_waited_for():
    with listening() as d:
        up(d.start())
        d.process.send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            for path in ("/metrics", "/-/ready"):
                status, _, text = ask(d, path)
                assert status == 503 and text == "the daemon does not answer\n", (status, text)
            took = time.monotonic() - began
            assert 2 * PATIENCE <= took < 2 * PATIENCE + 10, took
            assert ask(d, "/-/healthy")[0] == 200
        finally:
            d.process.send_signal(signal.SIGCONT)
        until(lambda: ask(d, "/metrics")[0] == 200, "it answers again")
        assert value(d, 'tocsin_host_starts_total{role="exporter"}') == 1, "late answers do no harm"


# ---- bad company ----

def slow_ones_hold_up_nobody():
    with listening() as d:
        up(d.start())
        slow = []
        try:
            for i in range(60):
                s = socket.create_connection((d.host, d.port), timeout=60)
                s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"y" * (i % 7))
                slow.append(s)
                if i % 10 == 9:
                    began = time.monotonic()
                    assert ask(d, "/-/ready")[0] == 200
                    assert time.monotonic() - began < SILENCE / 2
            # The oldest have gone, the latest are still there: silence ends them.
            slow[0].settimeout(SILENCE / 2)
            with contextlib.suppress(ConnectionResetError):
                assert slow[0].recv(1) == b""
            began = time.monotonic()
            with contextlib.suppress(ConnectionResetError):
                while slow[-1].recv(4096):
                    pass
            assert time.monotonic() - began < 3 * SILENCE
        finally:
            for s in slow:
                s.close()
        # Who does not read what it asked for.
        deaf = [socket.create_connection((d.host, d.port), timeout=60) for _ in range(20)]
        try:
            for s in deaf:
                s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            assert ask(d, "/metrics")[0] == 200
        finally:
            for s in deaf:
                s.close()
        assert len(exporters(d)) == 1 and value(d, 'tocsin_host_starts_total{role="exporter"}') == 1


def nonsense_is_answered_or_cut_off():
    with listening() as d:
        up(d.start())
        for sent in (b"\x00\xff\x16\x03\x01 nonsense\r\n\r\n", b"GET\r\n\r\n", b"\r\n" * 5000,
                     b"GET /" + b"a" * 30000 + b" HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 30000 + b"\r\n\r\n",
                     b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
                     b"GET /metrics HTTP/9.9\r\n\r\n", b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                     b"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n"):
            with socket.create_connection((d.host, d.port), timeout=3 * SILENCE) as s:
                said = b""
                with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                    s.sendall(sent)
                    while more := s.recv(4096):
                        said += more
            assert not said or said.startswith(b"HTTP/1."), (sent[:40], said[:200])
            assert len(said) < 100000 and b"200 OK" not in said.split(b"\r\n")[0] or sent.startswith(b"GET /metrics"), said
            assert ask(d, "/-/ready")[0] == 200, sent[:40]
        assert value(d, 'tocsin_host_starts_total{role="exporter"}') == 1
        # Two requests at once: one is answered.
        with socket.create_connection((d.host, d.port), timeout=60) as s:
            s.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
            said = b""
            with contextlib.suppress(ConnectionResetError):
                while more := s.recv(4096):
                    said += more
            assert said.count(b"HTTP/1.1 200 OK") == 1 and b"Connection: close" in said, said


# ---- its host ----

def a_host_that_dies_is_replaced_and_counted():
    with listening() as d:
        up(d.start())
        (first,) = exporters(d)
        d.kill_hosts("exporter")
        until(lambda: exporters(d) not in ([], [first]), "another is started")
        up(d)
        ends = 'tocsin_host_ends_total{role="exporter",end="crashed"}'
        assert value(d, ends) == 1 and value(d, 'tocsin_host_starts_total{role="exporter"}') == 2
        assert not troubles(d), "once is no trouble"
        assert "the listener for metrics: metrics was killed" in d.log(), d.log()
        # One that never lives to answer is.
        for deaths in (1, 2, 3):
            d.kill_hosts("exporter")
            until(lambda: sum(s["value"] for s in d.ask("metrics")["tocsin_host_ends_total"]["samples"]
                              if s["labels"] == {"role": "exporter", "end": "crashed"}) == 1 + deaths, "it died")
            if deaths < 3:
                until(lambda: exporters(d), "another is started")
                up(d)
        (alert,) = until(lambda: troubles(d), "an alert is made")
        assert alert["headline"].startswith("The listener for metrics does not work: "), alert
        assert state(d)["state"] in ("down", "up")
        until(lambda: exporters(d), "yet another is started")
        up(d)
        assert ask(d, "/metrics")[0] == 200
        until(lambda: not troubles(d) and troubles(d, "closed"), "the trouble is over")


def waiting_in(pid, task):
    """The kernel's function in which a thread waits; "0" while it runs, and where that is a secret."""
    with open(f"/proc/{pid}/task/{task}/wchan", encoding="ascii") as f:
        return f.read()


def waits_for_the_daemon(pid):
    """Whether a thread of the host waits for a page."""
    return any("futex" in waiting_in(pid, task) for task in os.listdir(f"/proc/{pid}/task"))


def a_host_that_hangs_is_replaced():
    with listening() as d:
        up(d.start())
        (pid,) = exporters(d)
        try:
            until(lambda: waiting_in(pid, pid) != "0", "its idle thread waits", 5)
        except AssertionError:
            raise Skip("this kernel does not tell where a thread waits") from None
        d.process.send_signal(signal.SIGSTOP)
        caller = threading.Thread(target=lambda: ask_in_vain(d))
        try:
            caller.start()
            until(lambda: waits_for_the_daemon(pid), "the host has asked")
            os.kill(pid, signal.SIGSTOP)
        finally:
            d.process.send_signal(signal.SIGCONT)
        until(lambda: pid not in exporters(d), "the daemon gives it up")
        caller.join()
        assert "the listener for metrics: metrics took longer than 10s" in d.log(), d.log()
        until(lambda: exporters(d), "another is started")
        up(d)
        assert value(d, 'tocsin_host_ends_total{role="exporter",end="hung"}') == 1


def ask_in_vain(d):
    with contextlib.suppress(OSError, http.client.HTTPException):
        ask(d, "/metrics")


# ---- the configuration ----

def a_reload_moves_it_and_leaves_it_alone():
    with listening() as d:
        up(d.start())
        (pid,) = exporters(d)
        d.config["folders"]["docs"]["max-size"] = "1M"
        d.write_config()
        d.ask("reload")
        assert exporters(d) == [pid], "nothing of it changed"
        # To another port: the old one is closed.
        old, d.port = d.port, free_port()
        set_listen(d, f"127.0.0.1:{d.port}")
        d.ask("reload")
        until(lambda: exporters(d) not in ([], [pid]), "a new host is there")
        up(d)
        assert ask(d, "/-/healthy")[0] == 200
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", old)).close()
            raise AssertionError("the old port is still open")
        # To one where another listens: refused, and nothing changes.
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            taken = other.getsockname()[1]
            set_listen(d, f"127.0.0.1:{taken}")
            code, _, errors = d.ctl("reload", output="text")
            assert code == 78, errors
            assert f"cannot listen on 127.0.0.1:{taken}: Address already in use (another program" in errors, errors
            assert ask(d, "/-/healthy")[0] == 200
        # Off.
        del d.config["metrics"]
        d.write_config()
        d.ask("reload")
        until(lambda: not exporters(d), "its host has ended")
        assert state(d)["state"] == "off"
        assert not troubles(d) and not troubles(d, "closed")


def a_port_that_is_taken_at_the_start_is_trouble_until_it_is_free():
    with listening() as d:
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind((d.host, d.port))
            other.listen()
            d.start()
            (alert,) = until(lambda: troubles(d), "an alert is made")
            assert "cannot listen on" in alert["headline"] and "already in use" in alert["headline"], alert
            assert state(d)["state"] == "down" and "already in use" in state(d)["why"], state(d)
            assert "  down: " in d.ctl("status", output="text")[1]
            d.drop("a.txt", "An alarm.")  # everything else goes on
            until(lambda: [r for r in d.rang() if r["detector"] == "topics"], "the alarm rings")
        up(d)
        assert ask(d, "/metrics")[0] == 200
        until(lambda: not troubles(d) and troubles(d, "closed"), "the trouble is over")


run([
    pages_are_served_to_this_machine,
    without_it_nobody_listens,
    other_addresses_are_refused_with_the_reason,
    a_real_prometheus_scrapes_it,
    it_is_not_ready_while_the_store_cannot_be_written,
    a_daemon_that_does_not_answer_is_not_waited_for,
    slow_ones_hold_up_nobody,
    nonsense_is_answered_or_cut_off,
    a_host_that_dies_is_replaced_and_counted,
    a_host_that_hangs_is_replaced,
    a_reload_moves_it_and_leaves_it_alone,
    a_port_that_is_taken_at_the_start_is_trouble_until_it_is_free,
])
