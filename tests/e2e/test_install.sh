#!/bin/bash
# What `make install` installs: which files, hardened how, showing which symbols; that pkg-config
# and systemd understand it; that `make uninstall` takes it away; what --disable-NAME leaves out.
# tests/local.mk installs into tests/installed before the tests are run.
set -u
top=${TOCSIN_SRCDIR:?} build=${TOCSIN_BUILDDIR:?}
root=$build/tests/installed
unset MAKEFLAGS MAKELEVEL MFLAGS
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

n=0
say() { # RESULT NAME [PROBLEMS]
    n=$((n + 1))
    if [ -n "${3:-}" ]; then
        while IFS= read -r line; do echo "# $line"; done <<<"$3"
    fi
    echo "$1 $n - $2"
}
# A test is a function that prints what is wrong; `skip: reason` skips.
run() { # NAME FUNCTION [ARGUMENT...]
    local name=$1 problems
    shift
    problems=$("$@" 2>&1)
    case $problems in
    '') say ok "$name" ;;
    skip:*) say ok "$name # SKIP ${problems#skip: }" ;;
    *) say "not ok" "$name" "$problems" ;;
    esac
}

# ---- where things go, as configure decided ----

names=(prefix exec_prefix bindir libdir libexecdir includedir sysconfdir datarootdir datadir docdir mandir
    hostdir plugindir tocsinconfdir systemduserunitdir systemdsystemunitdir sysusersdir systemdcatalogdir
    bashcompletiondir zshcompletiondir CC HARD_CFLAGS HARD_LDFLAGS SAN_CFLAGS COV_CFLAGS)
# Every plugin that configure can leave out.
mapfile -t plugins < <(sed -n 's/^TOCSIN_PLUGIN_SWITCH(\[\([a-z]*\)\].*/\1/p' "$top/configure.ac")
for name in "${plugins[@]}"; do names+=("PLUGIN_${name^^}_TRUE"); done
declare -A output # configure's output variables
while IFS='=' read -r name text; do output[$name]=$text; done < <(
    printf '%s\n' "${names[@]}" | sed 's/.*/&=@&@/' | (cd "$build" && ./config.status -q --file=-:-)
)
value() { # of an output variable, with the variables in it expanded
    # shellcheck disable=SC2034 # eval uses it
    local PACKAGE_TARNAME=tocsin
    local name text
    for name in prefix exec_prefix libdir libexecdir includedir sysconfdir datarootdir datadir; do
        local "$name=${output[$name]}"
    done
    # shellcheck disable=SC2154 # declared by the loop
    [ "$exec_prefix" != NONE ] || exec_prefix=$prefix
    text=${output[$1]}
    while [[ $text == *\$* ]]; do eval "text=\"$text\""; done
    echo "$text"
}
enabled() { [ "${output[PLUGIN_${1^^}_TRUE]}" != '#' ]; }

bindir=$(value bindir) libdir=$(value libdir) hostdir=$(value hostdir) plugindir=$(value plugindir)
includedir=$(value includedir) datadir=$(value datadir) docdir=$(value docdir) mandir=$(value mandir)
prefix=${output[prefix]} confdir=$(value tocsinconfdir)
userunitdir=$(value systemduserunitdir) systemunitdir=$(value systemdsystemunitdir) sysusersdir=$(value sysusersdir)
catalogdir=$(value systemdcatalogdir) bashdir=$(value bashcompletiondir) zshdir=$(value zshcompletiondir)
[ "${output[SAN_CFLAGS]}${output[COV_CFLAGS]}" = '' ] && plain_build=yes || plain_build=no

# ---- the list ----

