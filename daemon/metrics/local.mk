noinst_LTLIBRARIES += libmetrics.la
libmetrics_la_SOURCES = \
	daemon/metrics/families.c daemon/metrics/metrics.h \
	daemon/metrics/listener.c daemon/metrics/listener.h \
	daemon/metrics/page.c
libmetrics_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)
libmetrics_la_LIBADD = $(JANSSON_LIBS) -lm

UNIT_TESTS += daemon/metrics/test_page
daemon_metrics_test_page_SOURCES = daemon/metrics/test_page.c tests/support/unit.h
daemon_metrics_test_page_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
daemon_metrics_test_page_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CMOCKA_CFLAGS)
daemon_metrics_test_page_LDADD = libmetrics.la libstore.la libloop.la libbase.la $(CMOCKA_LIBS)
