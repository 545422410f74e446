#!/usr/bin/python3
"""Documents that mean harm, or come from programs that know no better: nothing that is in one, or that one is,
does more than be read. Each is dropped into a watched folder beside a neighbour with an alarm of its own, which
rings; so does the alarm in the odd one, where it can be read; and tocsinctl explain says what became of it."""
import contextlib
import os
import re
import socket
import stat
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from desktop import Desktop  # noqa: E402
from harness import PLUGINS, TOCSINCTL, Daemon, Skip, clean, daemon, run, until  # noqa: E402

MIB = 1024 * 1024
ODD = "Le café où l'alarm a été donnée près du château, dit-on à l'hôtel. Ça suffit déjà – “enfin”, 5 €.\n"
STEER = "\x1b[31m\x1b]0;owned\x07\x9b2J\b\r\x7f"
TURN = "\u202e\u2066\u200f\u061c"


def odd(charset, mark=b""):
    """No two are of the same text, because a copy would not ring."""
    return mark + ODD.replace("café", f"café {charset}{len(mark)}").encode(charset)


# name -> bytes, and what explain is to say of how they were read
TEXTS = {
    "invalid-utf8": ("é".encode() * 20 + b"\xff\xfe\xc0\xaf\xed\xa0\x80\xf5 an alarm \xe2\x82", "invalid in UTF-8 replaced"),
    "utf16le-marked": (odd("utf-16-le", b"\xff\xfe"), "UTF-16LE"),
    "utf16be-marked": (odd("utf-16-be", b"\xfe\xff"), "UTF-16BE"),
    "utf32le-marked": (odd("utf-32-le", b"\xff\xfe\0\0"), "UTF-32LE"),
    "utf32be-marked": (odd("utf-32-be", b"\0\0\xfe\xff"), "UTF-32BE"),
    "utf16le": (odd("utf-16-le"), "charset guessed: UTF-16LE"),
    "utf16be": (odd("utf-16-be"), "charset guessed: UTF-16BE"),
    "utf32le": (odd("utf-32-le"), "charset guessed: UTF-32LE"),
    "utf32be": (odd("utf-32-be"), "charset guessed: UTF-32BE"),
    "utf16-cut": (odd("utf-16-le", b"\xff\xfe") + b" \0.\0\0", "1 byte invalid in UTF-16LE replaced"),
    "utf8-marked": (odd("utf-8", b"\xef\xbb\xbf"), "UTF-8"),
    "nuls": (b"An alarm\0 and \0\0 more of the usual things that are said", "3 NUL bytes replaced"),
    "latin1": (ODD.partition(" –")[0].encode("latin-1"), "charset guessed: "),
    "windows-1252": (odd("cp1252"), "charset guessed: WINDOWS-1252"),
    "no-space": (b"alarm:" + b"x" * (16 * MIB - 6), "UTF-8"),
    "million-sentences": (b"It is. " * 999_999 + b"The alarm rang.", "UTF-8"),
    "deep-marks": (("a" + "\u0301" * 2_000_000 + " alarm" + "\u0489" * 1000 + " alarm.").encode(), "UTF-8"),
    "one-long-line": (b"nothing, " * 500_000 + b"alarm", "UTF-8"),
    "only-line-ends": (b"\n" * 4 * MIB + b"alarm" + b"\r" * 4 * MIB, "UTF-8"),
    "bidi": (f"{TURN} An {STEER}alarm{TURN} went off.{STEER}\n".encode(), "UTF-8"),
}
SILENT = {
    "empty": (b"", "nothing was found in it"),
    "only-nuls": (bytes(100_000), "unsupported: application/octet-stream is not read as text"),
    "noise": (bytes(range(256)) * 64, "unsupported: "),
}
NAMES = [b"two\nlines", b"bad\xff\xfe\xc3", b"steer\x1b[2J\x1b]0;owned\x07", "turn\u202etxt.exe".encode(), b" ", b"-rf", b"%s%n",
         b"back\\slash", b"'\"$(reboot)`", b"a" * 251, "wide\u3000e\u0301\u2028".encode(), b"latin1-caf\xe9", b"\x01\x7f\xc2\x9b2J"]


def roomy():
    d = Daemon()
    d.config["folders"]["docs"]["max-size"] = "64M"
    d.write_config()
    return d


