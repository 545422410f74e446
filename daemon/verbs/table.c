/* The table of verbs; see verbs.h. */
#include "verbs/verbs.h"

#include "base/mem.h"

const struct control_verb daemon_verbs[] = {
    {"status", verb_status},
    {"metrics", verb_metrics},
    {"source list", verb_source_list},
    {"source rescan", verb_source_rescan},
    {"alert list", verb_alert_list},
    {"alert show", verb_alert_show},
    {"alert suppressed", verb_alert_suppressed},
    {"alert act", verb_alert_act},
    {"route test", verb_route_test},
    {"silence list", verb_silence_list},
    {"silence add", verb_silence_add},
    {"silence end", verb_silence_end},
    {"fact list", verb_fact_list},
    {"topic list", verb_topic_list},
    {"topic backfill", verb_topic_backfill},
    {"explain", verb_explain},
    {"document list", verb_document_list},
    {"document show", verb_document_show},
    {"document texts", verb_document_texts},
    {"document forget", verb_document_forget},
    {"delivery list", verb_delivery_list},
    {"delivery show", verb_delivery_show},
    {"delivery retry", verb_delivery_retry},
    {"delivery drop", verb_delivery_drop},
    {"notifier list", verb_notifier_list},
    {"notifier test", verb_notifier_test},
    {"state snapshot", verb_state_snapshot},
    {"state release", verb_state_release},
    {"quarantine list", verb_quarantine_list},
    {"quarantine release", verb_quarantine_release},
    {"pause", verb_pause},
    {"resume", verb_resume},
    {"config check", verb_config_check},
    {"config diff", verb_config_diff},
    {"reload", verb_reload},
    {"follow", verb_follow},
};
const size_t daemon_n_verbs = ARRAY_LEN(daemon_verbs);
