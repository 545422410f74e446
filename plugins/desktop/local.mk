if PLUGIN_DESKTOP
plugin_LTLIBRARIES += desktop.la
endif
desktop_la_SOURCES = \
	plugins/desktop/bus.c plugins/desktop/bus.h \
	plugins/desktop/desktop.c \
	plugins/desktop/open.c plugins/desktop/open.h \
	plugins/desktop/popup.c plugins/desktop/popup.h
desktop_la_CFLAGS = $(AM_CFLAGS) $(NOTIFY_CFLAGS)
desktop_la_LIBADD = libtocsin-plugin.la libplain.la $(NOTIFY_LIBS)
desktop_la_LDFLAGS = $(module_ldflags)

UNIT_TESTS += plugins/desktop/test_popup
plugins_desktop_test_popup_SOURCES = plugins/desktop/test_popup.c plugins/desktop/popup.c
plugins_desktop_test_popup_LDADD = libtext.la libbase.la $(CMOCKA_LIBS)
