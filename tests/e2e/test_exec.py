#!/usr/bin/python3
"""The plugin `exec` in a real daemon: the examples as they are shipped, and programs that are slow, die,
babble or lie, as detectors and as notifiers. The others go on meanwhile."""
import json
import os
import re
import shutil
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import SRC, Daemon, Skip, run, until  # noqa: E402

EXAMPLES = os.path.join(SRC, "plugins", "exec", "examples")
PREAMBLE = """#!/usr/bin/python3
import json, os, sys, time
def say(**message):
    print(json.dumps(message), flush=True)
def hello(**more):
    say(id=json.loads(sys.stdin.readline())["id"], tocsin=1, **more)
def questions():
    for line in sys.stdin:
        yield json.loads(line)
"""
FINDS = """
def finding(question, word, **more):
    text = question["detect"]["text"]
    found = [dict({"topic": word, "summary": word, "evidence": [{"text": word}]}, **more)] if word in text else []
    say(id=question["id"], findings=found)
"""


def detector(command, **options):
    return {"plugin": "exec", "options": {"command": command, **options}}


def program(d, text, name="program.py"):
    path = os.path.join(d.dir, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(PREAMBLE + FINDS + text)
    os.chmod(path, 0o755)
    return path


def with_detector(text, **options):
    d = Daemon()
    d.config["detectors"]["mine"] = detector([program(d, text)], **options)
    d.write_config()
    return d


def with_notifier(text, **options):
    d = Daemon()
    d.config["notifiers"]["mine"] = {"plugin": "exec", "retry-first": "100ms", "retry-max": "1s",
                                     "options": {"command": [program(d, text)], **options}}
    d.write_config()
    return d


def mine(d):
    (entry,) = [n for n in d.ask("status")["deliver"] if n["notifier"] == "mine"]
    return entry


def quarantined(d, n=1):
    return until(lambda: (lambda q: q if len(q) == n else None)(d.ask("quarantine", "list")), "it is quarantined")


# ---- the examples ----

def the_python_detector_finds():
    with Daemon() as d:
        d.config["detectors"] = {"shouting": detector([os.path.join(EXAMPLES, "shouting.py")])}
        d.write_config()
        d.start()
        d.drop("loud.txt", "A note.\nALL IS CLOSED ÜBERALL TODAY! Sorry.\n")
        d.drop("calm.txt", "We are open.\n")
        (ring,) = d.rings(1)
        assert ring["topic"] == "shouting" and ring["quote"].startswith("ALL IS CLOSED ÜBERALL TODAY!"), ring
        start, end = ring["mark"]
        assert ring["quote"].encode()[start:end].decode() == "ALL IS CLOSED ÜBERALL TODAY!"
        d.silent(1)
        (topic,) = d.ask("topic", "list")
        assert topic["name"] == "shouting" and topic["query"] == "sentences in capitals", topic


def the_shell_detector_finds():
    if not shutil.which("jq"):
        raise Skip("jq is not installed")
    with Daemon() as d:
        d.config["detectors"] = {"longest-word": detector([os.path.join(EXAMPLES, "longest-word.sh"), "15"])}
        d.write_config()
        d.start()
        d.drop("a.txt", "Of Donaudampfschifffahrt and \"quotes\" $(id).\n")
        (ring,) = d.rings(1)
        assert ring["headline"].endswith(": Donaudampfschifffahrt") and ring["severity"] == 1, ring


def the_python_notifier_tells_once():
    with Daemon() as d:
        diary = os.path.join(d.dir, "Diary")
        d.config["notifiers"] = {"diary": {"plugin": "exec", "options": {
            "command": [os.path.join(EXAMPLES, "diary.py"), diary]}}}
        d.write_config()
        d.start()
        d.drop("a.txt", "The alarm rang.\n")

        def page():
            names = os.listdir(diary) if os.path.isdir(diary) else []
            text = "".join(open(os.path.join(diary, n), encoding="utf-8").read() for n in names)
            return text if "alarm" in text else None

        text = until(page, "the diary has a page")
        assert text.count("The alarm rang") == 3, text  # headline, quote, title
        (alert,) = d.ask("alert", "list")
        until(lambda: d.ask("alert", "show", alert["id"])["told"][0]["deliveries"][0]["state"] == "sent", "sent")


def the_shell_notifier_tells():
    if not shutil.which("jq"):
        raise Skip("jq is not installed")
    with Daemon() as d:
        out = os.path.join(d.dir, "said")
        d.config["notifiers"] = {"say": {"plugin": "exec", "options": {
            "command": [os.path.join(EXAMPLES, "say.sh"), "sh", "-c", f'printf "%s\\n" "$2" >>{out}', "sh"]}}}
        d.write_config()
        d.start()
        d.drop("a.txt", "The alarm; $(touch /tmp/no) `id` \"rang\".\n")
        until(lambda: os.path.exists(out) and open(out, encoding="utf-8").read().endswith("\n"), "it was said")
        with open(out, encoding="utf-8") as f:
            said = f.read()
        assert '$(touch /tmp/no) `id` "rang"' in said, said


def the_readme_s_detector_finds():
    with open(os.path.join(SRC, "README.md"), encoding="utf-8") as f:
        text = re.search(r"```python\n(.*?)```", f.read(), re.S).group(1)
    with Daemon() as d:
        path = os.path.join(d.dir, "hello.py")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o755)
        d.config["detectors"] = {"greetings": detector([path])}
        d.write_config()
        d.start()
        d.drop("note.txt", "Good morning, harbour!\n")
        (ring,) = d.rings(1)
        assert ring["topic"] == "greeting" and ring["quote"] == "Good morning, harbour!", ring