expected() {
    local name page
    printf '%s\n' "$bindir/tocsind" "$bindir/tocsinctl" "$hostdir/tocsin-host" "$hostdir/tocsin-topics" \
        "$libdir/libtocsin-plugin.so" "$libdir/libtocsin-plugin.so.0" "$libdir/libtocsin-plugin.so.0.0.0" \
        "$libdir/pkgconfig/tocsin-plugin.pc" "$confdir/tocsin.yaml.example" "$bashdir/tocsinctl" "$zshdir/_tocsinctl" \
        "$userunitdir/tocsin.service" "$systemunitdir/tocsin.service" "$sysusersdir/tocsin.conf"
    for name in "$top"/plugins/include/tocsin/*.h; do echo "$includedir/tocsin/$(basename "$name")"; done
    for name in "${plugins[@]}"; do
        if enabled "$name"; then echo "$plugindir/$name.so"; fi
    done
    for page in "$top"/man/*.[1-8]; do
        echo "$mandir/man${page##*.}/$(basename "$page")"
    done
    for name in "$top"/conf/topics.d/*.yaml; do echo "$docdir/examples/topics.d/$(basename "$name")"; done
    for name in prometheus/prometheus.yaml prometheus/tocsin.rules.yaml grafana/tocsin.json \
        webhook/tocsin.yaml webhook/receiver.py logrotate/tocsin systemd/read-others.conf; do
        echo "$docdir/examples/$name"
    done
    if enabled exec; then
        for name in "$top"/plugins/exec/examples/*; do echo "$docdir/examples/exec/$(basename "$name")"; done
    fi
    if enabled journal; then echo "$catalogdir/tocsin.catalog"; fi
    if enabled lemans; then
        for name in "$top"/conf/lemans/*.yaml; do echo "$datadir/tocsin/lemans/$(basename "$name")"; done
    fi
}
files_in() { (cd "$1" && find . ! -type d | sed 's/^\.//' | sort); }
the_list() { diff <(expected | sort) <(files_in "$root") | sed -n 's/^</missing:/p; s/^>/unexpected:/p'; }
no_la_files() { find "$root" -name '*.la' -o -name '*.a'; }
for_everybody() {
    find "$root$bindir" "$root$hostdir" "$root$plugindir" "$root$libdir"/*.so.*.* -type f ! -perm -755
    find "$root" -type f ! -perm -444
    find "$root" -type f -perm /7022
}
uninstalls() {
    cp -a "$root" "$temp/gone"
    make -C "$build" uninstall DESTDIR="$temp/gone" >"$temp/log" 2>&1 || cat "$temp/log"
    files_in "$temp/gone"
}

# ---- hardening ----

objects() { find "$root" -type f -print0 | xargs -0 file -N | sed -n 's/: *ELF.*//p'; }
hardened() {
    local object flags
    if [ -z "${output[HARD_LDFLAGS]}" ]; then echo "skip: built with --disable-hardening" && return; fi
    objects >"$temp/objects"
    [ "$(wc -l <"$temp/objects")" -ge 4 ] || echo "only $(wc -l <"$temp/objects") programs and libraries"
    while read -r object; do
        readelf -hW "$object" | grep -q 'Type: *DYN' || echo "$object: not position-independent"
        readelf -lW "$object" | grep -q GNU_RELRO || echo "$object: no RELRO"
        readelf -lW "$object" | grep 'GNU_STACK' | grep -q 'RWE' && echo "$object: executable stack"
        readelf -dW "$object" | grep -qE 'BIND_NOW|FLAGS_1.*NOW' || echo "$object: no BIND_NOW"
        readelf -dW "$object" | grep -q TEXTREL && echo "$object: text relocations"
        flags=$(readelf -dW "$object" | grep -E 'R(UN)?PATH' | grep -F "$build")
        [ -z "$flags" ] || echo "$object: looks for libraries in the build tree: $flags"
    done <"$temp/objects"
}
# A small plugin may need neither: no arrays on its stack, no call that can be checked.
protected() {
    local object
    if [ "$plain_build" = no ]; then echo "skip: built with a sanitizer or for coverage" && return; fi
    if [ -z "${output[HARD_CFLAGS]}" ]; then echo "skip: built with --disable-hardening" && return; fi
    for object in "$bindir/tocsind" "$bindir/tocsinctl" "$hostdir/tocsin-host" "$hostdir/tocsin-topics" "$libdir/libtocsin-plugin.so"; do
        nm -D "$root$object" | grep -q __stack_chk_fail || echo "$object: no stack protector"
        [ "$object" = "$libdir/libtocsin-plugin.so" ] || nm -D "$root$object" | grep -q '_chk' ||
            echo "$object: not fortified"
    done
}

# ---- symbols ----

public() { # what the version script names in the versions that are promised
    sed -n '/^TOCSIN_[0-9.]* {/,/^}/s/^\t\([a-z_]*\);.*/\1/p' "$top/plugins/lib/libtocsin-plugin.map" | sort
}
shown() { nm -D --defined-only --with-symbol-versions "$1" | awk '{print $3}'; }
library_symbols() {
    local library=$root$libdir/libtocsin-plugin.so
    diff <(public) <(shown "$library" | sed -n 's/@@*TOCSIN_[0-9.]*$//p' | grep -v '^TOCSIN' | sort) |
        sed -n 's/^</not shown:/p; s/^>/shown and not in the map:/p'
    shown "$library" | grep -vE '@TOCSIN_[0-9.]+$|^TOCSIN_[A-Z0-9_.]*(@@|$)|^tocsin_host_[a-z_]+@@?TOCSIN_PRIVATE$' |
        sed 's/^/shown without a right to it: /'
}
# Each function that the headers declare is shown, and each that is shown is declared.
header_symbols() {
    diff <(public) <(cat "$root$includedir"/tocsin/*.h | sed 's|/\*.*||; /^ \*/d; /^#/d' |
        grep -oE '^[a-z][a-z_0-9 *]*[ *]tocsin_[a-z_]+\(' | grep -oE 'tocsin_[a-z_]+\($' | tr -d '(' | sort -u) |
        sed -n 's/^</in the map and not declared:/p; s/^>/declared and not in the map:/p'
}
plugin_symbols() {
    local plugin symbols
    for plugin in "$root$plugindir"/*.so; do
        symbols=$(nm -D --defined-only "$plugin" | awk '{print $3}')
        [ "$symbols" = tocsin_plugin ] || echo "${plugin##*/} shows: ${symbols//$'\n'/ }"
    done
}

# ---- what others make of it ----

packaged() {
    export PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_LIBDIR=$root$libdir/pkgconfig
    local dir
    pkg-config --validate tocsin-plugin
    [[ " $(pkg-config --cflags tocsin-plugin) " == *" -I$root$includedir "* ]] ||
        echo "cflags: $(pkg-config --cflags tocsin-plugin)"
    [[ "$(pkg-config --libs tocsin-plugin)" == *"-L$root$libdir -ltocsin-plugin"* ]] ||
        echo "libs: $(pkg-config --libs tocsin-plugin)"
    dir=$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=plugindir tocsin-plugin)
    [ "$dir" = "$plugindir" ] || echo "plugindir: $dir instead of $plugindir"
}
headers_alone() {
    local header
    for header in "$root$includedir"/tocsin/*.h; do
        cc -std=c17 -pedantic -Wall -Wextra -Werror -fsyntax-only -I"$root$includedir" -xc "$header"
        if command -v c++ >/dev/null; then
            c++ -std=c++17 -pedantic -Wall -Werror -fsyntax-only -I"$root$includedir" -xc++ "$header"
        fi
    done
}
# Its programs are looked for where they are installed here; the rest is the unit as it is.
unit_to_check() { # DIRECTORY: copies its unit to $temp/tocsin.service
    command -v systemd-analyze >/dev/null || { echo "skip: systemd-analyze is not installed" && return 1; }
    sed "s|=$bindir/|=$root$bindir/|" "$root$1/tocsin.service" >"$temp/tocsin.service"
    grep -q "ExecStart=$root$bindir/tocsind" "$temp/tocsin.service" || echo "ExecStart is not $bindir/tocsind"
}
# A misspelt line is a warning only.
unit_verifies() { # --user|--system DIRECTORY
    unit_to_check "$2" || return
    XDG_RUNTIME_DIR=$temp systemd-analyze "$1" --man=no verify "$temp/tocsin.service" ||
        echo "systemd-analyze ended with $?"
}
exposure() {
    systemd-analyze security --offline=true --no-pager "$temp/tocsin.service" |
        sed -n 's/.*Overall exposure level for .*: \([0-9.]*\) .*/\1/p'
}
# What the example says of its price is so, too.
exposed_little() {
    unit_to_check "$systemunitdir" || return
    local score example=$top/conf/examples/systemd/read-others.conf
    systemd-analyze security --offline=true --threshold=15 --no-pager "$temp/tocsin.service" >"$temp/log" ||
        cat "$temp/log"
    score=$(exposure)
    mkdir "$temp/tocsin.service.d"
    cp "$example" "$temp/tocsin.service.d"
    grep -q "from $score to $(exposure)\." "$example" || echo "with and without the example: $score and $(exposure)"
}
# In an empty root: nothing of this machine's is touched.
makes_the_user() {
    command -v systemd-sysusers >/dev/null || { echo "skip: systemd-sysusers is not installed" && return; }
    mkdir -p "$temp/empty/etc"
    systemd-sysusers --root="$temp/empty" "$root$sysusersdir/tocsin.conf" >"$temp/log" 2>&1 || cat "$temp/log"
    grep -q '^tocsin:x:[0-9]*:[0-9]*:[^:]*:/:/usr/sbin/nologin$' "$temp/empty/etc/passwd" || cat "$temp/empty/etc/passwd"
    grep -q '^tocsin:x:[0-9]*:$' "$temp/empty/etc/group" || cat "$temp/empty/etc/group"
}

