noinst_LTLIBRARIES += libipc.la
libipc_la_SOURCES = \
	daemon/ipc/channel.c daemon/ipc/channel.h \
	daemon/ipc/inbox.c daemon/ipc/inbox.h \
	daemon/ipc/messages.c daemon/ipc/messages.h
libipc_la_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS)

UNIT_TESTS += daemon/ipc/test_messages daemon/ipc/test_channel daemon/ipc/test_inbox
daemon_ipc_test_messages_SOURCES = daemon/ipc/test_messages.c
daemon_ipc_test_messages_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS) $(CMOCKA_CFLAGS)
daemon_ipc_test_messages_LDADD = libipc.la libbase.la $(CMOCKA_LIBS)
daemon_ipc_test_channel_SOURCES = daemon/ipc/test_channel.c
daemon_ipc_test_channel_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS) $(CMOCKA_CFLAGS)
daemon_ipc_test_channel_LDADD = libipc.la libbase.la $(CMOCKA_LIBS)
daemon_ipc_test_inbox_SOURCES = daemon/ipc/test_inbox.c
daemon_ipc_test_inbox_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS) $(CMOCKA_CFLAGS)
daemon_ipc_test_inbox_LDADD = libipc.la libbase.la $(CMOCKA_LIBS)
