#!/usr/bin/env python3
"""A detector for tocsin in Python: finds sentences that are written in capitals.

Each line on standard input is a question in JSON, each line on standard output its answer;
tocsin-exec(7) tells what may stand in them. In tocsin.yaml:

    detectors:
      shouting:
        plugin: exec
        options:
          command: [/usr/share/doc/tocsin/examples/exec/shouting.py]
"""
import json
import re
import sys

TOPIC = "shouting"


def detect(document):
    """The findings of one document. `text` of an evidence is a piece of the document's own text."""
    text = document["text"]
    shouts = [s for s in re.findall(r"[^.!?\n]+[.!?]*", text) if s.isupper() and len(s.split()) > 2]
    if not shouts:
        return []
    return [{
        "topic": TOPIC,
        "summary": f"{document['title']}: {len(shouts)} loud sentence(s)",
        "severity": "high" if len(shouts) > 3 else "normal",
        "evidence": [{"text": shout.strip()} for shout in shouts],
    }]


def answer(question):
    if "hello" in question:
        return {"tocsin": 1, "topics": [{"name": TOPIC, "query": "sentences in capitals"}]}
    if "detect" in question:
        return {"findings": detect(question["detect"])}
    return {"error": "this program only detects"}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"id": question["id"], **answer(question)}), flush=True)
