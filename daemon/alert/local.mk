noinst_LTLIBRARIES += libalert.la
libalert_la_SOURCES = \
	daemon/alert/actions.c daemon/alert/actions.h \
	daemon/alert/alert.h daemon/alert/alerts.c \
	daemon/alert/edition.c daemon/alert/edition.h \
	daemon/alert/expected.c daemon/alert/expected.h \
	daemon/alert/facts.c \
	daemon/alert/followup.c daemon/alert/followup.h \
	daemon/alert/hold.c daemon/alert/hold.h \
	daemon/alert/identity.c daemon/alert/identity.h \
	daemon/alert/inside.h \
	daemon/alert/ladder.c daemon/alert/ladder.h \
	daemon/alert/mute.c daemon/alert/mute.h \
	daemon/alert/notice.c \
	daemon/alert/outcome.c daemon/alert/outcome.h \
	daemon/alert/place.c daemon/alert/place.h \
	daemon/alert/policy.c daemon/alert/policy.h \
	daemon/alert/preview.c \
	daemon/alert/route.c daemon/alert/route.h \
	daemon/alert/silence.c daemon/alert/silence.h \
	daemon/alert/silences.c \
	daemon/alert/steps.c daemon/alert/steps.h \
	daemon/alert/story.c daemon/alert/story.h \
	daemon/alert/tiding.c \
	daemon/alert/timing.c daemon/alert/timing.h \
	daemon/alert/retold.c daemon/alert/retold.h \
	daemon/alert/rings.c \
	daemon/alert/rows.c \
	daemon/alert/run.h \
	daemon/alert/tell.c \
	daemon/alert/told.c daemon/alert/told.h \
	daemon/alert/topics.c \
	daemon/alert/trouble.c \
	daemon/alert/valve.c daemon/alert/valve.h \
	daemon/alert/view.c
libalert_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)
libalert_la_LIBADD = libstory.la $(JANSSON_LIBS)

alert_test_support = tests/support/fake_loop.c tests/support/fake_loop.h tests/support/unit.h \
	tests/support/results.c tests/support/results.h
alert_test_cflags = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS) $(CMOCKA_CFLAGS)
alert_test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
alert_test_libs = libalert.la libstore.la libconfig.la libtree.la libtext.la libbase.la $(CMOCKA_LIBS)

UNIT_TESTS += daemon/alert/test_identity daemon/alert/test_steps daemon/alert/test_policy \
	daemon/alert/test_timing
daemon_alert_test_timing_SOURCES = daemon/alert/test_timing.c tests/support/unit.h
daemon_alert_test_timing_CPPFLAGS = $(alert_test_cppflags)
daemon_alert_test_timing_CFLAGS = $(alert_test_cflags)
daemon_alert_test_timing_LDADD = $(alert_test_libs)
daemon_alert_test_identity_SOURCES = daemon/alert/test_identity.c $(alert_test_support)
daemon_alert_test_identity_CPPFLAGS = $(alert_test_cppflags)
daemon_alert_test_identity_CFLAGS = $(alert_test_cflags)
daemon_alert_test_identity_LDADD = $(alert_test_libs)
daemon_alert_test_steps_SOURCES = daemon/alert/test_steps.c $(alert_test_support)
daemon_alert_test_steps_CPPFLAGS = $(alert_test_cppflags)
daemon_alert_test_steps_CFLAGS = $(alert_test_cflags)
daemon_alert_test_steps_LDADD = $(alert_test_libs)
daemon_alert_test_policy_SOURCES = daemon/alert/test_policy.c $(alert_test_support)
daemon_alert_test_policy_CPPFLAGS = $(alert_test_cppflags)
daemon_alert_test_policy_CFLAGS = $(alert_test_cflags)
daemon_alert_test_policy_LDADD = $(alert_test_libs)
