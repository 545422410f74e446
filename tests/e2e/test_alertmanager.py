#!/usr/bin/python3
"""What the notifier `webhook` posts beside what a real Alertmanager posts when it is fed the same alerts:
the same keys in the same order, the same types, the same forms, the same meaning of firing and resolved."""
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import SRC, need, run, until  # noqa: E402
from hook import TEXT, HookDaemon, hook  # noqa: E402
from webserver import Recorder, free_port  # noqa: E402

CONFIG = """
route:
  receiver: hook
  group_by: [{group_by}]
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: hook
    webhook_configs:
      - url: {url}
        send_resolved: true
        max_alerts: {max_alerts}
"""


class Alertmanager:
    """prometheus-alertmanager as a plain child on loopback, whose receiver is a recorder."""

    def __init__(self, url, group_by="alert_id, alertname", max_alerts=0):
        need("prometheus-alertmanager")
        self.dir = tempfile.mkdtemp(prefix="tocsin-alertmanager-")
        self.url = f"http://127.0.0.1:{free_port()}"
        config = os.path.join(self.dir, "alertmanager.yml")
        with open(config, "w", encoding="utf-8") as f:
            f.write(CONFIG.format(url=url, group_by=group_by, max_alerts=max_alerts))
        with open(os.path.join(self.dir, "log"), "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus-alertmanager", f"--config.file={config}", f"--storage.path={self.dir}/data",
                 f"--web.listen-address={self.url[len('http://'):]}", "--cluster.listen-address="],
                stdout=log, stderr=log, cwd=self.dir)
        until(self.is_ready, "Alertmanager is ready")

    def is_ready(self):
        assert self.process.poll() is None, self.log()
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=60) as answer:
                return answer.status == 200
        except OSError:
            return False

    def log(self):
        with open(os.path.join(self.dir, "log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def feed(self, alerts):
        """Ours as Alertmanager's API takes them: an end that is not there yet is left out."""
        keys = ("labels", "annotations", "startsAt", "endsAt", "generatorURL")
        posted = [{key: alert[key] for key in keys if alert[key] != "0001-01-01T00:00:00Z"} for alert in alerts]
        request = urllib.request.Request(f"{self.url}/api/v2/alerts", json.dumps(posted).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.dir)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()


def instant(text):
    """RFC 3339, in UTC as both write it."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z", text)
    assert match, text
    moment = datetime.datetime.fromisoformat(match[1])
    return moment, round(float(match[2] or 0), 3)


def ordered(text):
    """JSON with its keys in the order in which they stand."""
    return json.loads(text, object_pairs_hook=lambda pairs: {"keys": [key for key, _ in pairs], "of": dict(pairs)})


# What has to be equal, and what only in form because it is a name or a hash of the sender's own.
SAME = ("status", "version", "truncatedAlerts", "groupLabels", "commonLabels", "commonAnnotations", "groupKey")
SAME_ALERT = ("status", "labels", "annotations", "generatorURL")


def compare(ours, theirs):
    """One request against another, field by field."""
    assert ours.headers["content-type"] == theirs.headers["content-type"] == "application/json"
    assert ordered(ours.body)["keys"] == ordered(theirs.body)["keys"], (ours.body, theirs.body)
    a, b = ours.json(), theirs.json()
    for name in SAME:
        assert a[name] == b[name] and type(a[name]) is type(b[name]), (name, a[name], b[name])
    for name in ("receiver", "externalURL"):
        assert isinstance(a[name], str) and isinstance(b[name], str), (name, a, b)
    assert len(a["alerts"]) == len(b["alerts"]), (a, b)

    def by_id(body):
        return sorted(body["alerts"], key=lambda alert: alert["labels"]["alert_id"])

    for mine, other in zip(by_id(a), by_id(b)):
        assert list(mine) == list(other), (list(mine), list(other))
        for name in SAME_ALERT:
            assert mine[name] == other[name] and type(mine[name]) is type(other[name]), (name, mine, other)
        for name in ("startsAt", "endsAt"):
            assert instant(mine[name]) == instant(other[name]), (name, mine, other)
        for fingerprint in (mine["fingerprint"], other["fingerprint"]):
            assert re.fullmatch(r"[0-9a-f]{16}", fingerprint), fingerprint


def one_alert_fires_and_is_resolved():
    with Recorder() as ours, Recorder() as theirs, Alertmanager(theirs.url) as alertmanager, \
            HookDaemon({"hook": hook(ours.url)}) as d:
        d.start()
        d.drop("a b.txt", TEXT)
        (firing,) = ours.wait(1)
        alertmanager.feed(firing.json()["alerts"])
        compare(firing, theirs.wait(1)[0])
        d.act(firing.json()["commonLabels"]["alert_id"], "close")
        resolved = ours.wait(2)[1]
        assert resolved.json()["status"] == "resolved", resolved.body
        alertmanager.feed(resolved.json()["alerts"])
        compare(resolved, theirs.wait(2)[1])


def a_fact_with_fields_and_quotes_fires():
    with Recorder() as ours, Recorder() as theirs, Alertmanager(theirs.url) as alertmanager:
        d = HookDaemon({"hook": hook(ours.url)})
        d.config["detectors"]["lemans"] = {"options": {"lists": os.path.join(SRC, "conf", "lemans")}}
        d.write_config()
        with d:
            d.start()
            d.drop("wish.txt", " date 2026-01-10 Carlos Sainz would \"love\" to race at the 24 Hours of Le Mans one "
                               "day, é <&> \\ 中.\n")
            (request,) = ours.wait(1)
            alertmanager.feed(request.json()["alerts"])
            compare(request, theirs.wait(1)[0])


def a_trouble_fires_and_is_resolved():
    with Recorder() as ours, Recorder() as theirs, Alertmanager(theirs.url) as alertmanager, \
            HookDaemon({"hook": hook(ours.url)}) as d:
        d.start()
        os.rename(d.folder, d.folder + ".away")
        (firing,) = ours.wait(1)
        alertmanager.feed(firing.json()["alerts"])
        compare(firing, theirs.wait(1)[0])
        os.rename(d.folder + ".away", d.folder)
        resolved = ours.wait(2)[1]
        alertmanager.feed(resolved.json()["alerts"])
        compare(resolved, theirs.wait(2)[1])


def a_summary_is_a_group_of_many():
    with Recorder() as ours, HookDaemon({"hook": hook(ours.url)}) as d:
        d.start()
        d.ask("pause")
        for i in range(70):
            d.drop(f"{i}.txt", TEXT.replace("Tuesday", f"day {i}"))
        until(lambda: len([r for r in d.deliveries() if r["state"] == "held"]) == 70, "all are held")
        d.ask("resume")
        (request,) = ours.wait(1)
        body = request.json()
        # A label that all have is what Alertmanager groups by; it takes six more, and leaves them out.
        more = [dict(body["alerts"][0], labels=dict(body["alerts"][0]["labels"], alert_id=f"{i:064}"))
                for i in range(6)]
        with Recorder() as theirs, Alertmanager(theirs.url, "detector", max_alerts=64) as alertmanager:
            alertmanager.feed(body["alerts"] + more)

            def whole():
                bodies = [r.json() for r in list(theirs.requests)]
                return [b for b in bodies if len(b["alerts"]) + b["truncatedAlerts"] == 70]
            other = until(whole, "Alertmanager posts them together")[0]
            assert list(other) == list(body), (list(other), list(body))
            for one in (other, body):
                assert len(one["alerts"]) == 64 and one["truncatedAlerts"] == 6, one["truncatedAlerts"]
            for name in ("commonLabels", "commonAnnotations", "status"):
                assert other[name] == body[name], (name, other[name], body[name])
            assert re.fullmatch(r'\{\}:\{\w+="[^"]+"\}', other["groupKey"]), other["groupKey"]
            assert re.fullmatch(r'\{\}:\{\w+="[^"]+"\}', body["groupKey"]), body["groupKey"]


run([
    one_alert_fires_and_is_resolved,
    a_fact_with_fields_and_quotes_fires,
    a_trouble_fires_and_is_resolved,
    a_summary_is_a_group_of_many,
])
