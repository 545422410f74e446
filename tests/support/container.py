"""A machine for a test: a booted container with a real systemd, tocsin installed in it as `make install`
installs it, and the units of it, a user's and the system's.

The root file system is made once and kept in the build tree; each container is a layer over it that
goes away with it. Commands are run in it by nsenter. Where a machine lacks what this takes, `boot`
ends the test with the reason.
"""
import atexit
import contextlib
import fcntl
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import zlib

from harness import BUILD, SRC, Skip, counted, sanitized, until

PACKAGES = "systemd systemd-sysv dbus dbus-user-session libpam-systemd procps acl dunst fonts-dejavu-core".split()
CGROUPS = "/sys/fs/cgroup"
INSTALLED = os.path.join(BUILD, "tests", "installed")


def makefile(variable):
    """As configure set it; without references to others."""
    with open(os.path.join(BUILD, "Makefile"), encoding="utf-8") as f:
        return next(line for line in f if line.startswith(f"{variable} = ")).split(" = ", 1)[1].strip()


def opened_later(program):
    """The paths of the libraries that it says it opens, and links not (base/library.h)."""
    note = subprocess.run(["readelf", "--string-dump=.note.dlopen", program], capture_output=True, text=True, check=False)
    known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    for name in re.findall(r'"soname":\["([^"]+)"\]', note.stdout):
        yield re.search(rf"^\s*{re.escape(name)} .*=> (?:/usr)?(/lib/\S+)$", known, re.M)[1]


def libraries():
    """The packages of the libraries that what is installed needs, as this machine has them."""
    programs = [os.path.join(folder, name) for folder, _, names in os.walk(INSTALLED) for name in names]
    needed = set()
    for program in programs:
        with open(program, "rb") as f:
            if f.read(4) != b"\x7fELF":
                continue
        done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
        needed |= {*re.findall(r" => (?:/usr)?(/lib/\S+) ", done.stdout), *opened_later(program)}
    # Where a package has it, before or after /lib became a link.
    done = subprocess.run(["dpkg-query", "-S", *(below + path for path in sorted(needed) for below in ("", "/usr"))],
                          capture_output=True, text=True, check=False)
    return sorted(set(re.findall(r"^([a-z0-9.+-]+):", done.stdout, re.M)))


def root_file_system():
    """Made by whoever comes first; one of other packages is another one."""
    packages = PACKAGES + libraries()
    sums = zlib.crc32(" ".join(packages).encode())
    root = os.path.join(BUILD, "tests", f"rootfs-{sums:08x}")
    with open(root + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(root):
            return root
        making = tempfile.mkdtemp(prefix="rootfs-", dir=os.path.dirname(root))
        done = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "--include=" + ",".join(packages),
                               "bookworm", making], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            shutil.rmtree(making, ignore_errors=True)
            raise Skip(f"no root file system could be made ({done.stdout.decode().strip().splitlines()[-1:]})")
        os.rename(making, root)
    return root


def check_machine():
    if os.geteuid() != 0:
        raise Skip("only root can boot a container")
    if sanitized():
        raise Skip("the container has no sanitizer's library")
    if counted():
        raise Skip("what is counted in a container does not come out of it")
    for program, package in (("systemd-nspawn", "systemd-container"), ("mmdebstrap", "mmdebstrap")):
        if not shutil.which(program):
            raise Skip(f"{program} is not installed (Debian: {package})")
    if not os.path.isdir(f"{CGROUPS}/unified"):
        raise Skip(f"made for a machine with hybrid cgroups ({CGROUPS}/unified)")


