noinst_LTLIBRARIES += libsource.la
libsource_la_SOURCES = \
	daemon/source/disk.c daemon/source/disk.h daemon/source/disk_private.h \
	daemon/source/disk_list.c \
	daemon/source/disk_open.c \
	daemon/source/disk_root.c \
	daemon/source/due.c daemon/source/due.h \
	daemon/source/events.c \
	daemon/source/files.c daemon/source/files.h \
	daemon/source/folder.c daemon/source/folder.h \
	daemon/source/moves.c \
	daemon/source/names.c daemon/source/names.h \
	daemon/source/opening.c \
	daemon/source/poll.c daemon/source/poll.h \
	daemon/source/root.c \
	daemon/source/scan.c \
	daemon/source/settle.c daemon/source/settle.h \
	daemon/source/source.h \
	daemon/source/dirs.c daemon/source/dirs.h \
	daemon/source/watches.c
libsource_la_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS)

source_test_ldadd = libsource.la libbase.la libloop.la $(CMOCKA_LIBS)
source_test_support = daemon/source/test_support.c daemon/source/test_support.h
UNIT_TESTS += \
	daemon/source/test_disk \
	daemon/source/test_folder \
	daemon/source/test_names \
	daemon/source/test_odd \
	daemon/source/test_settle \
	daemon/source/test_storm \
	daemon/source/test_dirs
daemon_source_test_disk_SOURCES = daemon/source/test_disk.c
daemon_source_test_disk_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
daemon_source_test_disk_LDADD = $(source_test_ldadd) $(SECCOMP_LIBS)
daemon_source_test_folder_SOURCES = daemon/source/test_folder.c $(source_test_support)
daemon_source_test_folder_LDADD = $(source_test_ldadd)
daemon_source_test_names_SOURCES = daemon/source/test_names.c
daemon_source_test_names_LDADD = $(source_test_ldadd)
daemon_source_test_odd_SOURCES = daemon/source/test_odd.c $(source_test_support)
daemon_source_test_odd_LDADD = $(source_test_ldadd)
daemon_source_test_settle_SOURCES = daemon/source/test_settle.c
daemon_source_test_settle_LDADD = $(source_test_ldadd)
daemon_source_test_storm_SOURCES = daemon/source/test_storm.c $(source_test_support)
daemon_source_test_storm_LDADD = $(source_test_ldadd)
daemon_source_test_dirs_SOURCES = daemon/source/test_dirs.c
daemon_source_test_dirs_LDADD = $(source_test_ldadd)

check_PROGRAMS += daemon/source/source_probe
daemon_source_source_probe_SOURCES = daemon/source/probe.c
daemon_source_source_probe_LDADD = libsource.la libbase.la libloop.la
SCRIPT_TESTS += tests/e2e/source_kernel.py
EXTRA_DIST += tests/e2e/source_kernel.py
