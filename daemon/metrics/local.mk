noinst_LTLIBRARIES += libmetrics.la
libmetrics_la_SOURCES = \
	daemon/metrics/families.c daemon/metrics/metrics.h \
	daemon/metrics/listener.c daemon/metrics/listener.h \
	daemon/metrics/page.c
libmetrics_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)
libmetrics_la_LIBADD = $(JANSSON_LIBS) -lm

UNIT_TESTS += daemon/metrics/test_page daemon/metrics/test_listener
daemon_metrics_test_page_SOURCES = daemon/metrics/test_page.c tests/support/unit.h
daemon_metrics_test_page_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
daemon_metrics_test_page_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CMOCKA_CFLAGS)
daemon_metrics_test_page_LDADD = libmetrics.la libstore.la libloop.la libbase.la $(CMOCKA_LIBS)
daemon_metrics_test_listener_SOURCES = daemon/metrics/test_listener.c tests/support/unit.h \
	tests/support/fake_loop.c tests/support/fake_loop.h
daemon_metrics_test_listener_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
daemon_metrics_test_listener_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CMOCKA_CFLAGS)
daemon_metrics_test_listener_LDADD = libmetrics.la libdeliver.la libstore.la libipc.la libconfig.la libtree.la \
	libbase.la $(CMOCKA_LIBS) $(JANSSON_LIBS)
