dist_man_MANS += \
	man/tocsin.yaml.5
