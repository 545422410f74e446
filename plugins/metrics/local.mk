if PLUGIN_METRICS
plugin_LTLIBRARIES += metrics.la
endif
metrics_la_SOURCES = plugins/metrics/metrics.c
metrics_la_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS)
metrics_la_LIBADD = libtocsin-plugin.la libplain.la $(MICROHTTPD_LIBS)
metrics_la_LDFLAGS = $(module_ldflags)
