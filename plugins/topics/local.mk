# The query language and its engine, apart from the plugin's table: what the tests link.
noinst_LTLIBRARIES += libtopics.la
libtopics_la_CFLAGS = $(AM_CFLAGS) $(HYPERSCAN_CFLAGS) $(JANSSON_CFLAGS) $(UTF8PROC_CFLAGS)
libtopics_la_LIBADD = $(JANSSON_LIBS) $(UTF8PROC_LIBS)
libtopics_la_SOURCES = \
	plugins/topics/build.c plugins/topics/build.h plugins/topics/build_inner.h \
	plugins/topics/build_finish.c \
	plugins/topics/build_names.c \
	plugins/topics/bulk.c plugins/topics/bulk.h \
	plugins/topics/bulk_plain.c plugins/topics/bulk_plain.h \
	plugins/topics/candidates.c plugins/topics/candidates.h \
	plugins/topics/canon.c \
	plugins/topics/check.c \
	plugins/topics/class_buckets.h plugins/topics/class_finder.c \
	plugins/topics/classes.c plugins/topics/classes.h \
	plugins/topics/code.c plugins/topics/code.h \
	plugins/topics/complain.c \
	plugins/topics/deciding.c \
	plugins/topics/earlier.c plugins/topics/earlier.h \
	plugins/topics/engine.c plugins/topics/engine.h \
	plugins/topics/eval.c plugins/topics/eval.h \
	plugins/topics/evidence.c plugins/topics/evidence.h plugins/topics/evidence_inner.h \
	plugins/topics/explain.c plugins/topics/explain.h plugins/topics/explain_inner.h \
	plugins/topics/file.c plugins/topics/file.h \
	plugins/topics/frequency.c plugins/topics/frequency.h plugins/topics/frequency_table.h \
	plugins/topics/hash.h \
	plugins/topics/image.c plugins/topics/image.h \
	plugins/topics/index.c plugins/topics/index.h \
	plugins/topics/keep.c plugins/topics/keep.h plugins/topics/keep_inner.h \
	plugins/topics/keep_numbers.c \
	plugins/topics/keys.c plugins/topics/keys.h plugins/topics/keys_inner.h \
	plugins/topics/keys_leaf.c \
	plugins/topics/lang.c \
	plugins/topics/leaf.c \
	plugins/topics/lex.c plugins/topics/lex.h \
	plugins/topics/lex_word.c \
	plugins/topics/lists.c plugins/topics/lists.h \
	plugins/topics/load.c plugins/topics/load.h plugins/topics/load_inner.h \
	plugins/topics/load_topics.c \
	plugins/topics/lookup.c plugins/topics/lookup.h \
	plugins/topics/near.c \
	plugins/topics/nearest.c plugins/topics/nearest.h \
	plugins/topics/node.c \
	plugins/topics/parse.c plugins/topics/parser.h \
	plugins/topics/pieces.c plugins/topics/pieces.h \
	plugins/topics/places.c plugins/topics/places.h \
	plugins/topics/places_term.c \
	plugins/topics/primary.c \
	plugins/topics/query.h \
	plugins/topics/ranges.c \
	plugins/topics/regex.c plugins/topics/regex.h \
	plugins/topics/sieve.c \
	plugins/topics/slips.c plugins/topics/slips.h \
	plugins/topics/stems.c plugins/topics/stems.h \
	plugins/topics/term_words.c \
	plugins/topics/terms.c plugins/topics/terms_inner.h \
	plugins/topics/topic.c plugins/topics/topic.h \
	plugins/topics/view.c plugins/topics/view.h \
	plugins/topics/view_ids.c \
	plugins/topics/view_map.c \
	plugins/topics/vocabulary.c plugins/topics/vocabulary.h \
	plugins/topics/why.c \
	plugins/topics/why_absent.c \
	plugins/topics/window.c
EXTRA_DIST += plugins/topics/frequency_table.py

if PLUGIN_TOPICS
plugin_LTLIBRARIES += topics.la
topics_la_SOURCES = \
	plugins/topics/changes.c plugins/topics/changes.h \
	plugins/topics/learning.c plugins/topics/learning.h \
	plugins/topics/report.c plugins/topics/report.h \
	plugins/topics/topics.c
topics_la_LDFLAGS = $(module_ldflags)
topics_la_LIBADD = libtopics.la libtree.la libplain.la libtocsin-plugin.la
endif

topics_test_libs = libtopics.la libtree.la libtext.la libbase.la
check_PROGRAMS += plugins/topics/check_query
plugins_topics_check_query_SOURCES = plugins/topics/check_query.c tests/support/hex.h
plugins_topics_check_query_LDADD = $(topics_test_libs)
SCRIPT_TESTS += plugins/topics/test_reference.py plugins/topics/test_fts5.py
EXTRA_DIST += plugins/topics/test_reference.py plugins/topics/test_fts5.py \
	tests/reference/cases.py tests/reference/judge.py tests/reference/query.py tests/reference/text.py

UNIT_TESTS += \
	plugins/topics/test_engine \
	plugins/topics/test_eval \
	plugins/topics/test_file \
	plugins/topics/test_keep \
	plugins/topics/test_update \
	plugins/topics/test_parse
plugins_topics_test_eval_SOURCES = plugins/topics/test_eval.c plugins/topics/test_engine.h
plugins_topics_test_eval_LDADD = $(topics_test_libs) $(CMOCKA_LIBS)
plugins_topics_test_file_SOURCES = plugins/topics/test_file.c
plugins_topics_test_file_LDADD = $(topics_test_libs) $(CMOCKA_LIBS)
plugins_topics_test_keep_SOURCES = plugins/topics/test_keep.c
plugins_topics_test_keep_LDADD = $(topics_test_libs) $(CMOCKA_LIBS)
plugins_topics_test_update_SOURCES = plugins/topics/test_update.c plugins/topics/changes.c
# Flags of its own: the same source is in the plugin, too.
plugins_topics_test_update_CFLAGS = $(AM_CFLAGS)
plugins_topics_test_update_LDADD = libobjects.la $(topics_test_libs) $(CMOCKA_LIBS)
plugins_topics_test_engine_SOURCES = plugins/topics/test_engine.c plugins/topics/test_engine.h
plugins_topics_test_engine_LDADD = $(topics_test_libs) $(CMOCKA_LIBS)
plugins_topics_test_parse_SOURCES = plugins/topics/test_parse.c
plugins_topics_test_parse_LDADD = $(topics_test_libs) $(CMOCKA_LIBS)

if PLUGIN_TOPICS
UNIT_TESTS += plugins/topics/test_topics
endif
plugins_topics_test_topics_SOURCES = plugins/topics/test_topics.c plugins/topics/changes.c \
	plugins/topics/learning.c plugins/topics/report.c plugins/topics/topics.c
# Flags of its own: the same source is in a library, too.
plugins_topics_test_topics_CFLAGS = $(AM_CFLAGS)
plugins_topics_test_topics_LDADD = libobjects.la $(topics_test_libs) $(CMOCKA_LIBS)
