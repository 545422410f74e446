/*
 * An alert as an entry of the journal: what each kind of message is, and the fields that it has;
 * tocsin.yaml(5) lists them, systemd/tocsin.catalog explains the kinds.
 */
#ifndef TOCSIN_JOURNAL_ENTRY_H
#define TOCSIN_JOURNAL_ENTRY_H

#include <tocsin/output.h>

/* MESSAGE_ID, one for each kind of message; never changed. */
#define ENTRY_FIRING   "4ece60dc2f18474d8009779ebf69ee82"
#define ENTRY_RESOLVED "40ad4784392947f29435b18c531f77ae"
#define ENTRY_NOTICE   "a2b75f0c1d8e4e63b1f4c96d27e05a38"
#define ENTRY_SUMMARY  "211ddde8e4de4015be7bd911d13871d5"
#define ENTRY_TROUBLE  "57548c5931ab4d2e9b64384b98dd1f6b"

/* PRIORITY by severity, as in syslog(3). */
struct entry_priorities {
    int of[TOCSIN_URGENT + 1];
};

struct entry {
    struct tocsin_journal_field *fields; /* names and values are the entry's own */
    size_t n, cap;
};

/* Of one revision. */
void entry_of_revision(const struct tocsin_delivery *delivery, size_t index,
                       const struct entry_priorities *priorities, struct entry *entry);
/* Of what a summary says; only if the delivery is one. */
void entry_of_summary(const struct tocsin_delivery *delivery,
                      const struct entry_priorities *priorities, struct entry *entry);
void entry_deinit(struct entry *entry);

#endif
