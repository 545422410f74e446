# tocsin-topics: queries and topics without a daemon. Beside tocsin-host, where tocsinctl finds it.
if PLUGIN_TOPICS
host_PROGRAMS += tocsin-topics
tocsin_topics_SOURCES = \
	daemon/batch/backtest.c \
	daemon/batch/batch.h \
	daemon/batch/check.c \
	daemon/batch/index.c \
	daemon/batch/main.c \
	daemon/batch/match.c \
	daemon/batch/news.c daemon/batch/news.h \
	daemon/batch/paths.c \
	daemon/batch/reading.c \
	daemon/batch/say.c \
	daemon/batch/stories.c daemon/batch/stories.h \
	daemon/batch/suite.c daemon/batch/suite.h \
	daemon/batch/test.c
tocsin_topics_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(UTF8PROC_CFLAGS)
tocsin_topics_LDADD = libtopics.la libtree.la libhost.la libstory.la libobjects.la libtext.la libbase.la $(JANSSON_LIBS)
tocsin_topics_LDFLAGS = $(program_ldflags)

# The same for the build tree, beside its daemon/host/tocsin-host.
noinst_PROGRAMS += daemon/host/tocsin-topics
daemon_host_tocsin_topics_SOURCES = $(tocsin_topics_SOURCES)
daemon_host_tocsin_topics_CFLAGS = $(tocsin_topics_CFLAGS)
daemon_host_tocsin_topics_LDADD = $(tocsin_topics_LDADD)
daemon_host_tocsin_topics_LDFLAGS = $(program_ldflags)
endif
