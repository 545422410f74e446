bin_PROGRAMS += tocsinctl
noinst_LTLIBRARIES += libctl.la
libctl_la_SOURCES = \
	daemon/ctl/actions.c daemon/ctl/alerts.c daemon/ctl/backtest.c \
	daemon/ctl/client.c \
	daemon/ctl/command.h \
	daemon/ctl/commands.c \
	daemon/ctl/completion.c \
	daemon/ctl/ctl.h \
	daemon/ctl/deliveries.c \
	daemon/ctl/documents.c \
	daemon/ctl/doctor.c daemon/ctl/doctor.h \
	daemon/ctl/doctor_bus.c daemon/ctl/doctor_bus.h \
	daemon/ctl/doctor_daemon.c \
	daemon/ctl/doctor_desktop.c \
	daemon/ctl/doctor_folders.c \
	daemon/ctl/doctor_inotify.c \
	daemon/ctl/doctor_kernel.c \
	daemon/ctl/doctor_needs.c \
	daemon/ctl/doctor_places.c \
	daemon/ctl/doctor_sandbox.c \
	daemon/ctl/doctor_unit.c \
	daemon/ctl/extract.c \
	daemon/ctl/facts.c \
	daemon/ctl/found.c daemon/ctl/found.h \
	daemon/ctl/help.c \
	daemon/ctl/kinds.c \
	daemon/ctl/local.c \
	daemon/ctl/offline.c daemon/ctl/offline.h \
	daemon/ctl/parse.c \
	daemon/ctl/plugins.c daemon/ctl/plugins.h \
	daemon/ctl/print.c \
	daemon/ctl/plan.c \
	daemon/ctl/remote.c \
	daemon/ctl/routes.c \
	daemon/ctl/show.c \
	daemon/ctl/state.c \
	daemon/ctl/test.c \
	daemon/ctl/topics.c
libctl_la_CPPFLAGS = $(AM_CPPFLAGS) -DBINDIR='"$(bindir)"' -DHOSTDIR='"$(hostdir)"' -DPLUGINDIR='"$(plugindir)"'
libctl_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SYSTEMD_CFLAGS) $(UTF8PROC_CFLAGS)
ctl_libs = \
	libctl.la libcontrol.la libhosts.la libipc.la libconfig.la libtree.la libtext.la libbase.la \
	libloop.la $(JANSSON_LIBS) $(SYSTEMD_LIBS) $(UTF8PROC_LIBS)
tocsinctl_SOURCES = daemon/ctl/main.c
tocsinctl_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tocsinctl_LDFLAGS = $(program_ldflags)
tocsinctl_LDADD = $(ctl_libs)

UNIT_TESTS += daemon/ctl/test_parse
daemon_ctl_test_parse_SOURCES = daemon/ctl/test_parse.c
daemon_ctl_test_parse_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
daemon_ctl_test_parse_LDADD = $(ctl_libs) $(CMOCKA_LIBS)
UNIT_TESTS += daemon/ctl/test_kinds
daemon_ctl_test_kinds_SOURCES = daemon/ctl/test_kinds.c daemon/alert/outcome.c
# Flags of its own: the same source is in a library, too.
daemon_ctl_test_kinds_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS)
daemon_ctl_test_kinds_LDADD = $(ctl_libs) $(CMOCKA_LIBS)
UNIT_TESTS += daemon/ctl/test_doctor
daemon_ctl_test_doctor_SOURCES = daemon/ctl/test_doctor.c $(config_test_fixture)
daemon_ctl_test_doctor_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
daemon_ctl_test_doctor_LDADD = $(ctl_libs) $(CMOCKA_LIBS)

SCRIPT_TESTS += tests/e2e/test_verbs.py tests/e2e/test_completion.py tests/e2e/test_doctor.py \
	tests/e2e/test_doctor_units.py
EXTRA_DIST += tests/e2e/test_verbs.py tests/e2e/test_completion.py tests/e2e/test_doctor.py \
	tests/e2e/test_doctor_units.py tests/support/shells.py
