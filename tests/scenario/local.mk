# Stories on a clock wound by hand: the rooms alert, deliver and store with hosts that are none.
scenarios = \
	tests/scenario/acknowledge-and-close.scn \
	tests/scenario/acknowledged-at-night.scn \
	tests/scenario/awaited.scn \
	tests/scenario/awaited-and-never-found.scn \
	tests/scenario/awaited-by-a-clock-that-was-ahead.scn \
	tests/scenario/batch.scn \
	tests/scenario/batch-and-limit-in-three-zones.scn \
	tests/scenario/batch-into-quiet-hours.scn \
	tests/scenario/batch-says-until-when.scn \
	tests/scenario/behind-one-at-hand.scn \
	tests/scenario/clock-set-back-and-retry.scn \
	tests/scenario/clock-set-back-while-held.scn \
	tests/scenario/clock-set-forward-over-quiet-hours.scn \
	tests/scenario/closed-stays-closed.scn \
	tests/scenario/closed-when-it-had-ended.scn \
	tests/scenario/closed-while-held.scn \
	tests/scenario/crash-after-a-ring.scn \
	tests/scenario/crash-in-a-batch.scn \
	tests/scenario/crash-in-a-storm.scn \
	tests/scenario/crash-over-the-end-of-quiet-hours.scn \
	tests/scenario/crash-while-deferred.scn \
	tests/scenario/crash-while-it-is-at-hand.scn \
	tests/scenario/crash-with-a-dead-letter.scn \
	tests/scenario/crash-with-what-persons-said.scn \
	tests/scenario/digest.scn \
	tests/scenario/digest-in-an-hour-that-is-twice.scn \
	tests/scenario/digest-in-three-zones.scn \
	tests/scenario/digest-over-crash.scn \
	tests/scenario/digest-over-summer-time.scn \
	tests/scenario/digest-says-until-when.scn \
	tests/scenario/drop.scn \
	tests/scenario/edition-joins-and-rings-once.scn \
	tests/scenario/editions.scn \
	tests/scenario/escalate.scn \
	tests/scenario/escalate-held.scn \
	tests/scenario/escalate-over-dead-first.scn \
	tests/scenario/first-route-says-when.scn \
	tests/scenario/give-up.scn \
	tests/scenario/hang-holds-up-nobody.scn \
	tests/scenario/held-for-several-reasons.scn \
	tests/scenario/ladder-counts-a-document-once.scn \
	tests/scenario/ladder-order-1.scn \
	tests/scenario/ladder-order-2.scn \
	tests/scenario/ladder-order-3.scn \
	tests/scenario/ladder-order-4.scn \
	tests/scenario/ladder-order-5.scn \
	tests/scenario/ladder-order-6.scn \
	tests/scenario/later.scn \
	tests/scenario/later-for-ever.scn \
	tests/scenario/limit.scn \
	tests/scenario/limit-and-valve.scn \
	tests/scenario/limit-over-crash.scn \
	tests/scenario/limit-says-until-when.scn \
	tests/scenario/limit-slides.scn \
	tests/scenario/mute.scn \
	tests/scenario/mute-expires.scn \
	tests/scenario/muted-while-held.scn \
	tests/scenario/never.scn \
	tests/scenario/nobody-is-told.scn \
	tests/scenario/notice-acknowledged.scn \
	tests/scenario/notice-fails.scn \
	tests/scenario/notice-muted.scn \
	tests/scenario/notice-over-crash.scn \
	tests/scenario/notice-overtaken-by-what-was-held.scn \
	tests/scenario/notice-overtaken.scn \
	tests/scenario/notice-private.scn \
	tests/scenario/notice-snoozed.scn \
	tests/scenario/notice-while-held.scn \
	tests/scenario/notifier-does-not-start.scn \
	tests/scenario/notifier-test.scn \
	tests/scenario/old-text.scn \
	tests/scenario/older-source.scn \
	tests/scenario/one-more-source.scn \
	tests/scenario/one-ring-for-several-sentences.scn \
	tests/scenario/oldest-first.scn \
	tests/scenario/pause.scn \
	tests/scenario/pause-and-snooze.scn \
	tests/scenario/pause-into-quiet-hours.scn \
	tests/scenario/pause-over-the-end-of-quiet-hours.scn \
	tests/scenario/pause-says-why.scn \
	tests/scenario/pause-single.scn \
	tests/scenario/queue-in-order.scn \
	tests/scenario/quiet-hours.scn \
	tests/scenario/quiet-hours-alone.scn \
	tests/scenario/quiet-hours-in-three-zones.scn \
	tests/scenario/quiet-hours-over-restart.scn \
	tests/scenario/quiet-hours-over-summer-time.scn \
	tests/scenario/quiet-hours-say-until-when.scn \
	tests/scenario/quiet-weekend.scn \
	tests/scenario/reload-is-silent.scn \
	tests/scenario/reload-with-other-hours.scn \
	tests/scenario/reload-without-a-notifier-that-holds.scn \
	tests/scenario/remind.scn \
	tests/scenario/remind-acknowledged.scn \
	tests/scenario/remind-each-in-its-turn.scn \
	tests/scenario/remind-news.scn \
	tests/scenario/remind-not-again-when-seen-to.scn \
	tests/scenario/remind-not-in-a-snooze.scn \
	tests/scenario/remind-not-in-a-summary-when-seen-to.scn \
	tests/scenario/remind-of-the-latest-alone.scn \
	tests/scenario/remind-together.scn \
	tests/scenario/remind-when-sent.scn \
	tests/scenario/removed-notifier.scn \
	tests/scenario/resolved.scn \
	tests/scenario/resolved-after-long.scn \
	tests/scenario/resolved-in-order.scn \
	tests/scenario/resolved-in-storm.scn \
	tests/scenario/resolved-muted.scn \
	tests/scenario/resolved-once-after-a-summary.scn \
	tests/scenario/resolved-takes-no-place.scn \
	tests/scenario/resolved-untold.scn \
	tests/scenario/resolved-while-paused.scn \
	tests/scenario/restart-with-queued.scn \
	tests/scenario/retry.scn \
	tests/scenario/return-to-a-status.scn \
	tests/scenario/routes.scn \
	tests/scenario/same-text-again.scn \
	tests/scenario/shadow.scn \
	tests/scenario/shadow-route.scn \
	tests/scenario/shown-in-its-place.scn \
	tests/scenario/silence.scn \
	tests/scenario/silence-drops-a-batch.scn \
	tests/scenario/silence-ended.scn \
	tests/scenario/silence-ends-before-quiet-hours.scn \
	tests/scenario/silence-of-what-is-held.scn \
	tests/scenario/silence-over-restart.scn \
	tests/scenario/silence-with-several-matchers.scn \
	tests/scenario/silent-copies-and-edits.scn \
	tests/scenario/snooze.scn \
	tests/scenario/snooze-comes-back.scn \
	tests/scenario/snooze-ends-before-it-is-told.scn \
	tests/scenario/snooze-ends-in-quiet-hours.scn \
	tests/scenario/snooze-in-a-pause.scn \
	tests/scenario/snooze-longer.scn \
	tests/scenario/snooze-of-what-began-again.scn \
	tests/scenario/snooze-says-until-when.scn \
	tests/scenario/spent-host.scn \
	tests/scenario/status-change.scn \
	tests/scenario/storm.scn \
	tests/scenario/storm-ends-in-quiet-hours.scn \
	tests/scenario/storm-held-over-restart.scn \
	tests/scenario/storm-says-where.scn \
	tests/scenario/story.scn \
	tests/scenario/story-ends.scn \
	tests/scenario/taken-back-at-hand.scn \
	tests/scenario/three-articles-one-wish.scn \
	tests/scenario/trouble.scn \
	tests/scenario/two-routes-two-times.scn \
	tests/scenario/unknown-outcome.scn \
	tests/scenario/urgent-is-held-by-persons.scn \
	tests/scenario/urgent-through-everything.scn
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
scenario_script = \
	tests/scenario/script.c tests/scenario/script.h \
	tests/scenario/play.c \
	tests/scenario/configuring.c \
	tests/scenario/happenings.c \
	tests/scenario/expect_alerts.c tests/scenario/expect_rings.c tests/scenario/expect.h \
	tests/scenario/reasons.c tests/scenario/reasons.h \
	$(scenario_world)
