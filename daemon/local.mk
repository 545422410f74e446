bin_PROGRAMS += tocsind
tocsind_SOURCES = daemon/main.c
tocsind_LDFLAGS = $(program_ldflags)
EXTRA_DIST += daemon/README.md
