#!/usr/bin/python3
"""Metrics of a live daemon: the numbers themselves, that they go on over a reload, that Prometheus'
own tools are content with the text, and that manual, dashboard and alert rules know only metrics
that there are."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, SRC, Daemon, Skip, daemon, need, run, until  # noqa: E402

AWKWARD = "9.a-B_c" + "x" * 57  # as awkward and as long as a name may be
EXAMPLES = os.path.join(SRC, "conf", "examples")
RULES = os.path.join(EXAMPLES, "prometheus", "tocsin.rules.yaml")
DASHBOARD = os.path.join(EXAMPLES, "grafana", "tocsin.json")


def key(name, **labels):
    return (name, *sorted(labels.items()))


def parse(text):
    """{(name, (label, value)...): value}, and {name: type}; fails on what is not of the format."""
    values, types, helped = {}, {}, set()
    for line in text.splitlines():
        comment = re.fullmatch(r"# (HELP|TYPE) (\w+) (.+)", line)
        if comment:
            word, name, rest = comment.groups()
            assert name not in (types if word == "TYPE" else helped), f"said twice: {line}"
            if word == "TYPE":
                types[name] = rest
            else:
                helped.add(name)
            continue
        match = re.fullmatch(r'(\w+)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)+)\})? (\S+)', line)
        assert match, f"no sample: {line!r}"
        name, labels, value = match.groups()
        assert re.sub("_(bucket|sum|count)$", "", name) in types or name in types, f"no TYPE before {line}"
        at = key(name, **dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")))
        assert at not in values, f"said twice: {line}"
        values[at] = float(value)
    assert set(types) == helped
    return values, types


class Page:
    """One answer of tocsinctl metrics."""

    def __init__(self, d):
        code, self.text, said = d.ctl("metrics", output="text")
        assert code == 0, said
        self.values, self.types = parse(self.text)

    def __call__(self, name, **labels):
        return self.values[key(name, **labels)]

    def among(self, name, **labels):
        """Those that are not 0, by their labels without the given ones."""
        found = {}
        for (what, *rest), value in self.values.items():
            if what == name and value and labels.items() <= dict(rest).items():
                found[tuple(v for k, v in rest if k not in labels)] = value
        return found


def page(d):
    d.idle()
    return Page(d)


def when(d, condition, what):
    """The first page of which that is true."""
    return until(lambda: (lambda p: p if condition(p) else None)(Page(d)), what)


def content(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                          check=False, **options)
    assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}: {done.stdout}"
    return done.stdout


# ---- what is counted ----

def documents_are_counted_by_what_came_of_them():
    with Daemon() as d:
        folder = d.config["folders"].pop("docs")
        other = os.path.join(d.dir, "other")
        os.mkdir(other)
        d.config["folders"] = {AWKWARD: {**folder, "max-size": "1K"},
                               "slow": {**folder, "path": other, "settle": "1m"}}
        d.write_config()
        d.start()
        assert page(d).among("tocsin_documents_total") == {}
        path = d.drop("a.txt", "Report. An alarm rang.")
        d.rings(1)
        d.drop("b.txt", "Report. Another alarm rang.")
        d.rings(2)
        d.drop("a.txt", "Report. An alarm rang.")  # the same content
        when(d, lambda p: p.among("tocsin_documents_total", result="unchanged"), "it is read again")
        d.drop("c.bin", b"\x7fELF\x02\x01\x01" + bytes(200))
        large = d.drop("../d.txt", "x" * 2000)
        os.rename(large, os.path.join(d.folder, "d.txt"))  # whole at once, so that it is looked at once
        os.mkfifo(os.path.join(d.folder, "e"))
        os.rename(path, path + ".new")
        d.idle()
        os.unlink(os.path.join(d.folder, "b.txt"))
        d.folder = other
        os.unlink(d.drop("f.txt", "gone before it could be read"))
        # A renamed file is looked into once more: its time of change is another.
        wanted = {("read",): 2, ("unchanged",): 2, ("unsupported",): 1, ("too-large",): 1, ("special",): 1,
                  ("renamed",): 1, ("removed",): 1}
        p = when(d, lambda p: p.among("tocsin_documents_total", source=AWKWARD) == wanted and
                 p.among("tocsin_documents_total", source="slow"), f"counts are {wanted}")
        assert p.among("tocsin_documents_total", source="slow") == {("vanished",): 1}, p.text
        assert p("tocsin_documents_known", source=AWKWARD) == 2, p.text  # a, and c, which is not read again
        assert p("tocsin_source_watches", source=AWKWARD) == 1
        assert p("tocsin_source_scans_total", source=AWKWARD) == 1
        assert p("tocsin_source_opened_total", source=AWKWARD) == 5, p.text
        assert p("tocsin_source_events_total", source=AWKWARD) >= 10, p.text
        assert p.among("tocsin_source_state", source=AWKWARD) == {("watching",): 1}
        assert p.among("tocsin_source_backend", source=AWKWARD) == {("inotify",): 1}
        d.drop("g.txt", "waits")
        when(d, lambda p: p("tocsin_source_waiting", source="slow") == 1, "one waits")
        if shutil.which("promtool"):
            assert content("promtool", "check", "metrics", input=p.text) == ""
        # tocsinctl status says the same.
        known = d.ask("status")["documents"]
        assert known["read"] == 2 and known["unsupported"] == 1 and known["removed"] == 1, known


def a_source_that_is_gone_or_overflows_is_seen():
    with daemon() as d:
        # The kernel keeps 16384 events for one who does not read them.
        d.process.send_signal(signal.SIGSTOP)
        try:
            for _ in range(20000):
                os.close(os.open(os.path.join(d.folder, "x.tmp"), os.O_CREAT | os.O_WRONLY))
                os.unlink(os.path.join(d.folder, "x.tmp"))
        finally:
            d.process.send_signal(signal.SIGCONT)
        p = when(d, lambda p: p("tocsin_source_overflows_total", source="docs"), "it overflowed")
        assert p("tocsin_source_overflows_total", source="docs") == 1
        when(d, lambda p: p("tocsin_source_scans_total", source="docs") == 2, "it is listed again")
        os.rename(d.folder, d.folder + ".gone")
        when(d, lambda p: p.among("tocsin_source_state") == {("docs", "unavailable"): 1}, "it is gone")
        os.rename(d.folder + ".gone", d.folder)
        when(d, lambda p: p.among("tocsin_source_state") == {("docs", "watching"): 1}, "it is back")


def detection_is_measured_and_failures_are_counted():
    if not os.path.exists(os.path.join(PLUGINS, "misdeed.so")):
        raise Skip("the plugin that misbehaves is not built (make check builds it)")
    with Daemon() as d:
        d.config["detectors"]["bad"] = {"plugin": "misdeed",
                                        "options": {"deed": "crash", "late": "yes", "only": "poison"}}
        d.write_config()
        d.start()
        d.drop("a.txt", "A needle, and an alarm. Another alarm.")
        d.idle()
        d.drop("b.txt", "There is poison.")
        p = when(d, lambda p: p("tocsin_detections_quarantined") == 1, "b is quarantined")
        p = page(d)
        assert p("tocsin_detect_duration_seconds_count", detector="topics") == 2, p.text
        assert p("tocsin_detect_duration_seconds_count", detector="bad") == 1, p.text
        assert 0 < p("tocsin_detect_duration_seconds_sum", detector="topics") < 20
        assert p("tocsin_detect_duration_seconds_bucket", detector="topics", le="+Inf") == 2
        assert p("tocsin_findings_total", detector="topics") == 1 == p("tocsin_findings_total", detector="bad")
        assert p.among("tocsin_strikes_total") == {("bad",): 2}
        assert p("tocsin_detections_pending") == 0
        assert p.among("tocsin_detect_jobs") == {}
        assert p.among("tocsin_host_ends_total", role="detector") == {("crashed",): 2}, p.text
        when(d, lambda p: p.among("tocsin_hosts") == {("detector",): 1, ("notifier",): 1} and
             p("tocsin_host_starts_total", role="detector") == 3, "the third host is there")
        # The same in JSON.
        families = d.ask("metrics")
        (sample,) = [s for s in families["tocsin_detect_duration_seconds"]["samples"]
                     if s["labels"] == {"detector": "topics"}]
        assert sample["count"] == 2 == sample["buckets"]["+Inf"], sample
        assert families["tocsin_strikes_total"]["type"] == "counter" and families["tocsin_strikes_total"]["help"]


def alerts_are_counted_by_state_and_by_what_silenced_them():
    with daemon() as d:
        d.drop("a.txt", "Report. An alarm rang.")
        d.drop("b.txt", "Note. One more alarm.")
        d.rings(2)
        d.drop("a.txt", "Report. An alarm rang. All is well.")  # not told again
        d.idle()
        d.ask("pause")
        d.drop("c.txt", "Late. A last alarm.")
        p = when(d, lambda p: p("tocsin_suppressed_total", reason="paused"), "c is held")
        assert p.among("tocsin_suppressed_total") == {("paused",): 1, ("known-evidence",): 1}
        assert p("tocsin_revisions_rung_total") == 2
        assert p("tocsin_paused") == 1 and p("tocsin_ready") == 1
        assert p.among("tocsin_outbox_deliveries") == {("stdout", "held"): 1}
        assert p("tocsin_outbox_oldest_age_seconds", notifier="stdout") == 0, "what is held does not count"
        d.ask("alert", "ack", d.ask("alert", "list")[-1]["id"])
        assert page(d).among("tocsin_alerts") == {("open",): 2, ("acknowledged",): 1}
        d.ask("resume")
        d.rings(3)
        p = when(d, lambda p: p("tocsin_deliveries_total", notifier="stdout", result="sent") == 3, "all are sent")
        assert p.among("tocsin_deliveries_total") == {("stdout", "sent"): 3} and p("tocsin_paused") == 0
        assert p.among("tocsin_outbox_deliveries") == {}


def failed_deliveries_are_counted_and_the_outbox_is_measured():
    with Daemon() as d:
        d.out_file = "/dev/full"
        d.config["notifiers"]["stdout"].update({"retry-first": "1h", "retry-max": "1h"})
        d.write_config()
        d.start()
        d.drop("a.txt", "An alarm.")
        p = when(d, lambda p: p.among("tocsin_delivery_failures_total"), "it failed")
        assert p.among("tocsin_delivery_failures_total") == {("false", "stdout", "later"): 1}, p.text
        assert p.among("tocsin_deliveries_total") == {("stdout", "later"): 1}
        p = when(d, lambda p: p.among("tocsin_outbox_deliveries") == {("stdout", "deferred"): 1}, "it waits")
        age = p("tocsin_outbox_oldest_age_seconds", notifier="stdout")
        assert age > 0
        when(d, lambda p: p("tocsin_outbox_oldest_age_seconds", notifier="stdout") > age, "it grows old")
        assert p("tocsin_notifier_up", notifier="stdout") == 1
        # Given up soon: a dead letter, whose trouble fails as well.
        d.config["notifiers"]["stdout"].update({"retry-first": "10ms", "retry-max": "10ms", "give-up-after": "1s"})
        d.write_config()
        d.ask("reload")
        d.drop("b.txt", "Another alarm.")
        p = when(d, lambda p: p("tocsin_delivery_failures_total", notifier="stdout", reason="later", final="true"),
                 "it is given up")
        assert p("tocsin_delivery_failures_total", notifier="stdout", reason="later", final="false") >= 3, p.text


def a_killed_notifier_host_is_counted():
    with daemon() as d:
        until(lambda: Page(d).among("tocsin_hosts", role="notifier"), "the notifier's host runs")
        d.kill_hosts("notifier")
        p = when(d, lambda p: p("tocsin_host_ends_total", role="notifier", end="crashed"), "its end is counted")
        p = when(d, lambda p: p("tocsin_host_starts_total", role="notifier") == 2, "another is started")
        d.drop("a.txt", "An alarm.")
        d.rings(1)
        p = page(d)
        assert p.among("tocsin_deliveries_total") == {("stdout", "sent"): 1}
        assert p("tocsin_host_ends_total", role="notifier", end="crashed") == 1


# ---- over time ----

def reloads_are_told_and_counts_go_on():
    with daemon() as d:
        d.drop("a.txt", "An alarm.")
        d.rings(1)
        before = page(d)
        assert before.among("tocsin_config_reloads_total") == {}
        assert before("tocsin_config_last_reload_successful") == 1
        taken = before("tocsin_config_last_reload_success_timestamp_seconds")
        assert before("process_start_time_seconds") <= taken
        good = d.config["folders"]["docs"]["settle"]
        d.config["folders"]["docs"]["settle"] = "never"
        d.write_config()
        assert d.ctl("reload")[0] == 78
        p = page(d)
        assert p("tocsin_config_last_reload_successful") == 0
        assert p("tocsin_config_last_reload_success_timestamp_seconds") == taken
        assert p.among("tocsin_config_reloads_total") == {("bad",): 1}
        # Folder, detector and notifier all change, and another of each comes and goes.
        other = os.path.join(d.dir, "other")
        os.mkdir(other)
        d.config["folders"]["docs"].update({"settle": good, "max-size": "1M"})
        d.config["folders"]["other"] = {"path": other}
        d.config["detectors"]["topics"]["deadline"] = "5s"
        d.config["detectors"]["more"] = {"plugin": "topics", "options": {"files": d.topics_file}}
        d.config["notifiers"]["stdout"]["retry-max"] = "1h"
        d.config["notifiers"]["more"] = {"plugin": "stdout", "options": {"format": "json"}}
        d.write_config()
        d.ask("reload")
        p = when(d, lambda p: p("tocsin_source_scans_total", source="docs") == 2 and
                 key("tocsin_findings_total", detector="more") in p.values, "the new configuration is at work")
        assert p("tocsin_config_last_reload_successful") == 1
        assert p("tocsin_config_last_reload_success_timestamp_seconds") > taken
        assert p.among("tocsin_config_reloads_total") == {("bad",): 1, ("good",): 1}
        for name, labels in (("tocsin_documents_total", {"source": "docs", "result": "read"}),
                             ("tocsin_source_opened_total", {"source": "docs"}),
                             ("tocsin_detect_duration_seconds_count", {"detector": "topics"}),
                             ("tocsin_findings_total", {"detector": "topics"}),
                             ("tocsin_deliveries_total", {"notifier": "stdout", "result": "sent"}),
                             ("tocsin_revisions_rung_total", {})):
            assert p(name, **labels) == before(name, **labels) == 1, name
        for name in ("other", "more"):
            assert f'"{name}"' in p.text
        for section, name in (("folders", "other"), ("detectors", "more"), ("notifiers", "more")):
            del d.config[section][name]
        d.write_config()
        d.ask("reload")
        when(d, lambda p: '"other"' not in p.text and '"more"' not in p.text, "what is gone is shown no more")
        # A new process counts anew.
        d.restart()
        p = page(d)
        assert p("tocsin_revisions_rung_total") == 0 and p.among("tocsin_config_reloads_total") == {}
        assert p("tocsin_alerts", state="open") == 1, "the store's are no counters"
        assert p("process_start_time_seconds") > before("process_start_time_seconds")


def the_process_is_measured():
    with daemon() as d:
        p = page(d)
        with open(f"/proc/{d.process.pid}/statm", encoding="ascii") as f:
            resident = int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")
        assert abs(p("process_resident_memory_bytes") - resident) < 8 << 20
        fds = len(os.listdir(f"/proc/{d.process.pid}/fd"))
        assert abs(p("process_open_fds") - fds) <= 2  # the connection of the one who asks
        assert 0 < p("process_cpu_seconds_total") < 60
        assert p("process_virtual_memory_bytes") > p("process_resident_memory_bytes")
        assert p("process_max_fds") > p("process_open_fds")
        assert 0 < p("tocsin_loop_longest_turn_seconds") < 60
        assert p("tocsin_store_failing") == 0 == p("tocsin_store_faults_total")
        version = d.ask("status")["version"]
        assert p("tocsin_build_info", version=version) == 1


# ---- manual, dashboard, rules ----

def families():
    """{name: (type, labels)} as a live daemon has them."""
    with daemon() as d:
        d.drop("a.txt", "An alarm.")
        d.rings(1)
        d.idle()
        found = d.ask("metrics")
        p = Page(d)
    for name, family in found.items():
        assert family["samples"], f"{name} has no sample"
        assert p.types[name] == family["type"], name
    return {name: (family["type"], sorted(family["samples"][0]["labels"])) for name, family in found.items()}


def the_manual_tells_of_every_metric():
    with open(os.path.join(SRC, "man", "tocsin-metrics.7"), encoding="utf-8") as f:
        items = re.findall(r"^\.It Sy ((?:tocsin|process)_\w+) Pq (.*)$", f.read(), re.M)
    told = {}
    for name, rest in items:
        kind, _, labels = rest.partition(" : ")
        assert name not in told, f"{name} twice"
        told[name] = (kind, sorted(re.findall(r"\w+", labels)))
    there = families()
    assert told == there, [(name, told.get(name), there.get(name)) for name in sorted(told.keys() | there.keys())
                           if told.get(name) != there.get(name)]


def names_in(expression):
    return set(re.findall(r"\b(?:tocsin|process)_\w+", expression))


def unknown_names(expressions):
    there = families()
    known = set(there) | {f"{name}_{part}" for name, (kind, _) in there.items() if kind == "histogram"
                          for part in ("bucket", "sum", "count")}
    return {name for expression in expressions for name in names_in(expression)} - known


def every(value, name):
    """Each value under that key, anywhere below."""
    if isinstance(value, dict):
        for k, v in value.items():
            if k == name:
                yield v
            yield from every(v, name)
    elif isinstance(value, list):
        for item in value:
            yield from every(item, name)


def dashboard():
    with open(DASHBOARD, encoding="utf-8") as f:
        return json.load(f)


def the_dashboard_can_be_imported_and_shows_what_there_is():
    d = dashboard()
    assert d["title"] and d["uid"] and d["schemaVersion"] >= 36 and d["id"] is None
    (source,) = [v for v in d["templating"]["list"] if v["type"] == "datasource"]
    assert source["name"] == "datasource" and source["query"] == "prometheus"
    panels = d["panels"]
    rows = [p["title"].lower() for p in panels if p["type"] == "row"]
    assert rows == ["daemon", "sources", "documents", "detection", "alerts", "deliveries"], rows
    ids = [p["id"] for p in panels]
    assert len(set(ids)) == len(ids)
    taken = set()
    for p in panels:
        at = p["gridPos"]
        assert at["x"] + at["w"] <= 24 and p["title"], p
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                assert (x, y) not in taken, f"{p['title']} lies on another panel"
                taken.add((x, y))
        if p["type"] == "row":
            continue
        assert p["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, p["title"]
        assert p["targets"] and p["description"], p["title"]
        assert len({t["refId"] for t in p["targets"]}) == len(p["targets"]), p["title"]
    expressions = list(every(d, "expr"))
    queried = expressions + [v["query"]["query"] for v in d["templating"]["list"] if v["type"] == "query"]
    assert not unknown_names(queried), unknown_names(queried)
    # Nothing that is counted is missing; of the process and of what a person asks for, some is.
    shown = {name for expression in expressions for name in names_in(re.sub("_(bucket|sum|count)\\b", "", expression))}
    left = {name for name in families() if name.startswith("tocsin_")} - shown
    assert not left, f"on no panel: {left}"


def the_dashboards_expressions_are_promql():
    need("promtool")
    rules = []
    for expression in every(dashboard(), "expr"):
        expression = re.sub(r"\$(instance|job)\b", ".*", re.sub(r"\$__\w+", "5m", expression))
        rules.append({"record": f"panel:{len(rules)}", "expr": expression})
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as f:
        json.dump({"groups": [{"name": "panels", "rules": rules}]}, f)  # which is YAML, too
        f.flush()
        out = content("promtool", "check", "rules", f.name)
    assert f"SUCCESS: {len(rules)} rules found" in out, out


def the_rules_are_checked_and_tested_by_promtool():
    need("promtool")
    out = content("promtool", "check", "rules", "--lint-fatal", RULES)
    assert "SUCCESS" in out, out
    out = content("promtool", "check", "config", os.path.join(EXAMPLES, "prometheus", "prometheus.yaml"))
    assert "SUCCESS" in out and "FAILED" not in out, out
    content("promtool", "test", "rules", os.path.join(SRC, "tests", "e2e", "tocsin.rules.test.yaml"))


def the_rules_name_metrics_and_each_is_tested():
    with open(RULES, encoding="utf-8") as f:
        text = f.read()
    unknown = unknown_names(re.findall(r"^ *expr: *(.*(?:\n {10,}.*)*)", text, re.M))
    assert not unknown, unknown
    with open(os.path.join(SRC, "tests", "e2e", "tocsin.rules.test.yaml"), encoding="utf-8") as f:
        tested = f.read()
    alerts = re.findall(r"^ *- alert: (\w+)$", text, re.M)
    assert len(alerts) > 8
    for alert in alerts:
        assert f"alertname: {alert}\n" in tested, f"{alert} is not tested"


run([
    documents_are_counted_by_what_came_of_them,
    a_source_that_is_gone_or_overflows_is_seen,
    detection_is_measured_and_failures_are_counted,
    alerts_are_counted_by_state_and_by_what_silenced_them,
    failed_deliveries_are_counted_and_the_outbox_is_measured,
    a_killed_notifier_host_is_counted,
    reloads_are_told_and_counts_go_on,
    the_process_is_measured,
    the_manual_tells_of_every_metric,
    the_dashboard_can_be_imported_and_shows_what_there_is,
    the_dashboards_expressions_are_promql,
    the_rules_are_checked_and_tested_by_promtool,
    the_rules_name_metrics_and_each_is_tested,
])
