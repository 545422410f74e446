#!/usr/bin/python3
"""The notifier `webhook` before real servers: what it posts, what each answer means, that it keeps its
connections and sends nothing twice in one attempt."""
import contextlib
import email.utils
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import SRC, run, until, yaml  # noqa: E402
from hook import TEXT, HookDaemon, hook, signature_is_good  # noqa: E402
from webserver import Nginx, Pki, Recorder, free_port, tls_server  # noqa: E402

SECRET = "whsec_" + "c2VjcmV0IG9mIHR3ZW50eS1mb3VyIGJ5dGVzIQ=="


@contextlib.contextmanager
def pki():
    directory = tempfile.mkdtemp(prefix="tocsin-pki-")
    try:
        yield Pki(directory)
    finally:
        shutil.rmtree(directory)


@contextlib.contextmanager
def daemon(hooks, **options):
    with HookDaemon(hooks, **options) as d:
        d.start()
        yield d


# ---- answers ----

def http_date(seconds):
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


LOCATIONS = """
    location / { proxy_pass RECORDER; proxy_buffering off; }
    location = /200 { return 200 "fine"; }
    location = /204 { return 204; }
    location = /400 { return 400 "no such field"; }
    location = /401 { return 401; }
    location = /404 { return 404; }
    location = /410 { return 410; }
    location = /425 { return 425; }
    location = /429 { return 429; }
    location = /429-seconds { add_header Retry-After 30 always; return 429 "slow down"; }
    location = /429-date { add_header Retry-After "DATE" always; return 429; }
    location = /429-forever { add_header Retry-After 99999999 always; return 429; }
    location = /500 { return 500; }
    location = /503-seconds { add_header Retry-After 120 always; return 503; }
    location = /599 { return 599; }
    location = /cut { return 444; }
    location = /redirect-307 { return 307 /moved; }
    location = /redirect-301 { return 301 https://localhost:PORT/moved; }
    location = /redirect-loop { return 308 /redirect-loop; }
    location = /redirect-303 { return 303 /moved; }
    location = /redirect-scheme { return 307 http://localhost:PLAIN/moved; }
    location = /redirect-port { return 307 https://localhost:OTHER/moved; }
    location = /redirect-host { return 307 https://127.0.0.1:PORT/moved; }
    location = /redirect-out { return 307 https://elsewhere.example/services/s3cret?token=t0ken; }
    location = /10M { error_page 404 =200 /10M.bin; }
    location = /10M-500 { error_page 404 =500 /10M.bin; }
    location = /10M.bin { access_log {dir}/big.log big; root {dir}; }
"""

