noinst_LTLIBRARIES += libdocument.la
libdocument_la_SOURCES = \
	daemon/document/archive.c daemon/document/archive.h \
	daemon/document/catalogue.c daemon/document/catalogue.h \
	daemon/document/changes.c \
	daemon/document/commit.c \
	daemon/document/document.h \
	daemon/document/documents.c \
	daemon/document/expected.c \
	daemon/document/flight.c \
	daemon/document/forget.c \
	daemon/document/notes.c \
	daemon/document/room.h \
	daemon/document/work.c
libdocument_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS) $(JANSSON_CFLAGS) $(ZSTD_CFLAGS)
libdocument_la_LIBADD = $(ZSTD_LIBS)

# The tests bring a source of their own in place of libsource.la.
document_test_libs = libdocument.la libstore.la libbase.la libloop.la $(CMOCKA_LIBS)
UNIT_TESTS += daemon/document/test_archive daemon/document/test_catalogue
daemon_document_test_archive_SOURCES = daemon/document/test_archive.c \
	tests/support/kept_store.c tests/support/kept_store.h
daemon_document_test_archive_LDADD = $(document_test_libs)
daemon_document_test_catalogue_SOURCES = daemon/document/test_catalogue.c
daemon_document_test_catalogue_LDADD = $(document_test_libs)
UNIT_TESTS += daemon/document/test_documents
daemon_document_test_documents_SOURCES = daemon/document/test_documents.c
daemon_document_test_documents_LDADD = $(document_test_libs) $(JANSSON_LIBS)

# By hand: make tests/bench/bench_store && tests/bench/bench_store DIR
EXTRA_PROGRAMS += tests/bench/bench_store
tests_bench_bench_store_SOURCES = tests/bench/bench_store.c
tests_bench_bench_store_LDADD = libdocument.la libstore.la libbase.la libloop.la
