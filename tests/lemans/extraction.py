"""What the detector finds in files, by tocsinctl fact extract: no daemon, its own sandboxed host."""
import json
import os
import subprocess
import sys
import tempfile

SRC = os.environ.get("TOCSIN_SRCDIR", os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("TOCSIN_BUILDDIR", os.getcwd())
SHARED = os.environ.get("TOCSIN_SHARED", os.path.join(SRC, "..", "shared"))
LISTS = os.path.join(os.path.abspath(SRC), "conf", "lemans")


def tocsinctl(lists, *args):
    """tocsinctl under a configuration of this detector alone, with these lists."""
    with tempfile.TemporaryDirectory(prefix="lemans.") as folder:
        os.mkdir(os.path.join(folder, "documents"))
        config = os.path.join(folder, "tocsin.yaml")
        with open(config, "w", encoding="utf-8") as out:
            json.dump({"folders": {"documents": {"path": os.path.join(folder, "documents")}},
                       "detectors": {"lemans": {"options": {"lists": lists}}},
                       "notifiers": {"stdout": {}}}, out)
        command = [os.path.join(BUILD, "tocsinctl"), "--config", config, "--host",
                   os.path.join(BUILD, "daemon", "host", "tocsin-host"), "--plugins", os.path.join(BUILD, ".libs")]
        return subprocess.run(command + list(args), check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=300)


def extract(files):
    """{name of the file: {"doc", "lang", "findings"}}"""
    done = tocsinctl(LISTS, "--output", "jsonl", "fact", "extract", *files)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return {entry["doc"]: entry for entry in map(json.loads, done.stdout.decode().splitlines())}


if __name__ == "__main__":
    for found in extract(sys.argv[1:]).values():
        print(json.dumps(found, ensure_ascii=False))
