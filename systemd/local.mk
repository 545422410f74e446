systemduserunit_DATA = systemd/tocsin.service
systemd/tocsin.service: $(top_srcdir)/systemd/tocsin.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) systemd && sed -e 's|@bindir[@]|$(bindir)|g' $(top_srcdir)/systemd/tocsin.service.in >$@.tmp && mv $@.tmp $@
CLEANFILES += systemd/tocsin.service
EXTRA_DIST += systemd/tocsin.service.in