# The state after the first attempt, what its reason says, and the delay before the next one, seconds.
ANSWERS = {
    "200": ("sent", r"^$", None),
    "204": ("sent", r"^$", None),
    "400": ("dead", r"^HTTP 400 from localhost:\d+: “no such field”$", None),
    "401": ("dead", r"^HTTP 401 from localhost:\d+ \(look at token, login or headers\)", None),
    "404": ("dead", r"^HTTP 404 from localhost:\d+ \(look at url\)", None),
    "408": ("deferred", r"^HTTP 408 ", (48, 72)),
    "410": ("dead", r"^HTTP 410 ", None),
    "425": ("deferred", r"^HTTP 425 ", (48, 72)),
    "429": ("deferred", r"^HTTP 429 ", (48, 72)),
    "429-seconds": ("deferred", r"^HTTP 429 from localhost:\d+, again in 30s: “slow down”$", (29, 31)),
    "429-date": ("deferred", r"^HTTP 429 from localhost:\d+, again in ", (1, 300)),
    "429-forever": ("deferred", r"again in 6h", (6 * 3600 - 1, 6 * 3600 + 1)),
    "500": ("deferred", r"^HTTP 500 from localhost:\d+: “<html>", (48, 72)),
    "503-seconds": ("deferred", r"^HTTP 503 from localhost:\d+, again in 2m", (119, 121)),
    "599": ("deferred", r"^HTTP 599 ", (48, 72)),
    "cut": ("deferred", r"^localhost:\d+: Empty reply from server", (48, 72)),
    "hang": ("deferred", r"^localhost:\d+: Operation timed out after 5\d\d milliseconds", (48, 72)),
    "redirect-307": ("sent", r"^$", None),
    "redirect-301": ("sent", r"^$", None),
    "redirect-loop": ("dead", r"^HTTP 308 from localhost:\d+, a redirect to https://localhost:\d+ that is not", None),
    "redirect-303": ("dead", r"^HTTP 303 ", None),
    "redirect-scheme": ("dead", r"a redirect to http://localhost:\d+ that is not followed", None),
    "redirect-port": ("dead", r"a redirect to https://localhost:\d+ that is not followed", None),
    "redirect-host": ("dead", r"a redirect to https://127.0.0.1:\d+ that is not followed", None),
    "redirect-out": ("dead", r"a redirect to https://elsewhere.example that is not followed: if it is right, put it "
                             r"into url: “<html>", None),
    "10M": ("sent", r"^$", None),
    "10M-500": ("deferred", r"^HTTP 500 ", (48, 72)),
    "trickle": ("sent", r"^$", None),  # its status is there; the rest is not waited for beyond the time-out
    "cut-body": ("sent", r"^$", None),
}


