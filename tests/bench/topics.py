#!/usr/bin/python3
"""Documents a second against many topics: tocsin beside its rivals, all in one run.

usage: tests/bench/topics.py [--topics N,N...] [--documents N] [--out FOLDER [--add]]
                             [--operators N] [--growth N] [--worst]   (in a built tree)

Documents and topics are made by topics_data.py; one core, files warm. Each rival gets the same
topics in its own form and says for each document which match, as well as it can say it:

hyperscan   all phrases and words as literals of one database, word bounds and logic by hand
            (bench_hyperscan.c); a phrase has one space between its words
yara        a rule a topic, strings with `fullword nocase`, the words of a phrase with one space
fts5        SQLite FTS5: all documents are put into a table in one batch, then one query a topic
grep        grep -F -f of the phrases alone: it knows no logic, so its matches are not compared

Behind the candidates a document, "pairs" are the topics a document whose phrase is in it: the least
that filing under pairs of words can leave.

Above the table stands what the machine can do at all, by which its figures can be scaled: documents
a second that are only read and hashed with XXH64, and that are only taken apart into words.

The seconds are of CPU, so that other work on the machine counts little. Rivals that need long for a
document are given fewer: so many as stands under "of". The matches of ours are
compared by sha256 with the reference of tests/reference on a part of the documents, and the rivals'
with ours. Of 1,000,000 topics (--topics 1000000) Hyperscan and FTS5 take part, whose seconds are those
of 500 of them. Lucene's percolator with a presearch is its module monitor, which Debian's
liblucene8-java does not have. Prints a table and writes topics.json and topics.svg into FOLDER. What is not installed
is left out. Debian: perl-doc yara sqlite3 libhyperscan-dev; libxxhash-dev to make tests/bench/bare_read.

--add keeps what topics.json in FOLDER says of other numbers of topics, so that a long run can be made
in parts.
--worst prints what queries that were made to be slow cost with a document of 3 MB.
--operators N prints a row an operator, over N topics of which a tenth use it; --growth N the bytes a
second over N topics, with documents of 4 KB to 4 MB.
"""
import argparse
import hashlib
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../reference")]
import judge as judges  # noqa: E402
import query as queries  # noqa: E402
import text as texts  # noqa: E402
import topics_data  # noqa: E402
from topics_rivals import BUILD, RIVALS, cpu_of, make, parts_of, stats_of  # noqa: E402

TOCSIN = os.path.join(BUILD, "daemon/host/tocsin-topics")
CHECKED = 40  # documents that the reference judges


def machine(folder):
    """What it can do at all, in documents a second; nothing when bare_read cannot be made."""
    if not make("bare_read"):
        return {}
    done, _ = cpu_of([os.path.join(BUILD, "tests/bench/bare_read"), folder])
    lines = dict(line.split() for line in done.stdout.decode().splitlines())
    return {"read": int(lines["read"]), "words": int(lines["words"])}


class Set:
    """One set of topics over the documents."""

    def __init__(self, folder, documents, documents_texts, n):
        self.folder, self.documents, self.texts, self.n = folder, documents, documents_texts, n
        self.file = os.path.join(folder, "topics-%d.jsonl" % n)
        maker = topics_data.Maker(documents_texts)
        topics_data.write_topics(self.file, maker, n)
        with open(self.file, encoding="utf-8") as lines:
            self.topics = [json.loads(line) for line in lines]
        self.phrases = [tuple(parts_of(topic["query"])[0].split()) for topic in self.topics]
        self.holders = sum(len(maker.of_pair[phrase]) for phrase in self.phrases) / len(documents)

    def path(self, name):
        return os.path.join(self.folder, "%s-%d" % (name, self.n))


def match(topics, folder, *more):
    """What tocsin says and finds."""
    done, _ = cpu_of([TOCSIN, "match", "--topics", topics, "--stats", *more, folder])
    return stats_of(done), {tuple(line.split("\t")) for line in done.stdout.decode().splitlines()}


def tocsin(case, folder):
    stats, matches = match(case.file, folder)
    return {"rate": float(stats["documents_per_cpu_second"]),
            "load_s": float(stats["load_cpu_seconds"]),
            "memory_kib": int(stats["memory_kib"]),
            "candidates": float(stats["candidates_per_document"]), "holders": case.holders,
            "matches": float(stats["matches_per_document"])}, matches


def digest(matches):
    return hashlib.sha256("\n".join("\t".join(m) for m in sorted(matches)).encode()).hexdigest()


