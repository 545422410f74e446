if PLUGIN_STDOUT
plugin_LTLIBRARIES += stdout.la
endif
stdout_la_SOURCES = plugins/stdout/stdout.c
stdout_la_LIBADD = libtocsin-plugin.la
stdout_la_LDFLAGS = $(module_ldflags)