# ---- detectors ----

def it_is_started_once_and_kept():
    d = with_detector("hello()\nfor q in questions(): finding(q, 'needle', severity='urgent', labels=['a'], "
                      "fields={'pid': str(os.getpid())}, score=0.5)\n")
    with d:
        d.start()
        for i in range(20):
            d.drop(f"{i}.txt", f"needle {i}\n")
        rings = d.rings(20)
        assert {r["severity"] for r in rings} == {4} and rings[0]["labels"] == ["a"], rings[0]
        pids = {r["fields"]["pid"][0] for r in rings}
        hosts = [h for h in d.ask("status")["hosts"] if h["role"] == "detector"]
        assert len(pids) <= len(hosts), (pids, hosts)


def evidence_in_bytes_characters_and_text():
    d = with_detector("""hello()
for q in questions():
    text = q["detect"]["text"]
    at = text.find("naïve")
    raw = text.encode().find("çé".encode())
    say(id=q["id"], findings=[
        {"topic": "chars", "evidence": [{"chars": [at, at + 5]}]},
        {"topic": "bytes", "evidence": [{"bytes": [raw, raw + 4]}]},
        {"topic": "text", "evidence": [{"text": "end 😀"}]}])
""")
    with d:
        d.start()
        d.drop("a.txt", "É 日本 naïve. Then çé stands. At the end 😀 all.\n")
        wanted = {"chars": "naïve", "bytes": "çé", "text": "end 😀"}
        for ring in d.rings(3):
            start, end = ring["mark"]
            assert ring["quote"].encode()[start:end].decode() == wanted[ring["topic"]], ring


def facts_have_a_ladder():
    d = with_detector('''hello(key_fields=["who", "year"], statuses=["rumoured", "confirmed"], edition_field="year")
for q in questions():
    text = q["detect"]["text"]
    status = "confirmed" if "confirms" in text else "rumoured"
    say(id=q["id"], findings=[{"status": status, "summary": "Ada " + status, "fields": {"who": "Ada", "year": "2026"},
                               "evidence": [{"text": "Ada"}]}])
''')
    with d:
        d.start()
        d.drop("a.txt", " date 2026-01-01 They say that Ada comes.\n")
        d.rings(1)
        d.drop("b.txt", " date 2026-01-02 Another rumour of Ada.\n")
        d.silent(1)
        d.drop("c.txt", " date 2026-01-03 The club confirms Ada.\n")
        assert d.rings(2)[1]["change"] == "rumoured → confirmed", d.rang()
        (alert,) = d.ask("alert", "list")
        assert alert["sources"] == 3, alert


