#!/usr/bin/python3
"""The manual pages and README against the programs: every option, command and exit status that
there is is told, none is told that does not exist, and the examples work."""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.environ.get("TOCSIN_SRCDIR", ".")
BUILD = os.environ.get("TOCSIN_BUILDDIR", ".")
HOST = os.path.join(BUILD, "daemon/host/tocsin-host")
PLUGINS = os.path.join(BUILD, ".libs")
DOCS = ["README.md", "CONTRIBUTING.md", "daemon/README.md", "plugins/skeleton/README.md", "conf/tocsin.yaml"]
SYSEXITS = dict(zip("USAGE DATAERR NOINPUT NOUSER NOHOST UNAVAILABLE SOFTWARE OSERR OSFILE CANTCREAT "
                    "IOERR TEMPFAIL PROTOCOL NOPERM CONFIG".split(), range(64, 79)))


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def ask(program, *args, **options):
    return subprocess.run([os.path.join(BUILD, program), *args], capture_output=True, text=True,
                          timeout=60, check=False, **options)


def help_of(program, *args):
    done = ask(program, *args, "--help")
    assert done.returncode == 0, f"{program} {' '.join(args)} --help: {done.returncode}: {done.stderr}"
    return done.stdout


def differences(what, there, told, where):
    return [f"{what} {item} is not in {where}" for item in sorted(there - told)] + \
           [f"{where} tells of {what} {item}, which does not exist" for item in sorted(told - there)]


def pages():
    return sorted(os.path.relpath(path, TOP) for path in glob.glob(os.path.join(TOP, "man", "*.[1-8]")))


def section(page, title):
    match = re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", read(page), re.M | re.S)
    assert match, f"{page} has no section {title}"
    return match.group(1)


# ---- options ----

def options(program, page):
    there = set(re.findall(r"(?<![\w-])--([a-z]+)", help_of(program)))
    items = re.findall(r"^\.It (Fl .*)$", section(page, "DESCRIPTION"), re.M)
    told = {name for item in items for name in re.findall(r"(?:Fl |, )-([a-z]+)", item)}
    brief = set(re.findall(r"-([a-z]+)", " ".join(
        line for line in section(page, "SYNOPSIS").splitlines() if "Fl" in line)))
    return differences("option", there, told, page) + differences("option", there, brief, f"{page}, SYNOPSIS")


def options_of_tocsind():
    return options("tocsind", "man/tocsind.8")


def options_of_tocsinctl():
    return options("tocsinctl", "man/tocsinctl.1")


def help_of_tocsind():
    """It fits a terminal, its example is one that the program takes, its statuses are the manual's."""
    text = help_of("tocsind")
    problems = [f"tocsind --help: too wide: {line}" for line in text.splitlines() if len(line) > 80]
    example = re.search(r"^example: tocsind (.*)$", text, re.M)
    if not example:
        return problems + ["tocsind --help has no example"]
    help_of("tocsind", *example.group(1).split())
    there = {int(number) for number in re.findall(r"^  (\d+) +\S", text, re.M)}
    told = {int(number) for number in re.findall(r"^\.It (\d+)$", section("man/tocsind.8", "EXIT STATUS"), re.M)}
    return problems + differences("exit status", there, told, "man/tocsind.8")


# ---- commands ----

def commands():
    """Each command with its arguments, as the program's own table has them."""
    table = json.loads(help_of("tocsinctl", "--output", "json"))
    for command in table["commands"]:
        if not command["hidden"]:
            yield command["name"], command["usage"][len(command["name"]):].strip()


def plain(item):
    """An .It line as it is shown."""
    text, closing, glue = "", 0, True
    for word in item.split():
        if word == "Ns":
            glue = True
        elif word == "Op":
            text += ("" if glue else " ") + "["
            glue, closing = True, closing + 1
        elif word not in ("Cm", "Ar", "Pa"):
            text += ("" if glue or word == "..." else " ") + word
            glue = False
    return text + "]" * closing


