#!/bin/sh
# Installs what is missing of the named sets of Debian packages, and says which.
# usage: deps.sh build|test|lint|container|bench...
set -eu

build='gcc libc6-dev make autoconf automake libtool autoconf-archive pkg-config
libev-dev libnotify-dev libsystemd-dev libsqlite3-dev libyaml-dev libjansson-dev libsodium-dev
libzstd-dev libutf8proc-dev libuchardet-dev libseccomp-dev libcurl4-openssl-dev libmicrohttpd-dev libcmocka-dev
libhyperscan-dev libstemmer-dev'
test='python3 python3-dbus python3-gi dbus systemd xvfb dunst libnotify-bin xdotool imagemagick fonts-dejavu-core x11-utils
jq sqlite3 strace logrotate util-linux procps unicode-data mandoc git prometheus bash-completion zsh
prometheus-alertmanager nginx-light openssl bindfs fuse3 e2fsprogs faketime valgrind libc6-dbg python3-stemmer tzdata'
lint='clang clang-tidy clang-format llvm cppcheck codespell shellcheck libclang-rt-14-dev xz-utils gcovr'
# What boots a container for the test of the unit; a person's `make check` skips that without them.
container='systemd-container mmdebstrap'
# What the benches hold tocsin against; they go without what is not there.
bench='inotify-tools fswatch watchman incron'

wanted=
for set in "$@"; do
    case $set in
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $test" ;;
    lint) wanted="$wanted $lint" ;;
    container) wanted="$wanted $container" ;;
    bench) wanted="$wanted $bench" ;;
    *) echo "deps.sh: unknown set $set" >&2; exit 64 ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    echo "deps.sh: this is no Debian; please install by hand: $wanted" >&2
    exit 0
fi
missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "installing from Debian:$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "deps.sh: neither root nor sudo: please have these packages installed:$missing" >&2
        exit 77
    fi
    as_root=sudo
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
    # shellcheck disable=SC2086 # the lists are meant to be split
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 install -y \
        --no-install-recommends $missing >"$log" 2>&1
}
# Package lists may be missing or old on a fresh machine: fetch them, and once more if it fails.
$as_root apt-get -o DPkg::Lock::Timeout=900 update >"$log" 2>&1 || cat "$log" >&2
install || { cat "$log" >&2; exit 69; }
