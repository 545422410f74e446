"""Random queries and documents over the whole language, for the slow reference."""

VOCABULARY = ["le", "mans", "Le", "MANS", "leclerc", "Leclerc", "Gasly", "P\u00e9rez", "perez",
              "entry", "entries", "entrant", "entr\u00e9e", "24h", "24", "h", "Stra\u00dfe",
              "strasse", "\u6771\u4eac", "\u4eac", "\u043c\u0438\u0440", "\u039f\u03b4\u03cc\u03c2",
              "\u0130stanbul", "of", "the", "a", "aa", "aaa", "\ufb01n", "fin", "e\u0301t\u00e9",
              "ete", "\u1100\u1161", "run", "running", "runs", "color", "colour", "notwithstanding",
              "Notwithstandng", "\u00bd", "a\u00bda", "1"]
SEPARATORS = [" "] * 6 + ["  ", "\n\n", "! ", ", ", "-", "\u2019", "; ", "\t"]
LISTS = {"drivers": ["Charles Leclerc", "Leclerc", "Gasly", "P\u00e9rez"],
         "words": ["le mans", "entry", "24h of"]}
REGEXES = ["lecl.rc", "[0-9]{2}h", "entr(y|ies)", "^Le", "n\u0438|\u0438\u0440", "colou?r", "M.NS",
           "(a|the) [a-h]+"]
PATHS = ["sport/le-mans/24h.txt", "a/b.txt", "entries.md", ""]
SOURCES = ["seeds", "le-mans", "news"]
TYPES = ["text/plain", "text/html", "application/pdf"]
DATES = ["date:2025", "date:2025-06-01..", "date:..2025-05", "date:30d..", "date:..7d",
         "date:2025-06-10", "date:2024-01-01..2025-06-12", "date:10d..3d"]
COUNTS = ["words:>5", "words:<4", "words:3..9", "words:8..", "words:..6"]
LANGUAGES = ["lang:en", "lang:fr", "lang:ru"]


def random_text(rng, most):
    return "".join(rng.choice(VOCABULARY) + rng.choice(SEPARATORS)
                   for _ in range(rng.randint(0, most)))


def random_document(rng):
    """(title, text, path, source, type, date, added)."""
    text = random_text(rng, 14)
    added = None
    if rng.random() < 0.5:
        cuts = sorted(rng.randint(0, len(text)) for _ in range(4))
        cuts = [len(text[:cut].encode()) for cut in cuts]
        added = [span for span in (cuts[:2], cuts[2:]) if span[0] < span[1]]
    return (random_text(rng, 5), text, rng.choice(PATHS), rng.choice(SOURCES), rng.choice(TYPES),
            rng.choice([20250101, 20250601, 20250610, 20250615, 20240229]), added)


def wild(rng):
    word = list(rng.choice(VOCABULARY))
    for _ in range(rng.randint(1, 2)):
        at = rng.randint(0, len(word))
        if rng.random() < 0.5 and at < len(word):
            word[at] = rng.choice("*?")
        else:
            word.insert(at, rng.choice("**?"))
    return "".join(word)


def phrase(rng, most=3):
    star = "*" if rng.random() < 0.2 else ""
    return '"%s%s"' % (rng.choice([" ", "-", ", "]).join(
        rng.choice(VOCABULARY) for _ in range(rng.randint(1, most))), star)


def term(rng):
    roll = rng.random()
    if roll < 0.45:
        return rng.choice(VOCABULARY)
    if roll < 0.55:
        return wild(rng)
    if roll < 0.7:
        return phrase(rng)
    if roll < 0.76:
        return rng.choice(VOCABULARY) + rng.choice(["~1", "~1", "~2"])
    if roll < 0.82:
        return rng.choice(["=", "^", "^", "^="]) + \
            (phrase(rng, 2) if rng.random() < 0.3 else rng.choice(VOCABULARY))
    if roll < 0.88:
        return phrase(rng) + "~%d" % rng.randint(1, 6)
    if roll < 0.92:
        return "stem:" + rng.choice(["run", "running", "entries", '"runs le"', "colour"])
    if roll < 0.96:
        return "@" + rng.choice(sorted(LISTS))
    return rng.choice(VOCABULARY) + "-" + rng.choice(VOCABULARY)


def test(rng):
    return rng.choice(DATES + COUNTS + LANGUAGES + ["path:" + rng.choice(["sport", "24h", "b"]),
                                                    "source:" + rng.choice(["le-mans", "news"]),
                                                    "type:" + rng.choice(["html", "pdf"]),
                                                    "/%s/" % rng.choice(REGEXES),
                                                    "/%s/i" % rng.choice(REGEXES),
                                                    "title:/%s/i" % rng.choice(REGEXES)])


def near(rng):
    def part():
        return "(%s OR %s)" % (term(rng), term(rng)) if rng.random() < 0.25 else term(rng)
    text = part()
    for _ in range(rng.randint(1, 2)):
        text += " %s/%d %s" % (rng.choice(["NEAR", "ADJ"]), rng.randint(1, 5), part())
    return text


def random_query(rng, depth, scoped=False):
    roll = rng.random()
    if depth == 0 or roll < 0.3:
        return term(rng)
    if roll < 0.38 and not scoped:
        return test(rng)
    if roll < 0.46:
        return rng.choice(["NOT ", "-"]) + random_query(rng, 0 if rng.random() < 0.5 else depth - 1,
                                                        scoped)
    if roll < 0.5 and not scoped:
        return "title:" + rng.choice(["(%s)", "(%s)", "%s"]) % random_query(rng, depth - 1)
    if roll < 0.56:
        return near(rng)
    if roll < 0.63:
        name = rng.choice(["SENTENCE", "PARAGRAPH", "new:"])
        return "%s(%s)" % (name, random_query(rng, depth - 1, True))
    if roll < 0.68:
        n = rng.randint(1, 4)
        return "%d OF (%s)" % (rng.randint(1, n), ", ".join(
            random_query(rng, depth - 1, scoped) for _ in range(n)))
    if roll < 0.76:
        return "(%s)" % random_query(rng, depth - 1, scoped)
    glue = rng.choice([" ", " AND ", " OR ", " OR ", " OR ", " AND NOT ", " -"])
    left = term(rng) if rng.random() < 0.5 else random_query(rng, depth - 1, scoped)
    return left + glue + random_query(rng, depth - 1, scoped)


def broken_query(rng):
    """Without regular expressions: what Hyperscan takes of broken ones is its own affair."""
    query = random_query(rng, 2)
    while any("/%s/" % source in query for source in REGEXES):
        query = random_query(rng, 2)
    query = list(query)
    for _ in range(rng.randint(1, 3)):
        query.insert(rng.randint(0, len(query)), rng.choice('()"-*  ~?=^@,:') if query else "a")
    return "".join(query)
