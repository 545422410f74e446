"""A daemon with web hooks for a test: what they are configured with, what became of their deliveries."""
import base64
import hashlib
import hmac
import json
import os
import re
import socket
import sqlite3

from harness import Daemon, until

TOPICS = {"harbour": {"query": '"harbour bridge"', "severity": "high", "labels": ["city"]}}
TEXT = " date 2026-01-31 Minutes of Tuesday.\n\nThe harbour bridge is closed. Nobody was hurt.\n"


def hook(url, retry="100ms", retry_max="1m", concurrency=1, per_minute=0, **options):
    """A notifier's part of the configuration; an option's '-' is written '_'."""
    options = {name.replace("_", "-"): value for name, value in options.items()}
    return {"plugin": "webhook", "retry-first": retry, "retry-max": retry_max, "concurrency": concurrency,
            "per-minute": per_minute, "options": {"url": url, **options}}


class HookDaemon(Daemon):
    """`troubles`: the notifiers that hear of tocsin's own; None: all do."""

    def __init__(self, hooks, troubles=None, env=None, wrap=()):
        super().__init__(topics=TOPICS, env=env, wrap=wrap)
        self.config["notifiers"] = hooks
        if troubles is not None:
            self.config["routes"] = [{"detector": "topics", "notify": list(hooks)},
                                     {"detector": "tocsin", "notify": troubles}]
        self.write_config()

    def secret(self, name, text):
        """A file for an option of type secret."""
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
            f.write(text + "\n")
        return path

    def deliveries(self, notifier=None):
        """What the store has, oldest first."""
        with sqlite3.connect(f"file:{self.state}/tocsin.db?mode=ro", uri=True) as db:
            db.row_factory = sqlite3.Row
            rows = db.execute("SELECT lower(hex(id)) AS id, notifier, state, attempts, reason, next_ms, updated_ms,"
                              " notice FROM delivery WHERE notifier = ?1 OR ?1 IS NULL"
                              " ORDER BY created_ms, next_ms", (notifier,)).fetchall()
        return [dict(row) for row in rows]

    def tried(self, notifier, attempts=1):
        """The only delivery of a notifier, once it was tried so often."""
        def done():
            rows = self.deliveries(notifier)
            return rows[0] if rows and rows[0]["attempts"] >= attempts else None
        return until(done, f"{notifier} has tried {attempts} times")

    def sent(self, n, notifier=None):
        return until(lambda: (lambda rows: rows if len(rows) >= n else None)(
            [row for row in self.deliveries(notifier) if row["state"] == "sent"]), f"{n} are sent")

    def act(self, alert, action):
        """What a person does to an alert, over the control socket."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(os.path.join(self.runtime, "control"))
            request = {"tocsin": 1, "id": 1, "verb": "alert act", "args": {"id": alert, "action": action}}
            s.sendall(json.dumps(request).encode() + b"\n")
            answer = json.loads(s.makefile().readline())
        assert "error" not in answer, answer


def signature_is_good(request, secret):
    """As the receiver's side of Standard Webhooks has it, written from the specification."""
    key = base64.b64decode(secret[len("whsec_"):]) if secret.startswith("whsec_") else secret.encode()
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = re.fullmatch(r"\d+", headers["webhook-timestamp"]) and \
        abs(int(headers["webhook-timestamp"]) - request.at) < 60
    return bool(fresh) and any(hmac.compare_digest(f"v1,{expected}", one)
                               for one in headers["webhook-signature"].split(" "))
