"""A slow judge of queries: plain loops over lists of words.

A place is (first, last), positions of words. A scope is (low, high, only new): what part of the text
may be looked at.
"""

import datetime
import re
import unicodedata

import query

try:
    import Stemmer
except ImportError:
    Stemmer = None

FIRST_WORDS = 50
EVERYWHERE = (0, 1 << 32, False)

COMMON = {
    "en": "the of and to is that for it with was are this from have not be at by",
    "de": "der die und das den von zu mit ist nicht ein eine auf fur dem sich im",
    "fr": "le les des et est une dans pour pas qui du sur au plus ce avec sont",
    "es": "el los las del y por para con una es su al lo como mas pero fue",
    "it": "il di che gli della per non sono del con una nel alla anche piu dei",
    "pt": "os da do em nao para uma com por mais dos das ao foi seu pela",
    "nl": "het een van en dat niet zijn voor met op aan ook er maar bij naar"}
SCRIPTS = {"el": (0x370, 0x3FF), "ru": (0x400, 0x4FF), "he": (0x590, 0x5FF),
           "ar": (0x600, 0x6FF), "th": (0xE00, 0xE7F), "ko": (0x1100, 0x11FF),
           "ja": (0x3040, 0x30FF), "zh": (0x4E00, 0x9FFF)}


def language_of(words):
    counts = {code: 0 for code in list(COMMON) + list(SCRIPTS)}
    for word in words[:2000]:
        for code, common in COMMON.items():
            counts[code] += word.folded in common.split()
        for code, (first, last) in SCRIPTS.items():
            counts[code] += first <= ord(word.folded[0]) <= last
    best = max(counts, key=counts.get)
    return best if counts[best] >= 2 else None


def distance(a, b):
    """Optimal string alignment."""
    table = {}
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if i == 0 or j == 0:
                table[i, j] = i + j
                continue
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1,
                              table[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(a), len(b)]


def stem(word):
    return Stemmer.Stemmer("en").stemWord(word)


