SCRIPT_TESTS += tests/lint/includes.py tests/lint/manuals.py
EXTRA_DIST += tests/lint/includes.py tests/lint/manuals.py tests/lint/run.sh tests/lint/clang.sh tests/lint/asan.sh \
	tests/lint/tsan.sh tests/lint/coverage.sh tests/lint/distcheck.sh tests/lint/words.txt tests/lint/cppcheck.txt tests/lint/cppcheck.cfg \
	scripts/deps.sh scripts/run.sh scripts/check.sh .clang-tidy
include tests/fuzz/local.mk

# End-to-end tests: everything real.
SCRIPT_TESTS += \
	tests/e2e/test_flow.py \
	tests/e2e/test_promises.py \
	tests/e2e/test_scenarios.py \
	tests/e2e/test_flood.py \
	tests/e2e/test_life.py \
	tests/e2e/test_desktop.py \
	tests/e2e/test_config.py \
	tests/e2e/test_ctl.py \
	tests/e2e/test_bad_plugin.py \
	tests/e2e/test_command.py \
	tests/e2e/test_exec.py \
	tests/e2e/test_file.py \
	tests/e2e/test_journal.py \
	tests/e2e/test_webhook.py \
	tests/e2e/test_webhook_net.py \
	tests/e2e/test_alertmanager.py
EXTRA_DIST += \
	tests/e2e/test_flow.py \
	tests/e2e/test_promises.py \
	tests/e2e/test_scenarios.py \
	tests/e2e/test_flood.py \
	tests/e2e/test_life.py \
	tests/e2e/test_desktop.py \
	tests/e2e/test_config.py \
	tests/e2e/test_ctl.py \
	tests/e2e/test_bad_plugin.py \
	tests/e2e/test_command.py \
	tests/e2e/test_exec.py \
	tests/e2e/test_file.py \
	tests/e2e/test_journal.py \
	tests/e2e/test_webhook.py \
	tests/e2e/test_webhook_net.py \
	tests/e2e/test_alertmanager.py \
	tests/support/clock.py \
	tests/support/desktop.py \
	tests/support/harness.py \
	tests/support/hook.py \
	tests/support/misdeeds.py \
	tests/support/proxy.py \
	tests/support/scenario.py \
	tests/support/webserver.py

# What is installed, for the tests that look at it or use it. Made before any test runs: while libtool
# installs a plugin, it is missing from .libs for a moment.
SCRIPT_TESTS += \
	tests/e2e/test_install.sh \
	tests/e2e/test_skeleton.py
EXTRA_DIST += \
	tests/e2e/test_install.sh \
	tests/e2e/test_skeleton.py
check_DATA = tests/installed.stamp
tests/installed.stamp: Makefile $(bin_PROGRAMS) $(host_PROGRAMS) $(lib_LTLIBRARIES) $(plugin_LTLIBRARIES) \
		$(DATA) $(MANS) $(plugininclude_HEADERS)
	$(AM_V_GEN)$(MKDIR_P) tests && rm -rf tests/installed && \
		$(MAKE) install DESTDIR='$(abs_builddir)/tests/installed' >tests/install.log 2>&1 && echo >$@
CLEANFILES += tests/installed.stamp tests/install.log
clean-local:
	-rm -rf tests/installed tests/rootfs-*

SCRIPT_TESTS += tests/e2e/test_idle.py
EXTRA_DIST += tests/e2e/test_idle.py

