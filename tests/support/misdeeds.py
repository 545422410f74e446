"""What the plugin `misdeed` does on a document that it was told to do it on, and what comes of it."""

# Deeds that end the host, and so count against the plugin; and the reason that is given.
FATAL = {
    "crash": "crashed: segmentation fault",
    "abort": "crashed: abort",
    "exit": "ended by itself",
    "hang": "took longer than 2s",
    "ptrace": "crashed: bad system call: the sandbox forbade it",
    "peek": "crashed: bad system call: the sandbox forbade it",
    "kill-parent": "crashed: bad system call: the sandbox forbade it",
    "eat": "crashed: segmentation fault",
    "garble": "sent a bad message: ",
    "huge": "sent a bad message: a packet longer than any message",
    "descriptors": "sent a bad message: a packet with more than one descriptor",
    "forge": "sent a bad message: FINDING: job 1 is not at work",
    "command": "sent a bad message: ",
    "empty": "sent a bad message: an empty packet",
    "hang-up": "ended by itself with exit status 71",
    "flood": "sent a bad message: LOG: more than 1000 lines for one job",
}
# Deeds that come to nothing: the plugin is told so, and says it.
REFUSED = {
    "read": "Operation not permitted",
    "write": "Operation not permitted",
    "create": "Operation not permitted",
    "unlink": "Operation not permitted",
    "truncate": "Operation not permitted",
    "rename": "Operation not permitted",
    "inet": "Operation not permitted",
    "unix": "Operation not permitted",
    "fork": "Operation not permitted",
    "exec": "Operation not permitted",
    "code": "Operation not permitted",
    "limit": "Operation not permitted",
    "raise": "Operation not permitted",
    "memory": "Cannot allocate memory",
    "hoard": "Cannot allocate memory",
}