def explain(d, path, code=0):
    """What a person reads who asks about a file, all of it safe to print."""
    got, out, said = d.ctl("explain", path, output="text")
    assert clean(out) and clean(said), (path, out, said)
    assert got == code, f"explain {path!r}: {got}: {out}{said}"
    return out + said


def rang_of(d, base):
    return [r for r in d.rang() if os.path.basename(r["path"]) == base]


def drop_with_neighbour(d, name, body):
    """As close together as can be, the neighbour last."""
    path = d.drop(name, body)
    d.drop(f"beside {name}", f"An alarm beside {name}.")
    return path


def survived(d, pid):
    """Nothing crashed and nothing was given up."""
    assert d.process.pid == pid and d.process.poll() is None
    log = d.log()
    for word in ("crashed", "took longer", "failed on", "hosts died", "quarantine"):
        assert word not in log, log
    assert clean(log), log


def what_is_in_them_is_read():
    with roomy() as d:
        d.start()
        pid = d.process.pid
        paths = {name: drop_with_neighbour(d, name, body) for name, (body, _) in {**TEXTS, **SILENT}.items()}
        d.rings(2 * len(TEXTS) + len(SILENT), timeout=40)
        d.silent(2 * len(TEXTS) + len(SILENT))
        for name, (_, said) in TEXTS.items():
            (ring,) = rang_of(d, name)
            assert "alarm" in ring["quote"], (name, ring)
            out = explain(d, paths[name])
            assert said in out and "rang: it was news" in out and "✓ alarm" in out, (name, out)
        assert rang_of(d, "latin1")[0]["quote"].startswith("Le café où l'alarm a été donnée près du château")
        assert "“enfin”, 5 €." in d.ask("document", "show", paths["windows-1252"])["latest"][0]["title"]
        for name in ("utf16le", "utf16be", "utf32le", "utf32be", "utf8"):
            quote = rang_of(d, name + "-marked")[0]["quote"]
            assert re.sub("café [-0-9a-z]+", "café", quote) == ODD.partition(" Ça")[0], (name, quote)
        for name, (_, said) in SILENT.items():
            assert said in explain(d, paths[name], code=0 if name == "empty" else 65), name
        survived(d, pid)


# ---- what is no document ----

def make_device(path):
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero, which never ends
    except PermissionError:
        return False
    return True


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(path)
    return True


def make_loop(path):
    os.symlink(os.path.basename(path), path)
    return True


def make_fifo(path):
    os.mkfifo(path)
    return True


SPECIAL = {
    "fifo": (make_fifo, "is a FIFO, and only regular files are read"),
    "device": (make_device, "is a device, and only regular files are read"),
    "socket": (make_socket, "is a socket, and only regular files are read"),
    "loop": (make_loop, "is a symbolic link that leads nowhere"),
}


def what_is_no_file_is_left_alone():
    for links in (False, True):
        with daemon_with(follow_symlinks=links) as d:
            made = {}
            for name, (make, said) in SPECIAL.items():
                if make(os.path.join(d.folder, name)):
                    made[name] = said
                d.drop(f"beside {name}", f"An alarm beside {name}.")
            os.symlink(".", os.path.join(d.folder, "round"))
            os.symlink("/proc/self/mem", os.path.join(d.folder, "away"))
            os.mkdir(os.path.join(d.folder, "deep"))
            os.symlink("../deep", os.path.join(d.folder, "deep", "again"))
            d.drop("deep/in it", "An alarm deep in it.")
            d.rings(len(SPECIAL) + 1)
            d.silent(len(SPECIAL) + 1)
            for name, said in made.items():
                assert said in explain(d, os.path.join(d.folder, name), code=65), name
            d.ask("source", "rescan")
            d.restart()
            d.silent(len(SPECIAL) + 1)
            assert d.ask("status")["documents"]["known"] == len(SPECIAL) + 1
            assert clean(d.log())


@contextlib.contextmanager
def daemon_with(**folder):
    with Daemon() as d:
        d.config["folders"]["docs"].update({key.replace("_", "-"): value for key, value in folder.items()})
        d.write_config()
        d.start()
        yield d


# ---- names ----

