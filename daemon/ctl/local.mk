bin_PROGRAMS += tocsinctl
tocsinctl_SOURCES = \
	daemon/ctl/client.c \
	daemon/ctl/commands.c \
	daemon/ctl/ctl.h \
	daemon/ctl/local.c \
	daemon/ctl/main.c \
	daemon/ctl/offline.c daemon/ctl/offline.h \
	daemon/ctl/print.c \
	daemon/ctl/remote.c \
	daemon/ctl/show.c \
	daemon/ctl/test.c
tocsinctl_CPPFLAGS = $(AM_CPPFLAGS) -DHOSTDIR='"$(hostdir)"' -DPLUGINDIR='"$(plugindir)"'
tocsinctl_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(UTF8PROC_CFLAGS)
tocsinctl_LDFLAGS = $(program_ldflags)
tocsinctl_LDADD = \
	libcontrol.la libhosts.la libipc.la libconfig.la libtree.la libtext.la libbase.la \
	libloop.la $(JANSSON_LIBS) $(UTF8PROC_LIBS)
