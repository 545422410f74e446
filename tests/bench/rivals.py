"""What tocsin is held against, as far as it is installed (scripts/deps.sh bench): programs that print the name of
each file that has changed below a directory, each with the options that are best for it."""
import shutil

# Its server beside it, so that both end together.
WATCHMAN = """
dir=$(dirname "$1")
watchman --foreground --sockname="$dir/sock" --statefile="$dir/state" --logfile="$dir/log" --pidfile="$dir/pid" &
while ! watchman --no-spawn --sockname="$dir/sock" get-pid; do sleep 0.1; done
watchman --no-spawn --sockname="$dir/sock" watch "$1"
echo "[\\"subscribe\\", \\"$1\\", \\"s\\", {\\"expression\\": [\\"suffix\\", \\"txt\\"], \\"fields\\": [\\"name\\"]}]" |
    watchman --no-spawn --sockname="$dir/sock" --no-pretty --persistent --json-command
"""

# It starts a program for each file, which hands the name on.
INCRON = """
dir=$(dirname "$1")/incron
mkdir -p "$dir/tables" "$dir/users"
touch "$dir/told"
printf '#!/bin/sh\\necho "$1" >>%s\\n' "$dir/told" >"$dir/tell"
chmod 755 "$dir/tell"
echo "$1 IN_CLOSE_WRITE,IN_MOVED_TO $dir/tell \\$#" >"$dir/tables/table"
printf '%s\\n' "system_table_dir = $dir/tables" "user_table_dir = $dir/users" "lockfile_dir = $dir" >"$dir/conf"
incrond -n -f "$dir/conf" &
exec tail -n +1 -f "$dir/told"
"""

# "@" stands for the directory, which has its parent to itself.
ARGV = {
    "inotifywait": ["inotifywait", "-q", "-m", "-r", "-e", "close_write,moved_to", "--format", "%w%f", "@"],
    "fswatch": ["fswatch", "-r", "-l", "0.1", "--event", "Created", "--event", "Updated", "--event", "MovedTo", "@"],
    "watchman": ["sh", "-c", WATCHMAN, "watchman", "@"],
    "incron": ["sh", "-c", INCRON, "incron", "@"],
}
PROGRAMS = {"incron": "incrond"}


def installed():
    """The names of those that are; says which are not."""
    there = [name for name in ARGV if shutil.which(PROGRAMS.get(name, name))]
    for name in ARGV:
        if name not in there:
            print(f"{name} is not installed (scripts/deps.sh bench)")
    return there


def argv(name, directory):
    return [directory if word == "@" else word for word in ARGV[name]]
