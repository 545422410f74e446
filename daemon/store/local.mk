noinst_LTLIBRARIES += libstore.la
libstore_la_SOURCES = \
	daemon/store/alerts.c daemon/store/alerts.h \
	daemon/store/canary.c daemon/store/canary.h \
	daemon/store/begin.c daemon/store/begin.h \
	daemon/store/bind.h \
	daemon/store/deliveries.c daemon/store/deliveries.h \
	daemon/store/due.c \
	daemon/store/documents.c daemon/store/documents.h \
	daemon/store/find.c \
	daemon/store/followups.c \
	daemon/store/held.c \
	daemon/store/forget.c daemon/store/forget.h \
	daemon/store/notices.c \
	daemon/store/open.c daemon/store/open.h \
	daemon/store/pending.c \
	daemon/store/reserve.c daemon/store/reserve.h \
	daemon/store/restore.c daemon/store/restore.h \
	daemon/store/rows.c daemon/store/rows.h \
	daemon/store/schema.c daemon/store/schema.h \
	daemon/store/silences.c daemon/store/silences.h \
	daemon/store/stories.c daemon/store/stories.h \
	daemon/store/snapshot.c daemon/store/snapshot.h \
	daemon/store/store.c daemon/store/store.h \
	daemon/store/txn.c daemon/store/txn.h \
	daemon/store/tidings.c daemon/store/tidings.h \
	daemon/store/versions.c \
	daemon/store/view_alerts.c \
	daemon/store/view_deliveries.c \
	daemon/store/view_documents.c \
	daemon/store/views.c daemon/store/views.h \
	daemon/store/whole.c daemon/store/whole.h \
	daemon/store/wipe.c daemon/store/wipe.h \
	daemon/store/words.c daemon/store/words.h
libstore_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS) $(JANSSON_CFLAGS) $(ZSTD_CFLAGS)
libstore_la_LIBADD = $(SQLITE_LIBS) $(JANSSON_LIBS) $(ZSTD_LIBS)

store_test_libs = libstore.la libbase.la libloop.la $(CMOCKA_LIBS)
UNIT_TESTS += daemon/store/test_store
daemon_store_test_store_SOURCES = daemon/store/test_store.c
daemon_store_test_store_LDADD = $(store_test_libs)
UNIT_TESTS += daemon/store/test_migrate
daemon_store_test_migrate_SOURCES = daemon/store/test_migrate.c
daemon_store_test_migrate_LDADD = $(store_test_libs)
UNIT_TESTS += daemon/store/test_documents
daemon_store_test_documents_SOURCES = daemon/store/test_documents.c \
	tests/support/kept_store.c tests/support/kept_store.h
daemon_store_test_documents_LDADD = $(store_test_libs)
UNIT_TESTS += daemon/store/test_wipe
daemon_store_test_wipe_SOURCES = daemon/store/test_wipe.c tests/support/unit.h
daemon_store_test_wipe_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
daemon_store_test_wipe_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(CMOCKA_CFLAGS)
daemon_store_test_wipe_LDADD = $(store_test_libs)
UNIT_TESTS += daemon/store/test_forget
daemon_store_test_forget_SOURCES = daemon/store/test_forget.c tests/support/unit.h \
	tests/support/kept_store.c tests/support/kept_store.h
daemon_store_test_forget_LDADD = $(store_test_libs) $(JANSSON_LIBS)
UNIT_TESTS += daemon/store/test_restore
daemon_store_test_restore_SOURCES = daemon/store/test_restore.c tests/support/unit.h
daemon_store_test_restore_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
daemon_store_test_restore_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(CMOCKA_CFLAGS)
daemon_store_test_restore_LDADD = $(store_test_libs)
# By hand: make tests/bench/alerts_history && tests/bench/alerts_history DIR
EXTRA_PROGRAMS += tests/bench/alerts_history
tests_bench_alerts_history_SOURCES = tests/bench/alerts_history.c
tests_bench_alerts_history_LDADD = libstore.la libbase.la libloop.la $(JANSSON_LIBS)
UNIT_TESTS += daemon/store/test_history
daemon_store_test_history_SOURCES = daemon/store/test_history.c tests/support/unit.h \
	tests/support/kept_store.c tests/support/kept_store.h
daemon_store_test_history_LDADD = $(store_test_libs) $(JANSSON_LIBS)
