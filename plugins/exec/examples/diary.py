#!/usr/bin/env python3
"""A notifier for tocsin in Python: keeps a diary of alerts, a page a day, in a folder.

Each line on standard input is a question in JSON, each line on standard output its answer;
tocsin-exec(7) tells what may stand in them. In tocsin.yaml:

    notifiers:
      diary:
        plugin: exec
        options:
          command: [/usr/share/doc/tocsin/examples/exec/diary.py, ~/Diary]
"""
import json
import os
import sys

FOLDER = os.path.expanduser(sys.argv[1])


def entry(alert, delivery):
    """What is written of one alert. The comment makes a second attempt known again."""
    if alert["status"] != "firing":
        return f"- {alert['status']}: {alert['headline']}\n"
    quote = f"\n  > {alert['quote']}" if alert["quote"] else ""
    return f"- **{alert['headline']}**{quote}\n  ({alert['title']}) <!-- {delivery} -->\n"


def notify(question):
    for alert in question["alerts"]:
        page = os.path.join(FOLDER, (alert.get("ended") or alert["created"])[:10] + ".md")
        with open(page, "a+", encoding="utf-8") as diary:
            diary.seek(0)
            if question["attempt"] > 1 and question["delivery"] in diary.read():
                continue  # the answer to an earlier attempt was lost, not the alert
            diary.write(entry(alert, question["delivery"]))
    return {"result": "ok"}


def answer(question):
    if "hello" in question:
        os.makedirs(FOLDER, exist_ok=True)
        return {"tocsin": 1, "follows": True}
    if "notify" in question:
        try:
            return notify(question["notify"])
        except OSError as error:  # a full disk, say: that will pass
            return {"result": "later", "reason": str(error)}
    return {"error": "this program only notifies"}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"id": question["id"], **answer(question)}), flush=True)
