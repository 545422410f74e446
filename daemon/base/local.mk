noinst_LTLIBRARIES += libbase.la libloop.la
libbase_la_SOURCES = \
	daemon/base/buf.c daemon/base/buf.h \
	daemon/base/err.c daemon/base/err.h \
	daemon/base/hash.c daemon/base/hash.h \
	daemon/base/list.h \
	daemon/base/log.c daemon/base/log.h \
	daemon/base/map.c daemon/base/map.h \
	daemon/base/mem.c daemon/base/mem.h \
	daemon/base/memfd.c daemon/base/memfd.h \
	daemon/base/str.c daemon/base/str.h \
	daemon/base/worker.c daemon/base/worker.h
libbase_la_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS)
libbase_la_LIBADD = $(SODIUM_LIBS)

# The loop apart from the rest: tests link tests/support/fake_loop.c in its place.
libloop_la_SOURCES = daemon/base/loop.c daemon/base/loop.h
libloop_la_LIBADD = $(EV_LIBS)
