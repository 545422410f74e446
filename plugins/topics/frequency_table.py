#!/usr/bin/python3
"""Writes frequency_table.h: words that many documents hold, and of 1,000 documents how many.

    frequency_table.py FOLDER... > frequency_table.h

Documents are pieces of 560 words of the text files below the folders. The header in the tree was
made from what Debian's perl-doc, fortunes, fortunes-de, fortunes-es and fortunes-it install.
"""

import collections
import os
import re
import sys
import unicodedata

WORDS = 560
LEAST_PER_MILLE = 12


def words_of(text):
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return re.findall(r"[^\W_]+", "".join(c for c in text if unicodedata.category(c) != "Mn"))


def files_below(folders):
    for folder in folders:
        for root, folders_, files in os.walk(folder):
            folders_.sort()
            for name in sorted(files):
                path = os.path.join(root, name)
                if not os.path.islink(path) and not name.endswith((".dat", ".u8")):
                    yield path


def main():
    counts, documents = collections.Counter(), 0
    for path in files_below(sys.argv[1:]):
        with open(path, encoding="utf-8", errors="replace") as lines:
            words = words_of(lines.read())
        for at in range(0, len(words), WORDS):
            counts.update(set(words[at:at + WORDS]))
            documents += 1
    print("/* Made by frequency_table.py. Words that many documents hold, sorted by their bytes. */")
    print("static const struct {\n    const char *folded;\n    unsigned short per_mille;\n"
          "} frequencies[] = {")
    rows = [(word, round(1000 * n / documents)) for word, n in counts.items() if len(word) < 30]
    for word, share in sorted(rows, key=lambda row: row[0].encode()):
        if share >= LEAST_PER_MILLE:
            print('    {"%s", %d},' % (word, min(share, 999)))
    print("};")


main()
