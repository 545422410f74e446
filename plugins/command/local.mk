if PLUGIN_COMMAND
plugin_LTLIBRARIES += command.la
endif
command_la_SOURCES = \
	plugins/command/command.c \
	plugins/command/variables.c plugins/command/variables.h
command_la_LIBADD = libtocsin-plugin.la libplain.la
command_la_LDFLAGS = $(module_ldflags)

UNIT_TESTS += plugins/command/test_variables
plugins_command_test_variables_SOURCES = plugins/command/test_variables.c plugins/command/variables.c \
	plugins/command/variables.h
plugins_command_test_variables_CFLAGS = $(AM_CFLAGS)
plugins_command_test_variables_LDADD = libobjects.la libtext.la libbase.la $(CMOCKA_LIBS)
