#!/usr/bin/python3
"""score.py LABELS PREDICTIONS [--half development|held-out] [--errors]: how well documents were read.

Both files hold one JSON object a line: {"doc", "lang", "findings": [{"kind", "drivers", "team", "car",
"class", "year", "optional"}]}. A finding is right when its kind is that of a label and a driver's surname
is shared, or, where the label has no driver, a word of the team. An optional label is never missed, and what
matches one isn't counted. The table has a row for each kind and each language.
"""
import argparse
import json
import re
import unicodedata

KINDS = ("interest", "confirmed", "rumoured", "ruled_out", "result")
LANGUAGES = ("en", "fr", "de", "it", "es")
# The documents rules may be developed against are those with an odd number.
HALVES = {"development": 1, "held-out": 0}
TEAM_WORDS = {"team", "racing", "motorsport", "the"}


def words(text):
    plain = unicodedata.normalize("NFKD", text or "").casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("ø", "o").replace("’", "'")
    return [w for w in re.findall(r"[\w']+", plain) if w not in ("jr", "sr")]


def surnames(finding):
    return {words(driver)[-1] for driver in finding["drivers"] if words(driver)}


def team(finding):
    return set(words(finding["team"])) - TEAM_WORDS


def agreement(label, found):
    """How much two findings have in common; 0: they aren't the same."""
    if label["kind"] != found["kind"]:
        return 0
    shared = surnames(label) & surnames(found) if label["drivers"] else team(label) & team(found)
    slots = sum(label[slot] == found[slot] for slot in ("year", "car"))
    return len(shared) * 4 + slots if shared else 0


def match(labels, found):
    """The pairs of labels and findings that are the same, best agreement first, each once."""
    pairs = sorted(((agreement(label, f), i, j) for i, label in enumerate(labels) for j, f in enumerate(found)),
                   key=lambda pair: (-pair[0], pair[1:]))
    by_label, by_found = {}, set()
    for worth, i, j in pairs:
        if worth and i not in by_label and j not in by_found:
            by_label[i] = j
            by_found.add(j)
    return by_label


class Count:
    """Right, false and missing findings."""

    def __init__(self):
        self.right = self.false = self.missing = 0

    def add(self, right=0, false=0, missing=0):
        self.right += right
        self.false += false
        self.missing += missing

    @property
    def precision(self):
        return self.right / (self.right + self.false) if self.right + self.false else 0.0

    @property
    def recall(self):
        return self.right / (self.right + self.missing) if self.right + self.missing else 0.0

    @property
    def f1(self):
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


class Score:
    def __init__(self):
        self.rows = {row: Count() for row in KINDS + LANGUAGES + ("all", "documents")}
        self.errors = []

    @property
    def macro(self):
        return sum(self.rows[kind].f1 for kind in KINDS) / len(KINDS)

    def count(self, entry, finding, **what):
        for row in (finding["kind"], entry["lang"], "all"):
            self.rows[row].add(**what)
        if "right" not in what:
            name = " / ".join(finding["drivers"]) or finding["team"]
            self.errors.append("%s %s: %s %s: %s" % (entry["doc"], entry["lang"], "".join(what), finding["kind"], name))

    def document(self, entry, found):
        """Adds one document: its labels and what was found in it."""
        needed = [f for f in entry["findings"] if not f.get("optional")]
        optional = [f for f in entry["findings"] if f.get("optional")]
        self.rows["documents"].add(right=bool(needed and found), false=bool(found and not entry["findings"]),
                                   missing=bool(needed and not found))
        pairs = match(needed, found)
        for i, label in enumerate(needed):
            self.count(entry, label, **({"right": 1} if i in pairs else {"missing": 1}))
        rest = [f for j, f in enumerate(found) if j not in pairs.values()]
        ignored = match(optional, rest).values()
        for j, finding in enumerate(rest):
            tally = needed and not finding["drivers"] and finding["kind"] in ("result", "confirmed")
            if j not in ignored and not tally:
                self.count(entry, finding, false=1)

    def table(self):
        lines = ["%-10s %9s %7s %6s  %5s %5s %7s" % ("", "precision", "recall", "F1", "right", "false", "missing")]
        for row, c in self.rows.items():
            lines.append("%-10s %9.3f %7.3f %6.3f  %5d %5d %7d" % (row, c.precision, c.recall, c.f1, c.right,
                                                                   c.false, c.missing))
        return "\n".join(lines + ["macro %.3f (mean F1 of the kinds)" % self.macro])


def read_jsonl(path):
    with open(path, encoding="utf-8") as lines:
        return {entry["doc"]: entry for entry in map(json.loads, lines)}


def score(labels, predictions, half=None):
    """The score of {doc: predicted entry} against {doc: labelled entry}, of all documents or one half."""
    result = Score()
    for doc, entry in sorted(labels.items()):
        if half is None or int(doc.split(".")[0]) % 2 == HALVES[half]:
            result.document(entry, predictions[doc]["findings"] if doc in predictions else [])
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("labels")
    parser.add_argument("predictions")
    parser.add_argument("--half", choices=sorted(HALVES))
    parser.add_argument("--errors", action="store_true", help="also what is false or missing")
    args = parser.parse_args()
    result = score(read_jsonl(args.labels), read_jsonl(args.predictions), args.half)
    print(result.table())
    if args.errors:
        print("\n".join(result.errors))


if __name__ == "__main__":
    main()
