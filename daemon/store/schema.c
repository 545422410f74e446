/*
 * The schema, as the list of migrations from nothing to STORE_SCHEMA_VERSION. A migration, once
 * released, is never edited; the next one is appended. Times are UTC milliseconds, dates YYYYMMDD,
 * hashes 32-byte blobs, lists and fields JSON.
 */
#include "store/schema.h"

static const char version_1[] =
    "CREATE TABLE source("
    " name TEXT PRIMARY KEY,"
    " root TEXT NOT NULL,"
    " baseline_ms INTEGER" /* the first complete listing; NULL: not yet */
    ") STRICT, WITHOUT ROWID;"

    /* One row a document. Removed ones stay (removed_ms) as long as their identity is wanted. */
    "CREATE TABLE document("
    " id INTEGER PRIMARY KEY,"
    " source TEXT NOT NULL,"
    " path BLOB NOT NULL,"
    " inode INTEGER NOT NULL, size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,"
    " origin BLOB NOT NULL,"     /* text_hash of its first version */
    " version INTEGER NOT NULL," /* the one that stands */
    " hash BLOB NOT NULL,"       /* content of that version */
    " added_ms INTEGER NOT NULL,"
    " removed_ms INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX document_live ON document(source, path) WHERE removed_ms IS NULL;"
    "CREATE INDEX document_inode ON document(inode) WHERE removed_ms IS NULL;"
    "CREATE INDEX document_gone ON document(hash) WHERE removed_ms IS NOT NULL;"
    "CREATE INDEX document_removed ON document(removed_ms) WHERE removed_ms IS NOT NULL;"

    "CREATE TABLE version("
    " id INTEGER PRIMARY KEY,"
    " document INTEGER NOT NULL REFERENCES document(id) ON DELETE CASCADE,"
    " number INTEGER NOT NULL," /* 1, 2, 3 ... within the document */
    " hash BLOB NOT NULL,"
    " text_hash BLOB NOT NULL,"
    " size INTEGER NOT NULL,"
    " date INTEGER NOT NULL," /* 0: none */
    " title TEXT NOT NULL,"
    " media_type TEXT NOT NULL,"
    " charset TEXT NOT NULL,"
    " note TEXT NOT NULL,"
    " seen_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX version_document ON version(document, number);"
    "CREATE INDEX version_text ON version(text_hash);"

    /* The decoded text, once for all versions that have it; zstd. */
    "CREATE TABLE archive("
    " text_hash BLOB PRIMARY KEY,"
    " size INTEGER NOT NULL," /* of the text */
    " packed_size INTEGER NOT NULL,"
    " used_ms INTEGER NOT NULL,"
    " packed BLOB NOT NULL"
    ") STRICT;"
    /* With the size, so that the sum does not read the texts. */
    "CREATE INDEX archive_used ON archive(used_ms, packed_size);"

    /* What a detector still has to say about a version; or will not (quarantined_ms). */
    "CREATE TABLE pending("
    " version INTEGER NOT NULL REFERENCES version(id) ON DELETE CASCADE,"
    " detector TEXT NOT NULL,"
    " strikes INTEGER NOT NULL DEFAULT 0,"
    " quarantined_ms INTEGER,"
    " reason TEXT NOT NULL DEFAULT '',"
    " PRIMARY KEY(version, detector)"
    ") STRICT, WITHOUT ROWID;"

    /* Files that were seen and could not become a version. */
    "CREATE TABLE unread("
    " source TEXT NOT NULL, path BLOB NOT NULL,"
    " inode INTEGER NOT NULL, size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,"
    " status TEXT NOT NULL, note TEXT NOT NULL, seen_ms INTEGER NOT NULL,"
    " PRIMARY KEY(source, path)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE alert("
    " id BLOB PRIMARY KEY,"
    " detector TEXT NOT NULL,"
    " topic TEXT NOT NULL,"    /* name of the topic; of a fact, its status at present */
    " subject TEXT NOT NULL,"  /* hex of the origin; or the fact's key, for people */
    " key_base TEXT NOT NULL," /* facts: folded key without the edition; else '' */
    " edition TEXT NOT NULL,"  /* facts: '' while open */
    " headline TEXT NOT NULL,"
    " severity INTEGER NOT NULL,"
    " labels TEXT NOT NULL,"       /* JSON list */
    " fields TEXT NOT NULL,"       /* JSON object of lists */
    " state TEXT NOT NULL,"        /* open, acknowledged, closed */
    " revisions INTEGER NOT NULL," /* how many */
    " snoozed_until_ms INTEGER NOT NULL DEFAULT 0,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX alert_updated ON alert(updated_ms);"
    "CREATE INDEX alert_key ON alert(detector, key_base) WHERE key_base <> '';"

    /* What each document's version says of the alert: its evidence, or a rung of the ladder. */
    "CREATE TABLE finding("
    " id INTEGER PRIMARY KEY,"
    " alert BLOB NOT NULL REFERENCES alert(id) ON DELETE CASCADE,"
    " document INTEGER NOT NULL,"
    " version INTEGER NOT NULL,"
    " origin BLOB NOT NULL,"
    " date INTEGER NOT NULL," /* the document's, or the day it was seen */
    " status TEXT NOT NULL,"  /* facts; else '' */
    " rank INTEGER NOT NULL," /* facts: the place of the status in its detector's order */
    " edition TEXT NOT NULL," /* facts: as the document says it; '' when it does not */
    " summary TEXT NOT NULL,"
    " severity INTEGER NOT NULL,"
    " score REAL NOT NULL,"
    " fields TEXT NOT NULL,"
    " evidence TEXT NOT NULL," /* JSON: [{"start","end","mark":[a,b],"quote"}] */
    " outcome TEXT NOT NULL,"  /* rang, or the reason why it did not */
    " seen_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX finding_alert ON finding(alert, date);"
    "CREATE INDEX finding_version ON finding(version);"

    /* What has been told of an alert: hashes of evidence, or of statuses. */
    "CREATE TABLE told("
    " alert BLOB NOT NULL REFERENCES alert(id) ON DELETE CASCADE,"
    " what BLOB NOT NULL,"
    " PRIMARY KEY(alert, what)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE revision("
    " id BLOB PRIMARY KEY,"
    " alert BLOB NOT NULL REFERENCES alert(id) ON DELETE CASCADE,"
    " number INTEGER NOT NULL,"
    " finding INTEGER NOT NULL REFERENCES finding(id),"
    " headline TEXT NOT NULL,"
    " change TEXT NOT NULL," /* "interest → confirmed", or '' */
    " created_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX revision_alert ON revision(alert, number);"
    "CREATE INDEX revision_finding ON revision(finding);"

    "CREATE TABLE delivery("
    " id BLOB PRIMARY KEY,"
    " notifier TEXT NOT NULL,"
    " state TEXT NOT NULL," /* queued held unknown deferred sent dead cancelled superseded */
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " summary TEXT NOT NULL DEFAULT ''," /* of a storm's summary */
    " next_ms INTEGER NOT NULL,"         /* not before */
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL,"
    " reason TEXT NOT NULL DEFAULT ''"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX delivery_open ON delivery(notifier, next_ms)"
    " WHERE state IN ('queued', 'held', 'unknown', 'deferred');"
    "CREATE INDEX delivery_done ON delivery(notifier, state, updated_ms);"

    "CREATE TABLE delivery_revision("
    " delivery BLOB NOT NULL REFERENCES delivery(id) ON DELETE CASCADE,"
    " position INTEGER NOT NULL,"
    " revision BLOB NOT NULL REFERENCES revision(id) ON DELETE CASCADE,"
    " PRIMARY KEY(delivery, position)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX delivery_of ON delivery_revision(revision);"

    /* A popup's number and the like, per alert and notifier. */
    "CREATE TABLE token("
    " notifier TEXT NOT NULL, alert BLOB NOT NULL REFERENCES alert(id) ON DELETE CASCADE,"
    " token TEXT NOT NULL,"
    " PRIMARY KEY(notifier, alert)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE mute("
    " detector TEXT NOT NULL, topic TEXT NOT NULL,"
    " until_ms INTEGER NOT NULL," /* 0: for good */
    " since_ms INTEGER NOT NULL,"
    " PRIMARY KEY(detector, topic)"
    ") STRICT, WITHOUT ROWID;"

    /* Switches that outlive the daemon: paused. */
    "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/* Notices that an alert has ended, for the notifiers that want them. */
