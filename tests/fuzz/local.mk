# Fuzz targets. In `make check` each one replays its small corpus (replay.c); run.py builds them with
# libFuzzer, looks for more and tells what they cover.
EXTRA_DIST += tests/fuzz/run.py tests/fuzz/corpus
live_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer

UNIT_TESTS += tests/fuzz/fuzz_config
EXTRA_PROGRAMS += tests/fuzz/live_config
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c tests/fuzz/require.h tests/fuzz/replay.c
tests_fuzz_fuzz_config_LDADD = libconfig.la libtree.la libbase.la
tests_fuzz_live_config_SOURCES = tests/fuzz/fuzz_config.c tests/fuzz/require.h
tests_fuzz_live_config_LDFLAGS = $(live_ldflags)
tests_fuzz_live_config_LDADD = $(tests_fuzz_fuzz_config_LDADD)

UNIT_TESTS += tests/fuzz/fuzz_decode
EXTRA_PROGRAMS += tests/fuzz/live_decode
tests_fuzz_fuzz_decode_SOURCES = tests/fuzz/fuzz_decode.c tests/fuzz/require.h tests/fuzz/replay.c
tests_fuzz_fuzz_decode_LDADD = libhost.la libobjects.la libtext.la libipc.la libbase.la
tests_fuzz_live_decode_SOURCES = tests/fuzz/fuzz_decode.c tests/fuzz/require.h
tests_fuzz_live_decode_LDFLAGS = $(live_ldflags)
tests_fuzz_live_decode_LDADD = $(tests_fuzz_fuzz_decode_LDADD)

UNIT_TESTS += tests/fuzz/fuzz_messages
EXTRA_PROGRAMS += tests/fuzz/live_messages
tests_fuzz_fuzz_messages_SOURCES = tests/fuzz/fuzz_messages.c tests/fuzz/require.h tests/fuzz/replay.c
tests_fuzz_fuzz_messages_LDADD = libipc.la libbase.la
tests_fuzz_live_messages_SOURCES = tests/fuzz/fuzz_messages.c tests/fuzz/require.h
tests_fuzz_live_messages_LDFLAGS = $(live_ldflags)
tests_fuzz_live_messages_LDADD = $(tests_fuzz_fuzz_messages_LDADD)

UNIT_TESTS += tests/fuzz/fuzz_query
EXTRA_PROGRAMS += tests/fuzz/live_query
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz_query.c tests/fuzz/require.h tests/fuzz/replay.c
tests_fuzz_fuzz_query_LDADD = libtopics.la libtree.la libobjects.la libtext.la libbase.la
tests_fuzz_live_query_SOURCES = tests/fuzz/fuzz_query.c tests/fuzz/require.h
tests_fuzz_live_query_LDFLAGS = $(live_ldflags)
tests_fuzz_live_query_LDADD = $(tests_fuzz_fuzz_query_LDADD)

UNIT_TESTS += tests/fuzz/fuzz_words
EXTRA_PROGRAMS += tests/fuzz/live_words
tests_fuzz_fuzz_words_SOURCES = tests/fuzz/fuzz_words.c plugins/lib/test_paths.h tests/fuzz/require.h tests/fuzz/replay.c
tests_fuzz_fuzz_words_LDADD = libtext.la libbase.la $(UTF8PROC_LIBS)
tests_fuzz_live_words_SOURCES = tests/fuzz/fuzz_words.c plugins/lib/test_paths.h tests/fuzz/require.h
tests_fuzz_live_words_LDFLAGS = $(live_ldflags)
tests_fuzz_live_words_LDADD = $(tests_fuzz_fuzz_words_LDADD)

if PLUGIN_WEBHOOK
UNIT_TESTS += tests/fuzz/fuzz_webhook
EXTRA_PROGRAMS += tests/fuzz/live_webhook
tests_fuzz_fuzz_webhook_SOURCES = tests/fuzz/fuzz_webhook.c tests/fuzz/require.h tests/fuzz/replay.c
tests_fuzz_fuzz_webhook_LDADD = libwebhook.la libobjects.la libtext.la libbase.la
tests_fuzz_live_webhook_SOURCES = tests/fuzz/fuzz_webhook.c tests/fuzz/require.h
tests_fuzz_live_webhook_LDFLAGS = $(live_ldflags)
tests_fuzz_live_webhook_LDADD = $(tests_fuzz_fuzz_webhook_LDADD)
endif

if PLUGIN_LEMANS
UNIT_TESTS += tests/fuzz/fuzz_lemans
EXTRA_PROGRAMS += tests/fuzz/live_lemans
tests_fuzz_fuzz_lemans_SOURCES = tests/fuzz/fuzz_lemans.c tests/fuzz/require.h tests/fuzz/replay.c
tests_fuzz_fuzz_lemans_LDADD = liblemans.la libtree.la libtext.la libbase.la
tests_fuzz_live_lemans_SOURCES = tests/fuzz/fuzz_lemans.c tests/fuzz/require.h
tests_fuzz_live_lemans_LDFLAGS = $(live_ldflags)
tests_fuzz_live_lemans_LDADD = $(tests_fuzz_fuzz_lemans_LDADD)
endif

if PLUGIN_EXEC
UNIT_TESTS += tests/fuzz/fuzz_exec
EXTRA_PROGRAMS += tests/fuzz/live_exec
tests_fuzz_fuzz_exec_SOURCES = tests/fuzz/fuzz_exec.c tests/fuzz/require.h tests/fuzz/replay.c \
	plugins/exec/exec.c
