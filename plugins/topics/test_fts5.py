#!/usr/bin/python3
"""The query engine against SQLite FTS5, on the part of the language that both can say.

Words, phrases, beginnings of words, AND, OR, NOT and NEAR, at random, over documents of words that
both tokenisers take apart alike: the matches must be the same. Where the two differ on purpose is a
table below, which is held against both.

    test_fts5.py [QUERIES]    1,500 in make check, each on all documents
"""

import os
import random
import sqlite3
import subprocess
import sys
import tempfile

BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
TOCSIN = os.path.join(BUILD, "daemon/host/tocsin-topics")
N_DOCUMENTS = 200

VOCABULARY = ["le", "mans", "MANS", "Leclerc", "leclerc", "Gasly", "P\u00e9rez", "perez", "entry", "entries",
              "24h", "24", "\u043c\u0438\u0440", "\u041c\u0418\u0420", "\u00c5ngstr\u00f6m", "of", "the", "a", "aa", "color",
              "colour", "\u00e9t\u00e9", "\u03bb\u03cc\u03b3\u03bf"]
SEPARATORS = [" "] * 6 + ["  ", "\n\n", "! ", ", ", "-", "\u2019", "; ", "\t", "_", ".", "/"]
BEGINNINGS = ["entr", "lec", "col", "24", "aa", "\u043c\u0438", "ga"]

# (text, word, does tocsin find it, does FTS5): why they differ.
DIFFERENCES = [
    ("Stra\u00dfe", "strasse", True, False, "full case folding: one character becomes two"),
    ("\ufb01n", "fin", True, False, "NFKD takes ligatures apart"),
    ("\uff21\uff22\uff23", "abc", True, False, "NFKD makes wide letters plain ones"),
    ("\u6771\u4eac\u90fd", "\u4eac", True, False, "scripts without spaces: each character is a word"),
    ("x\u00b2", "x2", True, False, "NFKD makes a raised digit a plain one"),
]


def random_text(rng):
    return "".join(rng.choice(VOCABULARY) + rng.choice(SEPARATORS)
                   for _ in range(rng.randint(1, 25)))


def phrase(rng):
    """The same phrase for both."""
    words = " ".join(rng.choice(VOCABULARY) for _ in range(rng.randint(1, 3)))
    return '"%s"' % words, '"%s"' % words


def leaf(rng):
    roll = rng.random()
    if roll < 0.4:
        word = rng.choice(VOCABULARY)
        return word, '"%s"' % word
    if roll < 0.75:
        return phrase(rng)
    if roll < 0.85:
        beginning = rng.choice(BEGINNINGS)
        return beginning + "*", '"%s"*' % beginning
    # FTS5 counts the words between, NEAR/5 says "within 5 words": neighbours are NEAR/1.
    (ours, theirs), (other, others), n = phrase(rng), phrase(rng), rng.randint(1, 6)
    if set(ours.lower().strip('"').split()) & set(other.lower().strip('"').split()):
        return ours, theirs  # one word cannot be near to itself here, in FTS5 it is
    return "(%s NEAR/%d %s)" % (ours, n, other), "NEAR(%s %s, %d)" % (theirs, others, n - 1)


def query(rng, depth):
    """(in tocsin's language, in FTS5's)."""
    roll = rng.random()
    if depth == 0 or roll < 0.25:
        return leaf(rng)
    ours, theirs = query(rng, depth - 1)
    other, others = query(rng, depth - 1)
    if roll < 0.5:
        return "(%s AND %s)" % (ours, other), "(%s AND %s)" % (theirs, others)
    if roll < 0.75:
        return "(%s OR %s)" % (ours, other), "(%s OR %s)" % (theirs, others)
    return "(%s AND NOT %s)" % (ours, other), "(%s NOT %s)" % (theirs, others)


def by_tocsin(folder, texts, queries):
    """Pairs (document, query) that match, by number."""
    documents = os.path.join(folder, "documents")
    os.mkdir(documents)
    for i, text in enumerate(texts):
        with open(os.path.join(documents, "%05d" % i), "w", encoding="utf-8") as out:
            out.write(text)
    topics = os.path.join(folder, "topics.tsv")
    with open(topics, "w", encoding="utf-8") as out:
        out.write("".join("%d\t%s\n" % pair for pair in enumerate(queries)))
    done = subprocess.run([TOCSIN, "match", "--topics", topics, documents], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, timeout=600)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return {(int(os.path.basename(path)), int(name)) for path, name in lines}


def by_fts5(texts, queries):
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE d USING fts5(text, tokenize = \"unicode61 remove_diacritics 2\")")
    db.executemany("INSERT INTO d (rowid, text) VALUES (?, ?)", list(enumerate(texts)))
    return {(row, number) for number, text in enumerate(queries)
            for (row,) in db.execute("SELECT rowid FROM d WHERE d MATCH ?", (text,))}


def test_same(n):
    rng = random.Random(5)
    texts = [random_text(rng) for _ in range(N_DOCUMENTS)]
    queries = [query(rng, 3) for _ in range(n)]
    with tempfile.TemporaryDirectory() as folder:
        ours = by_tocsin(folder, texts, [both[0] for both in queries])
    theirs = by_fts5(texts, [both[1] for both in queries])
    for document, number in sorted(ours ^ theirs)[:10]:
        print("# %s only: %r in %r" % ("tocsin" if (document, number) in ours else "FTS5",
                                       queries[number], texts[document]))
    print("# %d queries, %d documents, %d matches" % (n, len(texts), len(ours)))
    return ours == theirs and len(ours) > n


def test_differences(_):
    texts, words = [row[0] for row in DIFFERENCES], [row[1] for row in DIFFERENCES]
    with tempfile.TemporaryDirectory() as folder:
        ours = by_tocsin(folder, texts, words)
    theirs = by_fts5(texts, ['"%s"' % word for word in words])
    good = True
    for i, (text, word, by_us, by_them, why) in enumerate(DIFFERENCES):
        if (by_us, by_them) != ((i, i) in ours, (i, i) in theirs):
            print("# %r in %r: tocsin %s, FTS5 %s (%s)" % (word, text, (i, i) in ours, (i, i) in theirs,
                                                          why))
            good = False
    return good


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    if not os.path.exists(TOCSIN):
        print("1..0 # SKIP built without the detector topics")
        return 0
    tests = [("the same matches as SQLite FTS5", test_same),
             ("differences are those that are meant", test_differences)]
    print("1..%d" % len(tests))
    failed = False
    for number, (name, test) in enumerate(tests, 1):
        good = test(n)
        print("%sok %d - %s" % ("" if good else "not ", number, name))
        failed |= not good
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
