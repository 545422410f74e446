"""Words, sentences and paragraphs of a text, for the slow reference of the query language.

Made for texts as the tests write them: sentences end in "! " or with a paragraph.
"""

import unicodedata

UNSPACED = [(0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007),
            (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
            (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)]


def is_unspaced(c):
    return any(first <= ord(c) <= last for first, last in UNSPACED)


def is_word_character(c):
    category = unicodedata.category(c)
    return category[0] in "LN" or category in ("Mc", "Me")


def fold(text):
    """The definition, applied to a whole text at once: its words."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    words = [""]
    for c in text:
        if unicodedata.category(c) == "Mn":
            continue
        if not is_word_character(c):
            words.append("")
        elif is_unspaced(c):
            words += [c, ""]
        else:
            words[-1] += c
    return [word for word in words if word]


class Word:
    """A folded word, and the bytes of the text that it is."""

    def __init__(self, folded, start, end):
        self.folded, self.start, self.end = folded, start, end


def words_of(text):
    words, is_open, marks, at = [], False, False, 0
    for c in text:
        start, at = at, at + len(c.encode())
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", c).casefold())
        for f in folded:
            if unicodedata.category(f) == "Mn":
                if marks:
                    words[-1].end = at
            elif not is_word_character(f):
                is_open = marks = False
            else:
                if not is_open or is_unspaced(f):
                    words.append(Word("", start, at))
                words[-1].folded += f
                words[-1].end = at
                is_open, marks = not is_unspaced(f), True
    assert [word.folded for word in words] == fold(text)
    return words


class Document:
    """What a query is held against."""

    def __init__(self, text, title, path, source, media_type, date, added):
        self.text, self.data = text, text.encode()
        self.fields = {"": words_of(text)}
        self.texts = {"": text, "title": title, "path": path, "source": source,
                      "type": media_type}
        for name, value in self.texts.items():
            self.fields[name] = words_of(value)
        self.date = date
        self.added = added  # None: all is new; else [(start, end)] in bytes

    def pieces(self, separators):
        """The words between separators, as [(first, behind the last)]."""
        ends, text = [], self.text
        for at in range(len(text)):
            if any(text.startswith(separator, at) for separator in separators):
                ends.append(len(text[:at].encode()))
        ends.append(len(self.data))
        words, pieces, first = self.fields[""], [], 0
        for end in ends:
            behind = first
            while behind < len(words) and words[behind].start < end:
                behind += 1
            if behind > first:
                pieces.append((first, behind))
            first = behind
        return pieces

    def sentences(self):
        return self.pieces(["! ", "\n\n"])

    def paragraphs(self):
        return self.pieces(["\n\n"])
