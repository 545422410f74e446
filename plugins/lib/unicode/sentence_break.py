#!/usr/bin/python3
"""Writes sentence_break.h from SentenceBreakProperty.txt of the Unicode Character Database.

    sentence_break.py [SentenceBreakProperty.txt] > sentence_break.h

The header is kept in the tree, so that building needs no package of Unicode's data; a test runs
this again where Debian's unicode-data is installed and compares.
"""

import re
import sys

PROPERTY_FILE = "/usr/share/unicode/auxiliary/SentenceBreakProperty.txt"
BLOCK = 128
CLASSES = ["Other", "CR", "LF", "Sep", "Extend", "Format", "Sp", "Lower", "Upper", "OLetter",
           "Numeric", "ATerm", "SContinue", "STerm", "Close"]


def read_classes(path):
    """The class of every code point, and the version that the file names."""
    classes = bytearray(0x110000)
    version = "unknown"
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            named = re.match(r"# SentenceBreakProperty-([0-9.]+)\.txt", line)
            if named:
                version = named.group(1)
            fields = line.split("#")[0].split(";")
            if len(fields) != 2:
                continue
            first, _, last = fields[0].strip().partition("..")
            number = CLASSES.index(fields[1].strip())
            for c in range(int(first, 16), int(last or first, 16) + 1):
                classes[c] = number
    return classes, version


def rows(numbers, width):
    for at in range(0, len(numbers), width):
        yield "    " + ", ".join(str(n) for n in numbers[at:at + width]) + ","


def main():
    classes, version = read_classes(sys.argv[1] if len(sys.argv) > 1 else PROPERTY_FILE)
    blocks, index = {}, []
    for at in range(0, len(classes), BLOCK):
        index.append(blocks.setdefault(bytes(classes[at:at + BLOCK]), len(blocks)))
    assert len(blocks) <= 256
    print("/*")
    print(" * Sentence_Break of the Unicode Character Database, version %s (UAX #29)." % version)
    print(" * Made by plugins/lib/unicode/sentence_break.py; do not edit.")
    print(" */")
    print("#ifndef TOCSIN_LIB_UNICODE_SENTENCE_BREAK_H")
    print("#define TOCSIN_LIB_UNICODE_SENTENCE_BREAK_H")
    print()
    print("#include <stdint.h>")
    print()
    print("/* clang-format off */")
    print("enum sentence_break {")
    for name in CLASSES:
        print("    SENTENCE_BREAK_%s," % name.upper())
    print("};")
    print()
    print("#define SENTENCE_BREAK_BLOCK %d" % BLOCK)
    print()
    print("/* Which block a code point is in, by its number divided by the size of a block. */")
    print("static const uint8_t sentence_break_index[%d] = {" % len(index))
    print("\n".join(rows(index, 32)))
    print("};")
    print()
    print("static const uint8_t sentence_break_blocks[%d][SENTENCE_BREAK_BLOCK] = {" % len(blocks))
    for block in blocks:
        print("    {")
        print("\n".join("    " + row for row in rows(list(block), 32)))
        print("    },")
    print("};")
    print("/* clang-format on */")
    print()
    print("#endif")


main()
