if PLUGIN_EXEC
plugin_LTLIBRARIES += exec.la
endif
exec_la_SOURCES = \
	plugins/exec/detecting.c \
	plugins/exec/exec.c plugins/exec/exec.h \
	plugins/exec/notifying.c \
	plugins/exec/process.c plugins/exec/process.h
exec_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
exec_la_LIBADD = libtocsin-plugin.la libplain.la $(JANSSON_LIBS)
exec_la_LDFLAGS = $(module_ldflags)

# What people start from; run as tests, too.
execexamplesdir = $(docdir)/examples/exec
dist_execexamples_SCRIPTS = \
	plugins/exec/examples/diary.py \
	plugins/exec/examples/longest-word.sh \
	plugins/exec/examples/say.sh \
	plugins/exec/examples/shouting.py