# Benches are run by hand, `make bench` the whole daemon's.
EXTRA_PROGRAMS += tests/bench/bare_inotify tests/bench/bare_read tests/bench/bare_walk
tests_bench_bare_inotify_SOURCES = tests/bench/bare_inotify.c
tests_bench_bare_read_SOURCES = tests/bench/bare_read.c
tests_bench_bare_read_LDADD = libtext.la libbase.la
EXTRA_PROGRAMS += tests/bench/bench_hyperscan
tests_bench_bench_hyperscan_SOURCES = tests/bench/bench_hyperscan.c
tests_bench_bench_hyperscan_CFLAGS = $(AM_CFLAGS) $(HYPERSCAN_CFLAGS)
tests_bench_bench_hyperscan_LDADD = libbase.la $(HYPERSCAN_LIBS)
tests_bench_bare_walk_SOURCES = tests/bench/bare_walk.c
EXTRA_DIST += tests/bench/daemon.py tests/bench/hostile.py tests/bench/rivals.py tests/bench/soak.py tests/bench/webhook.py tests/bench/watching.py \
	tests/bench/topics.py tests/bench/topics_data.py tests/bench/topics_rivals.py tests/bench/topics_reload.py
bench: all tests/bench/bare_inotify
	$(AM_TESTS_ENVIRONMENT) /usr/bin/python3 $(srcdir)/tests/bench/daemon.py
SCRIPT_TESTS += tests/e2e/test_watching.py tests/e2e/test_watching_mounts.py
EXTRA_DIST += tests/e2e/test_watching.py tests/e2e/test_watching_mounts.py tests/support/ledger.py
SCRIPT_TESTS += tests/e2e/test_hostile_documents.py tests/e2e/test_hostile_plugins.py tests/e2e/test_soak.py \
	tests/e2e/test_valgrind.py
EXTRA_DIST += tests/e2e/test_hostile_documents.py tests/e2e/test_hostile_plugins.py tests/e2e/test_soak.py \
	tests/e2e/test_valgrind.py
SCRIPT_TESTS += tests/e2e/test_seeds.py tests/e2e/test_topics.py tests/e2e/test_facts.py
EXTRA_DIST += tests/e2e/test_seeds.py tests/e2e/test_topics.py tests/e2e/test_facts.py
SCRIPT_TESTS += tests/e2e/test_timing.py
EXTRA_DIST += tests/e2e/test_timing.py
SCRIPT_TESTS += tests/e2e/test_deliveries.py tests/e2e/test_documents.py tests/e2e/test_state.py
EXTRA_DIST += tests/e2e/test_deliveries.py tests/e2e/test_documents.py tests/e2e/test_state.py
SCRIPT_TESTS += tests/e2e/test_metrics.py tests/e2e/test_listener.py
EXTRA_DIST += tests/e2e/test_metrics.py tests/e2e/test_listener.py tests/e2e/tocsin.rules.test.yaml

# A booted container with a real systemd; its root file system is made once, by whoever comes first.
SCRIPT_TESTS += \
	tests/e2e/test_outputs_unit.py \
	tests/e2e/test_system_unit.py \
	tests/e2e/test_user_unit.py
EXTRA_DIST += \
	tests/e2e/test_outputs_unit.py \
	tests/e2e/test_system_unit.py \
	tests/e2e/test_user_unit.py \
	tests/support/container.py \
	tests/support/receivers.py \
	tests/support/unit_life.py

# Under fire. Each takes a number for its long mode; TOCSIN_FIRE_HITS is the same for all of them.
SCRIPT_TESTS += tests/e2e/test_clock.py tests/e2e/test_crash.py tests/e2e/test_disk.py tests/e2e/test_power.py \
	tests/e2e/test_store_damage.py
EXTRA_DIST += tests/e2e/test_clock.py tests/e2e/test_crash.py tests/e2e/test_disk.py tests/e2e/test_power.py \
	tests/e2e/test_store_damage.py \
	tests/e2e/stores/schema-1.sql tests/support/disk.py tests/support/fire.py

# Labelled documents: which of them tell the same story.
EXTRA_DIST += tests/stories/README.md tests/stories/set.jsonl
UNIT_TESTS += tests/stories/score
tests_stories_score_SOURCES = tests/stories/score.c
tests_stories_score_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS)
tests_stories_score_LDADD = libhost.la libobjects.la libipc.la libtext.la libbase.la $(JANSSON_LIBS)
