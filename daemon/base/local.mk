# All but the threads, which need the loop: what shared objects (plugins, their library) may link.
noinst_LTLIBRARIES += libplain.la libbase.la libloop.la
libplain_la_SOURCES = \
	daemon/base/address.c daemon/base/address.h \
	daemon/base/buf.c daemon/base/buf.h \
	daemon/base/calendar.c daemon/base/calendar.h \
	daemon/base/calendar_parse.c \
	daemon/base/clock.c daemon/base/clock.h \
	daemon/base/err.c daemon/base/err.h \
	daemon/base/filesystem.c daemon/base/filesystem.h \
	daemon/base/hash.c daemon/base/hash.h \
	daemon/base/library.c daemon/base/library.h \
	daemon/base/list.h \
	daemon/base/log.c daemon/base/log.h \
	daemon/base/map.c daemon/base/map.h \
	daemon/base/mem.c daemon/base/mem.h \
	daemon/base/memfd.c daemon/base/memfd.h \
	daemon/base/powers.c daemon/base/powers.h \
	daemon/base/sketch.c daemon/base/sketch.h \
	daemon/base/str.c daemon/base/str.h \
	daemon/base/url.c daemon/base/url.h \
	daemon/base/zone.c daemon/base/zone.h \
	daemon/base/zone_rule.c daemon/base/zone_rule.h
libplain_la_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS)
libplain_la_LIBADD = $(SODIUM_LIBS)

# All of it: what programs link.
libbase_la_SOURCES = \
	daemon/base/patience.c daemon/base/patience.h \
	daemon/base/vigil.c daemon/base/vigil.h \
	daemon/base/worker.c daemon/base/worker.h
libbase_la_LIBADD = libplain.la

# Stories: apart, since it is linked before the library of words that it needs.
noinst_LTLIBRARIES += libstory.la
libstory_la_SOURCES = \
	daemon/base/filing.c daemon/base/filing.h \
	daemon/base/retold.c daemon/base/retold.h

# The loop apart from the rest: tests link tests/support/fake_loop.c in its place.
libloop_la_SOURCES = daemon/base/loop.c daemon/base/loop.h
libloop_la_LIBADD = $(EV_LIBS)

UNIT_TESTS += daemon/base/test_address daemon/base/test_str daemon/base/test_map daemon/base/test_loop
UNIT_TESTS += daemon/base/test_library
daemon_base_test_address_SOURCES = daemon/base/test_address.c
daemon_base_test_address_LDADD = libbase.la $(CMOCKA_LIBS)
UNIT_TESTS += daemon/base/test_filesystem daemon/base/test_url
UNIT_TESTS += daemon/base/test_patience
daemon_base_test_patience_SOURCES = daemon/base/test_patience.c
daemon_base_test_patience_LDADD = libbase.la libloop.la $(CMOCKA_LIBS)
daemon_base_test_filesystem_SOURCES = daemon/base/test_filesystem.c
daemon_base_test_filesystem_LDADD = libbase.la $(CMOCKA_LIBS)
daemon_base_test_url_SOURCES = daemon/base/test_url.c
daemon_base_test_url_LDADD = libbase.la $(CMOCKA_LIBS)
daemon_base_test_str_SOURCES = daemon/base/test_str.c
daemon_base_test_str_LDADD = libbase.la $(CMOCKA_LIBS)
daemon_base_test_library_SOURCES = daemon/base/test_library.c
daemon_base_test_library_LDADD = libbase.la $(CMOCKA_LIBS)
daemon_base_test_map_SOURCES = daemon/base/test_map.c
daemon_base_test_map_LDADD = libbase.la $(CMOCKA_LIBS)
# The worker wakes the loop: the loop's library comes after the one that asks for it.
daemon_base_test_loop_SOURCES = daemon/base/test_loop.c
daemon_base_test_loop_LDADD = libbase.la libloop.la $(CMOCKA_LIBS)

# Against Python's zones and systemd's calendars, through a program that says what ours make.
check_PROGRAMS += daemon/base/check_time
daemon_base_check_time_SOURCES = daemon/base/check_time.c
daemon_base_check_time_LDADD = libbase.la
SCRIPT_TESTS += daemon/base/test_time.py
EXTRA_DIST += daemon/base/test_time.py