def it_explains():
    d = with_detector("""hello(explains=True)
for q in questions():
    if "detect" in q: finding(q, "needle")
    else: say(id=q["id"], topics=[{"topic": "needle", "matches": False, "parts": [
        {"depth": 0, "holds": False, "part": "needle", "text": "not in " + q["explain"]["title"]}]}])
""")
    with d:
        d.start()
        path = d.drop("a.txt", "hay\n")
        d.idle()
        topics = [t for t in d.ask("explain", path)["topics"] if t["detector"] == "mine"]
        assert topics[0]["parts"][0]["text"] == "not in hay", topics


def what_is_wrong_is_said_and_quarantined():
    """One bad document of each kind; good ones before and after are found, by topics and by the program."""
    wrong = {
        "slow": ("time.sleep(1000)", "did not answer in time and was killed"),
        "dies": ("print('out of cheese', file=sys.stderr); os._exit(7)",
                 "ended with exit status 7: out of cheese"),
        "crashes": ("os.abort()", "was ended by signal 6"),
        "closes": ("os.close(1); time.sleep(1000)", "closed its output"),
        "noise": ("print('hello there', flush=True); time.sleep(1000)", 'no JSON object ("hello there")'),
        "babble": ("[say(log='info', text='bla') for i in range(1000)]; time.sleep(1000)",
                   "talked on instead of answering"),
        "long": ("print('x' * 3000000, flush=True); time.sleep(1000)", "a line of more than 1 MB"),
        "other": ("say(id=12345, findings=[])", "answered what it was not asked"),
        "error": ("say(id=q['id'], error='cannot judge this')", "cannot judge this"),
        "nolist": ("say(id=q['id'])", 'has no list of "findings"'),
        "invents": ("say(id=q['id'], findings=[{'topic': 't', 'evidence': [{'text': 'not there'}]}])",
                    "finding 1 of the answer: its \"text\" does not stand in the document"),
        "beyond": ("say(id=q['id'], findings=[{'topic': 't', 'evidence': [{'bytes': [0, 10000]}]}])",
                   '"bytes" are beyond the text'),
        "severe": ("say(id=q['id'], findings=[{'topic': 't', 'severity': 'loud', 'evidence': [{'text': 'a'}]}])",
                   "none of low, normal, high, urgent"),
    }
    cases = "".join(f"    elif {name + ' document'!r} in text: {deed}\n" for name, (deed, _) in wrong.items())
    d = with_detector("hello()\nfor q in questions():\n    text = q['detect']['text']\n    if 'needle' in text: "
                      "finding(q, 'needle')\n" + cases + "    else: say(id=q['id'], findings=[])\n", timeout="500ms")
    with d:
        d.start()
        d.drop("before.txt", "needle, before\n")
        d.rings(1)
        for name in wrong:
            d.drop(f"{name}.txt", f"a {name} document\nalarm\n")
        listed = {os.path.basename(q["path"]): q for q in quarantined(d, len(wrong))}
        for name, (_, words) in wrong.items():
            entry = listed[f"{name}.txt"]
            assert words in entry["reason"] and entry["detector"] == "mine", (name, entry)
        d.drop("after.txt", "needle, after\n")
        until(lambda: {"needle"} <= {r["topic"] for r in d.rang()} and
              len([r for r in d.rang() if r["topic"] == "needle"]) == 2, "it still finds")
        until(lambda: len([r for r in d.rang() if r["topic"] == "alarm"]) == len(wrong), "topics found all of them")


def a_death_between_documents_costs_nothing():
    d = with_detector("hello()\nfor q in questions():\n    finding(q, 'needle')\n    if 'last' in q['detect']['text']: "
                      "os._exit(0)\n")
    with d:
        d.start()
        d.drop("a.txt", "needle, last\n")
        d.rings(1)
        d.drop("b.txt", "needle again\n")
        d.rings(2)
        assert not d.ask("quarantine", "list")
        assert "it is started again" in d.log(), d.log()