def commands_of_tocsinctl():
    there = {f"{name} {args}".strip() for name, args in commands()}
    items = re.findall(r"^\.It (Cm .*)$", section("man/tocsinctl.1", "DESCRIPTION"), re.M)
    return differences("command", there, {plain(item) for item in items}, "man/tocsinctl.1")


def help_of_each_command():
    problems = []
    for name, args in commands():
        text = help_of("tocsinctl", *name.split())
        if text.splitlines()[0] != f"usage: tocsinctl {name} {args}".strip():
            problems.append(f"tocsinctl {name} --help begins: {text.splitlines()[0]}")
        if not re.search(rf"^example: tocsinctl {name}( |$)", text, re.M):
            problems.append(f"tocsinctl {name} --help has no example of it")
        entry = read("man/tocsinctl.1").split(f"\n.It Cm {name}", 1)[-1].split("\n.It Cm ", 1)[0]
        if not re.search(rf"^\.Dl \$ .*tocsinctl .*\b{name}", entry, re.M):
            problems.append(f"man/tocsinctl.1 has no example of {name}")
    return problems


def checks_of_doctor():
    done = ask("tocsinctl", "--host", HOST, "--plugins", PLUGINS, "--output", "json", "doctor")
    there = {finding["check"] for finding in json.loads(done.stdout)}
    entry = read("man/tocsinctl.1").split("\n.It Cm doctor", 1)[1].split("\n.It Cm ", 1)[0]
    told = {word for line in re.findall(r"^\.It Li (.*)$", entry, re.M) for word in line.split(" , ")}
    return differences("check", there, told, "man/tocsinctl.1, doctor")


def code_in(path):
    """What a reader may type: indented lines and `ticks`, or in a manual displays and .Ql."""
    text = read(path)
    if path.startswith("man/"):
        yield from re.findall(r"^\.(?:Ql|Dl) (.*)$", text, re.M)
        yield from re.findall(r"^\$ (.*)$", text, re.M)
    else:
        yield from re.findall(r"^ {4}(.*)$", text, re.M)
        yield from re.findall(r"`([^`\n]+)`", text)


def commands_in_examples():
    known = {name for name, _ in commands()}
    problems = []
    for path in DOCS + pages():
        for code in code_in(path):
            for call in re.findall(r"\btocsinctl ((?:--\w+ (?:\S+ )?)*[a-z]+(?: \S+)*)", code):
                words = re.sub(r"^(--(?:output|config|socket|host|plugins) \S+ |--\w+ )*", "", call).split()
                name = words[0] if words[0] in known else " ".join(words[:2])
                if name not in known:
                    problems.append(f"{path}: \"tocsinctl {call}\": there is no such command")
                elif name == "plugin check" and not words[2].endswith(".so"):
                    problems.append(f"{path}: \"tocsinctl {call}\": it wants a file")
    return problems


# ---- options of plugins ----

def options_told(text):
    items = re.findall(r"^\.It Ic ([a-z-]+) : Ar (\w+)(?: , No (?:(required)|default(?: : (\w+)| Ql (\S+))))?$", text, re.M)
    return {f"{name} ({kind}, {required or 'default ' + (none or value or 'none')})"
            for name, kind, required, none, value in items}


def options_of_plugins():
    """Names, types and defaults of the manual's lists are those of the plugins' tables."""
    lists = {"webhook": ("man/tocsin-webhook.7", section("man/tocsin-webhook.7", "OPTIONS"))}
    for name, text in re.findall(r"^\.Ss The notifier (\w+)\n(.*?)(?=^\.S[sh] )", read("man/tocsin.yaml.5"), re.M | re.S):
        if ".It Ic" in text:
            lists[name] = (f"man/tocsin.yaml.5, notifier {name}", text)
    problems = []
    for name, (where, text) in lists.items():
        if not os.path.exists(os.path.join(PLUGINS, f"{name}.so")):
            continue  # built without it
        done = ask("tocsinctl", "--host", HOST, "--plugins", PLUGINS, "--output", "json", "plugin", "info", name)
        assert done.returncode == 0, done.stderr
        there = {f"{option['name']} ({option['type']}, "
                 f"{'required' if option['required'] else 'default ' + (option.get('default') or 'none')})"
                 for option in json.loads(done.stdout)["options"]}
        problems += differences("option", there, options_told(text), where)
    return problems


