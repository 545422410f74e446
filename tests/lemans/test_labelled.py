#!/usr/bin/python3
"""News items made for this tree (docs, labels.jsonl): what is told of them, as a person would check it.

A fact is true when kind, drivers, car and year are those of a label; anything else is false, and worse
than a fact that is missing. Labels marked optional are never counted as missing.
"""
import glob
import json
import os
import subprocess

SOURCE = os.environ.get("TOCSIN_SRCDIR", ".")
BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
EXTRACT = os.path.join(BUILD, "plugins", "lemans", "lemans-extract")
LISTS = os.path.join(SOURCE, "conf", "lemans")
HERE = os.path.join(SOURCE, "tests", "lemans")

LANGUAGES = ("en", "fr", "de", "it", "es")
# The short ones, which have to be read without a mistake.
LAST_EXACT = "040.txt"
# Raised when more is found.
FLOOR = 0.88


def facts_of(findings):
    return [(f["kind"], tuple(sorted(f["drivers"])), f["car"], f["year"],
             "" if f["drivers"] else f["team"]) for f in findings]


def read_jsonl(lines):
    return {entry["doc"]: entry for entry in map(json.loads, lines)}


def told(fact, known):
    """What a label leaves open may be told; what it says may not be told otherwise."""
    return any(fact[:2] == k[:2] and fact[4] == k[4] and fact[2] in (None, k[2]) and
               (k[3] is None or fact[3] in (None, k[3])) for k in known)


def main():
    with open(os.path.join(HERE, "labels.jsonl"), encoding="utf-8") as lines:
        labels = {doc: label for doc, label in read_jsonl(lines).items() if doc <= LAST_EXACT}
    files = sorted(path for path in glob.glob(os.path.join(HERE, "docs", "*.txt"))
                   if os.path.basename(path) <= LAST_EXACT)
    out = subprocess.run([EXTRACT, LISTS] + files, capture_output=True, check=True, timeout=120)
    found = read_jsonl(out.stdout.decode().splitlines())
    print("1..%d" % (2 + len(LANGUAGES)))
    false = {language: [] for language in LANGUAGES}
    missing, required = [], 0
    for doc, label in labels.items():
        facts = facts_of(found[doc]["findings"])
        known = facts_of(label["findings"])
        needed = facts_of(f for f in label["findings"] if not f.get("optional"))
        false[label["lang"]] += [(doc, fact) for fact in facts if not told(fact, known)]
        missing += [(doc, fact) for fact in needed if fact not in facts]
        required += len(needed)
    print("%sok 1 - every document is labelled" % ("" if len(files) == len(labels) else "not "))
    for number, language in enumerate(LANGUAGES, 2):
        print("%sok %d - %s: nothing false" % ("not " if false[language] else "", number, language))
        for doc, fact in false[language]:
            print("# false in %s: %s" % (doc, fact))
    share = 1 - len(missing) / required
    for doc, fact in missing:
        print("# missing in %s: %s" % (doc, fact))
    print("# found %.3f of %d" % (share, required))
    print("%sok %d - found at least %.2f" % ("" if share >= FLOOR else "not ", 2 + len(LANGUAGES), FLOOR))


main()
