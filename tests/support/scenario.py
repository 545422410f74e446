"""Scripts of tests/scenario, played through the real tocsind on a wound clock: documents in a folder, a
topic for each that is named, programs that take deliveries and do with them as the script says. What a
script may say here is what Player has a method for; its language is explained in tests/scenario/script.h."""
import calendar
import datetime
import json
import os
import re
import shlex
import time
import zoneinfo

from clock import WoundDaemon
from harness import until

# Keeps each attempt in a file of its own, then does as it is told.
NOTIFIER = """#!/bin/sh
name=$1 out=$2
read mood <"$out/$name.mood"
{ echo "$mood"; cat; } >"$out/.$name.$$"
mv "$out/.$name.$$" "$out/$name.$(date +%s%N)"
case $mood in
LATER) exit 75 ;;
NEVER) exit 3 ;;
HANGS) exec sleep 1000 ;;
esac
"""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(duration):
    return sum(int(n) * UNITS[unit] for n, unit in re.findall(r"(\d+)([smhd])", duration))


def moment(text, zone="UTC"):
    at = datetime.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return calendar.timegm(at.utctimetuple())


class Ring:
    """An attempt, as the notifier's program had it."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.mood, *lines = f.read().splitlines()
        self.alerts = [json.loads(line) for line in lines]
        self.first = self.alerts[0]


class Player:
    def __init__(self, path):
        self.name = os.path.basename(path)
        with open(path, encoding="utf-8") as f:
            self.lines = f.read().splitlines()
        topics = {words[2]: {"query": words[2]} for _, words in self.words()
                  if words[0] == "TOPIC" and len(words) > 2}
        self.d = WoundDaemon(topics=topics)
        self.out = os.path.join(self.d.dir, "out.d")
        os.mkdir(self.out)
        self.program = os.path.join(self.d.dir, "notify.sh")
        with open(self.program, "w", encoding="utf-8") as f:
            f.write(NOTIFIER)
        os.chmod(self.program, 0o755)
        self.notifiers, self.routes, self.places = {}, [], {}
        self.seen, self.moods, self.version = set(), {}, 0
        self.hanging = set()  # since the last start
        self.document = self.ring = None

    def words(self):
        for number, line in enumerate(self.lines, 1):
            words = shlex.split(line, comments=True)
            if words:
                yield number, words

    def play(self):
        with self.d:
            for number, words in self.words():
                try:
                    self.say(number, *words)
                except BaseException:
                    print(f"# {self.name}:{number}: {self.lines[number - 1]}")
                    raise
            self.expect_silent()

    def say(self, number, verb, *words):
        if verb == "EXPECT":
            getattr(self, "expect_" + words[0].lower())(*words[1:])
        elif verb in ("NOTIFIER", "ROUTE"):
            getattr(self, verb.lower())(number, *words)
        else:
            getattr(self, verb.lower())(*words)

    # ---- the configuration: each notifier and each route on a line of its own ----

    def real(self):
        """The script is for this player, too."""

    def notifier(self, number, name, *options):
        given = dict(option.split("=", 1) for option in options if "=" in option)
        per_minute = given.get("per_minute", 5 if "interrupts" in options else 0)
        self.notifiers[name] = (number, "{plugin: command, per-minute: %s, retry-first: %s, give-up-after: %s, options: "
                                "{command: ['%s', '%s', '%s']}}" % (
                                    per_minute, given.get("retry", "10s"), given.get("give_up", "1d"), self.program,
                                    name, self.out))
        self.behave(name, "OK")

    def route(self, number, *options):
        keys = {"topics": "topic", "notify": "notify", "quiet": "quiet"}
        plain = {"zone": "zone", "batch": "batch-for", "most": "at-most", "digest": "digest"}
        given = {"zone": "UTC", "notify": "", **dict(option.split("=", 1) for option in options if "=" in option)}
        parts = [f"{keys[k]}: {json.dumps([x for x in v.split(',') if x])}" for k, v in given.items() if k in keys]
        parts += [f"{plain[k]}: {json.dumps(v)}" for k, v in given.items() if k in plain]
        parts += [f"{flag}: true" for flag in ("stop", "shadow") if flag in options]
        self.routes.append((number, "{" + ", ".join(parts) + "}"))

    def remove(self, name):
        if name == "ROUTES":
            self.routes = []
        else:
            del self.notifiers[name]

    def configure(self):
        lines = ["folders:", f"  docs: {{path: '{self.d.folder}', first-start: all, settle: 0}}", "detectors:",
                 f"  topics: {{match: whole, options: {{files: '{self.d.topics_file}'}}}}", "notifiers:"]
        for name, (number, text) in self.notifiers.items():
            lines.append(f"  {name}: {text}")
            self.places[number] = len(lines)
        lines += ["routes:"] if self.routes else []
        for number, text in self.routes:
            lines.append(f"  - {text}")
            self.places[number] = len(lines)
        self.d.write_config("\n".join(lines) + "\n")

    def start(self):
        self.configure()
        if self.d.process:
            self.d.ask("reload")
        else:
            self.d.start()
        self.settle()

    def restart(self):
        self.d.stop()
        self.hanging.clear()
        self.start()

    def crash(self):
        self.settle()  # what has rung is known to have rung
        self.d.process.kill()
        self.d.process.wait()
        self.d.process = None
        self.hanging.clear()
        self.start()

    # ---- what happens ----

    def settle(self):
        """Nothing is on its way but what hangs."""
        def busy():
            status = self.d.ask("status")
            detect = status["detect"]
            return (sum(s["waiting"] for s in status["sources"]) + detect["queued"] + detect["running"] +
                    status["store_backlog"] + sum(n["queued"] + n["sending"] for n in status["deliver"]
                                                  if n["notifier"] not in self.hanging))

        for _ in range(3):  # one look may fall between two stages
            until(lambda: not busy(), "nothing on its way")
            time.sleep(0.02)

    def clock(self, text, zone="UTC"):
        self.d.wind(moment(text, zone) - self.d.now)
        self.settle()

    def time(self, _, duration):
        self.d.wind(seconds(duration))
        self.settle()

    def topic(self, document, topic=None, *quotes):
        self.version += 1
        sentences = [f"The {topic} company says {quote}." for quote in quotes]
        self.document = self.d.drop(f"{document}.txt", "\n\n".join(
            [f"Number {self.version} of document {document}.", *sentences]) + "\n")
        self.settle()

    def behave(self, name, mood):
        self.moods[name] = mood
        self.hanging |= {name} if mood == "HANGS" else set()
        with open(os.path.join(self.out, f"{name}.mood"), "w", encoding="ascii") as f:
            f.write(mood + "\n")

    def action(self, verb, *duration):
        self.d.ask("alert", {"acknowledge": "ack"}.get(verb, verb), self.finding()["alert"], *duration)
        self.settle()

    def silence(self, duration, *matchers):
        self.d.ask("silence", "add", duration, *matchers, "comment=for a reason")

    def forget(self, _, number):
        self.d.ask("silence", "end", number)

    def pause(self):
        self.d.ask("pause")

    def resume(self):
        self.d.ask("resume")
        self.settle()

    # ---- what is expected ----

    def finding(self):
        """The last one, as explain has it."""
        return self.d.ask("explain", self.document)["findings"][-1]

    def rings(self, name=None):
        files = sorted(f for f in os.listdir(self.out) if not f.startswith(".") and not f.endswith(".mood"))
        return [f for f in files if f not in self.seen and (not name or f.startswith(name + "."))]

    def attempt(self, name):
        file = until(lambda: self.rings(name), f"{name} hears of something")[0]
        self.seen.add(file)
        return Ring(os.path.join(self.out, file))

    def expect_ring(self, name, *words, mood="OK"):
        last, self.ring = self.ring, self.attempt(name)
        first = self.ring.first
        assert self.ring.mood == mood, self.ring.mood
        for word in words:
            key, _, value = word.partition("=")
            if word == "same":
                assert first["delivery"] == last.first["delivery"], (first, last.first)
            elif key in ("count", "attempt"):
                has = len(self.ring.alerts) if key == "count" else first["attempt"]
                assert has == int(value), (word, self.ring.alerts)
            elif key == "summary":
                assert first.get("summary", "") == value, (word, first)
            else:
                topic, _, quote = word.partition(": ")
                assert first["topic"] == topic and f"says {quote}." in first["quote"], (word, first)

    def expect_try(self, name, *words):
        self.expect_ring(name, *words, mood=self.moods[name])

    def expect_silent(self):
        self.settle()
        assert not self.rings(), [Ring(os.path.join(self.out, f)).alerts for f in self.rings()]

    def place(self, text):
        return re.sub(r"^.*\.scn:(\d+)$", lambda m: f"{self.d.config_file}:{self.places[int(m[1])]}", text)

    def expect_outcome(self, word):
        assert self.finding()["outcome"] == word, self.finding()

    def expect_why(self, word, place):
        found = self.finding()
        assert (found["outcome"], found["place"]) == (word, self.place(place)), found

    def show(self):
        return self.d.ask("alert", "show", self.finding()["alert"])

    def expect_held(self, name, word, place, until_text=None):
        held = [d for told in self.show()["told"] for d in told["deliveries"] if d["notifier"] == name][-1]
        assert (held["state"], held["reason"], held["place"]) == ("held", word, self.place(place)), held
        assert not until_text or held["next_ms"] // 1000 == moment(until_text), held

    def expect_state(self, word):
        assert self.show()["state"] == word, self.show()["state"]

    def expect_metric(self, word, number):
        _, text, _ = self.d.ctl("metrics", output="text")
        pattern = (r"^tocsin_revisions_rung_total (\d+)" if word == "rang" else
                   rf'^tocsin_suppressed_total{{reason="{word}"}} (\d+)')
        found = re.search(pattern, text, re.M)
        assert found and found[1] == number, (word, found and found[0])

    def expect_count(self, name, state, number):
        (status,) = [n for n in self.d.ask("status")["deliver"] if n["notifier"] == name]
        assert status[state] == int(number), status