def trickle(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(1000):
            handler.wfile.write(b".")
            time.sleep(0.05)


def cut_body(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"half of ")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def each_answer_means_what_it_says():
    over = threading.Event()
    port, plain, other = free_port(), free_port(), free_port()
    with pki() as keys, Recorder() as recorder:
        recorder.answers.update({"/hang": lambda handler: over.wait(60), "/trickle": trickle, "/cut-body": cut_body,
                                 "/408": lambda handler: handler.answer(408)})
        places = {"RECORDER": recorder.url, "DATE": http_date(90), "PORT": port, "PLAIN": plain, "OTHER": other}
        locations = re.sub("|".join(places), lambda match: str(places[match[0]]), LOCATIONS)
        servers = [tls_server(port, keys, "good", locations), tls_server(other, keys, "good", locations),
                   f"server {{ listen 127.0.0.1:{plain}; {locations} }}"]
        with Nginx(*servers, http="log_format big '$request_method $body_bytes_sent';") as nginx:
            with open(os.path.join(nginx.dir, "10M.bin"), "wb") as f:
                f.truncate(10 * 1024 * 1024)
            hooks = {name: hook(f"https://localhost:{port}/{name}", retry="1m", ca_file=keys.file("ca.pem"),
                                timeout="500ms" if name in ("hang", "trickle") else "20s") for name in ANSWERS}
            with daemon(hooks, troubles=[]) as d:
                d.drop("a.txt", TEXT)
                for name, (state, reason, delay) in ANSWERS.items():
                    row = d.tried(name)
                    assert row["state"] == state, (name, row)
                    assert re.search(reason, row["reason"]), (name, row)
                    seconds = (row["next_ms"] - row["updated_ms"]) / 1000
                    assert delay is None or delay[0] <= seconds <= delay[1], (name, seconds, row)
                assert "s3cret" not in d.log() and "t0ken" not in d.log(), d.log()
            over.set()
            assert {r.path for r in recorder.requests} == {"/hang", "/trickle", "/cut-body", "/408", "/moved"}, \
                [r.path for r in recorder.requests]
            moved = recorder.on("/moved")
            assert len(moved) == 2 and all(r.json()["alerts"] for r in moved), moved
            # Of ten megabytes, what lay in the buffers between at most.
            with open(os.path.join(nginx.dir, "big.log"), encoding="ascii") as f:
                for line in f:
                    method, sent = line.split()
                    assert int(sent) < 5 * 1024 * 1024, line


class Raw:
    """A server of one script: `serve` is called with each connection, one after the other."""

    def __init__(self, serve):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        self.serve = serve
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, contextlib.suppress(OSError):
                    self.serve(connection)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(60)


def read_request(connection):
    """Head and body; None when the other side has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
    while len(body) < length:
        body += connection.recv(65536)
    return head, body


def headers_that_trickle_end_at_the_time_out():
    def serve(connection):
        read_request(connection)
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Slow: " + b"." * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    with Raw(serve) as server, daemon({"slow": hook(server.url, retry="1m", timeout="700ms")}) as d:
        d.drop("a.txt", TEXT)
        row = d.tried("slow")
        assert row["state"] == "deferred" and re.search(r"timed out after 7\d\d milliseconds", row["reason"]), row


def nobody_there_is_for_later():
    with daemon({"none": hook(f"http://127.0.0.1:{free_port()}/", retry="1m")}) as d:
        d.drop("a.txt", TEXT)
        row = d.tried("none")
        assert row["state"] == "deferred" and "Couldn't connect to server" in row["reason"], row


def a_receiver_that_names_a_time_is_left_alone_until_then():
    asked = []

    def limited(handler):
        asked.append(time.monotonic())
        if len(asked) == 1:
            handler.answer(429, b"", Retry_After="2")
        else:
            Recorder.no_content(handler)

    with Recorder() as recorder:
        recorder.answers["/limited"] = limited
        with daemon({"hook": hook(recorder.url + "/limited")}) as d:
            for i in range(5):
                d.drop(f"{i}.txt", TEXT.replace("Tuesday", f"day {i}"))
            until(lambda: [r for r in d.deliveries() if "again in 2s" in r["reason"]], "the first is deferred")
            assert len(asked) == 1, asked
            d.sent(5)
            assert len(asked) == 6 and asked[1] - asked[0] >= 1.9, asked


# ---- what is posted ----

def it_posts_what_alertmanager_would():
    with Recorder() as recorder, daemon({"ops": hook(recorder.url + "/hook", external_url="https://news.example")}) as d:
        path = d.drop("a b.txt", TEXT)
        (request,) = recorder.wait(1)
        body = request.json()
        alert_id = body["alerts"][0]["labels"]["alert_id"]
        labels = {"alertname": "harbour", "alert_id": alert_id, "detector": "topics", "severity": "high",
                  "source": "docs", "label_city": "true", "field_matched": "harbour bridge"}
        annotations = {"summary": "harbour: Minutes of Tuesday.", "description": "The harbour bridge is closed.",
                       "match": "harbour bridge", "document": "Minutes of Tuesday.", "path": path,
                       "date": "2026-01-31", "labels": "city", "revision": "1", "sources": "1"}
        started = body["alerts"][0].pop("startsAt")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", started), started
        assert body == {
            "receiver": "ops", "status": "firing", "version": "4", "truncatedAlerts": 0,
            "groupKey": f'{{}}:{{alert_id="{alert_id}", alertname="harbour"}}', "externalURL": "https://news.example",
            "groupLabels": {"alert_id": alert_id, "alertname": "harbour"},
            "commonLabels": labels, "commonAnnotations": annotations,
            "alerts": [{"status": "firing", "labels": labels, "annotations": annotations,
                        "endsAt": "0001-01-01T00:00:00Z", "fingerprint": alert_id[:16],
                        "generatorURL": "file://" + path.replace(" ", "%20")}]}, body
        (row,) = d.sent(1)
        assert request.headers["idempotency-key"] == row["id"], (request.headers, row)
        assert request.headers["content-type"] == "application/json", request.headers
        assert request.headers["user-agent"].startswith("tocsin/"), request.headers
        assert int(request.headers["content-length"]) == len(request.body), request.headers
        for absent in ("expect", "cookie", "authorization", "webhook-id", "webhook-signature"):
            assert absent not in request.headers, request.headers


def a_retry_is_the_same_delivery_signed_anew():
    with Recorder() as recorder:
        answers = iter([500, 503, 204])
        recorder.answers["/hook"] = lambda handler: handler.answer(next(answers))
        d = HookDaemon({})
        with d:
            d.config["notifiers"] = {"hook": hook(recorder.url + "/hook", secret=d.secret("key", SECRET)),
                                     "raw": hook(recorder.url + "/raw", secret=d.secret("raw", "plain words, and more"
                                                                                              " of them"))}
            d.write_config()
            d.start()
            d.drop("a.txt", TEXT)
            requests = recorder.wait(3, "/hook")
            until(lambda: d.deliveries("hook")[0]["state"] == "sent", "it is sent")
            (row,) = d.deliveries("hook")
            assert row["attempts"] == 3, row
            for request in requests:
                assert signature_is_good(request, SECRET), request.headers
                assert request.headers["webhook-id"] == request.headers["idempotency-key"] == row["id"], row
                assert request.body == requests[0].body
            assert not signature_is_good(requests[0], SECRET.replace("c2", "d2"))
            (raw,) = recorder.wait(1, "/raw")
            assert signature_is_good(raw, "plain words, and more of them"), raw.headers
            assert raw.headers["idempotency-key"] != row["id"]


def who_asks_is_said_and_kept_secret():
    secrets = ["t0ken-of-mine", "me:p4ssword", "k3y-of-mine", "hush-in-the-url"]
    with Recorder() as recorder:
        def echo(handler):
            names = ("Authorization", "X-Api-Key")
            handler.answer(500, f"{[handler.headers[name] for name in names]} {handler.path}".encode())

        recorder.answers["/token"] = recorder.answers["/login?hush-in-the-url"] = echo
        d = HookDaemon({})
        with d:
            d.config["notifiers"] = {
                "token": hook(recorder.url + "/token", retry="1m", token=d.secret("token", secrets[0]),
                              headers=["X-Team: ops", "X-Zone: a b"],
                              headers_file=d.secret("headers", f"X-Api-Key: {secrets[2]}\nX-Also: 1")),
                "login": hook("", retry="1m", login=d.secret("login", secrets[1])),
            }
            del d.config["notifiers"]["login"]["options"]["url"]
            d.config["notifiers"]["login"]["options"]["url-file"] = \
                d.secret("url", f"{recorder.url}/login?{secrets[3]}")
            d.write_config()
            d.start()
            d.drop("a.txt", TEXT)
            (token,) = recorder.wait(1, "/token")
            assert token.headers["authorization"] == f"Bearer {secrets[0]}", token.headers
            assert token.headers["x-team"] == "ops" and token.headers["x-zone"] == "a b", token.headers
            assert token.headers["x-api-key"] == secrets[2] and token.headers["x-also"] == "1", token.headers
            (login,) = recorder.wait(1, "/login?hush-in-the-url")
            assert login.headers["authorization"] == "Basic bWU6cDRzc3dvcmQ=", login.headers
            for name in ("token", "login"):  # the receiver has sent it all back
                reason = d.tried(name)["reason"]
                assert "***" in reason, reason
            seen = json.dumps([d.ask("status"), d.ask("alert", "list"), d.deliveries()]) + d.log()
            for host in d.ask("status")["hosts"]:
                for name in ("cmdline", "environ"):
                    # Whose secrets are at stake lets nobody look but root.
                    with contextlib.suppress(PermissionError), open(f"/proc/{host['pid']}/{name}", "rb") as f:
                        seen += f.read().decode(errors="replace")
            for secret in [*secrets, "bWU6cDRzc3dvcmQ="]:
                assert secret not in seen, secret


def a_summary_says_how_many_it_leaves_out():
    with Recorder() as recorder, daemon({"hook": hook(recorder.url + "/hook")}) as d:
        d.ask("pause")
        for i in range(80):
            d.drop(f"{i}.txt", TEXT.replace("Tuesday", f"day {i}"))
        until(lambda: len([r for r in d.deliveries() if r["state"] == "held"]) == 80, "all are held")
        d.ask("resume")
        (request,) = recorder.wait(1)
        body = request.json()
        assert len(body["alerts"]) == 64 and body["truncatedAlerts"] == 16, body
        assert body["commonAnnotations"]["digest"] == "80 alerts while tocsin was paused", body["commonAnnotations"]
        delivery = request.headers["idempotency-key"]
        assert body["groupLabels"] == {"delivery": delivery}, body
        assert body["groupKey"] == f'{{}}:{{delivery="{delivery}"}}', body
        assert "alert_id" not in body["commonLabels"] and body["commonLabels"]["alertname"] == "harbour", body
        d.sent(1)
        assert len(recorder.requests) == 1


# ---- resolved ----

def an_alert_that_a_person_closes_is_resolved():
    with Recorder() as recorder, daemon({"hook": hook(recorder.url + "/hook")}) as d:
        d.drop("a.txt", TEXT)
        (firing,) = recorder.wait(1)
        first = firing.json()["alerts"][0]
        d.act(first["labels"]["alert_id"], "close")
        _, resolved = recorder.wait(2)
        body = resolved.json()
        (alert,) = body["alerts"]
        assert body["status"] == alert["status"] == "resolved", body
        assert body["groupKey"] == firing.json()["groupKey"] and alert["fingerprint"] == first["fingerprint"], body
        assert alert["labels"] == first["labels"] and alert["startsAt"] == first["startsAt"], (alert, first)
        assert alert["startsAt"] < alert["endsAt"] and alert["endsAt"].startswith("20"), alert
        assert resolved.headers["idempotency-key"] != firing.headers["idempotency-key"]
        d.sent(2)


def a_trouble_that_is_over_is_resolved():
    with Recorder() as recorder, daemon({"hook": hook(recorder.url + "/hook")}) as d:
        os.rename(d.folder, d.folder + ".away")
        (firing,) = recorder.wait(1)
        body = firing.json()
        assert body["status"] == "firing" and body["commonLabels"]["detector"] == "tocsin", body
        assert "description" not in body["commonAnnotations"] and body["alerts"][0]["generatorURL"] == "", body
        os.rename(d.folder + ".away", d.folder)
        _, resolved = recorder.wait(2)
        over = resolved.json()
        assert over["status"] == "resolved" and over["groupKey"] == body["groupKey"], over
        assert over["alerts"][0]["labels"] == body["alerts"][0]["labels"], over


def a_fact_keeps_its_name_while_its_status_climbs():
    with Recorder() as recorder:
        d = HookDaemon({"hook": hook(recorder.url + "/hook")})
        d.config["detectors"]["lemans"] = {"options": {"lists": os.path.join(SRC, "conf", "lemans")}}
        d.write_config()
        with d:
            d.start()
            d.drop("wish.txt", " date 2026-01-10 Carlos Sainz would love to race at the 24 Hours of Le Mans one day.\n")
            (wish,) = recorder.wait(1)
            d.drop("deed.txt", " date 2026-03-10 It is official: Carlos Sainz will race at the 24 Hours of Le Mans in "
                               "June for Ferrari.\n")
            _, deed = recorder.wait(2)
            before, after = (request.json() for request in (wish, deed))
            assert before["commonLabels"]["status"] == "interest", before["commonLabels"]
            assert after["commonLabels"]["status"] not in ("", "interest"), after["commonLabels"]
            assert before["commonLabels"]["alertname"] == after["commonLabels"]["alertname"] == "lemans", after
            assert before["groupKey"] == after["groupKey"], (before, after)
            assert before["alerts"][0]["fingerprint"] == after["alerts"][0]["fingerprint"], (before, after)
            assert after["commonAnnotations"]["change"].startswith("interest"), after["commonAnnotations"]
            assert "Carlos Sainz" in after["commonLabels"]["field_driver"], after["commonLabels"]


# ---- connections ----

def connections_are_kept():
    with pki() as keys, Recorder() as recorder:
        port = free_port()
        location = f"location / {{ proxy_set_header X-Connection $connection; proxy_pass {recorder.url}; }}"
        with Nginx(tls_server(port, keys, "good", location)), \
                daemon({"tls": hook(f"https://localhost:{port}/tls", ca_file=keys.file("ca.pem")),
                        "plain": hook(recorder.url + "/plain")}) as d:
            for i in range(20):
                d.drop(f"{i}.txt", TEXT.replace("Tuesday", f"day {i}"))
            d.sent(40)
            assert len({r.headers["x-connection"] for r in recorder.wait(20, "/tls")}) == 1
            assert len({r.peer for r in recorder.wait(20, "/plain")}) == 1


def a_connection_that_was_closed_meanwhile_is_no_failure():
    with pki() as keys, Recorder() as recorder:
        port = free_port()
        location = f"location / {{ keepalive_timeout 1s; access_log {{dir}}/c.log c; proxy_pass {recorder.url}; }}"
        with Nginx(tls_server(port, keys, "good", location), http="log_format c '$connection';") as nginx, \
                daemon({"tls": hook(f"https://localhost:{port}/tls", ca_file=keys.file("ca.pem"))}) as d:
            d.drop("a.txt", TEXT)
            d.sent(1)

            def closed():  # by nginx: the other end of the connection, the host's, is in CLOSE_WAIT
                with open("/proc/net/tcp", encoding="ascii") as f:
                    return any(line.split()[2].endswith(f":{port:04X}") and line.split()[3] == "08"
                               for line in f.readlines()[1:])

            until(closed, "nginx has closed")
            d.drop("b.txt", TEXT.replace("Tuesday", "Friday"))
            rows = d.sent(2)
            assert [row["attempts"] for row in rows] == [1, 1], rows
            with open(os.path.join(nginx.dir, "c.log"), encoding="ascii") as f:
                assert len(set(f.read().split())) == 2


def an_attempt_sends_once_also_on_a_connection_that_dies():
    copies = []

    def serve(connection):
        """Answers the first request, takes the second and dies with it."""
        for n in range(2 if not copies else 1000):
            request = read_request(connection)
            if not request:
                return
            copies.append(request)
            if n == 1 and len(copies) == 2:
                return
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with Raw(serve) as server, daemon({"hook": hook(server.url, retry="700ms")}) as d:
        d.drop("a.txt", TEXT)
        d.sent(1)
        d.drop("b.txt", TEXT.replace("Tuesday", "Friday"))
        until(lambda: len(copies) == 2 and d.deliveries()[1]["attempts"] == 1, "the second was tried")
        (row,) = [r for r in d.deliveries() if r["state"] == "deferred"]
        assert "the connection was cut while the alert was sent" in row["reason"], row
        assert len(copies) == 2, "libcurl has sent it again by itself"
        rows = d.sent(2)
        assert [r["attempts"] for r in rows] == [1, 2] and len(copies) == 3, (rows, len(copies))
        keys = [re.search(rb"Idempotency-Key: (\w+)", head)[1] for head, _ in copies]
        assert keys[1] == keys[2] != keys[0] and copies[1][1] == copies[2][1], keys


def concurrency_is_as_many_at_once():
    together = threading.Barrier(4)
    with Recorder() as recorder:
        def meet(handler):
            together.wait(60)  # broken unless four are there at once
            Recorder.no_content(handler)

        recorder.answers["/hook"] = meet
        with daemon({"hook": hook(recorder.url + "/hook", concurrency=4)}) as d:
            for i in range(8):
                d.drop(f"{i}.txt", TEXT.replace("Tuesday", f"day {i}"))
            rows = d.sent(8)
            assert {row["attempts"] for row in rows} == {1}, rows
            assert len({row["id"] for row in rows}) == len(recorder.requests) == 8


# ---- options ----

def a_wrong_option_is_said_and_nothing_is_lost():
    with Recorder() as recorder:
        d = HookDaemon({"hook": hook("https://me:hush@example.com/", headers=["Host: x"])})
        with d:
            d.start()
            d.drop("a.txt", TEXT)

            def down():
                (status,) = d.ask("status")["deliver"]
                return status if status["state"] == "down" else None
            why = until(down, "the notifier is down")["why"]
            assert 'option "url" holds a user or password' in why and "sets Host" in why, why
            assert "hush" not in why and "hush" not in d.log(), d.log()
            d.config["notifiers"]["hook"] = hook(recorder.url + "/hook")
            d.write_config()
            d.ask("reload")
            recorder.wait(1, "/hook")


def notifier_test_says_what_is_wrong():
    with Recorder() as recorder:
        recorder.answers["/bad"] = lambda handler: handler.answer(403, b"go away")
        with daemon({"good": hook(recorder.url + "/good"), "bad": hook(recorder.url + "/bad")}) as d:
            d.ask("notifier", "test", "good")
            (request,) = recorder.wait(1, "/good")
            assert request.json()["commonAnnotations"]["summary"] == "This is a test of tocsin", request.json()
            code, _, errors = d.ctl("notifier", "test", "bad")
            assert code != 0 and "HTTP 403" in errors and "go away" in errors, errors


def the_example_works_as_it_stands():
    port = free_port()
    example = os.path.join(SRC, "conf", "examples", "webhook")
    d = HookDaemon({})
    with d:
        secret = d.secret("webhook.secret", SECRET)
        with open(os.path.join(example, "tocsin.yaml"), encoding="utf-8") as f:
            text = f.read().replace("8099", str(port))
        del d.config["notifiers"]
        d.write_config(yaml(d.config) + "\n" + text)
        with subprocess.Popen([sys.executable, os.path.join(example, "receiver.py"), str(port), secret],
                              stdout=subprocess.PIPE, text=True) as receiver:
            try:
                d.start()
                d.drop("a.txt", TEXT)
                d.sent(1)
                assert receiver.stdout.readline() == "firing high harbour: Minutes of Tuesday.\n"
                with open(secret, "w", encoding="ascii") as f:
                    f.write("whsec_b3RoZXI=")
                d.ask("reload")
                code, _, errors = d.ctl("notifier", "test", "hook")
                assert code != 0 and "HTTP 401" in errors, errors
            finally:
                receiver.terminate()


def its_options_are_told():
    d = HookDaemon({})
    with d:
        code, info, errors = d.ctl("plugin", "info", "webhook")
        assert code == 0, errors
        types = {option["name"]: option["type"] for option in info["options"]}
        assert types["url"] == "text" and info["powers"] == "network" and info["resolves"], info
        for name in ("url-file", "secret", "token", "login", "headers-file", "key", "key-passphrase", "proxy-login"):
            assert types[name] == "secret", types


run([
    each_answer_means_what_it_says,
    headers_that_trickle_end_at_the_time_out,
    nobody_there_is_for_later,
    a_receiver_that_names_a_time_is_left_alone_until_then,
    it_posts_what_alertmanager_would,
    a_retry_is_the_same_delivery_signed_anew,
    who_asks_is_said_and_kept_secret,
    a_summary_says_how_many_it_leaves_out,
    an_alert_that_a_person_closes_is_resolved,
    a_trouble_that_is_over_is_resolved,
    a_fact_keeps_its_name_while_its_status_climbs,
    connections_are_kept,
    a_connection_that_was_closed_meanwhile_is_no_failure,
    an_attempt_sends_once_also_on_a_connection_that_dies,
    concurrency_is_as_many_at_once,
    a_wrong_option_is_said_and_nothing_is_lost,
    notifier_test_says_what_is_wrong,
    the_example_works_as_it_stands,
    its_options_are_told,
])
