#!/bin/bash
# The user unit under a real systemd: a booted container with a user manager of its own.
#
# It starts when its configuration, store and socket are up, says what it does in its status line,
# reloads by the control socket (a good configuration is taken, a bad one fails the reload and changes
# nothing), is restarted after kill -9 and after a hang (watchdog), and is left alone after exit 78.
#
# Wants root, systemd-nspawn and mmdebstrap, and half a minute for a root file system, which is kept in
# the build tree; skips with the reason where they are missing.
set -u
src=${TOCSIN_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${TOCSIN_BUILDDIR:-$src/build}
skip() {
    echo "1..0 # SKIP $*"
    exit 0
}
[ "$(id -u)" -eq 0 ] || skip "only root can boot a container"
! grep -q '^#define TOCSIN_SANITIZED' "$build/config.h" || skip "the container has no sanitizer's library"
command -v systemd-nspawn >/dev/null || skip "systemd-nspawn is not installed (Debian: systemd-container)"
command -v mmdebstrap >/dev/null || skip "mmdebstrap is not installed"
[ -d /sys/fs/cgroup/unified ] || skip "made for a machine with hybrid cgroups (/sys/fs/cgroup/unified)"

root=${TOCSIN_ROOTFS:-$build/tests/rootfs}
if [ ! -d "$root/usr" ]; then
    mkdir -p "$(dirname "$root")"
    mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,procps,libev4,libnotify4,libsqlite3-0,libseccomp2,libyaml-0-2,libjansson4,libsodium23,libzstd1,libutf8proc2,libuchardet0 \
        bookworm "$root" >"$root.log" 2>&1 || skip "no root file system could be made ($(tail -n 1 "$root.log"))"
fi

work=$(mktemp -d)
name=tocsin-test-$$
leader=
nspawn=
# The number of one that has ended may be another's by now: only a child is signalled.
is_child() { [ -n "$1" ] && [ "$(ps -o ppid= -p "$1" | tr -d ' ')" = "$2" ]; }
finish() {
    if is_child "$leader" "$nspawn"; then
        kill -RTMIN+4 "$leader"
        for _ in $(seq 100); do
            is_child "$nspawn" $$ || break
            sleep 0.1
        done
    fi
    is_child "$nspawn" $$ && kill "$nspawn" && wait "$nspawn" 2>/dev/null
    for h in systemd unified; do
        find "/sys/fs/cgroup/$h/$name" -depth -type d -exec rmdir {} + 2>/dev/null
    done
    rm -rf "$work"
}
trap finish EXIT

prefix=$(sed -n 's/^prefix = //p' "$build/Makefile")
for h in systemd unified; do mkdir "/sys/fs/cgroup/$h/$name"; done
(
    for h in systemd unified; do echo "$BASHPID" >"/sys/fs/cgroup/$h/$name/cgroup.procs"; done
    exec setsid systemd-nspawn -q -M "$name" -D "$root" --volatile=overlay --boot --private-network \
        --register=no --keep-unit --console=pipe --link-journal=no --bind-ro="$build/tests/installed$prefix:$prefix" \
        --system-call-filter='landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp' \
        </dev/null >"$work/boot.log" 2>&1
) &
nspawn=$!

until_true() { # WHAT SECONDS COMMAND...
    local what=$1 end=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if [ "$SECONDS" -gt "$end" ]; then
            echo "# not in time: $what"
            return 1
        fi
        sleep 0.1
    done
}
find_leader() {
    for child in $(pgrep -P "$nspawn"); do
        [ "$(cat "/proc/$child/comm")" = systemd ] && leader=$child
    done
    [ -n "$leader" ]
}
inside() { nsenter -t "$leader" -a "$@"; }
booted() { [[ $(inside systemctl is-system-running) =~ running|degraded ]]; }
until_true "a container" 30 find_leader || skip "the container did not start ($(tail -n 1 "$work/boot.log"))"
until_true "booted" 60 booted || skip "the container did not boot"

user() { as_alice systemctl --user "$@"; }
as_alice() { inside runuser -u alice -- env XDG_RUNTIME_DIR="/run/user/$uid" PATH="$prefix/bin:$PATH" "$@"; }
inside useradd -m alice
uid=$(inside id -u alice)
inside loginctl enable-linger alice
until_true "alice's manager" 30 user is-system-running --wait
home=/home/alice
as_alice mkdir -p $home/News $home/.config/tocsin
as_alice tocsinctl config init $home/News >/dev/null
# No desktop here: the alerts go to the journal by standard output.
as_alice sed -i 's/^  desktop:/  stdout:/' $home/.config/tocsin/tocsin.yaml
as_alice sh -c "printf 'topics:\n  alarm:\n    query: alarm\n' >$home/.config/tocsin/topics.d/first.yaml"

# Invoked by until_true.
# shellcheck disable=SC2317
runs_anew() { [ "$(property ActiveState)" = active ] && [ "$(property MainPID)" != "$1" ]; }

n=0
check() { # NAME COMMAND...
    local what=$1
    shift
    n=$((n + 1))
    if "$@"; then
        echo "ok $n - $what"
    else
        echo "not ok $n - $what"
        inside journalctl -n 30 --no-pager -o cat _SYSTEMD_USER_UNIT=tocsin.service 2>&1 | sed 's/^/# /'
    fi
}
property() { user show tocsin -p "$1" --value; }
echo "1..9"

starts() { user start tocsin && [ "$(property ActiveState)" = active ]; }
check "it starts, and is ready when systemd says so" starts

has_status() { [[ $(property StatusText) == *"documents known"* ]]; }
check "its status line has counts" has_status

rings() { # TEXT
    as_alice sh -c "echo 'the $1 alarm' >$home/News/$1.txt"
    until_true "the $1 alarm in the journal" 20 sh -c \
        "nsenter -t $leader -a journalctl --no-pager -o cat | grep -q 'the $1 .*alarm'"
}
check "a document rings" rings first

reload_good() {
    as_alice sh -c "printf '  fire:\n    query: fire\n' >>$home/.config/tocsin/topics.d/first.yaml" &&
        user reload tocsin && as_alice tocsinctl topic list | grep -q fire
}
check "a good configuration is taken by a reload" reload_good

reload_bad() {
    as_alice sh -c "echo 'nonsense: true' >>$home/.config/tocsin/tocsin.yaml"
    ! user reload tocsin 2>/dev/null && [ "$(property ActiveState)" = active ] && rings second
}
check "a bad one fails the reload and changes nothing" reload_bad

refused() {
    ! user restart tocsin 2>/dev/null
    until_true "it has failed" 20 test "$(property ActiveState)" = failed &&
        [ "$(property ExecMainStatus)" = 78 ] && [ "$(property NRestarts)" = 0 ]
}
check "a start with it ends with 78, and is not tried again" refused

as_alice sed -i '/nonsense/d' $home/.config/tocsin/tocsin.yaml
killed() {
    user reset-failed tocsin
    user start tocsin
    local pid
    pid=$(property MainPID)
    [ "$pid" -gt 1 ] && inside kill -9 "$pid"
    until_true "restarted" 30 runs_anew "$pid" && rings third
}
check "kill -9 is followed by a restart" killed

hung() {
    inside mkdir -p $home/.config/systemd/user/tocsin.service.d
    inside sh -c "printf '[Service]\nWatchdogSec=2\n' >$home/.config/systemd/user/tocsin.service.d/w.conf"
    user daemon-reload
    user restart tocsin
    local pid
    pid=$(property MainPID)
    [ "$pid" -gt 1 ] && inside kill -STOP "$pid"
    until_true "restarted by the watchdog" 60 runs_anew "$pid" && rings fourth
}
check "a daemon that hangs is restarted by the watchdog" hung

ends() { user stop tocsin && [ "$(property Result)" = success ]; }
check "it ends when it is told to" ends
