if PLUGIN_JOURNAL
plugin_LTLIBRARIES += journal.la
endif
journal_la_SOURCES = \
	plugins/journal/entry.c plugins/journal/entry.h \
	plugins/journal/journal.c
journal_la_LIBADD = libtocsin-plugin.la libplain.la
journal_la_LDFLAGS = $(module_ldflags)

UNIT_TESTS += plugins/journal/test_entry
plugins_journal_test_entry_SOURCES = plugins/journal/test_entry.c plugins/journal/entry.c
# Flags of its own: the same source is in a library, too.
plugins_journal_test_entry_CFLAGS = $(AM_CFLAGS)
plugins_journal_test_entry_LDADD = libobjects.la libtext.la libbase.la $(CMOCKA_LIBS)
