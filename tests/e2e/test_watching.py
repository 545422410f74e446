#!/usr/bin/python3
"""Watching under fire, with a real kernel: whatever programs do to files in a watched folder, each
document rings exactly once, says the list that its writer kept.

usage: test_watching.py [--full]   (--full: 20,000 files where the suite writes fewer)
"""
import os
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import daemon, run, until  # noqa: E402
from ledger import Ledger  # noqa: E402

FULL = "--full" in sys.argv
N = 20000 if FULL else 2000
N_DIRECTORIES = 1000 if FULL else 100
PATIENCE = 600 if FULL else 30
QUEUE = 16384  # fs.inotify.max_queued_events, where nobody changed it


def put(path, text):
    """As fast as a program can."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(fd, text.encode())
    os.close(fd)


def below(d, *names):
    return os.path.join(d.folder, *names)


def account(ledger):
    """Each rang or is counted as gone before it was read; returns what did not ring. One that is being
    opened when its writer's last event comes is opened anew, and counted if it is gone by then, though
    it may ring: the count errs on that side only."""
    def accounted():
        time.sleep(0.05)
        return len(ledger.missed()) <= ledger.source()["vanished"]
    until(accounted, "what did not ring is counted as vanished", PATIENCE)
    ledger.daemon.idle()
    assert not ledger.doubled(), ledger.doubled()
    return ledger.missed()


# ---- many at once ----

def many_files_in_one_directory():
    with daemon() as d:
        ledger = Ledger(d)
        for i in range(N):
            put(below(d, f"{i}.txt"), ledger.text())
        ledger.settle(PATIENCE)
        assert ledger.source()["vanished"] == 0, ledger.source()


def many_files_in_directories_made_at_that_moment():
    with daemon() as d:
        ledger = Ledger(d)
        for i in range(N):
            n = i % N_DIRECTORIES
            directory = below(d, f"a{n % 10}", f"b{n // 10 % 10}", f"c{n // 100}", f"d{n}")
            if i < N_DIRECTORIES:
                os.makedirs(directory)
            put(os.path.join(directory, f"{i}.txt"), ledger.text())
        ledger.settle(PATIENCE)


def a_file_deleted_before_it_was_read_is_counted():
    """Of files made and deleted at once, each rang or is counted as vanished."""
    with daemon() as d:
        ledger = Ledger(d)
        for i in range(N // 2):
            put(below(d, f"{i}.txt"), ledger.text())
            if i % 2:
                os.unlink(below(d, f"{i}.txt"))

        missed = account(ledger)
        assert all(int(mark[4:]) % 2 for mark in missed), missed
        assert ledger.source()["vanished"] <= N // 4, ledger.source()


def a_full_queue_loses_nothing():
    """More happens than the kernel's queue holds while nobody reads it."""
    with daemon() as d:
        ledger = Ledger(d)
        for name in "abc":
            os.mkdir(below(d, name))
            for i in range(20):
                put(below(d, name, f"{i}.txt"), ledger.text())
        ledger.settle()
        d.process.send_signal(signal.SIGSTOP)
        try:
            for i in range(QUEUE):
                put(below(d, "noise.txt"), "Nothing.")
                os.unlink(below(d, "noise.txt"))
            os.rename(below(d, "a"), below(d, "c", "a"))
            os.rename(below(d, "b", "1.txt"), below(d, "b", "one.txt"))
            shutil.rmtree(below(d, "c", "a"))
            for i in range(10, 20):
                put(below(d, "b", f"{i}.txt"), ledger.text())
            for i in range(N // 10):
                put(below(d, f"{i}.txt"), ledger.text())
                os.makedirs(below(d, "new", str(i % 10)), exist_ok=True)
                put(below(d, "new", str(i % 10), f"{i}.txt"), ledger.text())
        finally:
            d.process.send_signal(signal.SIGCONT)
        ledger.settle(PATIENCE)
        assert ledger.source()["overflows"] == 1, ledger.source()
        for name in ("", "b", "c", "new/3"):
            put(below(d, name, "after.txt"), ledger.text())
        ledger.settle()
        there = sum(len(files) for _, _, files in os.walk(d.folder))
        until(lambda: d.ask("status")["documents"]["known"] == there, "what is gone is known")
        assert d.ask("document", "show", below(d, "b", "one.txt"))["versions"] == 1


# ---- trees ----

def grow(ledger, root, depth=3, width=3):
    os.makedirs(root)
    for i in range(width):
        put(os.path.join(root, f"{i}.txt"), ledger.text())
        if depth > 1:
            grow(ledger, os.path.join(root, f"d{i}"), depth - 1, width)


def a_tree_is_moved_in_and_out():
    with daemon() as d:
        ledger = Ledger(d)
        outside = os.path.join(d.dir, "tree")
        grow(ledger, outside)
        os.rename(outside, below(d, "tree"))
        ledger.settle()
        os.rename(below(d, "tree"), outside)
        until(lambda: d.ask("status")["documents"]["removed"] == len(ledger.expected), "all of it is gone")
        put(os.path.join(outside, "d1", "late.txt"), ledger.text())
        os.rename(outside, below(d, "tree"))
        ledger.settle()
        for i in range(20):  # faster than anybody could look
            os.rename(below(d, "tree"), outside)
            put(os.path.join(outside, "d2", f"late{i}.txt"), ledger.text())
            os.rename(outside, below(d, f"tree{i}"))
            os.rename(below(d, f"tree{i}"), below(d, "tree"))
        ledger.settle()
        put(below(d, "tree", "d0", "d0", "last.txt"), ledger.text())
        ledger.settle()


def a_tree_is_renamed_while_it_is_made():
    with daemon() as d:
        ledger = Ledger(d)
        for i in range(100):
            grow(ledger, below(d, f"tree{i}"), 2, 2)
            os.rename(below(d, f"tree{i}"), below(d, f"moved{i}"))
            put(below(d, f"moved{i}", "d1", "late.txt"), ledger.text())
            os.rename(below(d, f"moved{i}", "d1"), below(d, f"moved{i}", "e"))
        ledger.settle(PATIENCE)
        for i in range(100):
            put(below(d, f"moved{i}", "e", "last.txt"), ledger.text())
        ledger.settle(PATIENCE)


def a_name_goes_from_one_directory_to_the_next():
    """Directories are made, filled, moved away and made anew under the same name."""
    with daemon() as d:
        ledger = Ledger(d)
        os.mkdir(below(d, "done"))
        for i in range(200):
            os.mkdir(below(d, "new"))
            put(below(d, "new", "page.txt"), ledger.text())
            os.rename(below(d, "new"), below(d, "done", str(i)))
        ledger.settle(PATIENCE)
        for i in range(0, 200, 10):
            put(below(d, "done", str(i), "more.txt"), ledger.text())
        ledger.settle()


# ---- one file ----

def in_pieces(d, ledger):
    """Written over seconds, closed at the end: read once, whole."""
    text = ledger.text()
    with open(below(d, "pieces.txt"), "w", encoding="utf-8") as f:
        for piece in (text[:10], text[10:-5], text[-5:]):
            f.write(piece)
            f.flush()
            time.sleep(1)


def kept_open(d, ledger):
    """Never closed: read when it has not changed for long."""
    f = open(below(d, "open.txt"), "w", encoding="utf-8")  # noqa: SIM115
    f.write(ledger.text())
    f.flush()
    return f


def truncated_by_path(d, ledger):
    kept = ledger.text()
    put(below(d, "short.txt"), kept + "Hush.\n")
    d.idle()
    os.truncate(below(d, "short.txt"), len(kept))


def linked_in(d, ledger):
    put(os.path.join(d.dir, "elsewhere.txt"), ledger.text())
    d.idle()
    os.link(os.path.join(d.dir, "elsewhere.txt"), below(d, "link.txt"))


def written_by_a_map(d, ledger):
    """A shared mapping tells nobody of what is written through it; closing the file does."""
    import mmap
    text = ledger.text().encode()
    with open(below(d, "map.txt"), "wb+") as f:
        f.truncate(len(text))
        with mmap.mmap(f.fileno(), len(text)) as m:
            m[:] = text


def files_written_in_odd_ways():
    with daemon(topics={"alarm": {"query": "alarm NOT hush"}}) as d:
        ledger = Ledger(d)
        kept = kept_open(d, ledger)
        truncated_by_path(d, ledger)
        linked_in(d, ledger)
        written_by_a_map(d, ledger)
        in_pieces(d, ledger)
        ledger.settle()
        assert d.ask("document", "show", below(d, "pieces.txt"))["versions"] == 1
        kept.close()
        ledger.settle()


# ---- editors ----

def vim(path, text):
    """backupcopy=no: tries a name, moves the old file away, writes a new one, removes the old."""
    directory, name = os.path.split(path)
    swap = os.path.join(directory, f".{name}.swp")
    put(swap, "b0VIM 9.0")
    put(os.path.join(directory, "4913"), "")
    os.unlink(os.path.join(directory, "4913"))
    os.rename(path, path + "~")
    put(path, text)
    os.chmod(path, 0o644)
    os.unlink(path + "~")
    os.unlink(swap)


def vim_copy(path, text):
    """backupcopy=yes: keeps a copy, writes over the file in place."""
    shutil.copyfile(path, path + "~")
    put(path, text)
    os.unlink(path + "~")


def emacs(path, text):
    """A lock that is a dangling link, an automatic copy, then a temporary name moved over the file."""
    directory, name = os.path.split(path)
    lock = os.path.join(directory, f".#{name}")
    os.symlink("user@host.1234:1700000000", lock)
    put(os.path.join(directory, f"#{name}#"), text)
    shutil.copyfile(path, path + "~")
    put(os.path.join(directory, f"{name}.tmp"), text)
    os.rename(os.path.join(directory, f"{name}.tmp"), path)
    os.unlink(os.path.join(directory, f"#{name}#"))
    os.unlink(lock)


def gedit(path, text):
    """GLib's way: a stream under a hidden name, moved over the file."""
    stream = os.path.join(os.path.dirname(path), ".goutputstream-A1B2C3")
    put(stream, text)
    os.rename(stream, path)


def backup_by_link(path, text):
    """The old one kept by a link, the new one moved over it."""
    os.link(path, path + "~")
    put(path + ".part", text)
    os.rename(path + ".part", path)
    os.unlink(path + "~")


EDITORS = (vim, vim_copy, emacs, gedit, backup_by_link)


def editors_save(settle, rounds):
    config = {"path": None, "first-start": "all", "settle": settle}
    with daemon() as d:
        config["path"] = d.folder
        d.config["folders"]["docs"] = config
        d.write_config()
        d.ask("reload")
        ledger = Ledger(d)
        for editor in EDITORS:
            put(below(d, f"{editor.__name__}.txt"), ledger.text())
        ledger.settle()
        for _ in range(rounds):
            for editor in EDITORS:
                editor(below(d, f"{editor.__name__}.txt"), ledger.text())
            ledger.settle()
        documents = d.ask("document", "list")
        assert sorted(os.path.basename(doc["path"]) for doc in documents) == \
            sorted(f"{editor.__name__}.txt" for editor in EDITORS), documents
        shown = [d.ask("document", "show", str(doc["document"])) for doc in documents]
        assert all(s["versions"] == rounds + 1 for s in shown), [(s["path"], s["versions"]) for s in shown]


def editors_save_and_each_save_rings_once():
    editors_save("200ms", 5)
    editors_save("0", 20)


# ---- renames ----

def renames_within_and_across_folders():
    with daemon() as d:
        other = os.path.join(d.dir, "other")
        os.mkdir(other)
        d.config["folders"]["other"] = {"path": other, "first-start": "all", "settle": "0"}
        d.write_config()
        d.ask("reload")
        until(d.is_ready, "both are watched")
        ledger = Ledger(d)
        for i in range(100):
            put(below(d, f"{i}.txt"), ledger.text())
            os.rename(below(d, f"{i}.txt"), below(d, f"{i}-b.txt"))  # not read yet, or just being read
            os.rename(below(d, f"{i}-b.txt"), os.path.join(other, f"{i}.txt"))
            if i % 2:
                os.rename(os.path.join(other, f"{i}.txt"), below(d, f"{i}-c.txt"))
        ledger.settle()
        for i in range(100):  # all of them known
            here, there = below(d, f"{i}-c.txt"), os.path.join(other, f"{i}.txt")
            os.rename(here if i % 2 else there, there if i % 2 else here)
        ledger.settle()
        grow(ledger, below(d, "tree"))
        os.rename(below(d, "tree"), os.path.join(other, "tree"))
        ledger.settle()
        os.rename(os.path.join(other, "tree"), below(d, "tree"))
        ledger.settle()
        for i in range(100):
            path = os.path.join(other, f"{i}.txt") if i % 2 else below(d, f"{i}-c.txt")
            with open(path, "a", encoding="utf-8") as f:
                f.write(ledger.text())
        ledger.settle()


def a_file_takes_anothers_name():
    """Names handed on, as those of logs are."""
    with daemon() as d:
        ledger = Ledger(d)
        for i in range(20):
            for age in range(min(i - 1, 4), 0, -1):
                os.rename(below(d, f"log.{age}"), below(d, f"log.{age + 1}"))
            if i:
                os.rename(below(d, "log"), below(d, "log.1"))
            put(below(d, "log"), ledger.text())
            ledger.settle()
        assert d.ask("status")["documents"]["known"] == 6, d.ask("status")["documents"]


# ---- steady writers ----

def a_steady_writer_starves_nobody():
    """While one file is written anew every few milliseconds, others ring; more of them than it has room
    for would not, if each of its versions had to be read first."""
    with daemon() as d:
        ledger = Ledger(d)
        pid = os.fork()
        if pid == 0:
            i = 0
            while True:
                i += 1
                put(below(d, "steady.txt"), f"Nothing happened {i} times.")
                time.sleep(0.005)
        try:
            for i in range(50):
                ledger.drop(f"{i}.txt")
                ledger.read()
                until(lambda: not ledger.missed(), f"{i} rings while the other is written")
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        ledger.settle()
        put(below(d, "steady.txt"), ledger.text())
        ledger.settle()


run([
    many_files_in_one_directory,
    many_files_in_directories_made_at_that_moment,
    a_file_deleted_before_it_was_read_is_counted,
    a_full_queue_loses_nothing,
    a_tree_is_moved_in_and_out,
    a_tree_is_renamed_while_it_is_made,
    a_name_goes_from_one_directory_to_the_next,
    files_written_in_odd_ways,
    editors_save_and_each_save_rings_once,
    renames_within_and_across_folders,
    a_file_takes_anothers_name,
    a_steady_writer_starves_nobody,
])