class Judge:
    """Holds queries against one document."""

    def __init__(self, document, lists, today):
        self.document, self.lists, self.today = document, lists, today

    # ---- words ----

    def is_word(self, matcher, word, field):
        kind, wanted = matcher[0], matcher[1]
        if kind == "plain":
            return word.folded == wanted
        if kind == "wild":
            pattern = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c)
                              for c in wanted)
            return re.fullmatch(pattern, word.folded, re.DOTALL) is not None
        if kind == "fuzzy":
            return abs(len(word.folded) - len(wanted)) <= matcher[2] and \
                distance(word.folded, wanted) <= matcher[2]
        if kind == "stem":
            return stem(word.folded) == stem(wanted)
        written = self.document.texts[field].encode()[word.start:word.end].decode()
        return word.folded == matcher[2] and unicodedata.normalize("NFC", written) == wanted

    def in_scope(self, place, field, scope):
        if field:
            return True
        if place[0] < scope[0] or place[1] >= scope[1]:
            return False
        if not scope[2] or self.document.added is None:
            return True
        words = self.document.fields[""]
        return any(start <= words[place[0]].start and words[place[1]].end <= end
                   for start, end in self.document.added)

    def runs(self, matchers, field, scope, limit=None):
        words, found = self.document.fields[field], []
        for at in range(len(words) - len(matchers) + 1):
            place = (at, at + len(matchers) - 1)
            if limit is not None and place[1] >= limit:
                break
            if all(self.is_word(m, words[at + i], field) for i, m in enumerate(matchers)) and \
                    self.in_scope(place, field, scope):
                found.append(place)
        return found

    def is_window(self, node, place):
        """Does the run hold every word of the query, as often as it is written?"""
        words = self.document.fields[node[1]][place[0]:place[1] + 1]
        return place[1] - place[0] <= node[2] and all(
            sum(self.is_word(m, word, node[1]) for word in words) >= node[3].count(m)
            for m in node[3])

    def windows(self, node, scope):
        n = len(self.document.fields[node[1]])
        return [(low, high) for low in range(n) for high in range(low, min(n, low + node[2] + 1))
                if self.is_window(node, (low, high)) and self.in_scope((low, high), node[1], scope)]

    def near(self, node, scope):
        """The places of each part that take part."""
        def close(a, b, gap):
            far, ordered = gap
            return 0 < b[0] - a[1] <= far or (not ordered and 0 < a[0] - b[1] <= far)
        parts = [self.places(part, scope) for part in node[1]]
        for i, gap in enumerate(node[2]):
            parts[i + 1] = [b for b in parts[i + 1] if any(close(a, b, gap) for a in parts[i])]
        for i in range(len(node[2]) - 1, -1, -1):
            parts[i] = [a for a in parts[i]
                        if any(close(a, b, node[2][i]) for b in parts[i + 1])]
        return [place for part in parts for place in part] if parts[-1] else []

    def places(self, node, scope=EVERYWHERE):
        kind = node[0]
        if kind == "term":
            return self.runs(node[3], node[1], scope, FIRST_WORDS if node[2] else None)
        if kind == "window":
            return self.windows(node, scope)
        if kind == "list":
            return [place for alias in self.lists[node[2]]
                    for place in self.runs([("plain", w) for w in alias], node[1], scope)]
        if kind == "near":
            return self.near(node, scope)
        return [place for part in node[1] for place in self.places(part, scope)]

    # ---- the rest ----

    def regex(self, node):
        flags = re.MULTILINE | (re.IGNORECASE if node[3] else 0)
        return re.search(node[2], self.document.texts[node[1]], flags) is not None

    def date(self, node):
        def day(number):
            return datetime.date(number // 10000, number // 100 % 100, number % 100)
        date, today = day(self.document.date), day(self.today)
        low, high = node[1], node[2]
        after = low is None or (date >= day(low[1]) if low[0] == "day"
                                else (today - date).days <= low[1])
        before = high is None or (date <= day(high[1]) if high[0] == "day"
                                  else (today - date).days >= high[1])
        return after and before

    def scopes(self, node, scope):
        """Where the part within SENTENCE and its kin holds."""
        if node[0] == "new":
            candidates = [(scope[0], scope[1], True)]
        else:
            pieces = self.document.sentences() if node[0] == "sentence" else \
                self.document.paragraphs()
            candidates = [(low, high, scope[2]) for low, high in pieces]
        return [inner for inner in candidates if self.holds(node[1], inner)]

    def holds(self, node, scope=EVERYWHERE):
        kind = node[0]
        if kind in ("term", "window", "list", "near"):
            return bool(self.places(node, scope))
        if kind == "regex":
            return self.regex(node)
        if kind == "date":
            return self.date(node)
        if kind == "count":
            n = len(self.document.fields[""])
            return n >= node[1] and (node[2] is None or n <= node[2])
        if kind == "lang":
            return language_of(self.document.fields[""]) == node[1]
        if kind == "not":
            return not self.holds(node[1], scope)
        if kind in ("sentence", "paragraph", "new"):
            return bool(self.scopes(node, scope))
        results = [self.holds(part, scope) for part in node[-1]]
        return sum(results) >= {"and": len(results), "or": 1, "of": node[1]}[kind]

    # ---- evidence ----

    def deciding(self, node, scope=EVERYWHERE, wanted=True):
        """The leaves that made the node what is wanted, with their scopes."""
        kind = node[0]
        if kind in ("date", "count", "lang"):
            return []
        if kind in ("term", "window", "list", "near", "regex"):
            return [(node, scope)] if wanted else []
        if kind == "not":
            return self.deciding(node[1], scope, not wanted)
        if kind in ("sentence", "paragraph", "new"):
            return [leaf for inner in (self.scopes(node, scope) if wanted else [])
                    for leaf in self.deciding(node[1], inner)]
        return [leaf for part in node[-1] if self.holds(part, scope) == wanted
                for leaf in self.deciding(part, scope, wanted)]

    def proves(self, leaf, scope, start, end):
        """Do these bytes of the text quote that leaf?"""
        words = self.document.fields[""]
        if leaf[0] == "regex":
            flags = re.MULTILINE | (re.IGNORECASE if leaf[3] else 0)
            quote = self.document.data[start:end].decode()
            return re.search(leaf[2], quote, flags) is not None
        field = min(query.fields_of(leaf[1][0])) if leaf[0] == "near" else leaf[1]
        if field not in ("", "title") or (leaf[0] == "near" and field):
            return False
        if leaf[0] == "term" and leaf[1]:
            leaf = ("term", "", False, leaf[3])
        elif leaf[0] in ("window", "list") and leaf[1]:
            leaf = (leaf[0], "") + leaf[2:]
        return any((words[first].start, words[last].end) == (start, end)
                   for first, last in self.places(leaf, scope)
                   if last < len(words))