def check_reference(case, ours):
    """The reference's matches on some documents and the topics that have a chance, and ours."""
    paths = set(case.documents[:CHECKED])
    expected = set()
    for path, text in list(zip(case.documents, case.texts))[:CHECKED]:
        document = texts.Document(text, "", "", "", "", 20250101, None)
        judge = judges.Judge(document, {}, 20250101)
        words = [word.folded for word in document.fields[""]]
        pairs = set(zip(words, words[1:]))
        for topic, phrase in zip(case.topics, case.phrases):
            if phrase in pairs and judge.holds(queries.Parser(topic["query"]).parse()):
                expected.add((path, topic["name"]))
    return digest(expected), digest({m for m in ours if m[0] in paths})


def compare(case, name, result, ours):
    """How a rival's matches differ from ours, over what it was asked."""
    row, matches = result
    if matches is None:
        return "not compared"
    paths = set(case.documents[:row.get("documents", len(case.documents))])
    names = {topic["name"] for topic in case.topics[:row.get("topics", case.n)]}
    wanted = {m for m in ours if m[0] in paths and m[1] in names}
    return "same" if matches == wanted else "%d more, %d fewer" % (len(matches - wanted),
                                                                   len(wanted - matches))


def measure(case, folder):
    rows, ours = {}, None
    for name, run in {"tocsin": tocsin, **RIVALS}.items():
        result = run(case, folder)
        if result is None:
            continue
        if name == "tocsin":
            ours = result[1]
            reference, engine = check_reference(case, ours)
            result[0]["sha256"], result[0]["reference"] = engine, reference
            result[0]["compared"] = "same" if reference == engine else "DIFFERENT"
        else:
            result[0]["compared"] = compare(case, name, result, ours)
        rows[name] = result[0]
    return rows


def operators(work, folder, all_texts, n):
    """A row an operator."""
    names, rows = os.path.join(work, "names.yaml"), {}
    topics_data.write_list(names, topics_data.Maker(all_texts), 300)
    print("%-12s %12s %8s %12s %10s" % ("operator", "documents/s", "load s", "candidates", "matches"))
    for operator in topics_data.OPERATORS:
        topics = os.path.join(work, operator + ".jsonl")
        topics_data.write_topics(topics, topics_data.Maker(all_texts), n, operator)
        rows[operator], _ = match(topics, folder, "--lists", names)
        print("%-12s %12s %8s %12s %10s" % (operator, *(rows[operator][key] for key in (
            "documents_per_cpu_second", "load_cpu_seconds", "candidates_per_document",
            "matches_per_document"))), flush=True)
    return rows


def growth(work, all_texts, n):
    """Bytes a second with larger and larger documents."""
    topics, rows = os.path.join(work, "growth.jsonl"), {}
    topics_data.write_topics(topics, topics_data.Maker(all_texts), n)
    print("%-16s %12s %12s" % ("document bytes", "MB/s", "ms/document"))
    for together in (1, 10, 100, 1000):
        folder = os.path.join(work, "growth-%d" % together)
        os.makedirs(folder)
        for at in range(0, len(all_texts) - together + 1, together):
            with open(os.path.join(folder, "%06d.txt" % at), "w", encoding="utf-8") as out:
                out.write("\n\n".join(all_texts[at:at + together]))
        stats, _ = match(topics, folder)
        size = int(stats["bytes"]) / int(stats["documents"])
        seconds = float(stats["match_cpu_seconds"]) / int(stats["documents"])
        rows[together] = {"bytes": size, "seconds": seconds}
        print("%-16.0f %12.1f %12.3f" % (size, size / seconds / 1e6, seconds * 1000), flush=True)
    return rows


# Within the limits of tocsin-query(7), on a text of very common words.
SLOW = {
    "4,000 words": " ".join("the" for _ in range(4000)),
    "window of 64": '"%s"~1000' % " ".join(["the", "of", "to", "a"] * 16),
    "NEAR, 60 parts": " NEAR/1000 ".join(["the", "of"] * 30),
    "SENTENCE of ORs": "SENTENCE(%s)" % " ".join(["(the OR of) (to OR -a)"] * 30),
    "SENTENCE, window": 'SENTENCE("the of to a the of to a"~9 OR zzzz)',
    "PARAGRAPH, NEAR": "PARAGRAPH((the NEAR/9 of) OR (zzzz NEAR/9 yyyy))",
    "250 wildcards": " OR ".join("t*%s%s*e" % (a, b) for a in "abcdefghijklmno"
                                 for b in "abcdefghijklmnop"),
    "250 slips": " OR ".join("th%s%see~2" % (a, b) for a in "abcdefghijklmno"
                             for b in "abcdefghijklmnop"),
    "60 deep": "(" * 60 + "the" + ")" * 60,
    "30 OF, NEAR": "30 OF (%s)" % ", ".join(["zzzz NEAR/9 (the OR of)"] * 30 + ["the NEAR/9 of"] * 30),
}