# ---- for real: what is installed laid over this machine, in a mount namespace ----

write_example() {
    mkdir "$temp/docs"
    echo 'At noon the alarm was raised in the west wing.' >"$temp/docs/a.txt"
    printf 'topics:\n  alarm:\n    query: alarm\n' >"$temp/topics.yaml"
    printf 'folders:\n  docs: {path: docs, first-start: all}\nnotifiers:\n  stdout:\n' >"$temp/tocsin.yaml"
    printf 'detectors:\n  topics: {options: {files: topics.yaml}}\n' >>"$temp/tocsin.yaml"
}
works_inside() { # in the namespace; not one path is given that has a default
    local out
    { mount -t tmpfs tmpfs "$temp" && mkdir "$temp/upper" "$temp/work" && mount -t overlay overlay \
        -o "lowerdir=$root$prefix:$prefix,upperdir=$temp/upper,workdir=$temp/work" "$prefix"; } 2>/dev/null ||
        { echo "skip: no overlay can be mounted over $prefix" && return; }
    write_example
    out=$("$bindir/tocsinctl" plugin list)
    [[ $out != *unusable* && $out == *"Stored queries"* ]] || echo "plugin list: $out"
    out=$("$bindir/tocsind" --config "$temp/tocsin.yaml" --state "$temp/s" --runtime "$temp/r" --once 2>&1)
    [[ $out == *"the »alarm« was raised"* ]] || echo "tocsind --once: $out"
}
works() {
    [ "$(id -u)" = 0 ] || { echo "skip: only root may mount" && return; }
    [ -d "$prefix" ] || { echo "skip: there is no $prefix" && return; }
    [[ $build/ != $prefix/* ]] || { echo "skip: $prefix holds the build" && return; }
    if ! enabled topics || ! enabled stdout; then echo "skip: built without topics or stdout" && return; fi
    unshare -m true 2>/dev/null || { echo "skip: no mount namespace can be made" && return; }
    export -f write_example works_inside
    export temp root bindir prefix
    unshare -m bash -c works_inside
}

# ---- configure ----

# Everything pkg-config knows but this library.
hide() {
    local dir
    mkdir -p "$temp/pc-$1"
    IFS=: read -ra dirs <<<"$(pkg-config --variable pc_path pkg-config)"
    for dir in "${dirs[@]}"; do
        [ ! -d "$dir" ] || ln -sf -t "$temp/pc-$1" "$dir"/*.pc
    done 2>/dev/null
    rm -f "$temp/pc-$1/$1.pc"
}
configure() { # NAME OPTION...; its cache is that of those who see the same packages
    local dir=$temp/$1 cache=$temp/cache
    mkdir "$dir" && shift
    [[ "$*" != *PKG_CONFIG_LIBDIR=* ]] || cache=$temp/cache-${*##*/}
    (cd "$dir" && "$top/configure" -q --cache-file="$cache" "$@" CC="${output[CC]}" >configure.log 2>&1)
}
# shellcheck disable=SC2016 # make expands it
plugins_of() { make -s -C "$1" --eval='what: ; @echo $(plugin_LTLIBRARIES)' what | tr ' ' '\n' | sort | xargs; }
drops() { # NAME [OPTION...]: what is built without it
    local name=$1 rest left
    shift
    rest=$(printf '%s.la\n' "${plugins[@]}" | grep -vx "$name.la" | sort | xargs)
    configure "$name" "--disable-$name" "$@" || { tail -n 5 "$temp/$name/configure.log" && return; }
    left=$(plugins_of "$temp/$name")
    [ "$left" = "$rest" ] || echo "left: $left"
}
needs() { # PLUGIN LIBRARY, which is hidden
    configure "with-$1" PKG_CONFIG_LIBDIR="$temp/pc-$2" && echo "configure does not miss $2"
    grep -q "$2" "$temp/with-$1/configure.log" || cat "$temp/with-$1/configure.log"
}
# README's way: make reads GNUmakefile first, which has to leave the work to the Makefile beside it.
in_place() {
    make -s -C "$build" distdir distdir="$temp/src" >"$temp/log" 2>&1 || { cat "$temp/log" && return; }
    (cd "$temp/src" && ./configure -q --cache-file="$temp/cache" CC="${output[CC]}" >configure.log 2>&1) ||
        tail -n 5 "$temp/src/configure.log"
    timeout 60 make -n -C "$temp/src" install 2>&1 | grep -q 'daemon/base/str' || echo "make install builds nothing"
    timeout 60 make -n -C "$temp/src" run 2>&1 | grep -q 'scripts/run.sh \.$' || echo "make run does not run"
}

echo "1..$((17 + ${#plugins[@]} + 2))" # two want a library
run "the list of what is installed" the_list
run "no .la file, no static library" no_la_files
run "everybody may read it, nobody but root write it" for_everybody
run "make uninstall leaves no file" uninstalls
run "PIE, RELRO, BIND_NOW, no executable stack" hardened
run "stack protector and fortified calls" protected
run "the library shows what its map names" library_symbols
run "the headers declare what the map names" header_symbols
run "a plugin shows one symbol" plugin_symbols
run "pkg-config finds it below a sysroot" packaged
run "each header stands alone" headers_alone
run "systemd understands the user's unit" unit_verifies --user "$userunitdir"
run "systemd understands the system's unit" unit_verifies --system "$systemunitdir"
run "the system's unit is exposed to 1.5 at most" exposed_little
run "systemd-sysusers makes the user and the group" makes_the_user
run "installed for real it works, every path at its default" works
run "a tarball that is configured in place builds there" in_place
for name in "${plugins[@]}"; do
    case $name in
    desktop) library=libnotify ;;
    webhook) library=libcurl ;;
    *) run "--disable-$name" drops "$name" && continue ;;
    esac
    hide "$library"
    run "configure says that $library is missing" needs "$name" "$library"
    run "--disable-$name, which needs no $library" drops "$name" PKG_CONFIG_LIBDIR="$temp/pc-$library"
done
