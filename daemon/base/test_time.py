#!/usr/bin/python3
"""Time zones against Python's zoneinfo, calendar expressions against `systemd-analyze calendar`: neither shares
code with ours. usage: test_time.py [MOMENTS_A_ZONE [EXPRESSIONS]]"""
import datetime
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zoneinfo

BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
MOMENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
EXPRESSIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
ITERATIONS = 5
UTC = datetime.timezone.utc
# Left and right of Greenwich, north and south of the equator, half hours, no summer time, one with a rule that begins
# and ends by Ramadan, and one that has skipped a day.
SOME = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "Pacific/Apia",
        "America/Sao_Paulo", "Europe/Dublin", "UTC")


def ask(questions):
    done = subprocess.run([os.path.join(BUILD, "daemon/base/check_time")], input="\n".join(questions) + "\n",
                          capture_output=True, text=True, check=True, timeout=300)
    answers = done.stdout.split("\n")[1:-1]
    assert len(answers) == len(questions), f"{len(answers)} answers to {len(questions)} questions"
    return answers


def compare(questions, wanted):
    for question, got, want in zip(questions, ask(questions), wanted):
        assert got == want, f"{question}: {got}, not {want}"


def shown(moment, zone):
    at = datetime.datetime.fromtimestamp(moment, UTC).astimezone(zone)
    return f"{at.year:04}{at:-%m-%d %H:%M:%S} {at.isoweekday()}"


def when(local, zone):
    """The moment that shows it; of a time that is left out, the first after it."""
    moment = int(local.replace(tzinfo=zone, fold=0).timestamp())
    if shown(moment, zone) == shown(int(local.replace(tzinfo=UTC).timestamp()), UTC):
        return moment
    low, high = moment - 4 * 86400, moment
    offset = datetime.datetime.fromtimestamp(high, UTC).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.datetime.fromtimestamp(middle, UTC).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high


def zones_are_tzdatas():
    random.seed(1)
    questions, wanted = [], []
    for name in sorted(zoneinfo.available_timezones() - {"localtime"}):
        zone = zoneinfo.ZoneInfo(name)
        questions.append("zone " + name)
        wanted.append("ok")
        for i in range(MOMENTS):
            # Beyond 2037 the rule in the footer holds.
            moment = random.randrange(*((0, 2200000000) if i % 2 else (-3000000000, 7000000000)))
            questions.append(f"civil {moment}")
            wanted.append(shown(moment, zone))
            local = datetime.datetime.fromtimestamp(random.randrange(0, 4000000000), UTC).replace(tzinfo=None)
            questions.append(local.strftime("utc %Y %m %d %H %M %S"))
            wanted.append(str(when(local, zone)))
    compare(questions, wanted)


def the_hours_around_each_change():
    for name in SOME:
        zone = zoneinfo.ZoneInfo(name)
        questions, wanted = ["zone " + name], ["ok"]
        offset = None
        for moment in range(1262304000, 2524608000, 6 * 3600):
            before, offset = offset, datetime.datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
            if before in (None, offset):
                continue
            for minutes in range(-12 * 60, 4 * 60, 7):
                local = (datetime.datetime.fromtimestamp(moment, UTC) + offset).replace(tzinfo=None)
                local += datetime.timedelta(minutes=minutes)
                questions.append(local.strftime("utc %Y %m %d %H %M %S"))
                wanted.append(str(when(local, zone)))
        compare(questions, wanted)


def what_is_no_zone_is_said():
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"TZif2" + b"\0" * 500)
        file.flush()
        answers = ask(["zone Mars/Olympus", "zone ../../etc/passwd", "zone " + file.name, "zone Europe", "zone tzdata.zi"])
    for answer, want in zip(answers, ("/usr/share/zoneinfo/Mars/Olympus: ", "is no name", "is no name", "cannot be read",
                                      "is no time zone")):
        assert want in answer or not os.path.exists("/usr/share/zoneinfo/tzdata.zi"), answers


# ---- calendars ----

def field(least, most, width=2):
    def number():
        return f"{random.randint(least, most):0{width}}"

    def span():
        kind = random.randrange(6)
        if kind == 0:
            first, last = sorted((random.randint(least, most), random.randint(least, most)))
            return f"{first:0{width}}..{last:0{width}}"
        if kind == 1:
            first = random.randint(least, most - 1)
            return f"{first:0{width}}/{random.randint(1, most - first)}"
        return number()
    return "*" if random.randrange(3) == 0 else ",".join(span() for _ in range(random.choice((1, 1, 1, 2, 3))))


def weekdays():
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    if random.randrange(3) == 0:
        first, last = sorted(random.sample(range(7), 2))
        return f"{names[first]}..{names[last]}"
    return ",".join(random.sample(names, random.randint(1, 3)))


