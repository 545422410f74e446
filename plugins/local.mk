dist_noinst_HEADERS =
pluginincludedir = $(includedir)/tocsin
plugininclude_HEADERS = plugins/include/tocsin/output.h plugins/include/tocsin/plugin.h \
	plugins/include/tocsin/program.h plugins/include/tocsin/text.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = plugins/lib/tocsin-plugin.pc
