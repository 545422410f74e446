lemansdir = $(pkgdatadir)/lemans
lemans_lists = \
	conf/lemans/classes.yaml \
	conf/lemans/cues-de.yaml \
	conf/lemans/cues-en.yaml \
	conf/lemans/cues-es.yaml \
	conf/lemans/cues-fr.yaml \
	conf/lemans/cues-it.yaml \
	conf/lemans/drivers.yaml \
	conf/lemans/editions.yaml \
	conf/lemans/names.yaml \
	conf/lemans/nations.yaml \
	conf/lemans/races.yaml \
	conf/lemans/teams.yaml

EXTRA_DIST += $(lemans_lists) plugins/lemans/README.md plugins/lemans/test_shared.py \
	tests/lemans/test_labelled.py tests/lemans/labels.jsonl tests/lemans/docs \
	tests/lemans/README.md tests/lemans/extraction.py tests/lemans/score.py

if PLUGIN_LEMANS
lemans_DATA = $(lemans_lists)

# The steps by themselves, for the plugin, its tests and its bench.
noinst_LTLIBRARIES += liblemans.la
liblemans_la_CFLAGS = $(AM_CFLAGS) $(UTF8PROC_CFLAGS)
liblemans_la_LIBADD = $(UTF8PROC_LIBS)
liblemans_la_SOURCES = \
	plugins/lemans/accents.c plugins/lemans/accents.h \
	plugins/lemans/asides.c plugins/lemans/asides.h \
	plugins/lemans/clauses.c plugins/lemans/clauses.h \
	plugins/lemans/cues.c plugins/lemans/cues.h \
	plugins/lemans/epithets.c plugins/lemans/epithets.h \
	plugins/lemans/facts.c plugins/lemans/facts.h \
	plugins/lemans/full_names.c \
	plugins/lemans/headline.c plugins/lemans/headline.h \
	plugins/lemans/language.c plugins/lemans/language.h \
	plugins/lemans/language_build.h plugins/lemans/language_read.c \
	plugins/lemans/listed.c plugins/lemans/listed.h \
	plugins/lemans/lists.c plugins/lemans/lists.h plugins/lemans/lists_build.h \
	plugins/lemans/lists_named.c plugins/lemans/lists_races.c \
	plugins/lemans/mentions.c plugins/lemans/mentions.h \
	plugins/lemans/merge.c plugins/lemans/merge.h \
	plugins/lemans/names.c plugins/lemans/names.h plugins/lemans/naming.h \
	plugins/lemans/near.c plugins/lemans/near.h \
	plugins/lemans/patterns.c \
	plugins/lemans/pending.c plugins/lemans/pending.h \
	plugins/lemans/persons.c \
	plugins/lemans/phrases.c plugins/lemans/phrases.h \
	plugins/lemans/race.c plugins/lemans/race.h \
	plugins/lemans/reading.c plugins/lemans/reading.h \
	plugins/lemans/sharing.c plugins/lemans/sharing.h \
	plugins/lemans/short_names.c \
	plugins/lemans/sieve.h \
	plugins/lemans/slots.c plugins/lemans/slots.h \
	plugins/lemans/speakers.c plugins/lemans/speakers.h \
	plugins/lemans/stand_ins.c \
	plugins/lemans/status.c plugins/lemans/status.h \
	plugins/lemans/story.c plugins/lemans/story.h \
	plugins/lemans/who.c plugins/lemans/who.h \
	plugins/lemans/writing.c plugins/lemans/writing.h \
	plugins/lemans/yaml.c plugins/lemans/yaml.h

plugin_LTLIBRARIES += lemans.la
lemans_la_SOURCES = plugins/lemans/lemans.c
lemans_la_CPPFLAGS = $(AM_CPPFLAGS) -DLEMANS_LISTS='"$(lemansdir)"'
lemans_la_LDFLAGS = $(module_ldflags)
lemans_la_LIBADD = liblemans.la libtree.la libplain.la libtocsin-plugin.la

noinst_LTLIBRARIES += liblemanstesting.la
liblemanstesting_la_SOURCES = plugins/lemans/testing.c plugins/lemans/testing.h
lemans_test_libs = liblemanstesting.la liblemans.la libtree.la libtext.la libbase.la $(CMOCKA_LIBS)
UNIT_TESTS += plugins/lemans/test_lists plugins/lemans/test_steps plugins/lemans/test_facts \
	plugins/lemans/test_context \
	plugins/lemans/test_hostile plugins/lemans/test_plugin
plugins_lemans_test_plugin_SOURCES = plugins/lemans/test_plugin.c plugins/lemans/lemans.c
plugins_lemans_test_plugin_CPPFLAGS = $(lemans_la_CPPFLAGS)
plugins_lemans_test_plugin_LDADD = libobjects.la $(lemans_test_libs)
plugins_lemans_test_lists_SOURCES = plugins/lemans/test_lists.c
plugins_lemans_test_lists_LDADD = $(lemans_test_libs)
plugins_lemans_test_steps_SOURCES = plugins/lemans/test_steps.c
plugins_lemans_test_steps_LDADD = $(lemans_test_libs)
plugins_lemans_test_facts_SOURCES = plugins/lemans/test_facts.c
plugins_lemans_test_facts_LDADD = $(lemans_test_libs)
plugins_lemans_test_context_SOURCES = plugins/lemans/test_context.c
plugins_lemans_test_context_LDADD = $(lemans_test_libs)
plugins_lemans_test_hostile_SOURCES = plugins/lemans/test_hostile.c
plugins_lemans_test_hostile_LDADD = $(lemans_test_libs)

SCRIPT_TESTS += plugins/lemans/test_shared.py tests/lemans/test_labelled.py

# Both halves of the labelled documents of the tree, then those beside it where they are.
score = TOCSIN_SRCDIR=$(abs_top_srcdir) TOCSIN_BUILDDIR=$(abs_builddir) python3 $(abs_top_srcdir)/tests/lemans
.PHONY: lemans-score
lemans-score: tocsinctl$(EXEEXT) daemon/host/tocsin-host$(EXEEXT) lemans.la
	@own=$(abs_top_srcdir)/tests/lemans; \
	shared="$${TOCSIN_SHARED:-$(abs_top_srcdir)/../shared}/lemans"; \
	$(score)/extraction.py "$$own"/docs/*.txt > plugins/lemans/predictions.jsonl || exit 1; \
	for half in development held-out; do \
		echo "== the tree's documents, $$half"; \
		$(score)/score.py --half $$half $(SCORE_FLAGS) "$$own/labels.jsonl" plugins/lemans/predictions.jsonl; \
	done; \
	test -d "$$shared" || exit 0; \
	echo "== $$shared"; \
	$(score)/extraction.py "$$shared"/docs/*.txt > plugins/lemans/predictions.jsonl && \
	$(score)/score.py $(SCORE_FLAGS) "$$shared/labels.jsonl" plugins/lemans/predictions.jsonl
CLEANFILES += plugins/lemans/predictions.jsonl

# How fast documents are read, printed.
EXTRA_PROGRAMS += tests/bench/bench_lemans
tests_bench_bench_lemans_SOURCES = tests/bench/bench_lemans.c
tests_bench_bench_lemans_LDADD = liblemans.la libtree.la libtext.la libbase.la
.PHONY: lemans-bench
lemans-bench: tests/bench/bench_lemans$(EXEEXT)
	@./tests/bench/bench_lemans$(EXEEXT) $(srcdir)/conf/lemans $(srcdir)/tests/lemans/docs/*.txt
endif