def entries_of_the_journal():
    """The ids of messages, and the fields, in the code, the catalog and the manual."""
    manual = read("man/tocsin.yaml.5").split("\n.Ss The notifier journal\n")[1].split("\n.Ss ")[0]
    catalog = read("systemd/tocsin.catalog")
    code = read("plugins/journal/entry.c")
    ids = set(re.findall(r"\b[0-9a-f]{32}\b", read("plugins/journal/entry.h")))
    fields = set(re.findall(r'"(TOCSIN_[A-Z]+)"', code))
    told = set(re.findall(r"\bTOCSIN_[A-Z]+\b", re.sub("TOCSIN_FIELD_NAME|TOCSIN_TOPIC=harbour", "", manual)))
    assert len(ids) == 5 and len(fields) > 10, (ids, fields)
    return differences("message", ids, set(re.findall(r"^\.It Li (\w+)$", manual, re.M)), "man/tocsin.yaml.5") + \
        differences("message", ids, set(re.findall(r"^-- (\w+)$", catalog, re.M)), "systemd/tocsin.catalog") + \
        differences("field", fields, told, "man/tocsin.yaml.5") + \
        [f"systemd/tocsin.catalog: no entry has the field {name}"
         for name in set(re.findall(r"@(\w+)@", catalog)) - fields]


# ---- exit status ----

def statuses(page, sources, others):
    names = set()
    for path in sources:
        names |= set(re.findall(r"\bEX_([A-Z]+)\b", read(path))) - {"OK"}
    there = {SYSEXITS[name] for name in names} | others
    told = {int(number) for number in re.findall(r"^\.It (\d+)$", section(page, "EXIT STATUS"), re.M)}
    return differences("exit status", there, told, page)


def sources_in(*patterns):
    return [os.path.relpath(path, TOP) for pattern in patterns for path in glob.glob(os.path.join(TOP, pattern))
            if "/test_" not in path]


def exit_status():
    daemon = sources_in("daemon/main.c", "daemon/options.c", "daemon/restore.c", "daemon/base/log.c")
    client = sources_in("daemon/ctl/*.c", "daemon/control/*.c", "daemon/verbs/*.c", "daemon/base/log.c")
    return statuses("man/tocsind.8", daemon, {0}) + statuses("man/tocsinctl.1", client, {0, 1, 2})


# ---- README ----

def check_config(home, text, topics, what):
    """Lays a configuration where a user's is, and has it checked."""
    folder = os.path.join(home, ".config/tocsin")
    os.makedirs(os.path.join(folder, "topics.d"), exist_ok=True)
    for name in ("News", "Documents", "Mail/saved"):
        os.makedirs(os.path.join(home, name), exist_ok=True)
    with open(os.path.join(folder, "tocsin.yaml"), "w", encoding="utf-8") as f:
        f.write(text)
    # What the examples name: a secret, a program, and the detector that README shows.
    (hello,) = re.findall(r"^```python\n(.*?)^```$", read("README.md"), re.M | re.S)
    for name, content, mode in ((".config/tocsin/hook-secret", "a secret of some length", 0o600),
                                ("bin/lamp", "#!/bin/sh\n", 0o700), ("hello.py", hello, 0o700)):
        os.makedirs(os.path.dirname(os.path.join(home, name)), exist_ok=True)
        with open(os.path.join(home, name), "w", encoding="utf-8") as f:
            f.write(content)
        os.chmod(os.path.join(home, name), mode)
    with open(os.path.join(folder, "topics.d/mine.yaml"), "w", encoding="utf-8") as f:
        f.write(topics)
    env = {key: value for key, value in os.environ.items() if key != "XDG_CONFIG_HOME"}
    done = ask("tocsinctl", "--host", HOST, "--plugins", PLUGINS, "config", "check", env=dict(env, HOME=home))
    return [] if done.returncode == 0 else [f"{what}: {done.stderr}"]


