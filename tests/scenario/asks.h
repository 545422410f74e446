/* What the rooms say of their alerts, for promises that are held against it. */
#ifndef TOCSIN_TESTS_ASKS_H
#define TOCSIN_TESTS_ASKS_H

#include "script.h"

/* The caller's reference; NULL with script_fail. */
json_t *ask_alert(struct script *script, const char *id);
json_t *ask_alerts(struct script *script);
/* What came of the first finding of the script's last version; NULL with script_fail: of none. */
json_t *ask_outcome(struct script *script);
/* The alert of a trouble; NULL: there never was any. */
json_t *ask_trouble(struct script *script, const char *subject);
/* "" when it is not there. */
const char *ask_text(const json_t *object, const char *key);
/* Was it told, or kept back as what was not told yet? */
bool ask_is_news(const char *outcome);

#endif
