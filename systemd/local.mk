# The units know where the programs are installed; the rest is installed as it is.
systemduserunit_DATA = systemd/user/tocsin.service
systemdsystemunit_DATA = systemd/system/tocsin.service
dist_sysusers_DATA = systemd/sysusers.d/tocsin.conf
EXTRA_DIST += systemd/user/tocsin.service.in systemd/system/tocsin.service.in
CLEANFILES += systemd/user/tocsin.service systemd/system/tocsin.service

systemd/user/tocsin.service: $(srcdir)/systemd/user/tocsin.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) systemd/user && sed -e 's|@bindir[@]|$(bindir)|g' \
		$(srcdir)/systemd/user/tocsin.service.in >$@.tmp && mv $@.tmp $@
# To systemd, the place of configurations is /etc, whatever configure was told.
systemd/system/tocsin.service: $(srcdir)/systemd/system/tocsin.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) systemd/system && \
		case '$(tocsinconfdir)' in /etc/tocsin) drop= ;; *) drop='/^ConfigurationDirectory/d' ;; esac && \
		sed -e 's|@bindir[@]|$(bindir)|g' -e "$$drop" \
		$(srcdir)/systemd/system/tocsin.service.in >$@.tmp && mv $@.tmp $@

# What `journalctl -x` says of the entries of the notifier `journal`; read after
# `journalctl --update-catalog`.
if PLUGIN_JOURNAL
dist_systemdcatalog_DATA = systemd/tocsin.catalog
else
EXTRA_DIST += systemd/tocsin.catalog
endif