def expression():
    if random.randrange(12) == 0:
        return random.choice(("minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "yearly"))
    parts = [weekdays()] if random.randrange(3) == 0 else []
    if random.randrange(2):
        day = f"~{random.randint(1, 28):02}" if random.randrange(5) == 0 else "-" + field(1, 28)
        parts.append(random.choice(("*-", "")) + field(1, 12) + day)
    if random.randrange(4) or not parts:
        parts.append(field(0, 23) + ":" + field(0, 59) + (":" + field(0, 59) if random.randrange(4) == 0 else ""))
    return " ".join(parts)


def systemds(text, zone):
    """The next moments by systemd, from now; [] when it does not find them, as it does not over some changes of the
    clock; None when it takes it for no expression."""
    done = subprocess.run(["systemd-analyze", "calendar", f"--iterations={ITERATIONS}", f"{text} {zone}"],
                          capture_output=True, text=True, check=False, timeout=60, env=dict(os.environ, TZ="UTC", LC_ALL="C"))
    if done.returncode:
        return None if "parse" in done.stderr else []
    times = re.findall(r"(?:Next elapse|\(in UTC\)|Iteration #\d+|Iter\. #\d+): (\w{3} \S+ \S+) UTC", done.stdout)
    moments = [int(datetime.datetime.strptime(t, "%a %Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()) for t in times]
    return list(dict.fromkeys(moments))


def calendars_are_systemds():
    if not shutil.which("systemd-analyze"):
        return "systemd-analyze is not installed"
    random.seed(2)
    for i in range(EXPRESSIONS):
        text, zone = expression(), SOME[i % len(SOME)]
        now = int(datetime.datetime.now(UTC).timestamp())
        wanted = systemds(text, zone)
        if now != int(datetime.datetime.now(UTC).timestamp()) and "*" in text.split(":")[-1] + text:
            now -= 1  # the clock went on between: look from before, and compare what is in both
        got = ask([f"next {now} {ITERATIONS + 3} {text} {zone}"])[0]
        assert wanted is not None, f"systemd does not know {text}, we say {got}"
        if not wanted:
            continue
        numbers = [int(n) for n in got.replace("none", "").split()]
        skipped = [n for n in numbers if n not in wanted][:3]
        for n in skipped:  # before systemd looked; or left out by the clock, which it leaves out and we do not
            numbers.remove(n)
            at = datetime.datetime.fromtimestamp(n, UTC).astimezone(zoneinfo.ZoneInfo(zone))
            assert n <= wanted[0] or at.utcoffset() != (at - datetime.timedelta(days=1)).utcoffset() \
                or n > wanted[-1], f"{text} {zone}: {got}, systemd says {wanted}"
        assert numbers[:len(wanted)] == wanted, f"{text} {zone}: {got}, systemd says {wanted}"
    return None


def a_time_left_out_comes_at_the_jump():
    jump = int(datetime.datetime(2027, 3, 28, 1, tzinfo=UTC).timestamp())  # Paris goes from 02:00 to 03:00
    zone = ["zone Europe/Paris"]
    wanted = f"{jump} {jump + 86400 - 1800}"
    assert ask(zone + [f"next {jump - 1} 2 02:30"])[1] == wanted
    assert ask(zone + [f"next {jump} 1 02:30"])[1] == str(jump + 86400 - 1800)
    back = int(datetime.datetime(2027, 10, 31, 0, 30, tzinfo=UTC).timestamp())  # 02:30 for the first time
    assert ask(zone + [f"next {back - 1} 2 02:30"])[1] == f"{back} {back + 86400 + 3600}"


def what_is_no_calendar_is_said():
    for text, why in (("", "an empty calendar expression"), ("25:00", "a hour from 0 to 23, not 25"),
                      ("*-13-01", "a month from 1 to 12, not 13"), ("08:00 Mon", '"Mon" is out of place'),
                      ("8", '"8" is no date: YEAR-MONTH-DAY'), ("*-02~03~04", '"*-02~03~04" is no date'),
                      ("08:00:00:00", "is no time of day"), ("08:00 Mars/Olympus", '"Mars/Olympus" is neither weekdays nor'),
                      ("Mon..Funday 10:00", '"Mon..Funday" is neither weekdays nor'), ("10..5:00", "a hour from 10 to 5 is none"),
                      ("*:0/0", "is no minute"), (",".join("12345678901234567") + ":00", "more than 16 hours"),
                      ("*-02-30", None)):
        got = ask([f"next 0 1 {text}"])[0]
        assert got == "none" if why is None else got.startswith("error: ") and why in got, (text, got)


number = 0
failed = False
for test in (zones_are_tzdatas, the_hours_around_each_change, what_is_no_zone_is_said, calendars_are_systemds,
             a_time_left_out_comes_at_the_jump, what_is_no_calendar_is_said):
    number += 1
    try:
        skip = test()
    except AssertionError as error:
        failed = True
        print(f"not ok {number} - {test.__name__.replace('_', ' ')}\n# {error}", flush=True)
        continue
    print(f"ok {number} - {test.__name__.replace('_', ' ')}" + (f" # SKIP {skip}" if skip else ""), flush=True)
print(f"1..{number}")
sys.exit(failed)
