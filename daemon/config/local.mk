# The tree and its findings stand apart: plugins whose data files are YAML link them, too.
noinst_LTLIBRARIES += libtree.la libconfig.la
libtree_la_SOURCES = \
	daemon/config/diag.c daemon/config/diag.h \
	daemon/config/syntax.c daemon/config/syntax.h \
	daemon/config/tree.c daemon/config/tree.h
libtree_la_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS)
libtree_la_LIBADD = $(YAML_LIBS)

libconfig_la_SOURCES = \
	daemon/config/build.c daemon/config/build.h \
	daemon/config/check.c \
	daemon/config/choice.c daemon/config/choice.h \
	daemon/config/config.h \
	daemon/config/credential.c daemon/config/credential.h \
	daemon/config/diff.c daemon/config/diff.h \
	daemon/config/folders.c \
	daemon/config/load.c \
	daemon/config/option_type.c daemon/config/option_type.h \
	daemon/config/options.c daemon/config/options.h \
	daemon/config/path.c daemon/config/path.h \
	daemon/config/places.c \
	daemon/config/print.c \
	daemon/config/scalar.c \
	daemon/config/schema.c daemon/config/schema.h \
	daemon/config/stamp.c \
	daemon/config/timing.c daemon/config/timing.h \
	daemon/config/unit.c daemon/config/unit.h \
	daemon/config/unseen.c daemon/config/unseen.h \
	daemon/config/value.c daemon/config/value.h \
	daemon/config/visible.c daemon/config/visible.h
libconfig_la_CPPFLAGS = $(AM_CPPFLAGS) -DTOCSIN_CONF_DIR='"$(tocsinconfdir)"'
libconfig_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libconfig_la_LIBADD = $(JANSSON_LIBS)

UNIT_TESTS += daemon/config/test_tree daemon/config/test_load daemon/config/test_folders \
	daemon/config/test_options daemon/config/test_diff daemon/config/test_docs \
	daemon/config/test_visible
config_test_libs = libconfig.la libtree.la libbase.la $(CMOCKA_LIBS)
config_test_fixture = daemon/config/test_fixture.c daemon/config/test_fixture.h
daemon_config_test_tree_SOURCES = daemon/config/test_tree.c
daemon_config_test_tree_LDADD = libtree.la libbase.la $(CMOCKA_LIBS)
daemon_config_test_load_SOURCES = daemon/config/test_load.c $(config_test_fixture)
daemon_config_test_load_LDADD = $(config_test_libs)
daemon_config_test_folders_SOURCES = daemon/config/test_folders.c $(config_test_fixture)
daemon_config_test_folders_LDADD = $(config_test_libs)
daemon_config_test_options_SOURCES = daemon/config/test_options.c $(config_test_fixture)
daemon_config_test_options_LDADD = $(config_test_libs)
daemon_config_test_diff_SOURCES = daemon/config/test_diff.c $(config_test_fixture)
daemon_config_test_diff_LDADD = $(config_test_libs)
daemon_config_test_docs_SOURCES = daemon/config/test_docs.c $(config_test_fixture)
daemon_config_test_docs_LDADD = $(config_test_libs)
daemon_config_test_visible_SOURCES = daemon/config/test_visible.c
daemon_config_test_visible_LDADD = libconfig.la libbase.la $(CMOCKA_LIBS)
