# The query language and its engine, apart from the plugin's table: what the tests link.
noinst_LTLIBRARIES += libtopics.la
libtopics_la_SOURCES = \
	plugins/topics/canon.c \
	plugins/topics/eval.c plugins/topics/eval.h \
	plugins/topics/evidence.c plugins/topics/evidence.h \
	plugins/topics/explain.c plugins/topics/explain.h \
	plugins/topics/file.c plugins/topics/file.h \
	plugins/topics/index.c plugins/topics/index.h \
	plugins/topics/lex.c plugins/topics/lex.h \
	plugins/topics/nearest.c plugins/topics/nearest.h \
	plugins/topics/parse.c \
	plugins/topics/query.h \
	plugins/topics/wordmap.c plugins/topics/wordmap.h

if PLUGIN_TOPICS
plugin_LTLIBRARIES += topics.la
topics_la_SOURCES = plugins/topics/topics.c
topics_la_LDFLAGS = $(module_ldflags)
topics_la_LIBADD = libtopics.la libtree.la libplain.la libtocsin-plugin.la $(UTF8PROC_LIBS)
endif

topics_test_libs = libtopics.la libtree.la libtext.la libbase.la
check_PROGRAMS += plugins/topics/check_query
plugins_topics_check_query_SOURCES = plugins/topics/check_query.c tests/support/hex.h
plugins_topics_check_query_LDADD = $(topics_test_libs)
SCRIPT_TESTS += plugins/topics/test_reference.py
EXTRA_DIST += plugins/topics/test_reference.py

UNIT_TESTS += \
	plugins/topics/test_eval \
	plugins/topics/test_file \
	plugins/topics/test_index \
	plugins/topics/test_parse
plugins_topics_test_eval_SOURCES = plugins/topics/test_eval.c plugins/topics/test_engine.h
plugins_topics_test_eval_LDADD = $(topics_test_libs) $(CMOCKA_LIBS)
plugins_topics_test_file_SOURCES = plugins/topics/test_file.c
plugins_topics_test_file_LDADD = $(topics_test_libs) $(CMOCKA_LIBS)
plugins_topics_test_index_SOURCES = plugins/topics/test_index.c plugins/topics/test_engine.h
plugins_topics_test_index_LDADD = $(topics_test_libs) $(CMOCKA_LIBS)
plugins_topics_test_parse_SOURCES = plugins/topics/test_parse.c
plugins_topics_test_parse_LDADD = $(topics_test_libs) $(CMOCKA_LIBS)

if PLUGIN_TOPICS
UNIT_TESTS += plugins/topics/test_topics
endif
plugins_topics_test_topics_SOURCES = plugins/topics/test_topics.c plugins/topics/topics.c
# Flags of its own: the same source is in a library, too.
plugins_topics_test_topics_CFLAGS = $(AM_CFLAGS)
plugins_topics_test_topics_LDADD = libobjects.la $(topics_test_libs) $(CMOCKA_LIBS)
