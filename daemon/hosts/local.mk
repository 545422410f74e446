noinst_LTLIBRARIES += libhosts.la
libhosts_la_SOURCES = \
	daemon/hosts/deadline.c \
	daemon/hosts/death.c daemon/hosts/death.h \
	daemon/hosts/hear.c \
	daemon/hosts/host.c daemon/hosts/host.h \
	daemon/hosts/hosts.c daemon/hosts/hosts.h \
	daemon/hosts/index.c daemon/hosts/index.h \
	daemon/hosts/index_file.c daemon/hosts/index_file.h \
	daemon/hosts/inside.h \
	daemon/hosts/lock.c \
	daemon/hosts/outbox.c daemon/hosts/outbox.h \
	daemon/hosts/prepare.c daemon/hosts/prepare.h \
	daemon/hosts/probe.c \
	daemon/hosts/setup.c daemon/hosts/setup.h \
	daemon/hosts/spawn.c daemon/hosts/spawn.h \
	daemon/hosts/spec.c daemon/hosts/spec.h \
	daemon/hosts/tell.c \
	daemon/hosts/topic_plan.c daemon/hosts/topic_plan.h \
	daemon/hosts/trial.c daemon/hosts/trial.h
libhosts_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS)
libhosts_la_LIBADD = $(JANSSON_LIBS)

# A program that speaks the channel by a script: hosts/ and detect/ are tested with it.
check_PROGRAMS += tests/support/fake_host
tests_support_fake_host_SOURCES = tests/support/fake_host.c
tests_support_fake_host_LDFLAGS = $(program_ldflags)
tests_support_fake_host_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS) $(JANSSON_CFLAGS)
tests_support_fake_host_LDADD = libipc.la libbase.la

UNIT_TESTS += daemon/hosts/test_hosts
daemon_hosts_test_hosts_SOURCES = daemon/hosts/test_hosts.c
daemon_hosts_test_hosts_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(CMOCKA_CFLAGS)
daemon_hosts_test_hosts_LDADD = libhosts.la libipc.la libconfig.la libtree.la libloop.la libbase.la $(CMOCKA_LIBS)

UNIT_TESTS += daemon/hosts/test_topic_plan
daemon_hosts_test_topic_plan_SOURCES = daemon/hosts/test_topic_plan.c
daemon_hosts_test_topic_plan_CFLAGS = $(daemon_hosts_test_hosts_CFLAGS)
daemon_hosts_test_topic_plan_LDADD = $(daemon_hosts_test_hosts_LDADD)

UNIT_TESTS += daemon/hosts/test_prepare
daemon_hosts_test_prepare_SOURCES = daemon/hosts/test_prepare.c
daemon_hosts_test_prepare_CFLAGS = $(daemon_hosts_test_hosts_CFLAGS)
daemon_hosts_test_prepare_LDADD = $(daemon_hosts_test_hosts_LDADD)
