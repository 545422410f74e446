dist_man_MANS += \
	man/tocsin-exec.7 \
	man/tocsin-metrics.7 \
	man/tocsin-plugin.7 \
	man/tocsin-query.7 \
	man/tocsin-webhook.7 \
	man/tocsin.yaml.5 \
	man/tocsinctl.1 \
	man/tocsind.8
EXTRA_DIST += man/popup.png
