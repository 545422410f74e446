/*
 * What has become of an alert that was told: it has ended (closed by a person, or a trouble that is
 * over), a person has acknowledged or snoozed it, or muted its topic. That rings nobody, is no
 * revision and is not held by quiet steps; but a notifier whose plugin wants to hear of it, and
 * that has told of the alert or is about to, gets one delivery that says so: a notice.
 *
 * The last word holds. A later notice takes the place of one that is not sent, and so does news
 * that rings (rings.c, deliver/release.c); nobody is told what was the last thing said to it.
 */
#include "alert/identity.h"
#include "alert/run.h"
#include "base/mem.h"
#include "base/str.h"

/* What one notifier is to be told. */
struct notice {
    bool wanted;
    struct hash revision; /* the last that it has told, or will before */
};

struct telling {
    const struct config *config;
    enum tocsin_notice notice;
    int64_t until_ms;
    int64_t n_words;
    struct notice *notices; /* by the notifier's place in the configuration */
};

static bool listens(const struct config_plugin *plugin, enum tocsin_notice notice)
{
    return notice == TOCSIN_ENDED ? plugin->resolves : plugin->follows;
}

/* The last word decides. What is held is told by and by, and is not what the notice is about,
 * unless that ends all. */
static void take_word(void *arg, const struct store_word *word)
{
    struct telling *telling = arg;
    const struct config_notifier *found = config_notifier_find(telling->config, word->notifier);
    telling->n_words++;
    if (!found || !listens(&found->plugin, telling->notice))
        return;
    struct notice *notice = &telling->notices[found - telling->config->notifiers];
    bool counts = word->said != STORE_HELD || telling->notice == TOCSIN_ENDED;
    if (word->said == STORE_UNSAID || !counts)
        return;
    notice->revision = word->revision;
    notice->wanted = word->said != STORE_SAID ||
                     !str_equal(word->notice, tocsin_notice_name(telling->notice)) ||
                     word->until_ms != telling->until_ms;
}

static int tell_one(struct policy_run *run, const struct telling *telling, size_t notifier,
                    const struct hash *alert, struct err *err)
{
    const struct hash *revision = &telling->notices[notifier].revision;
    const char *name = run->policy->config->notifiers[notifier].plugin.name;
    const char *word = tocsin_notice_name(telling->notice);
    struct store_delivery delivery = {
        .id = identity_notice(name, alert, word, telling->n_words, run->now_ms),
        .notifier = name,
        .state = "queued",
        .reason = "",
        .notice = word,
        .notice_ms = run->now_ms,
        .until_ms = telling->until_ms,
        .next_ms = run->now_ms,
        .created_ms = run->now_ms,
        .updated_ms = run->now_ms,
    };
    run->news->queued[notifier] = true;
    return store_delivery_add(run->txn, &delivery, revision, 1, err) < 0 ? -1 : 0;
}

int policy_notice(struct policy_run *run, const struct hash *alert, enum tocsin_notice notice,
                  int64_t until_ms, struct err *err)
{
    const struct config *config = run->policy->config;
    AUTO_FREE struct notice *notices = NEW_N(struct notice, config->n_notifiers + 1);
    struct telling telling = {config, notice, until_ms, 0, notices};
    if (policy_withdraw(run, alert, "a later notice says more", err) < 0 ||
        store_delivery_words(run->txn, alert, take_word, &telling, err) < 0)
        return -1;
    for (size_t i = 0; i < config->n_notifiers; i++) {
        if (notices[i].wanted && tell_one(run, &telling, i, alert, err) < 0)
            return -1;
    }
    return 0;
}

int policy_withdraw(struct policy_run *run, const struct hash *alert, const char *reason,
                    struct err *err)
{
    return store_delivery_withdraw(run->txn, alert, NULL, reason, run->now_ms,
                                   &run->news->withdrawn, err);
}
