# The parts by themselves, for the plugin and its fuzz target.
noinst_LTLIBRARIES += libexec.la
libexec_la_SOURCES = \
	plugins/exec/detecting.c \
	plugins/exec/exec.h \
	plugins/exec/notifying.c \
	plugins/exec/process.c plugins/exec/process.h
libexec_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libexec_la_LIBADD = $(JANSSON_LIBS)

if PLUGIN_EXEC
plugin_LTLIBRARIES += exec.la
endif
exec_la_SOURCES = plugins/exec/exec.c
exec_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
exec_la_LIBADD = libexec.la libtocsin-plugin.la libplain.la $(JANSSON_LIBS)
exec_la_LDFLAGS = $(module_ldflags)

# What people start from; run as tests, too.
execexamplesdir = $(docdir)/examples/exec
dist_execexamples_SCRIPTS = \
	plugins/exec/examples/diary.py \
	plugins/exec/examples/longest-word.sh \
	plugins/exec/examples/say.sh \
	plugins/exec/examples/shouting.py