def a_bad_start_is_refused_with_its_reason():
    for text, words in (
            ("import nothing_of_this_name\n", "ModuleNotFoundError"),
            ("sys.exit(3)\n", "ended with exit status 3"),
            ("say(id=0, tocsin=99)\n[0 for q in questions()]\n", "it speaks another protocol"),
            ("print('usage: ...', flush=True)\ntime.sleep(1000)\n", 'no JSON object ("usage: ...")'),
            ("hello(key_fields=['who'])\n", "facts need key fields and statuses"),
            ("hello(key_fields=['who'], statuses=['a'], edition_field='year')\n", '"year" is none of the key fields'),
            ("time.sleep(1000)\n", "did not answer in time")):
        d = with_detector(text)
        with d:
            code, _, said = d.ctl("config", "check", output="text")
            assert code == 78 and words in said, (text, code, said)


def a_try_shows_what_it_says():
    """tocsinctl test: the traceback of a program that fails, not only its last line."""
    d = with_detector("hello()\nfor q in questions():\n    raise KeyError('nokey')\n")
    with d:
        path = d.drop("a.txt", "hay\n")
        _, _, said = d.ctl("test", path, output="text")
        assert "Traceback" in said and "KeyError: 'nokey'" in said, said


def its_log_is_the_daemons():
    d = with_detector("hello()\nfor q in questions():\n    say(log='warning', text='look at \\x1b[31mthis')\n"
                      "    print('and this', file=sys.stderr)\n    say(id=q['id'], findings=[])\n")
    with d:
        d.start()
        d.drop("a.txt", "hay\n")
        until(lambda: "mine: and this" in d.log() and "mine: look at" in d.log(), "both are logged")
        assert "\x1b" not in d.log()


def the_manual_speaks_true():
    """The lines that the manual shows, spoken by a program: the question is the one that comes."""
    with open(os.path.join(SRC, "man", "tocsin-exec.7"), encoding="utf-8") as f:
        shown = f.read().replace("\\en", "\\n")
    block = re.search(r"\.Ss A document\n\.Bd.*?\n(.*?)\n\.Ed", shown, re.S).group(1)
    question, answer = [json.loads(line) for line in re.sub(r"\n +", " ", block).splitlines()]
    answer["findings"][0]["summary"] = "as the manual shows it"
    d = with_detector(f"""hello()
for q in questions():
    if q["detect"] != {question["detect"]!r}: sys.exit(f"asked {{q}}")
    say(**dict({answer!r}, id=q["id"]))
""")
    with d:
        d.config["folders"] = {"news": d.config["folders"]["docs"]}
        d.write_config()
        d.start()
        d.drop("today.txt", " date 2026-01-31 A note.\nALL IS CLOSED TODAY!")
        (ring,) = d.rings(1)
        assert ring["headline"] == "as the manual shows it" and ring["severity"] == 3, ring
        assert ring["labels"] == ["noise"] and ring["fields"] == {"loud": ["1"]}, ring


# ---- notifiers ----

def a_notifier_says_what_became_of_it():
    d = with_notifier("""hello()
tries = 0
for q in questions():
    n = q["notify"]
    title = n["alerts"][0]["title"]
    tries += 1
    if "never" in title: say(id=q["id"], result="never", reason="nobody there")
    elif "later" in title and n["attempt"] < 3: say(id=q["id"], result="later", reason="busy", delay="200ms")
    elif "odd" in title and n["attempt"] < 2: say(id=q["id"], result="perhaps")
    elif "slow" in title and n["attempt"] < 2: time.sleep(1000)
    else: say(id=q["id"], result="ok")
""", timeout="500ms")
    with d:
        d.start()
        for name in ("later", "odd", "slow", "fine"):
            d.drop(f"{name}.txt", f"The alarm, {name}.\n")
        until(lambda: mine(d)["sent"] == 4, "all of them were sent")
        d.drop("never.txt", "The alarm, never.\n")
        until(lambda: mine(d)["dead"] == 1, "a dead letter")
        (alert,) = [a for a in d.ask("alert", "list") if "never" in a["headline"]]
        deliveries = d.ask("alert", "show", alert["id"])["told"][0]["deliveries"]
        assert [x["reason"] for x in deliveries if x["notifier"] == "mine"] == ["nobody there"], deliveries
        attempts = {}
        for alert in d.ask("alert", "list"):
            for delivery in d.ask("alert", "show", alert["id"])["told"][0]["deliveries"]:
                if delivery["notifier"] == "mine":
                    attempts[alert["headline"].rsplit(" ")[-1]] = delivery["attempts"]
        assert {attempts[n + "."] for n in ("fine", "never")} == {1}, attempts
        assert attempts["later."] == 3 and attempts["odd."] == attempts["slow."] == 2, attempts


