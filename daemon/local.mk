noinst_LTLIBRARIES += libtocsind.la
libtocsind_la_SOURCES = \
	daemon/canary.c daemon/canary.h \
	daemon/figures.c \
	daemon/flow.c \
	daemon/pages.c \
	daemon/plan.c \
	daemon/reload.c \
	daemon/service.c \
	daemon/tocsind.h \
	daemon/verbs/alert.c \
	daemon/verbs/answer.c \
	daemon/verbs/config.c \
	daemon/verbs/daemon.c \
	daemon/verbs/delivery.c \
	daemon/verbs/document.c \
	daemon/verbs/explain.c \
	daemon/verbs/fact.c \
	daemon/verbs/forget.c \
	daemon/verbs/metrics.c \
	daemon/verbs/notifier.c \
	daemon/verbs/quarantine.c \
	daemon/verbs/route.c \
	daemon/verbs/silence.c \
	daemon/verbs/source.c \
	daemon/verbs/state.c \
	daemon/verbs/status.c \
	daemon/verbs/table.c \
	daemon/verbs/texts.c \
	daemon/verbs/topic.c \
	daemon/verbs/verbs.h
libtocsind_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SYSTEMD_CFLAGS) $(SQLITE_CFLAGS)

bin_PROGRAMS += tocsind
tocsind_SOURCES = \
	daemon/main.c \
	daemon/options.c \
	daemon/restore.c
tocsind_CPPFLAGS = $(AM_CPPFLAGS) -DHOSTDIR='"$(hostdir)"' -DPLUGINDIR='"$(plugindir)"'
tocsind_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SYSTEMD_CFLAGS) $(SQLITE_CFLAGS)
tocsind_LDFLAGS = $(program_ldflags)
tocsind_LDADD = \
	libtocsind.la libcontrol.la libmetrics.la libdeliver.la libalert.la libdetect.la libdocument.la libsource.la libstore.la libtext.la \
	libhosts.la libipc.la libconfig.la libtree.la libbase.la libloop.la \
	$(JANSSON_LIBS) $(SYSTEMD_LIBS)
EXTRA_DIST += daemon/README.md
