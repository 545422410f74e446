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
