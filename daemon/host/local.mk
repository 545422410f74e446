# Everything of tocsin-host but its main, so that unit tests reach it.
noinst_LTLIBRARIES += libhost.la
libhost_la_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS) $(JANSSON_CFLAGS) $(SECCOMP_CFLAGS) \
	$(UCHARDET_CFLAGS) $(UTF8PROC_CFLAGS)
libhost_la_LIBADD = $(JANSSON_LIBS) $(SECCOMP_LIBS) $(UTF8PROC_LIBS)
libhost_la_SOURCES = \
	daemon/host/charset.c daemon/host/charset.h \
	daemon/host/decode.c daemon/host/decode.h \
	daemon/host/delivering.c \
	daemon/host/describe.c daemon/host/describe.h \
	daemon/host/detecting.c \
	daemon/host/explaining.c \
	daemon/host/earlier.c daemon/host/earlier.h \
	daemon/host/exporting.c daemon/host/exporting.h \
	daemon/host/header.c daemon/host/header.h \
	daemon/host/jobs.h \
	daemon/host/landlock.c daemon/host/landlock.h \
	daemon/host/launch.h \
	daemon/host/launch_program.c daemon/host/launch_program.h \
	daemon/host/launcher.c daemon/host/launcher.h \
	daemon/host/load.c daemon/host/load.h \
	daemon/host/media.c daemon/host/media.h \
	daemon/host/outlets.c daemon/host/outlets.h \
	daemon/host/options.c daemon/host/options.h \
	daemon/host/paths.c daemon/host/paths.h \
	daemon/host/plugin.c daemon/host/plugin.h \
	daemon/host/porter.c daemon/host/porter.h \
	daemon/host/post.c daemon/host/post.h \
	daemon/host/programs.c daemon/host/programs.h \
	daemon/host/quote.c daemon/host/quote.h \
	daemon/host/read.c daemon/host/read.h \
	daemon/host/sandbox.c daemon/host/sandbox.h \
	daemon/host/seccomp.c daemon/host/seccomp.h \
	daemon/host/serve.c daemon/host/serve.h \
	daemon/host/setup.c daemon/host/setup.h \
	daemon/host/share.c daemon/host/share.h \
	daemon/host/sketching.c daemon/host/sketching.h \
	daemon/host/version.c daemon/host/version.h \
	daemon/host/voice.c daemon/host/voice.h \
	daemon/host/wide.c daemon/host/wide.h

host_PROGRAMS += tocsin-host
tocsin_host_SOURCES = daemon/host/main.c
tocsin_host_LDADD = libhost.la libipc.la libbase.la libtocsin-plugin.la
tocsin_host_LDFLAGS = $(program_ldflags) $(host_rpath)

# The same for the build tree, daemon/host/tocsin-host: there libtool makes a script of the one that
# is installed, and this one finds the build tree's libtocsin-plugin by itself.
noinst_PROGRAMS += daemon/host/tocsin-host
daemon_host_tocsin_host_SOURCES = $(tocsin_host_SOURCES)
daemon_host_tocsin_host_LDADD = $(tocsin_host_LDADD)
daemon_host_tocsin_host_LDFLAGS = $(program_ldflags) -no-install

# Plugins that misbehave, for the tests. The rpath makes libtool build shared objects of them.
test_module_ldflags = $(module_ldflags) -rpath /nowhere
check_LTLIBRARIES += misdeed.la courier.la envoy.la lodger.la moody.la culprit-files.la \
	culprit-journal.la
deeds = tests/support/plugins/deeds.c tests/support/plugins/deeds.h
misdeed_la_SOURCES = tests/support/plugins/misdeed.c tests/support/plugins/channel.c \
	tests/support/plugins/channel.h $(deeds)
misdeed_la_LIBADD = libtocsin-plugin.la libipc.la libplain.la
misdeed_la_LDFLAGS = $(test_module_ldflags)
courier_la_SOURCES = tests/support/plugins/courier.c
courier_la_LIBADD = libtocsin-plugin.la
courier_la_LDFLAGS = $(test_module_ldflags)
lodger_la_SOURCES = tests/support/plugins/lodger.c
lodger_la_LIBADD = libtocsin-plugin.la
lodger_la_LDFLAGS = $(test_module_ldflags)
envoy_la_SOURCES = tests/support/plugins/envoy.c
envoy_la_LIBADD = libtocsin-plugin.la
envoy_la_LDFLAGS = $(test_module_ldflags)
moody_la_SOURCES = tests/support/plugins/moody.c
moody_la_LIBADD = libtocsin-plugin.la
moody_la_LDFLAGS = $(test_module_ldflags)
culprit = tests/support/plugins/culprit.c tests/support/plugins/culprit.h $(deeds)
culprit_files_la_SOURCES = tests/support/plugins/culprit_files.c $(culprit)
culprit_files_la_LIBADD = libtocsin-plugin.la
culprit_files_la_LDFLAGS = $(test_module_ldflags)
culprit_journal_la_SOURCES = tests/support/plugins/culprit_journal.c $(culprit)
culprit_journal_la_LIBADD = libtocsin-plugin.la
culprit_journal_la_LDFLAGS = $(test_module_ldflags)

host_test_libs = libhost.la libobjects.la libtext.la libipc.la libbase.la $(CMOCKA_LIBS)
host_test_drive = daemon/host/test_drive.c daemon/host/test_drive.h
UNIT_TESTS += daemon/host/test_sandbox
daemon_host_test_sandbox_SOURCES = daemon/host/test_sandbox.c $(host_test_drive)
daemon_host_test_sandbox_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
daemon_host_test_sandbox_LDADD = libipc.la libbase.la $(SECCOMP_LIBS)

UNIT_TESTS += daemon/host/test_network
daemon_host_test_network_SOURCES = daemon/host/test_network.c $(host_test_drive)
daemon_host_test_network_LDADD = libipc.la libbase.la

UNIT_TESTS += daemon/host/test_launch
daemon_host_test_launch_SOURCES = daemon/host/test_launch.c $(host_test_drive)
daemon_host_test_launch_LDADD = libipc.la libbase.la
EXTRA_DIST += tests/support/deeds.py

UNIT_TESTS += daemon/host/test_powers
daemon_host_test_powers_SOURCES = daemon/host/test_powers.c $(host_test_drive)
daemon_host_test_powers_LDADD = libipc.la libbase.la

UNIT_TESTS += daemon/host/test_host
daemon_host_test_host_SOURCES = daemon/host/test_host.c $(host_test_drive)
daemon_host_test_host_LDADD = libipc.la libbase.la $(CMOCKA_LIBS)

UNIT_TESTS += daemon/host/test_outlets
daemon_host_test_outlets_SOURCES = daemon/host/test_outlets.c daemon/host/outlets.c
daemon_host_test_outlets_CPPFLAGS = $(AM_CPPFLAGS) -DOUTLET_JOURNAL='"journal.socket"'
daemon_host_test_outlets_LDADD = $(host_test_libs)

UNIT_TESTS += daemon/host/test_decode daemon/host/test_version daemon/host/test_quote
daemon_host_test_decode_SOURCES = daemon/host/test_decode.c
daemon_host_test_decode_LDADD = $(host_test_libs)
daemon_host_test_version_SOURCES = daemon/host/test_version.c
daemon_host_test_version_LDADD = $(host_test_libs)
daemon_host_test_quote_SOURCES = daemon/host/test_quote.c
daemon_host_test_quote_LDADD = $(host_test_libs)