NOTES_STATUSES = """
with open(os.path.join(os.path.dirname(sys.argv[0]), "heard"), "a") as heard:
    for q in questions():
        for alert in q["notify"]["alerts"]:
            heard.write(alert["status"] + "\\n")
            heard.flush()
        say(id=q["id"], result="ok")
"""


def a_notifier_hears_of_ends():
    d = with_notifier("hello()\n" + NOTES_STATUSES)
    with d:
        d.start()
        heard = os.path.join(d.dir, "heard")
        folder = d.folder + ".away"
        os.rename(d.folder, folder)
        d.ask("source", "rescan")
        until(lambda: os.path.exists(heard) and open(heard, encoding="utf-8").read() == "firing\n", "the trouble")
        os.rename(folder, d.folder)
        d.ask("source", "rescan")
        until(lambda: open(heard, encoding="utf-8").read() == "firing\nresolved\n", "its end")


def what_a_person_does_is_told_to_programs_that_follow():
    """Others would take it for news."""
    for greeting, wanted in (("", "firing\nresolved\n"), ("follows=True", "firing\nacknowledged\nmuted\nresolved\n")):
        d = with_notifier(f"hello({greeting})\n" + NOTES_STATUSES)
        with d:
            d.start()
            d.drop("a.txt", "An alarm rang.")
            heard = os.path.join(d.dir, "heard")
            until(lambda: os.path.exists(heard) and open(heard, encoding="utf-8").read() == "firing\n", "the alert")
            d.idle()
            for action in ("ack", "mute", "close"):
                d.ask("alert", action, d.ask("alert", "list")[0]["id"])
                d.idle()
            until(lambda: open(heard, encoding="utf-8").read() == wanted, "what was done")


def a_killed_program_loses_nothing():
    d = with_notifier("""hello()
with open(os.path.join(os.path.dirname(sys.argv[0]), "heard"), "a") as heard:
    for q in questions():
        heard.write(q["notify"]["delivery"] + " " + str(os.getpid()) + "\\n")
        heard.flush()
        time.sleep(0.02)
        say(id=q["id"], result="ok")
""")
    with d:
        d.start()
        for i in range(30):
            d.drop(f"{i}.txt", f"The alarm, {i}.\n")
        heard = os.path.join(d.dir, "heard")

        def lines():
            try:
                with open(heard, encoding="utf-8") as f:
                    return [line.split() for line in f.read().splitlines()]
            except FileNotFoundError:
                return []

        killed = set()
        while len(killed) < 3:
            pid = until(lambda: (lambda p: p[-1] if p and p[-1] not in killed else None)([x[1] for x in lines()]),
                        "a program at work")
            killed.add(pid)
            os.kill(int(pid), signal.SIGKILL)
        until(lambda: mine(d)["sent"] >= 30, "all were sent")
        assert len({x[0] for x in lines()}) >= 30, lines()


run([the_python_detector_finds, the_shell_detector_finds, the_python_notifier_tells_once, the_shell_notifier_tells, the_readme_s_detector_finds,
     it_is_started_once_and_kept, evidence_in_bytes_characters_and_text, facts_have_a_ladder, it_explains,
     what_is_wrong_is_said_and_quarantined, a_death_between_documents_costs_nothing,
     a_bad_start_is_refused_with_its_reason, a_try_shows_what_it_says, its_log_is_the_daemons, the_manual_speaks_true, a_notifier_says_what_became_of_it,
     a_notifier_hears_of_ends, what_a_person_does_is_told_to_programs_that_follow,
     a_killed_program_loses_nothing])
