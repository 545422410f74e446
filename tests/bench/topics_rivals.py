"""The rivals of tests/bench/topics.py, and how their CPU is counted."""
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import time

import topics_data

BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
LIMIT_S = 60  # of CPU that one measurement may be hoped to take


def cpu_of(argv, limit=LIMIT_S, **kwargs):
    """The output, and the seconds of CPU; None when it took longer than the limit."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=limit * 10, check=False, **kwargs)
    except subprocess.TimeoutExpired:
        return None, None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return done, seconds


def make(program):
    """Builds a program of tests/bench; False when it cannot be."""
    done = subprocess.run(["make", "-s", "-C", BUILD, "tests/bench/" + program], check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0


def stats_of(done):
    """The figures that a program has said on its standard error, by name, as texts."""
    return dict(line.split() for line in done.stderr.decode().splitlines()
                if re.fullmatch(r"[a-z_]+ [0-9.]+", line))


def parts_of(query):
    """(phrase, [words], refused word) of a topic of topics_data.py."""
    phrase, some, no = topics_data.parts_of(query)
    return phrase, some.strip("()").split(" OR "), no


def rate_of(run, documents):
    """What run(documents) prints, and documents a second, without what a run costs over a single
    one: to load 100,000 rules takes longer than to read the few documents that they leave time for.
    """
    _, start = run(documents[:1])
    done, seconds = run(documents)
    if start is None or seconds is None:
        return None, None
    return done, (len(documents) - 1) / max(seconds - start, 0.001)


def few_of(case, most):
    """Of the documents as many as leave the measurement an end."""
    return case.documents[:{10: None, 10000: most}.get(case.n, most // 10)]


def yara(case, folder):
    if not shutil.which("yara") or case.n > 100000:
        return None
    rules = case.path("rules")
    with open(rules, "w", encoding="utf-8") as out:
        for topic in case.topics:
            phrase, some, no = parts_of(topic["query"])
            strings = [phrase] + some + [no]
            out.write("rule %s { strings: %s condition: $s0 and ($s1 or $s2 or $s3) and not $s4 }\n" % (
                topic["name"], " ".join('$s%d = "%s" fullword nocase' % pair
                                        for pair in enumerate(strings))))
    compiled = rules + ".bin"
    _, load = cpu_of(["yarac", rules, compiled])
    if load is None:
        return None
    listing, few = case.path("list"), few_of(case, 100)

    def scan(documents):
        with open(listing, "w", encoding="utf-8") as out:
            out.write("".join(path + "\n" for path in documents))
        return cpu_of(["yara", "-C", "-p", "1", "--scan-list", compiled, listing])

    done, rate = rate_of(scan, few)
    if done is None:
        return None
    matches = {(path, name) for name, path in
               (line.split(" ", 1) for line in done.stdout.decode().splitlines())}
    return {"rate": rate, "load_s": load, "documents": len(few)}, matches


def fts5(case, folder):
    few = min(case.n, 500)
    begun = time.process_time()
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE d USING fts5(path UNINDEXED, text, tokenize = "
               "\"unicode61 remove_diacritics 2\")")
    db.executemany("INSERT INTO d VALUES (?, ?)", zip(case.documents, case.texts))
    start, matches = time.process_time(), set()
    for topic in case.topics[:few]:
        phrase, some, no = parts_of(topic["query"])
        query = '"%s" AND (%s) NOT "%s"' % (phrase, " OR ".join('"%s"' % w for w in some), no)
        for (path,) in db.execute("SELECT path FROM d WHERE d MATCH ?", ('text: (%s)' % query,)):
            matches.add((path, topic["name"]))
    seconds = start - begun + (time.process_time() - start) * case.n / few
    return {"rate": len(case.documents) / seconds, "topics": few}, matches


def grep(case, folder):
    if case.n > 100000:
        return None
    phrases = case.path("phrases")
    with open(phrases, "w", encoding="utf-8") as out:
        out.write("".join(parts_of(topic["query"])[0] + "\n" for topic in case.topics))
    few = few_of(case, 50)
    done, rate = rate_of(lambda documents: cpu_of(
        ["grep", "-F", "-i", "-w", "-o", "-f", phrases, *documents], env={"LC_ALL": "C"}), few)
    return ({"rate": rate, "documents": len(few)}, None) if done else None


def hyperscan(case, folder):
    if not make("bench_hyperscan"):
        return None
    topics = case.path("literals")
    with open(topics, "w", encoding="utf-8") as out:
        for topic in case.topics:
            phrase, some, no = parts_of(topic["query"])
            out.write("\t".join([topic["name"], phrase, no] + some) + "\n")
    done, _ = cpu_of([os.path.join(BUILD, "tests/bench/bench_hyperscan"), topics],
                     input="".join(path + "\n" for path in case.documents).encode())
    if done is None or done.returncode:
        return None
    stats = stats_of(done)
    matches = {tuple(line.split("\t")) for line in done.stdout.decode().splitlines()}
    return {"rate": float(stats["documents_per_cpu_second"]),
            "load_s": float(stats["load_cpu_seconds"])}, matches


RIVALS = {"hyperscan": hyperscan, "yara": yara, "fts5": fts5, "grep": grep}
