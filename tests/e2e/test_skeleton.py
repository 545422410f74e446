#!/usr/bin/python3
"""The skeleton as a newcomer builds it: copied away, compiled by the manual's one command against
what `make install` installed, checked, loaded into a daemon that runs; and what is refused."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import BUILD, HOST, PLUGINS, SRC, TOCSINCTL, Daemon, run  # noqa: E402

INSTALLED = os.path.join(BUILD, "tests", "installed")


def sysroot():
    """The environment in which pkg-config finds what is installed, and nothing else."""
    for folder, _, names in os.walk(INSTALLED):
        if "tocsin-plugin.pc" in names:
            return dict(os.environ, PKG_CONFIG_SYSROOT_DIR=INSTALLED, PKG_CONFIG_LIBDIR=folder)
    raise AssertionError(f"no tocsin-plugin.pc below {INSTALLED}: make check makes it")


def the_command(name):
    """The manual's one command, for a plugin of that name."""
    with open(os.path.join(SRC, "man", "tocsin-plugin.7"), encoding="utf-8") as f:
        synopsis = f.read().split(".Sh SYNOPSIS")[1].split(".Sh ")[0]
    (command,) = re.findall(r"^cc .*\\e\n.*$", synopsis, re.M)
    return command.replace("\\e\n", "\\\n").replace("hello", name)


def compile_plugin(folder, name, change=lambda text: text):
    """Copies the skeleton to folder/NAME.c, changed, and compiles it; returns the path of NAME.so."""
    with open(os.path.join(SRC, "plugins", "skeleton", "skeleton.c"), encoding="utf-8") as f:
        text = change(f.read())
    with open(os.path.join(folder, name + ".c"), "w", encoding="utf-8") as f:
        f.write(text)
    env = dict(sysroot(), DEPENDENCIES_OUTPUT=os.path.join(folder, "used"))
    done = subprocess.run(the_command(name), shell=True, cwd=folder, env=env, capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return os.path.join(folder, name + ".so")


def renamed(name):
    return lambda text: text.replace('.name = "skeleton"', f'.name = "{name}"')


def check(path):
    """tocsinctl plugin check: exit status, what it printed, what it complained of."""
    done = subprocess.run([TOCSINCTL, "--host", HOST, "--plugins", PLUGINS, "plugin", "check", path],
                          capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def refused(path, *words):
    code, out, complaint = check(path)
    assert code == 78 and not out, (code, out, complaint)
    assert complaint.startswith("tocsinctl: ") and complaint.count("\n") == 1, complaint
    for word in words:
        assert word in complaint, complaint


def the_installed_header_is_the_one_that_is_used():
    with tempfile.TemporaryDirectory() as folder:
        compile_plugin(folder, "skeleton")
        with open(os.path.join(folder, "used"), encoding="utf-8") as f:
            used = [path for path in f.read().split() if "/tocsin/" in path]
        assert len(used) == 2, used
        assert all(path.startswith(INSTALLED) for path in used), used


def plugin_check_tells_what_it_is():
    with tempfile.TemporaryDirectory() as folder:
        code, out, complaint = check(compile_plugin(folder, "hello", renamed("hello")))
        assert code == 0 and not complaint, (code, complaint)
        for words in ("hello 1 (detector, ISC, plugin API 0.6)", "Reports documents that hold one word",
                      "word  text, required"):
            assert words in out, out


def a_running_daemon_takes_it_and_it_rings():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with Daemon(plugins=folder) as d:
            d.start()
            d.drop("before.txt", "The bell was silent.")
            d.silent(0)
            compile_plugin(folder, "bell", renamed("bell"))
            d.config["detectors"]["bell"] = {"options": {"word": "Bell"}}
            d.write_config()
            d.ask("reload")
            d.drop("note.txt", "A note.\n\nAt dusk the bell rang twice. Then it was dark.\n")
            (ring,) = d.rings(1)
            assert ring["detector"] == "bell" and ring["topic"] == "bell", ring
            assert ring["headline"] == "bell: A note.", ring
            assert ring["quote"] == "At dusk the bell rang twice.", ring
            begin, end = ring["mark"]
            assert ring["quote"][begin:end] == "bell", ring
            assert any("bell" in event["topic"] for event in d.ask("alert", "list")), d.ask("alert", "list")


def its_options_are_checked():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        compile_plugin(folder, "skeleton")
        with Daemon(plugins=folder) as d:
            for options, words in (({"words": "bell"}, 'did you mean "word"?'),
                                   ({}, "word"), ({"word": "two words"}, "is not one word")):
                d.config["detectors"]["skeleton"] = {"options": options}
                d.write_config()
                code, _, complaint = d.ctl("config", "check", output="text")
                assert code == 78 and words in complaint, (options, code, complaint)
                assert re.match(r"\S+/tocsin\.yaml:\d+:\d+: ", complaint), complaint


def another_abi_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        later = "TOCSIN_PLUGIN_HEAD, .abi_minor = TOCSIN_ABI_MINOR + 1,"
        path = compile_plugin(folder, "skeleton", lambda text: text.replace("TOCSIN_PLUGIN_HEAD,", later))
        refused(path, "built for plugin ABI 0.7", "this tocsin has 0.6")
        other = "TOCSIN_PLUGIN_HEAD, .abi_major = TOCSIN_ABI_MAJOR + 1,"
        path = compile_plugin(folder, "skeleton", lambda text: text.replace("TOCSIN_PLUGIN_HEAD,", other))
        refused(path, "built for plugin ABI 1.6", "this tocsin has 0.6")


def a_table_of_another_size_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        small = "TOCSIN_PLUGIN_HEAD, .size = 8,"
        path = compile_plugin(folder, "skeleton", lambda text: text.replace("TOCSIN_PLUGIN_HEAD,", small))
        refused(path, "its table has 8 bytes")


def a_file_without_the_symbol_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = compile_plugin(folder, "nothing", lambda text: "int nothing;\n")
        refused(path, "nothing.so is no tocsin plugin", "tocsin_plugin")


def a_name_that_is_not_the_files_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = compile_plugin(folder, "skeleton")
        other = os.path.join(folder, "other.so")
        shutil.copy(path, other)
        refused(other, '"skeleton"', "other.so")


def what_is_no_shared_object_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "text.so")
        with open(path, "w", encoding="utf-8") as f:
            f.write("This is no program.\n")
        refused(path, "text.so", "cannot be loaded")


def an_unknown_function_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = compile_plugin(folder, "skeleton", lambda text: text.replace(
            "free(state);", "extern void no_such_function(void); no_such_function();"))
        refused(path, "no_such_function")


def a_file_that_is_not_there_is_no_plugin():
    code, _, complaint = check("/nonexistent/skeleton.so")
    assert code == 66 and "No such file" in complaint, (code, complaint)


run([
    the_installed_header_is_the_one_that_is_used,
    plugin_check_tells_what_it_is,
    a_running_daemon_takes_it_and_it_rings,
    its_options_are_checked,
    another_abi_is_refused,
    a_table_of_another_size_is_refused,
    a_file_without_the_symbol_is_refused,
    a_name_that_is_not_the_files_is_refused,
    what_is_no_shared_object_is_refused,
    an_unknown_function_is_refused,
    a_file_that_is_not_there_is_no_plugin,
])