def manual_displays(page):
    for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", read(page), re.M | re.S):
        yield block.replace("\\&", "").replace("\\e", "\\")


def examples_load():
    config, topics, *parts = re.findall(r"^```yaml\n(.*?)^```$", read("README.md"), re.M | re.S)
    examples = [(config, "README.md")]
    examples += [("folders: {news: {path: ~/News}}\n" + part, "README.md") for part in parts]
    examples += [(block, "man/tocsin.yaml.5") for block in manual_displays("man/tocsin.yaml.5")
                 if block.startswith("folders:")]
    queries = [(topics, "README.md")]
    queries += [(block, "man/tocsin-query.7") for block in manual_displays("man/tocsin-query.7")
                if block.startswith("topics:")]
    assert len(examples) > 2 and len(queries) > 1, "where are the examples?"
    problems = []
    for text, what in examples:
        with tempfile.TemporaryDirectory() as home:
            problems += check_config(home, text, topics, what)
    for text, what in queries:
        with tempfile.TemporaryDirectory() as home:
            problems += check_config(home, config, text, what)
    return problems


def paths_exist():
    problems = []
    for path in DOCS:
        if not path.endswith(".md"):
            continue
        text = read(path)
        here = os.path.dirname(path)
        links = [os.path.join(here, link) for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
        named = [name for name in re.findall(r"`([^`\s]+/[^`\s]*)`", text)
                 if re.match(r"(\.\./)?(daemon|plugins|conf|systemd|man|tests|\.ci)/", name)]
        named = [os.path.join(here, name) if name.startswith("../") else name for name in named]
        named += re.findall(r"^    cp (\S+)", text, re.M)
        named += re.findall(r"^    (?:.*[ =])?((?:\.ci|tests|scripts)/\S+)", text, re.M)
        problems += [f"{path}: there is no {name}" for name in links + named
                     if not glob.glob(os.path.join(TOP, re.sub(r"<\w+>|NAME", "*", name)))]
    return problems


def pages_exist():
    there = {os.path.basename(page) for page in pages()}
    told = set()
    for page in pages():
        told |= {f"{name}.{number}" for name, number in re.findall(r"^\.Xr (tocsin\S*) (\d)", read(page), re.M)}
    told |= {f"{name}.{number}" for name, number in re.findall(r"\b(tocsin[\w.-]*)\((\d)\)", read("README.md"))}
    return differences("page", there, told, "README.md with SEE ALSO")


def one_compile_command():
    found = {}
    for path in ("plugins/include/tocsin/plugin.h", "README.md", "plugins/skeleton/README.md",
                 "man/tocsin-plugin.7"):
        text = re.sub(r"\\\n\s*", "", read(path).replace("\\e\n", "\\\n"))
        calls = re.findall(r"cc -std=c17 .*tocsin-plugin\)", text)
        assert calls, f"{path} does not say how to compile a plugin"
        for call in calls:
            found.setdefault(re.sub(r"\w+\.(so|c)\b", r"hello.\1", call), set()).add(path)
    return [] if len(found) == 1 else [f"{sorted(paths)}: {call}" for call, paths in found.items()]


def main():
    tests = [options_of_tocsind, help_of_tocsind, options_of_tocsinctl, commands_of_tocsinctl,
             help_of_each_command, checks_of_doctor, commands_in_examples, options_of_plugins,
             entries_of_the_journal, exit_status, examples_load, paths_exist, pages_exist, one_compile_command]
    print(f"1..{len(tests)}")
    failed = False
    for number, test in enumerate(tests, 1):
        try:
            problems = test()
        except AssertionError as error:
            problems = [str(error)]
        for problem in problems:
            for line in problem.splitlines():
                print("#", line)
        print(f"{'not ok' if problems else 'ok'} {number} - {test.__name__.replace('_', ' ')}")
        failed |= bool(problems)
    return 1 if failed else 0


sys.exit(main())