def worst(work):
    """Milliseconds of CPU a query with one document."""
    folder, rows = os.path.join(work, "worst"), {}
    os.makedirs(folder)
    with open(os.path.join(folder, "common.txt"), "w", encoding="utf-8") as out:
        out.write("".join("the of to a the a of to%s" % (". " if i % 2 else "\n\n" if i % 7 == 0
                                                        else " ") for i in range(120000)))
    for name, query in SLOW.items():
        topics = os.path.join(work, "slow.tsv")
        with open(topics, "w", encoding="utf-8") as out:
            out.write("slow\t%s\n" % query)
        stats, _ = match(topics, folder)
        rows[name] = 1000 * float(stats["match_cpu_seconds"])
        print("%-18s %10.0f ms" % (name, rows[name]), flush=True)
    print("%-18s %10.0f ms" % ("the worst", max(rows.values())))
    return rows


def plot(results, path):
    """Documents a second over topics, both by powers of ten."""
    import math
    colours = {"tocsin": "#b03030", "yara": "#3060a0", "fts5": "#308030", "grep": "#806020",
               "hyperscan": "#7030a0"}
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" width="760" height="420" '
             'font-family="sans-serif" font-size="12">', '<rect width="760" height="420" fill="white"/>',
             '<text x="10" y="20">documents a second, one core, by topics</text>']
    def x(n):
        return 60 + 90 * math.log10(n)
    def y(rate):
        return 380 - 60 * math.log10(max(rate, 1))
    for power in range(6):
        lines.append('<text x="10" y="%d">%d</text>' % (y(10 ** power) + 4, 10 ** power))
        lines.append('<path stroke="#ddd" d="M%d %dH700"/>' % (x(1), y(10 ** power)))
    for n in results:
        lines.append('<text x="%d" y="410">%s</text>' % (x(int(n)) - 4 * len(str(n)), n))
    for name, colour in colours.items():
        points = [(x(int(n)), y(rows[name]["rate"])) for n, rows in results.items() if name in rows]
        lines.append('<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>' % (
            colour, " ".join("%.0f,%.0f" % p for p in points)))
        if points:
            lines.append('<text x="%d" y="%d" fill="%s">%s</text>' % (points[-1][0] + 6,
                                                                   points[-1][1], colour, name))
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join(lines + ["</svg>", ""]))


def earlier(folder):
    """What the runs before have left there."""
    path = os.path.join(folder, "topics.json")
    if not os.path.exists(path):
        return {"topics": {}}
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--topics", default="10,10000,100000")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--out", default=".")
    parser.add_argument("--add", action="store_true")
    parser.add_argument("--operators", type=int, default=0)
    parser.add_argument("--growth", type=int, default=0)
    parser.add_argument("--worst", action="store_true")
    options = parser.parse_args()
    if not os.path.isdir(topics_data.TEXTS):
        sys.exit("%s is absent (Debian: perl-doc)" % topics_data.TEXTS)
    results = {}
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as work:
        folder = os.path.join(work, "documents")
        documents, all_texts = topics_data.write_documents(folder, options.documents)
        can = machine(folder)
        for name, rate in can.items():
            print("this machine: %-6s %9d documents/s" % (name, rate), flush=True)
        print("%-9s %-9s %6s %12s %8s %10s %10s %8s  %s" % (
            "topics", "", "of", "documents/s", "load s", "memory KiB", "candidates", "pairs",
            "matches"))
        for n in (int(n) for n in options.topics.split(",") if n):
            results[n] = measure(Set(work, documents, all_texts, n), folder)
            for name, row in results[n].items():
                print("%-9d %-9s %6d %12.1f %8s %10s %10s %8s  %s" % (
                    n, name, row.get("documents", len(documents)), row["rate"],
                    "%.3f" % row["load_s"] if "load_s" in row else "",
                    row.get("memory_kib", ""), row.get("candidates", ""),
                    "%.2f" % row["holders"] if "holders" in row else "", row["compared"]), flush=True)
        more = {}
        if options.operators:
            more["operators"] = operators(work, folder, all_texts, options.operators)
        if options.growth:
            more["growth"] = growth(work, all_texts, options.growth)
        if options.worst:
            more["worst"] = worst(work)
    before = earlier(options.out) if options.add else {"topics": {}}
    rows = {int(n): row for n, row in {**before["topics"], **results}.items()}
    with open(os.path.join(options.out, "topics.json"), "w", encoding="utf-8") as out:
        json.dump({**before, "machine": can, "topics": rows, **more}, out, indent=1)
    plot(dict(sorted(rows.items())), os.path.join(options.out, "topics.svg"))
    ours = [rows["tocsin"] for rows in results.values()]
    return 1 if any(row["compared"] != "same" for row in ours) else 0


if __name__ == "__main__":
    sys.exit(main())
