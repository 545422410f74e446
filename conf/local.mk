# The sample is installed as an example: nothing of a person's own is ever overwritten.
tocsinconf_DATA = conf/tocsin.yaml.example
EXTRA_DIST += conf/tocsin.yaml
CLEANFILES += conf/tocsin.yaml.example
conf/tocsin.yaml.example: conf/tocsin.yaml
	$(AM_V_GEN)$(MKDIR_P) conf && cp $(srcdir)/conf/tocsin.yaml $@

topicexamplesdir = $(docdir)/examples/topics.d
dist_topicexamples_DATA = \
	conf/topics.d/city-council.yaml \
	conf/topics.d/city-council.test.yaml \
	conf/topics.d/le-mans.yaml \
	conf/topics.d/le-mans.test.yaml

# For those who watch tocsin by Prometheus and Grafana.
prometheusexamplesdir = $(docdir)/examples/prometheus
dist_prometheusexamples_DATA = \
	conf/examples/prometheus/prometheus.yaml \
	conf/examples/prometheus/tocsin.rules.yaml
grafanaexamplesdir = $(docdir)/examples/grafana
dist_grafanaexamples_DATA = conf/examples/grafana/tocsin.json

# A web hook, and a receiver that checks its signature.
webhookexamplesdir = $(docdir)/examples/webhook
dist_webhookexamples_DATA = conf/examples/webhook/tocsin.yaml
dist_webhookexamples_SCRIPTS = conf/examples/webhook/receiver.py

# Drop-ins for the system service.
systemdexamplesdir = $(docdir)/examples/systemd
dist_systemdexamples_DATA = conf/examples/systemd/read-others.conf

# For the file of the notifier `file`.
logrotateexamplesdir = $(docdir)/examples/logrotate
dist_logrotateexamples_DATA = conf/examples/logrotate/tocsin

# What `make run` watches when it is given no folder.
EXTRA_DIST += \
	conf/examples/documents/allotments.txt \
	conf/examples/documents/entry-list.txt \
	conf/examples/documents/harbour-bridge.txt \
	conf/examples/documents/museum.txt \
	conf/examples/documents/paddock-notes.txt

# Completion: the shells' own part with the table of commands put in. A tocsinctl that cannot run here
# cannot print its table.
if !CROSS_COMPILING
bashcompletion_DATA = conf/completion/tocsinctl
zshcompletion_DATA = conf/completion/_tocsinctl
endif
EXTRA_DIST += conf/completion/tocsinctl.bash.in conf/completion/_tocsinctl.in
CLEANFILES += conf/completion/tocsinctl conf/completion/_tocsinctl conf/completion/table
conf/completion/table: tocsinctl$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) conf/completion && ./tocsinctl completion table >$@.tmp && mv $@.tmp $@
conf/completion/tocsinctl: conf/completion/table $(srcdir)/conf/completion/tocsinctl.bash.in
	$(AM_V_GEN)sed -e '/^@table@$$/{r conf/completion/table' -e 'd}' $(srcdir)/conf/completion/tocsinctl.bash.in >$@.tmp && mv $@.tmp $@
conf/completion/_tocsinctl: conf/completion/table $(srcdir)/conf/completion/_tocsinctl.in
	$(AM_V_GEN)sed -e '/^@table@$$/{r conf/completion/table' -e 'd}' $(srcdir)/conf/completion/_tocsinctl.in >$@.tmp && mv $@.tmp $@