tests_fuzz_fuzz_exec_LDADD = libexec.la libobjects.la libtext.la libbase.la
tests_fuzz_live_exec_SOURCES = tests/fuzz/fuzz_exec.c tests/fuzz/require.h plugins/exec/exec.c
tests_fuzz_live_exec_LDFLAGS = $(live_ldflags)
tests_fuzz_live_exec_LDADD = $(tests_fuzz_fuzz_exec_LDADD)
endif

UNIT_TESTS += tests/fuzz/fuzz_from_daemon
EXTRA_PROGRAMS += tests/fuzz/live_from_daemon
from_daemon_sources = tests/fuzz/fuzz_from_daemon.c tests/fuzz/packets.c tests/fuzz/packets.h \
	tests/fuzz/require.h
tests_fuzz_fuzz_from_daemon_SOURCES = $(from_daemon_sources) tests/fuzz/replay.c
tests_fuzz_fuzz_from_daemon_LDADD = libhost.la libobjects.la libtext.la libipc.la libbase.la
tests_fuzz_live_from_daemon_SOURCES = $(from_daemon_sources)
tests_fuzz_live_from_daemon_LDFLAGS = $(live_ldflags)
tests_fuzz_live_from_daemon_LDADD = $(tests_fuzz_fuzz_from_daemon_LDADD)

UNIT_TESTS += tests/fuzz/fuzz_from_host
EXTRA_PROGRAMS += tests/fuzz/live_from_host
from_host_sources = tests/fuzz/fuzz_from_host.c tests/fuzz/packets.c tests/fuzz/packets.h \
	tests/fuzz/processes.c tests/fuzz/processes.h tests/fuzz/require.h \
	tests/support/fake_loop.c tests/support/fake_loop.h
tests_fuzz_fuzz_from_host_SOURCES = $(from_host_sources) tests/fuzz/replay.c
tests_fuzz_fuzz_from_host_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_from_host_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_fuzz_from_host_LDADD = libmetrics.la libdetect.la libdeliver.la libdocument.la libstore.la \
	libhosts.la libipc.la libconfig.la libtree.la libtext.la libbase.la $(JANSSON_LIBS)
tests_fuzz_live_from_host_SOURCES = $(from_host_sources)
tests_fuzz_live_from_host_CPPFLAGS = $(tests_fuzz_fuzz_from_host_CPPFLAGS)
tests_fuzz_live_from_host_CFLAGS = $(tests_fuzz_fuzz_from_host_CFLAGS)
tests_fuzz_live_from_host_LDFLAGS = $(live_ldflags)
tests_fuzz_live_from_host_LDADD = $(tests_fuzz_fuzz_from_host_LDADD)

UNIT_TESTS += tests/fuzz/fuzz_control
EXTRA_PROGRAMS += tests/fuzz/live_control
fuzz_control_sources = tests/fuzz/fuzz_control.c tests/fuzz/require.h \
	tests/support/fake_loop.c tests/support/fake_loop.h
tests_fuzz_fuzz_control_SOURCES = $(fuzz_control_sources) tests/fuzz/replay.c
tests_fuzz_fuzz_control_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_control_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_control_LDADD = libcontrol.la libbase.la $(JANSSON_LIBS)
tests_fuzz_live_control_SOURCES = $(fuzz_control_sources)
tests_fuzz_live_control_CPPFLAGS = $(tests_fuzz_fuzz_control_CPPFLAGS)
tests_fuzz_live_control_CFLAGS = $(tests_fuzz_fuzz_control_CFLAGS)
tests_fuzz_live_control_LDFLAGS = $(live_ldflags)
tests_fuzz_live_control_LDADD = $(tests_fuzz_fuzz_control_LDADD)

UNIT_TESTS += tests/fuzz/fuzz_verbs
EXTRA_PROGRAMS += tests/fuzz/live_verbs
fuzz_verbs_sources = tests/fuzz/fuzz_verbs.c tests/fuzz/whole.c tests/fuzz/whole.h \
	tests/fuzz/behaving.c tests/fuzz/behaving.h tests/fuzz/processes.c tests/fuzz/processes.h \
	tests/fuzz/require.h tests/support/fake_loop.c tests/support/fake_loop.h
tests_fuzz_fuzz_verbs_SOURCES = $(fuzz_verbs_sources) tests/fuzz/replay.c
tests_fuzz_fuzz_verbs_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_verbs_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_fuzz_verbs_LDADD = libtocsind.la libcontrol.la libmetrics.la libdeliver.la libalert.la libdetect.la \
	libdocument.la libsource.la libstore.la libtext.la libhosts.la libipc.la libconfig.la libtree.la libbase.la \
	$(JANSSON_LIBS) $(SYSTEMD_LIBS)
tests_fuzz_live_verbs_SOURCES = $(fuzz_verbs_sources)
tests_fuzz_live_verbs_CPPFLAGS = $(tests_fuzz_fuzz_verbs_CPPFLAGS)
tests_fuzz_live_verbs_CFLAGS = $(tests_fuzz_fuzz_verbs_CFLAGS)
tests_fuzz_live_verbs_LDFLAGS = $(live_ldflags)
tests_fuzz_live_verbs_LDADD = $(tests_fuzz_fuzz_verbs_LDADD)
EXTRA_DIST += tests/fuzz/control.dict tests/fuzz/exec.dict tests/fuzz/verbs.dict tests/fuzz/webhook.dict
