# The text half by itself, so that its tests reach what the library hides.
noinst_LTLIBRARIES += libtext.la
libtext_la_CFLAGS = $(AM_CFLAGS) $(UTF8PROC_CFLAGS)
libtext_la_LIBADD = $(UTF8PROC_LIBS)
libtext_la_SOURCES = \
	plugins/lib/abbrev.c \
	plugins/lib/diff.c \
	plugins/lib/display.c \
	plugins/lib/language.c \
	plugins/lib/lines.c \
	plugins/lib/names.c \
	plugins/lib/notice.c \
	plugins/lib/paragraphs.c \
	plugins/lib/sentences.c \
	plugins/lib/sentences.h \
	plugins/lib/spans.h \
	plugins/lib/unicode/sentence_break.h \
	plugins/lib/utf8.h \
	plugins/lib/words.c plugins/lib/words.h \
	plugins/lib/words_ascii.c \
	plugins/lib/words_avx2.c \
	plugins/lib/words_fold.c

# The half that tocsin-host fills and plugins read.
noinst_LTLIBRARIES += libobjects.la
libobjects_la_CFLAGS = $(AM_CFLAGS) $(UTF8PROC_CFLAGS)
libobjects_la_SOURCES = \
	plugins/lib/clean.c plugins/lib/clean.h \
	plugins/lib/instance.c \
	plugins/lib/json.c \
	plugins/lib/objects.c plugins/lib/objects.h \
	plugins/lib/output.c \
	plugins/lib/program.c \
	plugins/lib/report.c

# The library that plugins link: its version script says what it shows.
plugin_map = $(top_srcdir)/plugins/lib/libtocsin-plugin.map
lib_LTLIBRARIES += libtocsin-plugin.la
libtocsin_plugin_la_SOURCES =
libtocsin_plugin_la_LIBADD = libobjects.la libtext.la libplain.la
libtocsin_plugin_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -Wl,--version-script=$(plugin_map)
libtocsin_plugin_la_DEPENDENCIES = libobjects.la libtext.la libplain.la $(plugin_map)
EXTRA_DIST += plugins/lib/libtocsin-plugin.map

text_test_libs = libtext.la libbase.la $(CMOCKA_LIBS)
UNIT_TESTS += plugins/lib/test_words plugins/lib/test_sentences plugins/lib/test_display plugins/lib/test_diff \
	plugins/lib/test_language plugins/lib/test_names
plugins_lib_test_names_SOURCES = plugins/lib/test_names.c
plugins_lib_test_names_LDADD = $(text_test_libs)
plugins_lib_test_language_SOURCES = plugins/lib/test_language.c
plugins_lib_test_language_LDADD = $(text_test_libs)
plugins_lib_test_words_SOURCES = plugins/lib/test_words.c plugins/lib/test_paths.h
plugins_lib_test_words_LDADD = $(text_test_libs)
plugins_lib_test_sentences_SOURCES = plugins/lib/test_sentences.c
plugins_lib_test_sentences_LDADD = $(text_test_libs)
plugins_lib_test_display_SOURCES = plugins/lib/test_display.c
plugins_lib_test_display_LDADD = $(text_test_libs)
plugins_lib_test_diff_SOURCES = plugins/lib/test_diff.c
plugins_lib_test_diff_LDADD = $(text_test_libs)

# Against Unicode's data and Python's, through a program that shows what the functions make.
check_PROGRAMS += plugins/lib/check_text
plugins_lib_check_text_SOURCES = plugins/lib/check_text.c plugins/lib/test_paths.h tests/support/hex.h
plugins_lib_check_text_LDADD = libtext.la libbase.la
SCRIPT_TESTS += plugins/lib/test_unicode.py
EXTRA_DIST += plugins/lib/test_unicode.py plugins/lib/unicode/sentence_break.py

UNIT_TESTS += plugins/lib/test_objects
plugins_lib_test_objects_SOURCES = plugins/lib/test_objects.c
plugins_lib_test_objects_LDADD = libobjects.la libtext.la libbase.la $(CMOCKA_LIBS)

UNIT_TESTS += plugins/lib/test_json
plugins_lib_test_json_SOURCES = plugins/lib/test_json.c
plugins_lib_test_json_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
plugins_lib_test_json_LDADD = libobjects.la libtext.la libbase.la $(CMOCKA_LIBS) $(JANSSON_LIBS)
