# Fuzz targets. In `make check` each one replays its small corpus (replay.c). To look for more:
#   configure CC=clang CFLAGS='-g -O1 -fsanitize=fuzzer-no-link,address' --disable-hardening
#   make tests/fuzz/live_config && tests/fuzz/live_config NEW_CORPUS tests/fuzz/corpus/config
UNIT_TESTS += tests/fuzz/fuzz_config
EXTRA_PROGRAMS += tests/fuzz/live_config
EXTRA_DIST += $(fuzz_corpus)

tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c tests/fuzz/replay.c
tests_fuzz_fuzz_config_LDADD = libconfig.la libtree.la libbase.la
tests_fuzz_live_config_SOURCES = tests/fuzz/fuzz_config.c
tests_fuzz_live_config_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_live_config_LDADD = $(tests_fuzz_fuzz_config_LDADD)

fuzz_corpus = \
	tests/fuzz/corpus/config/alias.yaml \
	tests/fuzz/corpus/config/block.yaml \
	tests/fuzz/corpus/config/bom.yaml \
	tests/fuzz/corpus/config/deep-block.yaml \
	tests/fuzz/corpus/config/deep.yaml \
	tests/fuzz/corpus/config/documents.yaml \
	tests/fuzz/corpus/config/empty.yaml \
	tests/fuzz/corpus/config/everything.yaml \
	tests/fuzz/corpus/config/key.yaml \
	tests/fuzz/corpus/config/latin1.yaml \
	tests/fuzz/corpus/config/nul-escape.yaml \
	tests/fuzz/corpus/config/nul.yaml \
	tests/fuzz/corpus/config/open-quote.yaml \
	tests/fuzz/corpus/config/quote.yaml \
	tests/fuzz/corpus/config/sample.yaml \
	tests/fuzz/corpus/config/star.yaml \
	tests/fuzz/corpus/config/surrogate.yaml \
	tests/fuzz/corpus/config/tab.yaml \
	tests/fuzz/corpus/config/tag.yaml \
	tests/fuzz/corpus/config/twice.yaml \
	tests/fuzz/corpus/config/wrong.yaml

UNIT_TESTS += tests/fuzz/fuzz_query tests/fuzz/fuzz_words
EXTRA_PROGRAMS += tests/fuzz/live_query tests/fuzz/live_words
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz_query.c tests/fuzz/replay.c
tests_fuzz_fuzz_query_LDADD = libtopics.la libtext.la libbase.la
tests_fuzz_live_query_SOURCES = tests/fuzz/fuzz_query.c
tests_fuzz_live_query_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_live_query_LDADD = $(tests_fuzz_fuzz_query_LDADD)
tests_fuzz_fuzz_words_SOURCES = tests/fuzz/fuzz_words.c tests/fuzz/replay.c
tests_fuzz_fuzz_words_LDADD = libtext.la libbase.la $(UTF8PROC_LIBS)
tests_fuzz_live_words_SOURCES = tests/fuzz/fuzz_words.c
tests_fuzz_live_words_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_live_words_LDADD = $(tests_fuzz_fuzz_words_LDADD)

fuzz_corpus += \
	tests/fuzz/corpus/query/bytes \
	tests/fuzz/corpus/query/deep \
	tests/fuzz/corpus/query/nots \
	tests/fuzz/corpus/query/operators \
	tests/fuzz/corpus/query/phrase \
	tests/fuzz/corpus/query/refused \
	tests/fuzz/corpus/query/reserved \
	tests/fuzz/corpus/query/title \
	tests/fuzz/corpus/query/unicode \
	tests/fuzz/corpus/words/bytes \
	tests/fuzz/corpus/words/controls \
	tests/fuzz/corpus/words/empty \
	tests/fuzz/corpus/words/marks \
	tests/fuzz/corpus/words/prose \
	tests/fuzz/corpus/words/terms \
	tests/fuzz/corpus/words/wrapped

UNIT_TESTS += tests/fuzz/fuzz_messages
EXTRA_PROGRAMS += tests/fuzz/live_messages
tests_fuzz_fuzz_messages_SOURCES = tests/fuzz/fuzz_messages.c tests/fuzz/replay.c
tests_fuzz_fuzz_messages_LDADD = libipc.la libbase.la
tests_fuzz_live_messages_SOURCES = tests/fuzz/fuzz_messages.c
tests_fuzz_live_messages_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_live_messages_LDADD = $(tests_fuzz_fuzz_messages_LDADD)

fuzz_corpus += \
	tests/fuzz/corpus/messages/count \
	tests/fuzz/corpus/messages/cut \
	tests/fuzz/corpus/messages/done \
	tests/fuzz/corpus/messages/finding \
	tests/fuzz/corpus/messages/log \
	tests/fuzz/corpus/messages/nan \
	tests/fuzz/corpus/messages/nul \
	tests/fuzz/corpus/messages/option \
	tests/fuzz/corpus/messages/outcome \
	tests/fuzz/corpus/messages/plugin \
	tests/fuzz/corpus/messages/read \
	tests/fuzz/corpus/messages/setup \
	tests/fuzz/corpus/messages/start \
	tests/fuzz/corpus/messages/type \
	tests/fuzz/corpus/messages/version