static const char version_2[] =
    "ALTER TABLE delivery ADD COLUMN ended_ms INTEGER NOT NULL DEFAULT 0;" /* 0: it tells news */
    "CREATE INDEX delivery_end ON delivery(notifier)"
    " WHERE ended_ms <> 0 AND state IN ('queued', 'held', 'unknown', 'deferred');";

/* For counting alerts without reading them. */
static const char version_3[] = "CREATE INDEX alert_state ON alert(state);";

/* What people do: another try at a delivery; forgetting what a document said. */
static const char version_4[] =
    /* When a person last asked for another try (0: never), and how many there had been: giving up
     * and back-off begin anew there. */
    "ALTER TABLE delivery ADD COLUMN retried_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE delivery ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0;"
    /* Text, title and findings are gone for good, the hashes stay. NULL: not so. */
    "ALTER TABLE version ADD COLUMN forgotten_ms INTEGER;"
    /* For people, who name a document by its path also when the file is gone. */
    "CREATE INDEX document_was ON document(source, path) WHERE removed_ms IS NOT NULL;"
    /* What had been told of an alert that was forgotten: it is not news if the alert comes again.
     */
    "CREATE TABLE told_before("
    " alert BLOB NOT NULL, what BLOB NOT NULL, forgotten_ms INTEGER NOT NULL,"
    " PRIMARY KEY(alert, what)"
    ") STRICT, WITHOUT ROWID;";

const char *const store_migrations[STORE_SCHEMA_VERSION] = {version_1, version_2, version_3,
                                                            version_4};
