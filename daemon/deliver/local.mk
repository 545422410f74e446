noinst_LTLIBRARIES += libdeliver.la
libdeliver_la_SOURCES = \
	daemon/deliver/backoff.c daemon/deliver/backoff.h \
	daemon/deliver/carrier.c \
	daemon/deliver/clock.c \
	daemon/deliver/deliver.c daemon/deliver/deliver.h \
	daemon/deliver/inside.h \
	daemon/deliver/mark.c \
	daemon/deliver/message.c \
	daemon/deliver/order.c \
	daemon/deliver/outbox.c \
	daemon/deliver/people.c \
	daemon/deliver/release.c daemon/deliver/review.c
libdeliver_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)
libdeliver_la_LIBADD = $(JANSSON_LIBS)

UNIT_TESTS += daemon/deliver/test_backoff
daemon_deliver_test_backoff_SOURCES = daemon/deliver/test_backoff.c tests/support/unit.h
daemon_deliver_test_backoff_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
daemon_deliver_test_backoff_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
daemon_deliver_test_backoff_LDADD = libdeliver.la $(CMOCKA_LIBS)
