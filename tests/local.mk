SCRIPT_TESTS += tests/lint/includes.py
EXTRA_DIST += tests/lint/includes.py tests/lint/run.sh tests/lint/clang.sh tests/lint/asan.sh \
	tests/lint/distcheck.sh tests/lint/words.txt tests/lint/cppcheck.txt tests/support/lsan.supp \
	scripts/deps.sh scripts/run.sh scripts/check.sh .clang-tidy
include tests/fuzz/local.mk