tests_scenario_run_SOURCES = tests/scenario/run.c $(scenario_script)
tests_scenario_run_CPPFLAGS = $(scenario_cppflags)
tests_scenario_run_CFLAGS = $(scenario_cflags)
tests_scenario_run_LDADD = $(scenario_libs)

# Scripts made at random, which hold the daemon to its promises.
UNIT_TESTS += tests/scenario/random
tests_scenario_random_SOURCES = \
	tests/scenario/random.c tests/scenario/random.h \
	tests/scenario/chance.c \
	tests/scenario/promises.c tests/scenario/promises.h \
	tests/scenario/ladders.c tests/scenario/ladders.h \
	tests/scenario/stories.c tests/scenario/stories.h \
	tests/scenario/troubles.c tests/scenario/troubles.h \
	tests/scenario/ledger.c tests/scenario/ledger.h \
	tests/scenario/ledger_inside.h tests/scenario/ledger_rings.c \
	tests/scenario/asks.c tests/scenario/asks.h \
	$(scenario_script)
tests_scenario_random_CPPFLAGS = $(scenario_cppflags)
tests_scenario_random_CFLAGS = $(scenario_cflags)
tests_scenario_random_LDADD = $(scenario_libs)

# The same world, at moments that a script cannot name.
UNIT_TESTS += daemon/alert/test_tiding
daemon_alert_test_tiding_SOURCES = daemon/alert/test_tiding.c tests/support/unit.h $(scenario_world)
daemon_alert_test_tiding_CPPFLAGS = $(scenario_cppflags)
daemon_alert_test_tiding_CFLAGS = $(scenario_cflags) $(CMOCKA_CFLAGS)
daemon_alert_test_tiding_LDADD = $(scenario_libs) $(CMOCKA_LIBS)
UNIT_TESTS += daemon/deliver/test_order
daemon_deliver_test_order_SOURCES = daemon/deliver/test_order.c tests/support/unit.h $(scenario_world)
daemon_deliver_test_order_CPPFLAGS = $(scenario_cppflags)
daemon_deliver_test_order_CFLAGS = $(scenario_cflags) $(CMOCKA_CFLAGS)
daemon_deliver_test_order_LDADD = $(scenario_libs) $(CMOCKA_LIBS)
UNIT_TESTS += daemon/deliver/test_people
daemon_deliver_test_people_SOURCES = daemon/deliver/test_people.c tests/support/unit.h $(scenario_world)
daemon_deliver_test_people_CPPFLAGS = $(scenario_cppflags)
daemon_deliver_test_people_CFLAGS = $(scenario_cflags) $(CMOCKA_CFLAGS)
daemon_deliver_test_people_LDADD = $(scenario_libs) $(CMOCKA_LIBS)
