"""A parser of queries to nested tuples, for the slow reference of the query language.

    ("term", field, first, matchers)        ("window", field, distance, matchers)
    ("list", field, name)                   ("regex", field, source, any case)
    ("date", low, high) with a bound as ("day", YYYYMMDD), ("ago", days) or None
    ("count", low, high)                    ("lang", code)
    ("and", parts) ("or", parts) ("not", part) ("of", number, parts)
    ("near", parts, [(distance, ordered)])  ("sentence", part) ("paragraph", part) ("new", part)

A matcher is ("plain", word), ("wild", pattern), ("fuzzy", word, slips), ("exact", text, word) or
("stem", word).
"""

import calendar
import re
import unicodedata

import text as texts

SPACES = set("\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | \
    {chr(c) for c in range(0x2000, 0x200B)}
QUOTES = '"\u201c\u201d\u201e\u201f'
FIELDS = ("title", "path", "source", "type")
TESTS = ("date", "words", "lang")


class Refused(Exception):
    """The query is not one."""


class Lexer:
    """Tokens as (kind, value)."""

    def __init__(self, query):
        self.query, self.at, self.listing = query, 0, 0

    def char(self, at=None):
        at = self.at if at is None else at
        return self.query[at] if at < len(self.query) else ""

    def ends_word(self, c):
        return c == "" or c in SPACES or c in "()" or c in QUOTES or (c == "," and self.listing)

    def ends_here(self):
        c = self.char()
        return c == "" or c in SPACES or c == ")" or (c == "," and self.listing)

    def next(self):
        while self.char() and self.char() in SPACES:
            self.at += 1
        c = self.char()
        if not c:
            return "end", None
        if c in "()-" or (c == "," and self.listing):
            self.at += 1
            if c == "-" and self.ends_here():
                raise Refused
            return {"(": "open", ")": "close", "-": "not", ",": "comma"}[c], None
        if c == "/":
            return self.regex()
        marks = ""
        while self.char() and self.char() in "^=":
            if self.char() in marks:
                raise Refused
            marks += self.char()
            self.at += 1
        if marks and (self.ends_here() or self.char() == "("):
            raise Refused
        if self.char() in QUOTES:
            return self.phrase(marks)
        return self.word(marks)

    def regex(self):
        found = re.compile(r"/((?:\\.|[^/\\]|\\$)*)/(i?)", re.DOTALL).match(self.query, self.at)
        if not found or not found.group(1):
            raise Refused
        self.at = found.end()
        if not self.ends_here():
            raise Refused
        return "regex", (found.group(1), bool(found.group(2)))

    def phrase(self, marks):
        end = self.at + 1
        while self.char(end) and self.char(end) not in QUOTES:
            end += 1
        if not self.char(end):
            raise Refused
        content, self.at, number = self.query[self.at + 1:end], end + 1, None
        if self.char() == "~":
            found = re.compile("~([0-9]{1,9})(?![0-9])").match(self.query, self.at)
            if not found:
                raise Refused
            number, self.at = int(found.group(1)), found.end()
        return "term", (content, True, marks, number)

    def word(self, marks):
        end = self.at
        while not self.ends_word(self.char(end)):
            end += 1
        word, start = self.query[self.at:end], self.at
        self.at = end
        token = None if marks else self.operator(word, start)
        if token:
            return token
        if word[0] == "@" and not marks:
            if not re.fullmatch("[A-Za-z0-9_-]+", word[1:]):
                raise Refused
            return "list", word[1:]
        if word[0] in "@/^=":
            raise Refused
        number = None
        if "~" in word:
            word, _, slips = word.partition("~")
            if not re.fullmatch("[0-9]{1,9}", slips):
                raise Refused
            number = int(slips)
        return "term", (word, False, marks, number)

    def is_open(self, at):
        while self.char(at) and self.char(at) in SPACES:
            at += 1
        return self.char(at) == "("

    def operator(self, word, start):
        if word in ("AND", "OR", "NOT"):
            return word.lower(), None
        name, slash, number = word.partition("/")
        if name in ("NEAR", "ADJ"):
            if not slash or not re.fullmatch("[0-9]{1,9}", number) or int(number) < 1:
                raise Refused
            return "near", (int(number), name == "ADJ")
        if word == "OF":
            raise Refused
        if word in ("SENTENCE", "PARAGRAPH"):
            if not self.is_open(self.at):
                raise Refused
            return "scope", word.lower()
        found = re.match("([A-Za-z]+):", word)
        if found:
            return self.prefix(found.group(1), start)
        if re.fullmatch("[0-9]{1,9}", word):
            at = self.at
            while self.char(at) and self.char(at) in SPACES:
                at += 1
            if at > self.at and self.query[at:at + 2] == "OF" and self.is_open(at + 2):
                self.at = at + 2
                return "of", int(word)
        return None

    def prefix(self, name, start):
        behind = start + len(name) + 1
        value, c = self.query[behind:self.at], self.char(behind)
        if name in TESTS:
            if not value:
                raise Refused
            return "test", (name, value)
        if name not in FIELDS + ("stem", "new") or c == "" or c in SPACES or c == ")":
            raise Refused
        self.at = behind
        return "prefix", name


def day_of(value):
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", value)
    if not found or int(found.group(1)) < 1:
        raise Refused
    year, month, day = int(found.group(1)), int(found.group(2) or 0), int(found.group(3) or 0)
    if (found.group(2) and not 1 <= month <= 12):
        raise Refused
    if found.group(3) and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Refused
    last_month = month or 12
    last_day = day or calendar.monthrange(year, last_month)[1]
    return (year * 10000 + (month or 1) * 100 + (day or 1),
            year * 10000 + last_month * 100 + last_day)


def bound_of(value, last):
    if not value:
        return None
    if re.fullmatch("[0-9]{1,9}d", value) and int(value[:-1]) <= 9999 * 366:
        return "ago", int(value[:-1])
    return "day", day_of(value)[last]


def date_of(value):
    if ".." not in value:
        first, last = day_of(value)
        return "date", ("day", first), ("day", last)
    low, _, high = value.partition("..")
    if not low and not high:
        raise Refused
    low, high = bound_of(low, 0), bound_of(high, 1)
    if low and high and low[0] == high[0] and \
            (low[1] > high[1] if low[0] == "day" else low[1] < high[1]):
        raise Refused
    return "date", low, high


def count_of(value):
    found = re.fullmatch(r"([<>])([0-9]{1,9})|([0-9]{0,9})\.\.([0-9]{0,9})", value)
    if not found or value == ".." or value == "<0":
        raise Refused
    if found.group(1) == ">":
        return "count", int(found.group(2)) + 1, None
    if found.group(1) == "<":
        return "count", 0, int(found.group(2)) - 1
    low, high = int(found.group(3) or 0), found.group(4)
    if high and low > int(high):
        raise Refused
    return "count", low, int(high) if high else None


def pattern_words(content, quoted):
    """[("plain", word, written)] and [("wild", pattern)] of a text with wildcards in it."""
    wild = "*" if quoted else "*?"
    words, at = [], 0
    content = re.sub(r"\*\*+", "*", content)
    glued = False  # the last word ends where a wildcard is, or in one
    for piece in re.split("([%s])" % wild, content):
        if piece and piece in wild and len(piece) == 1:
            if not glued:
                raise Refused
            words[-1][0:1] = ["wild"]
            words[-1][1] += piece
            at += len(piece)
            continue
        found = texts.words_of(piece)
        data = piece.encode()
        for n, word in enumerate(found):
            written = data[word.start:word.end].decode()
            if n == 0 and word.start == 0 and words and glued and words[-1][0] == "wild":
                words[-1][1] += word.folded
                if texts.is_unspaced(word.folded[0]):
                    raise Refused
            else:
                words.append(["plain", word.folded, written])
        if piece:
            glued = bool(found) and found[-1].end == len(data)
        at += len(piece)
    for word in words:
        if word[0] == "wild":
            letters = word[1].replace("*", "").replace("?", "")
            if len(letters) < 2 or len(word[1].encode()) > 255 or \
                    len(word[1]) - len(letters) > 8 or texts.is_unspaced(letters[0]):
                raise Refused
    return words


class Parser:
    """Recursive descent; the loosest operator first."""

    def __init__(self, query, lists=()):
        self.lexer, self.lists = Lexer(query), lists
        self.kind, self.value = self.lexer.next()

    def advance(self):
        self.kind, self.value = self.lexer.next()

    def parse(self):
        tree = self.either("", False, False)
        if self.kind != "end" or holds_in_nothing(tree):
            raise Refused
        return tree

    def either(self, field, stem, scoped):
        parts = [self.every(field, stem, scoped)]
        while self.kind == "or":
            self.advance()
            parts.append(self.every(field, stem, scoped))
        return ("or", parts) if len(parts) > 1 else parts[0]

    def every(self, field, stem, scoped):
        parts = [self.one(field, stem, scoped)]
        while self.kind not in ("end", "close", "comma", "or", "near"):
            if self.kind == "and":
                self.advance()
            parts.append(self.one(field, stem, scoped))
        return ("and", parts) if len(parts) > 1 else parts[0]

    def one(self, field, stem, scoped):
        if self.kind == "not":
            self.advance()
            inner = self.one(field, stem, scoped)
            return inner[1] if inner[0] == "not" else ("not", inner)
        parts, gaps = [self.primary(field, stem, scoped)], []
        while self.kind == "near":
            if self.value[0] > 1000:
                raise Refused
            gaps.append(self.value)
            self.advance()
            parts.append(self.primary(field, stem, scoped))
        if not gaps:
            return parts[0]
        if len({f for part in parts for f in fields_of(part)}) != 1:
            raise Refused
        return ("near", parts, gaps)

    def primary(self, field, stem, scoped):
        kind, value = self.kind, self.value
        if kind == "open":
            return self.group(field, stem, scoped)
        if kind == "scope":
            self.advance()
            return self.wrapped(value, field, stem, scoped)
        if kind == "of":
            return self.some(value, field, stem, scoped)
        if kind == "prefix":
            return self.prefixed(value, field, stem, scoped)
        if kind == "term":
            tree = self.term(value, field, stem)
        elif kind == "list":
            if stem or value not in self.lists:
                raise Refused
            tree = ("list", field, value)
        elif kind == "regex":
            if stem or scoped:
                raise Refused
            tree = ("regex", field) + value
        elif kind == "test":
            if stem or scoped or field:
                raise Refused
            tree = self.test(*value)
        else:
            raise Refused
        self.advance()
        return tree

    def group(self, field, stem, scoped):
        self.advance()
        tree = self.either(field, stem, scoped)
        if self.kind != "close":
            raise Refused
        self.advance()
        return tree

    def wrapped(self, name, field, stem, scoped):
        if field or scoped:
            raise Refused
        return (name, self.primary(field, stem, True))

    def some(self, number, field, stem, scoped):
        self.lexer.listing += 1
        self.advance()
        self.advance()
        parts = [self.either(field, stem, scoped)]
        while self.kind == "comma":
            self.advance()
            parts.append(self.either(field, stem, scoped))
        if self.kind != "close" or not 1 <= number <= len(parts):
            raise Refused
        self.lexer.listing -= 1
        self.advance()
        return ("of", number, parts)

    def prefixed(self, name, field, stem, scoped):
        self.advance()
        if self.kind in ("end", "close", "comma", "and", "or", "not", "near") or \
                (self.kind == "prefix" and (self.value != "stem" or name == "stem")):
            raise Refused
        if name == "new":
            return self.wrapped("new", field, stem, scoped)
        if name == "stem":
            return self.primary(field, True, scoped)
        if scoped:
            raise Refused
        return self.primary(name, stem, scoped)

    @staticmethod
    def test(name, value):
        if name == "date":
            return date_of(value)
        if name == "words":
            return count_of(value)
        if not re.fullmatch("[a-z]{2}", value):
            raise Refused
        return "lang", value

    @staticmethod
    def term(value, field, stem):
        content, quoted, marks, number = value
        words = pattern_words(content, quoted)
        kinds = {word[0] for word in words}
        if not words or len(words) > 64 or ("=" in marks and stem) or ("^" in marks and field):
            raise Refused
        if "wild" in kinds and (stem or "=" in marks):
            raise Refused
        if len(words) > 1 and any(w[0] == "wild" and "?" in w[1] for w in words):
            raise Refused
        if "=" in marks:
            matchers = [("exact", unicodedata.normalize("NFC", word[2]), word[1]) for word in words]
        else:
            matchers = [("stem" if stem else word[0], word[1]) for word in words]
        first = "^" in marks
        if number is None:
            return "term", field, first, matchers
        if quoted:
            if len(words) < 2 or not len(words) - 1 <= number <= 1000 or first:
                raise Refused
            return "window", field, number, matchers
        if len(words) > 1 or matchers[0][0] != "plain" or not 1 <= number <= 2 or \
                len(words[0][1]) < 2 * number + 1:
            raise Refused
        return "term", field, first, [("fuzzy", words[0][1], number)]


def fields_of(node):
    """The fields of what NEAR can join; refuses all else."""
    if node[0] in ("term", "list"):
        return {node[1]}
    if node[0] == "or":
        return {field for part in node[1] for field in fields_of(part)}
    raise Refused


def holds_in_nothing(node):
    kind = node[0]
    if kind in ("date", "count", "lang"):
        return True
    if kind == "not":
        return not holds_in_nothing(node[1])
    if kind in ("sentence", "paragraph", "new"):
        return holds_in_nothing(node[1])
    if kind in ("and", "or", "of"):
        results = [holds_in_nothing(part) for part in node[-1]]
        wanted = {"and": len(results), "or": 1, "of": node[1]}[kind]
        return sum(results) >= wanted
    return False
