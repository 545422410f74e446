#!/usr/bin/python3
"""The query engine against a slow reference that shares nothing with it.

The reference has its own tokeniser (Python's unicodedata), its own parser (to nested tuples) and
its own evaluator (regular loops over lists of words). Both judge random queries on random
documents; also compared are the canonical form (it must parse to the same form and judge alike),
the index (what matches must be a candidate), and the evidence (every span must quote a term).
"""

import os
import random
import re
import subprocess
import sys
import unicodedata

BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
PAIRS = int(os.environ.get("TOCSIN_REFERENCE_PAIRS", "20000"))
UNSPACED = [(0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007),
            (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
            (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)]


def words_of(text):
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    words = [""]
    for c in text:
        category = unicodedata.category(c)
        if category == "Mn":
            continue
        if category[0] not in "LN" and category not in ("Mc", "Me"):
            words.append("")
        elif any(first <= ord(c) <= last for first, last in UNSPACED):
            words += [c, ""]
        else:
            words[-1] += c
    return [word for word in words if word]


class Refused(Exception):
    """The query is not one."""


class Parser:
    """OR below AND below NOT; shunted through one index into the text."""

    def __init__(self, query):
        self.query, self.at = query, 0

    def blank(self):
        while self.at < len(self.query) and self.query[self.at].isspace():
            self.at += 1

    def keyword(self, word):
        end = self.at + len(word)
        return self.query[self.at:end] == word and \
            (end == len(self.query) or self.query[end] in ' ()"\t\n')

    def parse(self):
        tree = self.either(False)
        self.blank()
        if self.at < len(self.query) or holds(tree, [], []):
            raise Refused
        return tree

    def either(self, title):
        parts = [self.every(title)]
        self.blank()
        while self.keyword("OR"):
            self.at += 2
            parts.append(self.every(title))
            self.blank()
        return ("or", parts) if len(parts) > 1 else parts[0]

    def every(self, title):
        parts = [self.one(title)]
        while True:
            self.blank()
            if self.at == len(self.query) or self.query[self.at] == ")" or self.keyword("OR"):
                return ("and", parts) if len(parts) > 1 else parts[0]
            if self.keyword("AND"):
                self.at += 3
            parts.append(self.one(title))

    def one(self, title):
        self.blank()
        if self.at == len(self.query) or self.keyword("AND") or self.keyword("OR"):
            raise Refused
        c = self.query[self.at]
        if self.keyword("NOT"):
            self.at += 3
            return ("not", self.one(title))
        if c == "-":
            self.at += 1
            if self.at == len(self.query) or self.query[self.at].isspace():
                raise Refused
            return ("not", self.one(title))
        if self.query[self.at:self.at + 6].startswith("title:"):
            self.at += 6
            if self.at == len(self.query) or self.query[self.at] in " )-" or \
                    self.query[self.at:].startswith("title:") or \
                    any(self.keyword(word) for word in ("AND", "OR", "NOT")):
                raise Refused
            title = True
        return self.primary(title)

    def primary(self, title):
        c = self.query[self.at]
        if c == "(":
            self.at += 1
            tree = self.either(title)
            self.blank()
            if self.at == len(self.query):
                raise Refused
            self.at += 1
            return tree
        if c == ")":
            raise Refused
        if c == '"':
            end = self.query.find('"', self.at + 1)
            if end < 0:
                raise Refused
            text, self.at = self.query[self.at + 1:end], end + 1
        else:
            end = self.at
            while end < len(self.query) and self.query[end] not in ' ()"\t\n':
                end += 1
            text, self.at = self.query[self.at:end], end
            if re.match("[A-Za-z]+:", text):
                raise Refused
        return term(text, title)


def term(text, title):
    prefix = text.endswith("*")
    if prefix:
        text = text[:-1]
    words = words_of(text)
    if not words or "*" in text or (prefix and len(words[-1]) < 2) or \
            (prefix and not words_of(text[-1])):
        raise Refused
    return ("term", words, prefix, title)


def found_at(node, words):
    _, wanted, prefix, _ = node
    for at in range(len(words) - len(wanted) + 1):
        window = words[at:at + len(wanted)]
        if prefix:
            if window[:-1] == wanted[:-1] and window[-1].startswith(wanted[-1]):
                return True
        elif window == wanted:
            return True
    return False


def holds(node, text, title):
    if node[0] == "term":
        return found_at(node, title if node[3] else text)
    if node[0] == "not":
        return not holds(node[1], text, title)
    results = [holds(part, text, title) for part in node[1]]
    return all(results) if node[0] == "and" else any(results)


def deciding(node, text, title, wanted=True):
    """The terms that are there and make the node true, or false where that is wanted."""
    if node[0] == "term":
        return [node] if wanted else []
    if node[0] == "not":
        return deciding(node[1], text, title, not wanted)
    return [t for part in node[1] if holds(part, text, title) == wanted
            for t in deciding(part, text, title, wanted)]


VOCABULARY = ["le", "mans", "Le", "MANS", "leclerc", "Gasly", "P\u00e9rez", "perez", "entry",
              "entries", "entrant", "24h", "24", "h", "Stra\u00dfe", "strasse", "\u6771\u4eac",
              "\u4eac", "\u043c\u0438\u0440", "\u039f\u03b4\u03cc\u03c2", "\u0130stanbul", "of",
              "the", "a", "aa", "aaa", "\ufb01n", "fin", "e\u0301t\u00e9", "ete", "\u1100\u1161"]
SEPARATORS = [" ", " ", " ", " ", "  ", "\n", "\n\n", ". ", ", ", "-", "\u2019", "; ", "\t"]


def random_text(rng, most):
    return "".join(rng.choice(VOCABULARY) + rng.choice(SEPARATORS)
                   for _ in range(rng.randint(0, most)))


def random_query(rng, depth):
    roll = rng.random()
    if depth == 0 or roll < 0.35:
        word = rng.choice(VOCABULARY)
        roll = rng.random()
        if roll < 0.15:
            return word[:rng.randint(1, len(word))] + "*"
        if roll < 0.45:
            n = rng.randint(1, 3)
            star = "*" if rng.random() < 0.2 else ""
            return '"%s%s"' % (rng.choice([" ", "-", ", "]).join(
                rng.choice(VOCABULARY) for _ in range(n)), star)
        return word + ("-" + rng.choice(VOCABULARY) if roll < 0.5 else "")
    if roll < 0.45:
        return rng.choice(["NOT ", "-"]) + random_query(rng, 0 if rng.random() < 0.5 else depth - 1)
    if roll < 0.55:
        return "title:" + rng.choice(["%s", "(%s)"]) % random_query(rng, depth - 1)
    if roll < 0.7:
        return "(%s)" % random_query(rng, depth - 1)
    glue = rng.choice([" ", " AND ", " OR ", " OR ", " AND NOT ", " NOT ", " -"])
    return random_query(rng, depth - 1) + glue + random_query(rng, depth - 1)


def broken_query(rng):
    query = list(random_query(rng, 2))
    for _ in range(rng.randint(1, 3)):
        query.insert(rng.randint(0, len(query)), rng.choice('()"-*  ') if query else "a")
    return "".join(query)


def ask(cases):
    """The answers of check_query to (query, title, text)."""
    lines = "".join(" ".join(part.encode().hex() or "-" for part in case) + "\n" for case in cases)
    done = subprocess.run([os.path.join(BUILD, "plugins/topics/check_query")], input=lines,
                          capture_output=True, text=True, check=True, timeout=300)
    answers = [line.split(" ") for line in done.stdout.split("\n")[:-1]]
    assert len(answers) == len(cases)
    return answers


def judge(case):
    """The reference's own verdict: None when the query is refused."""
    try:
        tree = Parser(case[0]).parse()
    except Refused:
        return None
    return tree, holds(tree, words_of(case[2]), words_of(case[1]))


def evidence_quotes(tree, case, spans):
    """Every span must quote a term that decided; where the text has none, a sentence stands in."""
    text, data = words_of(case[2]), case[2].encode()
    terms = [t for t in deciding(tree, text, words_of(case[1])) if found_at(t, text)]
    for span in spans if terms else []:
        start, end = (int(n) for n in span.split("-"))
        words = words_of(data[start:end].decode())
        if not any(found_at(t, words) and len(words) == len(t[1]) for t in terms):
            return False
    return bool(spans) or not text


def compare(cases, least):
    """What differs; at least this share of the pairs must match."""
    wrong, matched, refused = [], 0, 0
    answers = ask(cases)
    again = []
    for case, answer in zip(cases, answers):
        verdict = judge(case)
        if verdict is None or answer[0] == "error":
            refused += 1
            if (verdict is None) != (answer[0] == "error"):
                wrong.append(("refused by one", case, answer))
            continue
        tree, expected = verdict
        matched += expected
        if answer[0] != str(int(expected)):
            wrong.append(("verdict", case, answer))
        elif expected and answer[1] != "1":
            wrong.append(("no candidate", case, answer))
        elif expected and not evidence_quotes(tree, case, answer[3:]):
            wrong.append(("evidence", case, answer))
        again.append(((bytes.fromhex(answer[2]).decode(), case[1], case[2]), answer))
    for (case, first), second in zip(again, ask([case for case, _ in again])):
        if first != second:
            wrong.append(("canonical form", case, first, second))
    print("# %d pairs: %d match, %d queries refused" % (len(cases), matched, refused))
    if matched < len(cases) * least:
        wrong.append("too few pairs that say anything")
    return wrong


def main():
    rng = random.Random(24)
    cases = [(random_query(rng, 3), random_text(rng, 5), random_text(rng, 14))
             for _ in range(PAIRS)]
    broken = [(broken_query(rng), random_text(rng, 3), random_text(rng, 8))
              for _ in range(PAIRS // 4)]
    tests = [("random queries on random documents", cases, 0.1), ("broken queries", broken, 0.005)]
    print("1..%d" % len(tests))
    failed = False
    for number, (name, pairs, least) in enumerate(tests, 1):
        wrong = compare(pairs, least)
        for case in wrong[:10]:
            print("# %r" % (case,))
        if wrong:
            print("# %d differ" % len(wrong))
        print("%sok %d - %s" % ("not " if wrong else "", number, name))
        failed |= bool(wrong)
    return 1 if failed else 0


sys.exit(main())
