if PLUGIN_STDOUT
plugin_LTLIBRARIES += stdout.la
endif
stdout_la_SOURCES = plugins/stdout/stdout.c
stdout_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
stdout_la_LIBADD = libtocsin-plugin.la $(JANSSON_LIBS)
stdout_la_LDFLAGS = $(module_ldflags)
