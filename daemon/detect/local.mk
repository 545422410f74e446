noinst_LTLIBRARIES += libdetect.la
libdetect_la_SOURCES = \
	daemon/detect/apart.c \
	daemon/detect/ask.c \
	daemon/detect/backfill.c \
	daemon/detect/before.c \
	daemon/detect/counts.c \
	daemon/detect/detect.c daemon/detect/detect.h \
	daemon/detect/inside.h \
	daemon/detect/job.c \
	daemon/detect/lineup.c daemon/detect/lineup.h \
	daemon/detect/pool.c daemon/detect/pool.h \
	daemon/detect/result.c \
	daemon/detect/resume.c \
	daemon/detect/serve.c \
	daemon/detect/strikes.c daemon/detect/strikes.h
libdetect_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)
libdetect_la_LIBADD = $(JANSSON_LIBS)

UNIT_TESTS += daemon/detect/test_strikes daemon/detect/test_counts daemon/detect/test_detect
daemon_detect_test_counts_SOURCES = daemon/detect/test_counts.c tests/support/unit.h
daemon_detect_test_counts_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
daemon_detect_test_counts_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CMOCKA_CFLAGS)
daemon_detect_test_counts_LDADD = libdetect.la libbase.la $(CMOCKA_LIBS)
daemon_detect_test_strikes_SOURCES = daemon/detect/test_strikes.c
daemon_detect_test_strikes_LDADD = libdetect.la $(CMOCKA_LIBS)
daemon_detect_test_detect_SOURCES = daemon/detect/test_detect.c \
	tests/support/fake_documents.c tests/support/fake_documents.h
daemon_detect_test_detect_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
daemon_detect_test_detect_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS) \
	$(CMOCKA_CFLAGS)
daemon_detect_test_detect_LDADD = libdetect.la libdocument.la libstore.la libhosts.la libipc.la \
	libconfig.la libtree.la libloop.la libbase.la $(CMOCKA_LIBS)
