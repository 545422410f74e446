# Built with the rest, so that what the manual tells people to copy compiles; never installed.
check_LTLIBRARIES += skeleton.la
skeleton_la_SOURCES = plugins/skeleton/skeleton.c
skeleton_la_LIBADD = libtocsin-plugin.la
# An -rpath makes libtool build a shared object of what is not installed.
skeleton_la_LDFLAGS = $(module_ldflags) -rpath $(plugindir)
EXTRA_DIST += plugins/skeleton/README.md

UNIT_TESTS += plugins/skeleton/test_skeleton
plugins_skeleton_test_skeleton_SOURCES = plugins/skeleton/test_skeleton.c plugins/skeleton/skeleton.c
# Flags of its own: the same source is in a library, too.
plugins_skeleton_test_skeleton_CFLAGS = $(AM_CFLAGS)
plugins_skeleton_test_skeleton_LDADD = libobjects.la libtext.la libbase.la $(CMOCKA_LIBS)
SCRIPT_TESTS += plugins/skeleton/test_manual.py
EXTRA_DIST += plugins/skeleton/test_manual.py
