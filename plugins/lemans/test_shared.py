#!/usr/bin/python3
"""The labelled documents beside the tree: every finding of the seeds, and a floor under the score.

Skipped, with the reason, where they are absent. TOCSIN_SHARED names their folder.
"""
import glob
import json
import os
import subprocess
import sys

SOURCE = os.environ.get("TOCSIN_SRCDIR", ".")
BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
SHARED = os.environ.get("TOCSIN_SHARED", os.path.join(SOURCE, "..", "shared"))
EXTRACT = os.path.join(BUILD, "plugins", "lemans", "lemans-extract")
LISTS = os.path.join(SOURCE, "conf", "lemans")

# Raised when the score rises.
FLOOR = {"micro": 0.86, "macro": 0.81, "document precision": 0.95, "document recall": 0.92}
# In the seeds' texts, but they race nothing there.
NOBODY = ("Hamilton", "Verstappen")

number = 0


def report(ok, name, skip=None):
    global number
    number += 1
    print("%sok %d - %s%s" % ("" if ok else "not ", number, name, " # SKIP " + skip if skip else ""))


def extract(pattern):
    files = sorted(glob.glob(os.path.join(SHARED, pattern)))
    result = subprocess.run([EXTRACT, LISTS] + files, capture_output=True, check=True, timeout=120)
    return result.stdout


def score(labels, predictions, name):
    path = os.path.join(BUILD, "plugins", "lemans", name)
    with open(path, "wb") as out:
        out.write(predictions)
    scorer = os.path.join(SHARED, "lemans", "score.py")
    result = subprocess.run([sys.executable, scorer, os.path.join(SHARED, labels), path, "--json"],
                            capture_output=True, check=True, timeout=120)
    os.unlink(path)
    return json.loads(result.stdout)


def seeds():
    if not os.path.exists(os.path.join(SHARED, "seeds-labels.jsonl")):
        report(True, "seeds: every required finding", "no seeds beside the tree")
        report(True, "seeds: nothing else", "no seeds beside the tree")
        report(True, "seeds: no finding for those who race nothing", "no seeds beside the tree")
        return
    found = extract("seeds/*.txt")
    result = score("seeds-labels.jsonl", found, "seeds.jsonl")
    report(result["findings"]["micro"]["fn"] == 0, "seeds: every required finding")
    report(result["findings"]["micro"]["fp"] == 0, "seeds: nothing else")
    drivers = [driver for line in found.splitlines() for finding in json.loads(line)["findings"]
               for driver in finding["drivers"]]
    report(not any(driver.endswith(NOBODY) for driver in drivers),
           "seeds: no finding for those who race nothing")


def floor():
    name = "labelled documents: %s at least %.2f"
    if not os.path.exists(os.path.join(SHARED, "lemans", "labels.jsonl")):
        for what, least in FLOOR.items():
            report(True, name % (what, least), "no labelled documents beside the tree")
        return
    result = score("lemans/labels.jsonl", extract("lemans/docs/*.txt"), "labelled.jsonl")
    reached = {"micro": result["findings"]["micro"]["f1"],
               "macro": result["findings"]["macro_f1"],
               "document precision": result["document_detection"]["p"],
               "document recall": result["document_detection"]["r"]}
    for what, least in FLOOR.items():
        print("# %s %.3f" % (what, reached[what]))
        report(reached[what] >= least, name % (what, least))


print("1..%d" % (3 + len(FLOOR)))
seeds()
floor()
