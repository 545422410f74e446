"""Shells at a terminal, as a person has them: keys go in, and the line that is being edited comes out."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from harness import TIMEOUT, Skip

SHOW, ALL, CLEAR, TAB = "\x18\x10", "\x18\x01", "\x15", "\t"  # ^X^P, ^X^A, ^U

BASHRC = """
PS1='$ '
bind 'set bell-style none' 'set enable-bracketed-paste off'
show() {{ printf '<<%s>>' "$READLINE_LINE"; }}
bind -x '"\\C-x\\C-p": show'
bind '"\\C-x\\C-a": insert-completions'
. '{script}'
echo begun
"""

ZSHRC = """
PS1='%% ' ; unsetopt beep zle_bracketed_paste prompt_cr
autoload -Uz compinit
fpath=('{folder}' $fpath)
compinit -D -u
show() {{ print -rn -- "<<$BUFFER>>" }}
zle -N show
bindkey -e
bindkey '^X^P' show
bindkey '^U' kill-whole-line
zle -C all complete-word _generic
bindkey '^X^A' all
zstyle ':completion:all::::' completer _all_matches _complete
zstyle ':completion:all:*' insert yes
zstyle ':completion:all:*' old-matches no
zstyle ':completion:*' verbose yes
echo begun
"""


class Shell:
    """An interactive shell in `cwd`."""

    def __init__(self, argv, cwd, env):
        try:
            self.master, slave = pty.openpty()
        except OSError as reason:
            raise Skip(f"there are no terminals here: {reason}") from None
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 2000, 0, 0))
        self.text = ""
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=env,
                                        start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.expect("begun")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGHUP)
        os.close(self.master)
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def expect(self, pattern):
        end = time.monotonic() + TIMEOUT
        while True:
            match = re.search(pattern, self.text, re.S)
            if match:
                self.text = self.text[match.end():]
                return match
            assert time.monotonic() < end, f"not within {TIMEOUT} s: {pattern}; got {self.text!r}"
            if select.select([self.master], [], [], 1)[0]:
                self.text += os.read(self.master, 65536).decode(errors="replace")

    def type(self, keys):
        os.write(self.master, keys.encode())

    def line(self, keys):
        """The line after these keys were pressed on an empty one."""
        self.type(keys + SHOW)
        line = self.expect("<<(.*?)>>").group(1)
        self.type(CLEAR)
        return line

    def complete(self, line):
        """The line after the tabulator, pressed where it ends."""
        return self.line(line + TAB)

    def offers(self, line):
        """All that would complete the line, as it was put there, separated by blanks."""
        return self.line(line + ALL)


def bash(folder, script, cwd, env):
    """A bash that reads `script`; `folder` is for files of its own."""
    rc = os.path.join(folder, "bashrc")
    with open(rc, "w", encoding="utf-8") as f:
        f.write(BASHRC.format(script=script))
    return Shell(["bash", "--noprofile", "--rcfile", rc, "-i"], cwd, env)


def zsh(folder, script, cwd, env):
    """A zsh that finds `script`; `folder` is for files of its own."""
    with open(os.path.join(folder, ".zshrc"), "w", encoding="utf-8") as f:
        f.write(ZSHRC.format(folder=os.path.dirname(script)))
    return Shell(["zsh", "-d", "-i"], cwd, dict(env, ZDOTDIR=folder))
