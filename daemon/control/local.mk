noinst_LTLIBRARIES += libcontrol.la
libcontrol_la_SOURCES = \
	daemon/control/control.c daemon/control/control.h \
	daemon/control/peer.c daemon/control/peer.h
libcontrol_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libcontrol_la_LIBADD = $(JANSSON_LIBS)

UNIT_TESTS += daemon/control/test_control
daemon_control_test_control_SOURCES = daemon/control/test_control.c
daemon_control_test_control_LDADD = libcontrol.la libbase.la libloop.la $(CMOCKA_LIBS) $(JANSSON_LIBS)
