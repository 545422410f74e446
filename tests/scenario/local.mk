# Stories on a clock wound by hand: the rooms alert, deliver and store with hosts that are none.
scenarios = \
	tests/scenario/acknowledge-and-close.scn \
	tests/scenario/batch-into-quiet-hours.scn \
	tests/scenario/batch.scn \
	tests/scenario/digest.scn \
	tests/scenario/drop.scn \
	tests/scenario/editions.scn \
	tests/scenario/escalate-held.scn \
	tests/scenario/escalate-over-dead-first.scn \
	tests/scenario/escalate.scn \
	tests/scenario/first-route-says-when.scn \
	tests/scenario/give-up.scn \
	tests/scenario/hang-holds-up-nobody.scn \
	tests/scenario/held-for-several-reasons.scn \
	tests/scenario/ladder-order-1.scn \
	tests/scenario/ladder-order-2.scn \
	tests/scenario/ladder-order-3.scn \
	tests/scenario/ladder-order-4.scn \
	tests/scenario/ladder-order-5.scn \
	tests/scenario/ladder-order-6.scn \
	tests/scenario/later-for-ever.scn \
	tests/scenario/later.scn \
	tests/scenario/limit.scn \
	tests/scenario/mute.scn \
	tests/scenario/never.scn \
	tests/scenario/notifier-does-not-start.scn \
	tests/scenario/notifier-test.scn \
	tests/scenario/old-text.scn \
	tests/scenario/one-ring-for-several-sentences.scn \
	tests/scenario/pause-single.scn \
	tests/scenario/pause.scn \
	tests/scenario/queue-in-order.scn \
	tests/scenario/quiet-hours-alone.scn \
	tests/scenario/quiet-hours-over-restart.scn \
	tests/scenario/quiet-hours-over-summer-time.scn \
	tests/scenario/quiet-hours.scn \
	tests/scenario/quiet-weekend.scn \
	tests/scenario/remind-acknowledged.scn \
	tests/scenario/remind-news.scn \
	tests/scenario/remind-together.scn \
	tests/scenario/remind-when-sent.scn \
	tests/scenario/remind.scn \
	tests/scenario/removed-notifier.scn \
	tests/scenario/resolved-after-long.scn \
	tests/scenario/resolved-in-order.scn \
	tests/scenario/resolved-in-storm.scn \
	tests/scenario/resolved-muted.scn \
	tests/scenario/resolved-while-paused.scn \
	tests/scenario/resolved.scn \
	tests/scenario/restart-with-queued.scn \
	tests/scenario/retry.scn \
	tests/scenario/routes.scn \
	tests/scenario/silence-ended.scn \
	tests/scenario/silence-of-what-is-held.scn \
	tests/scenario/silence-over-restart.scn \
	tests/scenario/silence.scn \
	tests/scenario/silent-copies-and-edits.scn \
	tests/scenario/snooze-ends-in-quiet-hours.scn \
	tests/scenario/snooze.scn \
	tests/scenario/spent-host.scn \
	tests/scenario/status-change.scn \
	tests/scenario/storm-held-over-restart.scn \
	tests/scenario/storm.scn \
	tests/scenario/three-articles-one-wish.scn \
	tests/scenario/trouble.scn \
	tests/scenario/unknown-outcome.scn
EXTRA_DIST += $(scenarios)
UNIT_TESTS += tests/scenario/run
scenario_world = \
	tests/scenario/world.c tests/scenario/world.h \
	tests/support/fake_hosts.c tests/support/fake_hosts.h \
	tests/support/fake_loop.c tests/support/fake_loop.h \
	tests/support/results.c tests/support/results.h
scenario_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) -I$(top_srcdir)/tests/support
scenario_cflags = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)
scenario_libs = libdeliver.la libalert.la libstore.la libipc.la libconfig.la libtree.la \
	libtext.la libbase.la $(JANSSON_LIBS)
tests_scenario_run_SOURCES = tests/scenario/run.c $(scenario_world)
tests_scenario_run_CPPFLAGS = $(scenario_cppflags)
tests_scenario_run_CFLAGS = $(scenario_cflags)
tests_scenario_run_LDADD = $(scenario_libs)

# The same world, at moments that a script cannot name.
UNIT_TESTS += daemon/deliver/test_people
daemon_deliver_test_people_SOURCES = daemon/deliver/test_people.c tests/support/unit.h $(scenario_world)
daemon_deliver_test_people_CPPFLAGS = $(scenario_cppflags)
daemon_deliver_test_people_CFLAGS = $(scenario_cflags) $(CMOCKA_CFLAGS)
daemon_deliver_test_people_LDADD = $(scenario_libs) $(CMOCKA_LIBS)
