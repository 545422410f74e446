#!/usr/bin/python3
"""The text functions against Unicode's own data and against Python's, which share no code.

Debian's unicode-data is used where it is installed; what needs it is skipped with the reason
elsewhere. Code points that Python's tables do not know yet are left out of the comparison.
"""

import bz2
import os
import random
import re
import subprocess
import sys
import unicodedata

SOURCE = os.environ.get("TOCSIN_SRCDIR", ".")
BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
UNICODE = "/usr/share/unicode"
UNSPACED = [(0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007),
            (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
            (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)]
RANDOM_TEXTS = 20000


def check_text(mode, texts):
    """The answers of check_text, one a text (bytes)."""
    lines = "".join(text.hex() + "\n" for text in texts)
    done = subprocess.run([os.path.join(BUILD, "plugins/lib/check_text"), mode], input=lines,
                          capture_output=True, text=True, check=True, timeout=300)
    answers = done.stdout.split("\n")[:-1]
    assert len(answers) == len(texts), "check_text answered %d of %d" % (len(answers), len(texts))
    return answers


def reference_words(text):
    """The definition, applied to the whole text at once."""
    text = unicodedata.normalize("NFKD", text)
    text = unicodedata.normalize("NFKD", text.casefold())
    words, word = [], ""
    for c in text:
        category = unicodedata.category(c)
        if category == "Mn":
            continue
        if category[0] not in "LN" and category not in ("Mc", "Me"):
            words, word = words + [word] if word else words, ""
        elif any(first <= ord(c) <= last for first, last in UNSPACED):
            words, word = (words + [word] if word else words) + [c], ""
        else:
            word += c
    return words + [word] if word else words


def differences(texts):
    """Texts whose words differ from the reference's, or whose spans do not hold their word."""
    wrong = []
    for text, answer in zip(texts, check_text("words", [t.encode("utf-8", "surrogateescape")
                                                        for t in texts])):
        got = [field.split(":") for field in answer.split()]
        data = text.encode("utf-8", "surrogateescape")
        decoded = data.decode("utf-8", "replace")
        expected = reference_words(decoded)
        if [bytes.fromhex(g[0]).decode() for g in got] != expected:
            wrong.append((text, expected, answer))
        for folded, start, end in got:
            span = data[int(start):int(end)].decode("utf-8")
            inside = "".join(reference_words(span))
            if bytes.fromhex(folded).decode() not in inside and len(span) < 40:
                wrong.append((text, span, answer))
    return wrong


def known(c):
    return unicodedata.category(chr(c)) not in ("Cn", "Cs")


def every_code_point():
    """Each alone, between letters, and under a mark."""
    points = [chr(c) for c in range(1, 0x110000) if known(c)]
    return differences(points + ["a%sb" % p for p in points] + [p + "\u0301" for p in points])


def normalization_test():
    """The third column is the NFD, the fifth the NFKD of the first: all must fold alike."""
    groups = []
    with bz2.open(UNICODE + "/NormalizationTest.txt.bz2", "rt", encoding="utf-8") as lines:
        for line in lines:
            if line[0] in "#@":
                continue
            columns = ["".join(chr(int(c, 16)) for c in column.split())
                       for column in line.split(";")[:5]]
            groups.append(columns)
    flat = [column.encode() for columns in groups for column in columns]
    words = [" ".join(field.split(":")[0] for field in answer.split())
             for answer in check_text("words", flat)]
    return [(groups[i // 5], words[i:i + 5]) for i in range(0, len(words), 5)
            if len(set(words[i:i + 5])) > 1]


def random_texts():
    rng = random.Random(20251214)
    ascii_ = [chr(c) for c in range(1, 128)]
    latin = [chr(c) for c in range(0xA0, 0x250)]
    marks = [chr(c) for c in range(0x300, 0x370)] + ["\u302E", "\u302F", "\U0001D165",
             "\U0001D16D", "\u1B44", "\u0903", "\u093E", "\u20DD", "\u3099"]
    east = [chr(c) for c in range(0x0E00, 0x0E60) if known(c)] + \
        [chr(c) for c in range(0x3040, 0x3100) if known(c)] + list("\u6771\u4EAC\uFF76\uFF9E\u3300")
    odd = ["\u0345", "\uFDFA", "\u00AD", "\u200D", "\uFEFF", "\u1FB3", "\u0130", "\u1E9E"]
    bad = ["\udcff", "\udcc3", "\udce2\udc82", "\udced\udca0\udc80", "\udcf0\udc9f"]
    every = [chr(c) for c in range(1, 0x30000) if known(c)]
    pools = [ascii_, ascii_, latin, marks, east, odd, bad, every]
    return ["".join(rng.choice(rng.choice(pools)) for _ in range(rng.randint(1, 24)))
            for _ in range(RANDOM_TEXTS)]


def sentence_break_test():
    texts, expected = [], []
    with open(UNICODE + "/auxiliary/SentenceBreakTest.txt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.split("#")[0].split()
            if not parts:
                continue
            text, ends = "", []
            for part in parts[1:]:
                if part == "\u00F7":
                    ends.append(len(text.encode()))
                elif part != "\u00D7":
                    text += chr(int(part, 16))
            texts.append(text.encode())
            expected.append(ends)
    answers = [[int(n) for n in answer.split()] for answer in check_text("plain", texts)]
    return [(t, e, a) for t, e, a in zip(texts, expected, answers) if e != a], len(texts)


def regenerated_table():
    done = subprocess.run([sys.executable, SOURCE + "/plugins/lib/unicode/sentence_break.py"],
                          capture_output=True, text=True, check=True)
    with open(SOURCE + "/plugins/lib/unicode/sentence_break.h", encoding="utf-8") as header:
        return [] if header.read() == done.stdout else ["sentence_break.h differs"]


def version_of(path):
    """The version that the first lines of a file of Unicode's data name."""
    opened = bz2.open(path, "rt", encoding="utf-8") if path.endswith(".bz2") else \
        open(path, encoding="utf-8")
    with opened as lines:
        return re.search(r"-([0-9]+\.[0-9.]+)\.txt", lines.readline()).group(1)


def reason_to_skip(path):
    """Why a test that needs this file cannot run, else None."""
    if not path:
        return None
    if not os.path.exists(path):
        return "%s is absent (Debian: unicode-data)" % path
    with open(SOURCE + "/plugins/lib/unicode/sentence_break.h", encoding="utf-8") as header:
        ours = re.search(r"version ([0-9.]+) ", header.read()).group(1)
    theirs = version_of(path)
    return None if ours == theirs else "%s is of version %s, ours of %s" % (path, theirs, ours)


def counted_sentence_break_test():
    wrong, n = sentence_break_test()
    print("# SentenceBreakTest.txt: %d texts" % n)
    return wrong if n > 400 else ["only %d texts in SentenceBreakTest.txt" % n]


def main():
    auxiliary = UNICODE + "/auxiliary/"
    tests = [
        ("every code point folds as Python folds it", None, every_code_point),
        ("random texts fold as Python folds them", None, lambda: differences(random_texts())),
        ("NormalizationTest.txt: all forms fold alike", UNICODE + "/NormalizationTest.txt.bz2",
         normalization_test),
        ("SentenceBreakTest.txt", auxiliary + "SentenceBreakTest.txt",
         counted_sentence_break_test),
        ("the table of sentence breaks is the data's", auxiliary + "SentenceBreakProperty.txt",
         regenerated_table),
    ]
    print("1..%d" % len(tests))
    failed = False
    for number, (name, needs, test) in enumerate(tests, 1):
        reason = reason_to_skip(needs)
        if reason:
            print("ok %d - %s # SKIP %s" % (number, name, reason))
            continue
        wrong = test()
        for case in wrong[:10]:
            print("# %r" % (case,))
        if wrong:
            print("# %d differ" % len(wrong))
        print("%sok %d - %s" % ("not " if wrong else "", number, name))
        failed |= bool(wrong)
    return 1 if failed else 0


sys.exit(main())
