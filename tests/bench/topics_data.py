"""Documents and topics for tests/bench/topics.py, made deterministically.

Documents are pieces of about 3.5 KB (560 words) of the manuals that Debian's perl-doc installs;
topics are of the documents' own vocabulary, such as `"two words" AND (a OR b OR c) NOT d`, chosen so
that a document matches 2.3 of 10,000 on average.
"""
import json
import os
import random
import re

TEXTS = "/usr/share/perl/5.36/pod"
WORDS = 560
MATCHES_OF_10000 = 2.3


def pieces():
    """Texts of about WORDS words each, plain ASCII and otherwise."""
    for name in sorted(os.listdir(TEXTS)):
        with open(os.path.join(TEXTS, name), encoding="utf-8", errors="replace") as f:
            text = f.read()
        starts = [m.start() for m in re.finditer(r"\S+", text)]
        for at in range(0, len(starts) - WORDS, WORDS):
            yield text[starts[at]:starts[at + WORDS]].replace("\r", "")


def write_documents(folder, n):
    """Their paths, and the texts."""
    os.makedirs(folder, exist_ok=True)
    texts = list(pieces())
    random.Random(1).shuffle(texts)
    texts = texts[:n]
    paths = []
    for i, text in enumerate(texts):
        paths.append(os.path.join(folder, "%05d.txt" % i))
        with open(paths[-1], "w", encoding="utf-8") as f:
            f.write(text)
    return paths, texts


class Maker:
    """Makes topics; `words` are ASCII words, folded, document by document."""

    def __init__(self, texts):
        self.documents = [re.findall("[a-z0-9]+", text.lower()) for text in texts]
        self.of_word, self.of_pair = {}, {}
        for number, words in enumerate(self.documents):
            for word in set(words):
                self.of_word.setdefault(word, set()).add(number)
            for pair in set(zip(words, words[1:])):
                self.of_pair.setdefault(pair, set()).add(number)
        few = len(texts) // 12
        self.common = sorted(word for word, d in self.of_word.items() if len(d) > few and len(d) < 5 * few and
                             len(word) > 2)
        self.rng = random.Random(2)
        self.made, self.matches = 0, 0

    def word(self):
        return self.rng.choice(self.common)

    def pair(self):
        words = self.rng.choice(self.documents)
        at = self.rng.randrange(len(words) - 1)
        return words[at], words[at + 1]

    def topic(self):
        target = MATCHES_OF_10000 / 10000 * len(self.documents)
        while True:
            pair, some, no = self.pair(), [self.word() for _ in range(3)], self.word()
            found = set().union(*(self.of_pair[pair] & self.of_word[w] for w in some))
            n = len(found - self.of_word[no])
            short = self.matches < target * (self.made + 1)
            if len(set(pair)) == 2 and (n > target if short else n <= target):
                break
        self.made += 1
        self.matches += n
        return '"%s %s" AND (%s) NOT %s' % (pair[0], pair[1], " OR ".join(some), no)


def parts_of(query):
    """(phrase, (a OR b OR c), refused word)."""
    return re.fullmatch(r'"(.*?)" AND (\(.*?\)) NOT (.*)', query).groups()


# What takes the place of the phrase in a tenth of the topics, from its two words.
OPERATORS = {
    "none": '"{0} {1}"',
    "wildcard": '"{0} {1}*"',
    "slips": "{0}~1 ADJ/1 {1}",
    "near": "{0} NEAR/3 {1}",
    "sentence": "SENTENCE({0} {1})",
    "regex": "/{0}[ \\n]+{1}/i",
    "list": '@names {0} ADJ/1 {1}',
    "stem": 'stem:"{0} {1}"',
}


def operated(query, operator):
    """The query with another operator in it; as it is where the words are too short for that."""
    phrase, some, no = parts_of(query)
    if min(len(word) for word in phrase.split()) < 3:
        return query
    return "%s AND %s NOT %s" % (OPERATORS[operator].format(*phrase.split()), some, no)


def write_topics(path, maker, n, operator="none"):
    with open(path, "w", encoding="utf-8") as f:
        for i in range(n):
            query = maker.topic()
            if i % 10 == 0:
                query = operated(query, operator)
            f.write(json.dumps({"name": "t%07d" % i, "query": query, "language": "en"}) + "\n")


def write_list(path, maker, n):
    """A named list of pairs of words."""
    with open(path, "w", encoding="utf-8") as f:
        f.write("names:\n" + "".join("  - '%s %s'\n" % maker.pair() for _ in range(n)))