def names_of_any_bytes_are_read_and_shown_safely():
    with daemon() as d:
        pid = d.process.pid
        for i, name in enumerate(NAMES):
            with open(os.path.join(os.fsencode(d.folder), name), "wb") as f:
                f.write(f"Alarm number {i}.".encode())
            d.drop(f"beside{i}", f"Alarm beside number {i}.")
        d.rings(2 * len(NAMES))
        d.silent(2 * len(NAMES))
        for i, name in enumerate(NAMES):
            out = explain(d, os.path.join(os.fsencode(d.folder), name))
            assert f"Alarm number {i}." in out and "rang: it was news" in out, (name, out)
            assert f"Alarm number {i}." in text(d, "document", "show", os.path.join(os.fsencode(d.folder), name))
        for what in (("document", "list"), ("alert", "list"), ("status",), ("delivery", "list")):
            assert text(d, *what)
        # From within the folder, as a shell completes it.
        here = subprocess.run([TOCSINCTL, "--socket", d.runtime + "/control", "explain", "--", b"./bad\xff\xfe\xc3"],
                              cwd=d.folder, env=d.env, stdout=subprocess.PIPE, check=True)
        assert b"Alarm number 1." in here.stdout, here
        forgotten = os.path.join(os.fsencode(d.folder), NAMES[1])
        assert "forgot document" in text(d, "document", "forget", forgotten)
        survived(d, pid)


def text(d, *args):
    code, out, said = d.ctl(*args, output="text")
    assert code == 0 and clean(out) and clean(said), (args, code, out, said)
    return out


def popups_and_terminals_are_not_steered():
    if not os.path.exists(os.path.join(PLUGINS, "desktop.so")):
        raise Skip("built with --disable-desktop")
    with Desktop() as desktop:
        desktop.start_server()
        with Daemon(env=desktop.env) as d:
            d.config["notifiers"] = {"stdout": {"options": {"format": "text"}}, "desktop": {}}
            d.write_config()
            d.start()
            d.drop(os.fsdecode(b"steer\x1b[2J\xe2\x80\xae\xff\n.txt"),
                   f"Title {STEER}{TURN} <b>of\n\n{TURN}An {STEER}alarm{TURN} & <i>went</i> off.{STEER}\n")
            (popup,) = desktop.shows(1)
            shown = popup["summary"] + popup["body"] + "".join(popup["actions"])
            assert clean(shown) and "\u061c" not in shown and "<b>alarm</b> &amp; &lt;i&gt;went" in shown, popup
            d.idle()
            with open(d.out_file, encoding="utf-8") as f:
                told = f.read()
            assert "alarm" in told and clean(told) and "\u061c" not in told, told
            for what in (("document", "list"), ("alert", "list"), ("alert", "show", d.ask("alert", "list")[0]["id"])):
                assert "\u061c" not in text(d, *what)


# ---- files in motion ----

def a_file_that_changes_while_it_is_read_is_read_in_the_end():
    """Rewritten, cut and grown without a pause, by writers that keep it open."""
    size = 8 * MIB
    stop = threading.Event()

    def change(path, cut):
        with open(path, "r+b", buffering=0) as f:
            while not stop.is_set():
                if cut:
                    f.truncate(size // 3)
                    f.truncate(0)
                for at in range(0, size, MIB):
                    f.seek(at)
                    f.write(os.urandom(16).hex().encode() * (MIB // 32))

    with roomy() as d:
        d.start()
        pid = d.process.pid
        paths = {name: d.drop(name, "nothing") for name in ("changes", "shrinks")}
        threads = [threading.Thread(target=change, args=(path, name == "shrinks")) for name, path in paths.items()]
        for thread in threads:
            thread.start()
        try:
            for i in range(20):
                for path in paths.values():  # a close, after which it is read
                    with open(path, "ab"):
                        pass
                d.drop(f"beside{i}", f"Alarm beside number {i}.")
                d.rings(i + 1)
            until(lambda: d.ask("status")["documents"]["unstable"] >= 2, "both were caught in motion")
            for path in paths.values():
                said = explain_any(d, path)
                assert re.search(r"^document \d+,|unstable: changed while it was read", said), said
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        for name, path in paths.items():
            d.drop(name, f"The alarm of what {name}.")
        d.rings(22)
        d.silent(22)
        for name, path in paths.items():
            assert f"The alarm of what {name}." in explain(d, path)
        survived(d, pid)


def explain_any(d, path):
    code, out, said = d.ctl("explain", path, output="text")
    assert code in (0, 65) and clean(out) and clean(said), (code, out, said)
    return out + said


run([
    what_is_in_them_is_read,
    what_is_no_file_is_left_alone,
    names_of_any_bytes_are_read_and_shown_safely,
    popups_and_terminals_are_not_steered,
    a_file_that_changes_while_it_is_read_is_read_in_the_end,
])
