/* The words for what has become of an alert: those of the store, of JSON and of people. */
#include <tocsin/plugin.h>

const char *tocsin_notice_name(enum tocsin_notice notice)
{
    switch (notice) {
    case TOCSIN_NEWS:
        return "";
    case TOCSIN_ENDED:
        return "ended";
    case TOCSIN_ACKNOWLEDGED:
        return "acknowledged";
    case TOCSIN_SNOOZED:
        return "snoozed";
    case TOCSIN_MUTED:
        return "muted";
    }
    return "";
}

const char *tocsin_revision_status(const struct tocsin_revision *revision)
{
    if (revision->resolved)
        return "resolved";
    return revision->notice ? tocsin_notice_name(revision->notice) : "firing";
}
