if PLUGIN_FILE
plugin_LTLIBRARIES += file.la
endif
file_la_SOURCES = \
	plugins/file/append.c plugins/file/append.h \
	plugins/file/file.c
file_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
file_la_LIBADD = libtocsin-plugin.la libplain.la $(JANSSON_LIBS)
file_la_LDFLAGS = $(module_ldflags)

UNIT_TESTS += plugins/file/test_append
plugins_file_test_append_SOURCES = plugins/file/test_append.c plugins/file/append.c
plugins_file_test_append_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
plugins_file_test_append_LDADD = libobjects.la libtext.la libbase.la $(JANSSON_LIBS) $(CMOCKA_LIBS)
