#!/usr/bin/python3
"""The query engine against a slow reference that shares nothing with it (tests/reference).

The reference has its own tokeniser (Python's unicodedata), its own parser (to nested tuples) and
its own evaluator (plain loops over lists of words). Both judge random queries on random documents;
also compared are the canonical form (it must parse to the same form and judge alike), the index
(what matches must be a candidate), and the evidence (every span must quote what decided).

    test_reference.py [PAIRS [FIRST]]    10,000 in make check; any number by argument, and where in
                                         the endless row of random pairs they begin
"""

import multiprocessing
import os
import random
import subprocess
import sys
import tempfile

BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
SOURCE = os.environ.get("TOCSIN_SRCDIR", ".")
sys.path.insert(0, SOURCE + "/tests/reference")

import cases as random_cases  # noqa: E402
import judge as judges  # noqa: E402
import query as queries  # noqa: E402
import text as texts  # noqa: E402

TODAY = 20250615
CHUNK = 5000
LISTS = {name: [texts.fold(alias) for alias in aliases]
         for name, aliases in random_cases.LISTS.items()}


def encode(case):
    query, (title, text, path, source, media_type, date, added) = case
    columns = [part.encode().hex() or "-" for part in (query, title, text, path, source,
                                                       media_type)]
    spans = "all" if added is None else ",".join("%d-%d" % tuple(span) for span in added)
    return " ".join(columns + [str(date), spans]) + "\n"


def ask(cases, lists):
    """The answers of check_query."""
    program = os.path.join(BUILD, "plugins/topics/check_query")
    done = subprocess.run([program, lists], input="".join(map(encode, cases)), capture_output=True,
                          text=True, check=True, timeout=600)
    answers = [line.split(" ") for line in done.stdout.split("\n")[:-1]]
    assert len(answers) == len(cases)
    return answers


def judge(case):
    """The reference's own verdict: None when the query is refused."""
    try:
        tree = queries.Parser(case[0], LISTS).parse()
    except queries.Refused:
        return None
    title, text, path, source, media_type, date, added = case[1]
    document = texts.Document(text, title, path, source, media_type, date, added)
    verdict = judges.Judge(document, LISTS, TODAY)
    return verdict, tree, verdict.holds(tree)


def evidence_quotes(verdict, tree, spans):
    """Every span must quote a leaf that decided; where the text has none, a sentence stands in."""
    leaves = verdict.deciding(tree)
    spans = [tuple(int(n) for n in span.split("-")) for span in spans]
    if not spans:
        return not verdict.document.fields[""]
    proved = [any(verdict.proves(leaf, scope, *span) for leaf, scope in leaves) for span in spans]
    return all(proved) or (len(spans) == 1 and spans[0][0] == 0)


def compare(cases, lists):
    """What differs, and how many of the queries match and are refused."""
    wrong, matched, refused, again = [], 0, 0, []
    for case, answer in zip(cases, ask(cases, lists)):
        verdict = judge(case)
        if verdict is None or answer[0] == "error":
            refused += 1
            if (verdict is None) != (answer[0] == "error"):
                wrong.append(("refused by one", case, answer))
            continue
        matched += verdict[2]
        if answer[0] != str(int(verdict[2])):
            wrong.append(("verdict", case, answer))
        elif verdict[2] and answer[1] != "1":
            wrong.append(("no candidate", case, answer))
        elif verdict[2] and not evidence_quotes(verdict[0], verdict[1], answer[3:]):
            wrong.append(("evidence", case, answer))
        again.append(((bytes.fromhex(answer[2]).decode(), case[1]), answer))
    for (case, first), second in zip(again, ask([case for case, _ in again], lists)):
        if first != second:
            wrong.append(("canonical form", case, first, second))
    return wrong, matched, refused


def make_cases(seed, n, broken):
    rng = random.Random(seed)
    if broken:
        return [(random_cases.broken_query(rng), random_cases.random_document(rng))
                for _ in range(n)]
    return [(random_cases.random_query(rng, rng.randint(1, 3)), random_cases.random_document(rng))
            for _ in range(n)]


def run_chunk(job):
    seed, n, broken, lists = job
    return compare(make_cases(seed, n, broken), lists)


def run(pairs, first, broken, lists):
    jobs = [("%s %d" % (broken, first + at), min(CHUNK, pairs - at), broken, lists)
            for at in range(0, pairs, CHUNK)]
    with multiprocessing.Pool(min(len(jobs), os.cpu_count() or 1)) as pool:
        results = pool.map(run_chunk, jobs, chunksize=1)
    return ([case for result in results for case in result[0]],
            sum(result[1] for result in results), sum(result[2] for result in results))


def write_lists(out):
    for name, aliases in random_cases.LISTS.items():
        out.write("%s:\n" % name + "".join("  - {name: '%s'}\n" % alias for alias in aliases))
    out.flush()


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    tests = [("random queries on random documents", pairs, False, 0.08),
             ("broken queries", pairs // 4, True, 0.002)]
    if judges.Stemmer is None:
        print("1..0 # SKIP Python knows no stemmer (Debian: python3-stemmer)")
        return 0
    print("1..%d" % len(tests))
    failed = False
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as lists:
        write_lists(lists)
        for number, (name, n, broken, least) in enumerate(tests, 1):
            wrong, matched, refused = run(n, first, broken, lists.name)
            print("# %d pairs: %d match, %d queries refused" % (n, matched, refused))
            if matched < n * least:
                wrong.append("too few pairs that say anything")
            for case in wrong[:10]:
                print("# %r" % (case,))
            if wrong:
                print("# %d differ" % len(wrong))
            print("%sok %d - %s" % ("not " if wrong else "", number, name))
            failed |= bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
