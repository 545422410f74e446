if PLUGIN_WEBHOOK
# The parts by themselves, for the plugin and its tests.
noinst_LTLIBRARIES += libwebhook.la
libwebhook_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS)
libwebhook_la_LIBADD = $(CURL_LIBS) $(JANSSON_LIBS) $(SODIUM_LIBS)
libwebhook_la_SOURCES = \
	plugins/webhook/alert.c plugins/webhook/alert.h \
	plugins/webhook/body.c plugins/webhook/body.h \
	plugins/webhook/clock.h \
	plugins/webhook/header.c plugins/webhook/header.h \
	plugins/webhook/quiet.c plugins/webhook/quiet.h \
	plugins/webhook/reply.h \
	plugins/webhook/send.c plugins/webhook/send.h \
	plugins/webhook/settings.c plugins/webhook/settings.h \
	plugins/webhook/sign.c plugins/webhook/sign.h \
	plugins/webhook/target.c plugins/webhook/target.h \
	plugins/webhook/verdict.c plugins/webhook/verdict.h

plugin_LTLIBRARIES += webhook.la
webhook_la_SOURCES = plugins/webhook/webhook.c
webhook_la_CFLAGS = $(libwebhook_la_CFLAGS)
webhook_la_LIBADD = libwebhook.la libtocsin-plugin.la libplain.la
webhook_la_LDFLAGS = $(module_ldflags)

webhook_test_libs = libwebhook.la libobjects.la libtext.la libbase.la $(CMOCKA_LIBS)
UNIT_TESTS += plugins/webhook/test_body \
	plugins/webhook/test_header \
	plugins/webhook/test_quiet \
	plugins/webhook/test_settings \
	plugins/webhook/test_sign \
	plugins/webhook/test_target \
	plugins/webhook/test_verdict
plugins_webhook_test_body_SOURCES = plugins/webhook/test_body.c tests/support/unit.h
plugins_webhook_test_body_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
plugins_webhook_test_body_LDADD = $(webhook_test_libs)
plugins_webhook_test_header_SOURCES = plugins/webhook/test_header.c tests/support/unit.h
plugins_webhook_test_header_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
plugins_webhook_test_header_LDADD = $(webhook_test_libs)
plugins_webhook_test_quiet_SOURCES = plugins/webhook/test_quiet.c tests/support/unit.h
plugins_webhook_test_quiet_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
plugins_webhook_test_quiet_LDADD = $(webhook_test_libs)
plugins_webhook_test_settings_SOURCES = plugins/webhook/test_settings.c tests/support/unit.h
plugins_webhook_test_settings_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
plugins_webhook_test_settings_LDADD = $(webhook_test_libs)
plugins_webhook_test_sign_SOURCES = plugins/webhook/test_sign.c tests/support/unit.h
plugins_webhook_test_sign_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
plugins_webhook_test_sign_LDADD = $(webhook_test_libs)
plugins_webhook_test_target_SOURCES = plugins/webhook/test_target.c tests/support/unit.h
plugins_webhook_test_target_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
plugins_webhook_test_target_LDADD = $(webhook_test_libs)
plugins_webhook_test_verdict_SOURCES = plugins/webhook/test_verdict.c tests/support/unit.h
plugins_webhook_test_verdict_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
plugins_webhook_test_verdict_LDADD = $(webhook_test_libs)
endif