class Container:
    """Booted when it is made."""

    def __init__(self):
        check_machine()
        self.prefix = makefile("prefix")
        root = root_file_system()
        self.name = f"tocsin-test-{os.getpid()}"
        self.log = tempfile.NamedTemporaryFile(prefix="tocsin-boot-", suffix=".log")
        self.leader = self.nspawn = None
        self.uids = {}
        self.cgroups = [os.path.join(CGROUPS, hierarchy, self.name) for hierarchy in ("systemd", "unified")]
        for cgroup in self.cgroups:
            os.mkdir(cgroup)
        try:
            self.boot(root)
        except BaseException:
            self.end()
            raise

    def boot(self, root):
        # Nothing is left of it, whatever becomes of this process.
        atexit.register(self.end)
        signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))
        enter = (f"for c in {' '.join(self.cgroups)}; do echo $$ >$c/cgroup.procs; done; "
                 "exec setsid setpriv --pdeathsig TERM \"$@\"")
        self.nspawn = subprocess.Popen(
            ["sh", "-c", enter, "sh", "systemd-nspawn", "-q", "-M", self.name, "-D", root, "--volatile=overlay",
             "--boot", "--private-network", "--register=no", "--keep-unit", "--console=pipe", "--link-journal=no",
             f"--overlay=+{self.prefix}:{INSTALLED}{self.prefix}::{self.prefix}",
             # nspawn's own filter hides what hosts shut themselves in with.
             "--system-call-filter=landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        until(self.find_leader, "the container has a first process", 30)
        until(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"),
              "the container has booted")

    def find_leader(self):
        if self.nspawn.poll() is not None:
            with open(self.log.name, encoding="utf-8", errors="replace") as f:
                raise Skip(f"the container did not start ({f.read().strip()})")
        for pid in subprocess.run(["pgrep", "-P", str(self.nspawn.pid)], capture_output=True, text=True,
                                  check=False).stdout.split():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/comm", encoding="utf-8") as f:
                if f.read() == "systemd\n":
                    self.leader = (int(pid), os.pidfd_open(int(pid)))
        return self.leader

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.end()

    def end(self):
        """Nothing in it is worth a shutdown in order; its first process takes the others along."""
        if self.leader:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.leader[1], signal.SIGKILL)
            os.close(self.leader[1])
            self.leader = None
        if self.nspawn:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.nspawn.wait(30)
            self.nspawn.kill()
            self.nspawn.wait()
        for cgroup in self.cgroups:
            subprocess.run(["find", cgroup, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"], check=False,
                           stderr=subprocess.DEVNULL)
        self.log.close()
        atexit.unregister(self.end)

    # ---- in it ----

    def command(self, *argv, user=None):
        enter = ["nsenter", "-t", str(self.leader[0]), "-a"]
        if user:
            if user not in self.uids:
                self.uids[user] = self.run("id", "-u", user).stdout.strip()
            enter += ["runuser", "-u", user, "--", "env", f"XDG_RUNTIME_DIR=/run/user/{self.uids[user]}"]
        return enter + ["env", f"PATH={self.prefix}/bin:{self.prefix}/sbin:/usr/bin:/usr/sbin:/bin:/sbin", *argv]

    def run(self, *argv, user=None, check=True, text=None):
        """Exit status and both outputs, as text. `text` goes in."""
        done = subprocess.run(self.command(*argv, user=user), input=text, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE, errors="replace", timeout=120, check=False,
                              stdin=subprocess.DEVNULL if text is None else None)
        assert not check or done.returncode == 0, f"{' '.join(argv)}: {done.returncode}: {done.stderr}"
        return done

    def sh(self, script, **options):
        return self.run("sh", "-euc", script, **options)

    def write(self, path, text, user=None, mode="644"):
        self.run("sh", "-euc", 'mkdir -p "${1%/*}"; cat >"$1"; chmod "$2" "$1"', "sh", path, mode, user=user,
                 text=text)

    def network(self, *argv, **options):
        """A program of this machine in the container's network, and nothing else of it."""
        return subprocess.Popen(["nsenter", "-t", str(self.leader[0]), "-n", *argv], **options)

    @contextlib.contextmanager
    def receivers(self, secret):
        """Answers on the container's network: a name server that knows hook.test, and receivers of web hooks
        at port 8099 that check who signed. Gives a function, which gives what they have received so far."""
        with tempfile.NamedTemporaryFile("w+", encoding="utf-8") as received:
            server = self.network("/usr/bin/python3", os.path.join(os.path.dirname(__file__), "receivers.py"),
                                  os.path.join(SRC, "conf/examples/webhook/receiver.py"), secret,
                                  stdout=received, stdin=subprocess.DEVNULL)

            def so_far():
                assert server.poll() is None, "the server has ended"
                with open(received.name, encoding="utf-8") as f:
                    return f.read()

            try:
                until(lambda: so_far().startswith("ready\n"), "a server to call")
                yield so_far
            finally:
                server.terminate()
                server.wait()

    def user(self, name, *groups):
        """Makes a user with a manager of its own."""
        self.run("useradd", "-m", *(["-G", ",".join(groups)] if groups else []), name)
        self.run("loginctl", "enable-linger", name)
        until(lambda: self.run("systemctl", "--user", "is-system-running", user=name, check=False).stdout.strip()
              in ("running", "degraded"), f"{name}'s manager")


def boot():
    """A container, or the end of the test, with the reason why there is none."""
    try:
        return Container()
    except Skip as reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)


def name_of(folder):
    return re.sub("[^a-z]+", "-", folder.strip("/").lower())


class Unit:
    """tocsin.service: the system's, or a user's. Its configuration is written by `configure`."""

    def __init__(self, container, user=None):
        self.container = container
        self.user = user
        self.manager = ["systemctl", *(["--user"] if user else [])]
        home = f"/home/{user}"
        self.confdir = f"{home}/.config/tocsin" if user else self.system_confdir()
        self.unitdir = f"{home}/.config/systemd/user" if user else "/etc/systemd/system"
        self.folder = f"{home}/News" if user else "/srv/news"
        self.mark = ""
        self.container.run("mkdir", "-p", self.folder, user=user)
        if user:
            self.container.run("mkdir", "-p", "-m", "700", self.confdir, user=user)

    def system_confdir(self):
        sysconfdir = makefile("sysconfdir").replace("${prefix}", self.container.prefix)
        return f"{sysconfdir}/tocsin"

    # ---- the manager ----

    def systemctl(self, *args, check=True):
        return self.container.run(*self.manager, *args, user=self.user, check=check)

    def property(self, name):
        return self.systemctl("show", "tocsin", "-p", name, "--value").stdout.strip()

    def start(self, verb="restart"):
        """A start that is to go well, and is not counted with those before."""
        self.systemctl("reset-failed", "tocsin", check=False)
        done = self.systemctl(verb, "tocsin", check=False)
        assert done.returncode == 0 and self.property("ActiveState") == "active", self.journal()

    def fails_to_start(self, status):
        """What it says while it ends with that status, and is not tried again."""
        before = self.property("NRestarts")
        self.remember()
        done = self.systemctl("restart", "tocsin", check=False)
        assert done.returncode != 0, "it started"
        until(lambda: self.property("ActiveState") == "failed", "it has failed")
        assert self.property("ExecMainStatus") == str(status), (self.property("ExecMainStatus"), self.journal())
        assert self.property("NRestarts") in ("0", before), self.property("NRestarts")
        self.systemctl("reset-failed", "tocsin")
        return self.journal()

    def main_pid(self):
        """Never 0, which to kill(1) is everybody."""
        pid = int(self.property("MainPID"))
        assert pid > 1, self.journal()
        return str(pid)

    def runs_anew(self, pid):
        return self.property("ActiveState") == "active" and self.property("MainPID") not in ("0", pid)

    def drop_in(self, text, name="test"):
        """Under [Service]; "" takes it away."""
        path = f"{self.unitdir}/tocsin.service.d/{name}.conf"
        if text:
            self.container.write(path, f"[Service]\n{text}\n", user=self.user)
        else:
            self.container.run("rm", "-f", path)
        self.systemctl("daemon-reload")

    # ---- what it says ----

    def remember(self):
        """From here on."""
        done = self.container.run("journalctl", "-n", "0", "--show-cursor", "-q")
        self.mark = done.stdout.strip().removeprefix("-- cursor: ")

    def read_journal(self, field):
        """Picked here: journalctl would skip an entry if the one of the cursor is none of those picked."""
        self.container.run("journalctl", "--sync")
        after = ["--after-cursor", self.mark] if self.mark else []
        done = self.container.run("journalctl", "-q", "-o", "json", f"--output-fields=MESSAGE,{field}", *after)
        entries = [json.loads(line) for line in done.stdout.splitlines()]
        return "".join(f"{entry['MESSAGE']}\n" for entry in entries if entry.get(field) == "tocsin.service")

    def journal(self):
        """What it and its hosts say; only what the journal knows to be its own, as a person asks for it."""
        return self.read_journal("_SYSTEMD_USER_UNIT" if self.user else "_SYSTEMD_UNIT")

    def managers_journal(self):
        """What its manager says of it."""
        return self.read_journal("USER_UNIT" if self.user else "UNIT")

    def says(self, text):
        """Waits until it says so; else all that it says is in the failure."""
        try:
            until(lambda: text in self.journal(), f"it says \"{text}\"")
        except AssertionError as error:
            raise AssertionError(f"{error}; it says:\n{self.journal()}") from None

    def ctl(self, *args, user=None, check=True):
        """tocsinctl as the unit's user, root for the system's."""
        which = "--user" if self.user else "--system"
        return self.container.run("tocsinctl", which, *args, user=user or self.user, check=check)

    def layers(self):
        """The role and the sandbox's layers of each host."""
        status = json.loads(self.ctl("--output", "json", "status").stdout)
        return [(host["role"], host["layers"]) for host in status["hosts"]]

    # ---- what it is given ----

    def configure(self, *folders, notifiers="  stdout:\n"):
        """Each folder has the name that `name_of` gives it; notifiers as YAML."""
        text = "folders:\n"
        for path in folders or [self.folder]:
            text += f"  {name_of(path)}: {{path: '{path}', first-start: all, settle: 0}}\n"
        text += "detectors:\n  topics: {options: {files: topics.yaml}}\nnotifiers:\n" + notifiers
        self.container.write(f"{self.confdir}/tocsin.yaml", text, user=self.user)
        self.topics("alarm")

    def topics(self, *words):
        self.container.write(f"{self.confdir}/topics.yaml", "topics:\n" + "".join(
            f"  {word}:\n    query: {word}\n" for word in words), user=self.user)

    def rings(self, word, folder=None, user=None):
        """A document that arrives with this word and the topic's is told, on standard output."""
        self.remember()
        self.container.write(f"{folder or self.folder}/{word}.txt", f"the {word} alarm\n", user=user or self.user)
        self.says(f"the {word} »alarm«")


@contextlib.contextmanager
def screen(container):
    """An X server of this machine on the container's network; gives its display, and takes it away."""
    read_end, write_end = os.pipe()
    server = container.network("Xvfb", "-displayfd", str(write_end), "-screen", "0", "900x500x24", "-nolisten", "tcp",
                               pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        with os.fdopen(read_end) as pipe:
            assert select.select([pipe], [], [], 30)[0], "Xvfb does not start"
            yield ":" + pipe.readline().strip()
    finally:
        server.terminate()
        server.wait()
