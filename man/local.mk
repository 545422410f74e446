dist_man_MANS += \
	man/tocsin.yaml.5
dist_man_MANS += \
	man/tocsin-plugin.7 \
	man/tocsin-query.7
