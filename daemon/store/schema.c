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

/* Alerts, revisions and deliveries get a number of their own, by which others refer to them. Their
 * ids are hashes: what is filed under one lies on a random page, and a commit writes every page
 * that it touches. What comes together lies together now; a hash is in the one index that finds it.
 */
static const char version_5[] =
    "CREATE TABLE new_alert("
    " row INTEGER PRIMARY KEY,"
    " id BLOB NOT NULL UNIQUE,"
    " detector TEXT NOT NULL,"
    " topic TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " key_base TEXT NOT NULL,"
    " edition TEXT NOT NULL,"
    " headline TEXT NOT NULL,"
    " severity INTEGER NOT NULL,"
    " labels TEXT NOT NULL,"
    " fields TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " revisions INTEGER NOT NULL,"
    " snoozed_until_ms INTEGER NOT NULL DEFAULT 0,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ") STRICT;"
    "INSERT INTO new_alert(id, detector, topic, subject, key_base, edition, headline, severity,"
    " labels, fields, state, revisions, snoozed_until_ms, created_ms, updated_ms)"
    " SELECT id, detector, topic, subject, key_base, edition, headline, severity, labels, fields,"
    " state, revisions, snoozed_until_ms, created_ms, updated_ms FROM alert ORDER BY created_ms;"

    "CREATE TABLE new_finding("
    " id INTEGER PRIMARY KEY,"
    " alert INTEGER NOT NULL REFERENCES alert(row) ON DELETE CASCADE,"
    " document INTEGER NOT NULL,"
    " version INTEGER NOT NULL,"
    " origin BLOB NOT NULL,"
    " date INTEGER NOT NULL,"
    " status TEXT NOT NULL,"
    " rank INTEGER NOT NULL,"
    " edition TEXT NOT NULL,"
    " summary TEXT NOT NULL,"
    " severity INTEGER NOT NULL,"
    " score REAL NOT NULL,"
    " fields TEXT NOT NULL,"
    " evidence TEXT NOT NULL,"
    " outcome TEXT NOT NULL,"
    " seen_ms INTEGER NOT NULL"
    ") STRICT;"
    "INSERT INTO new_finding SELECT f.id, a.row, f.document, f.version, f.origin, f.date, f.status,"
    " f.rank, f.edition, f.summary, f.severity, f.score, f.fields, f.evidence, f.outcome, f.seen_ms"
    " FROM finding f JOIN new_alert a ON a.id = f.alert ORDER BY f.id;"

    "CREATE TABLE new_told("
    " alert INTEGER NOT NULL REFERENCES alert(row) ON DELETE CASCADE,"
    " what BLOB NOT NULL,"
    " PRIMARY KEY(alert, what)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO new_told SELECT a.row, t.what FROM told t JOIN new_alert a ON a.id = t.alert;"

    "CREATE TABLE new_revision("
    " row INTEGER PRIMARY KEY,"
    " id BLOB NOT NULL UNIQUE,"
    " alert INTEGER NOT NULL REFERENCES alert(row) ON DELETE CASCADE,"
    " number INTEGER NOT NULL,"
    " finding INTEGER NOT NULL REFERENCES finding(id),"
    " headline TEXT NOT NULL,"
    " change TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL"
    ") STRICT;"
    "INSERT INTO new_revision(id, alert, number, finding, headline, change, created_ms)"
    " SELECT r.id, a.row, r.number, r.finding, r.headline, r.change, r.created_ms"
    " FROM revision r JOIN new_alert a ON a.id = r.alert ORDER BY r.created_ms, r.finding;"

    "CREATE TABLE new_delivery("
    " row INTEGER PRIMARY KEY,"
    " id BLOB NOT NULL UNIQUE,"
    " notifier TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " summary TEXT NOT NULL DEFAULT '',"
    " next_ms INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL,"
    " reason TEXT NOT NULL DEFAULT '',"
    " ended_ms INTEGER NOT NULL DEFAULT 0,"
    " retried_ms INTEGER NOT NULL DEFAULT 0,"
    " attempts_before INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    "INSERT INTO new_delivery(id, notifier, state, attempts, summary, next_ms, created_ms,"
    " updated_ms, reason, ended_ms, retried_ms, attempts_before)"
    " SELECT id, notifier, state, attempts, summary, next_ms, created_ms, updated_ms, reason,"
    " ended_ms, retried_ms, attempts_before FROM delivery ORDER BY created_ms;"

    "CREATE TABLE new_delivery_revision("
    " delivery INTEGER NOT NULL REFERENCES delivery(row) ON DELETE CASCADE,"
    " position INTEGER NOT NULL,"
    " revision INTEGER NOT NULL REFERENCES revision(row) ON DELETE CASCADE,"
    " PRIMARY KEY(delivery, position)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO new_delivery_revision SELECT d.row, o.position, r.row FROM delivery_revision o"
    " JOIN new_delivery d ON d.id = o.delivery JOIN new_revision r ON r.id = o.revision;"

    "CREATE TABLE new_token("
    " notifier TEXT NOT NULL,"
    " alert INTEGER NOT NULL REFERENCES alert(row) ON DELETE CASCADE,"
    " token TEXT NOT NULL,"
    " PRIMARY KEY(notifier, alert)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO new_token SELECT t.notifier, a.row, t.token"
    " FROM token t JOIN new_alert a ON a.id = t.alert;"

    "DROP TABLE token; DROP TABLE delivery_revision; DROP TABLE delivery; DROP TABLE revision;"
    "DROP TABLE told; DROP TABLE finding; DROP TABLE alert;"
    "ALTER TABLE new_alert RENAME TO alert;"
    "ALTER TABLE new_finding RENAME TO finding;"
    "ALTER TABLE new_told RENAME TO told;"
    "ALTER TABLE new_revision RENAME TO revision;"
    "ALTER TABLE new_delivery RENAME TO delivery;"
    "ALTER TABLE new_delivery_revision RENAME TO delivery_revision;"
    "ALTER TABLE new_token RENAME TO token;"

    "CREATE INDEX alert_updated ON alert(updated_ms);"
    "CREATE INDEX alert_key ON alert(detector, key_base) WHERE key_base <> '';"
    "CREATE INDEX alert_state ON alert(state);"
    "CREATE INDEX finding_alert ON finding(alert, date);"
    "CREATE INDEX finding_version ON finding(version);"
    "CREATE INDEX revision_alert ON revision(alert, number);"
    "CREATE INDEX revision_finding ON revision(finding);"
    "CREATE INDEX delivery_open ON delivery(notifier, next_ms)"
    " WHERE state IN ('queued', 'held', 'unknown', 'deferred');"
    "CREATE INDEX delivery_done ON delivery(notifier, state, updated_ms);"
    "CREATE INDEX delivery_end ON delivery(notifier)"
    " WHERE ended_ms <> 0 AND state IN ('queued', 'held', 'unknown', 'deferred');"
    "CREATE INDEX delivery_of ON delivery_revision(revision);";

/* Where the configuration says what held a delivery, or sent it: "tocsin.yaml:90". */
static const char version_6[] = "ALTER TABLE delivery ADD COLUMN place TEXT NOT NULL DEFAULT '';";

/* Silences, and what of them or of the configuration decided on a finding: "silence 3". */
static const char version_7[] =
    "CREATE TABLE silence("
    " id INTEGER PRIMARY KEY AUTOINCREMENT," /* no number is given twice */
    " matcher TEXT NOT NULL,"                /* JSON */
    " author TEXT NOT NULL,"
    " comment TEXT NOT NULL,"
    " from_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL"
    ") STRICT;"
    "ALTER TABLE finding ADD COLUMN place TEXT NOT NULL DEFAULT '';";

/* A delivery that tells once more what nobody acknowledged: the nth reminder (n), the nth step of
 * an escalation (-n). 0: it tells news. */
static const char version_8[] =
    "ALTER TABLE delivery ADD COLUMN follow_up INTEGER NOT NULL DEFAULT 0;";

/* Documents that tell the same story, by the origin of each: those of one story have the same
 * `story`, the origin of its first. The sketch, and the bands under which it is found, go when it
 * is too old to be joined. */
static const char version_9[] =
    "CREATE TABLE story("
    " row INTEGER PRIMARY KEY,"
    " origin BLOB NOT NULL UNIQUE,"
    " story BLOB NOT NULL,"
    " sketch BLOB,"
    " seen_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX story_seen ON story(seen_ms);"
    "CREATE INDEX story_texts ON story(story);"
    "CREATE INDEX story_sketched ON story(seen_ms) WHERE sketch IS NOT NULL;"
    "CREATE TABLE story_band("
    " band INTEGER NOT NULL,"
    " story INTEGER NOT NULL REFERENCES story(row) ON DELETE CASCADE,"
    " PRIMARY KEY(band, story)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX story_bands ON story_band(story);";

/* The history of alerts, for people who look for something in it. */
static const char version_10[] =
    /* What a person remembers of a finding: it stays also when the version is gone. */
    "ALTER TABLE finding ADD COLUMN title TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE finding ADD COLUMN source TEXT NOT NULL DEFAULT '';" /* folder/path, as it was */
    "ALTER TABLE finding ADD COLUMN topic TEXT NOT NULL DEFAULT '';"  /* of a fact '' */
    "UPDATE finding SET title = coalesce((SELECT title FROM version v WHERE v.id = version), ''),"
    " source = coalesce((SELECT d.source || '/' || CAST(d.path AS TEXT) FROM document d"
    "  WHERE d.id = document), ''),"
    " topic = CASE status WHEN '' THEN (SELECT a.topic FROM alert a WHERE a.row = alert)"
    "  ELSE '' END;"
    "CREATE INDEX finding_seen ON finding(seen_ms);"
    /* Within a state, the latest news last. */
    "DROP INDEX alert_state;"
    "CREATE INDEX alert_state ON alert(state, updated_ms);"

    /* The words of findings, and nothing else of them: what they are taken from is in `finding`.
     * A topic, whole (x and its bytes in hex) and by its words, and a person are words, too: an
     * index of its own would be written on a random page with each alert, while this one is written
     * where it ends. */
    "CREATE VIEW finding_words AS SELECT id, summary AS headline, title,"
    " (SELECT group_concat(json_extract(value, '$.quote'), char(10)) FROM json_each(evidence))"
    "  AS quote,"
    " source, topic || ' ' || status || ' x' || hex(topic || status) AS topic,"
    " (SELECT group_concat(p.value, char(10)) FROM json_each(fields) f, json_each(f.value) p"
    "  WHERE f.key IN ('driver', 'person')) AS person FROM finding;"
    "CREATE VIRTUAL TABLE alert_words USING fts5(headline, title, quote, source, topic, person,"
    " content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');"
    "INSERT INTO alert_words(rowid, headline, title, quote, source, topic, person)"
    " SELECT * FROM finding_words;"
    /* Words are taken out by what they were taken from, which must be as it was then. */
    "CREATE TRIGGER finding_added AFTER INSERT ON finding BEGIN"
    " INSERT INTO alert_words(rowid, headline, title, quote, source, topic, person)"
    "  SELECT * FROM finding_words WHERE id = new.id; END;"
    "CREATE TRIGGER finding_removed BEFORE DELETE ON finding BEGIN"
    " INSERT INTO alert_words(alert_words, rowid, headline, title, quote, source, topic, person)"
    "  SELECT 'delete', * FROM finding_words WHERE id = old.id; END;"
    "CREATE TRIGGER finding_changes BEFORE UPDATE OF summary, title, evidence, source, topic,"
    " status, fields ON finding BEGIN"
    " INSERT INTO alert_words(alert_words, rowid, headline, title, quote, source, topic, person)"
    "  SELECT 'delete', * FROM finding_words WHERE id = old.id; END;"
    "CREATE TRIGGER finding_changed AFTER UPDATE OF summary, title, evidence, source, topic,"
    " status, fields ON finding BEGIN"
    " INSERT INTO alert_words(rowid, headline, title, quote, source, topic, person)"
    "  SELECT * FROM finding_words WHERE id = new.id; END;";

/* Topics that are to be looked for in versions that were judged before them, a name a line: only
 * they count then. None: what a detector says of a new version. And what was found so. */
static const char version_11[] =
    "ALTER TABLE pending ADD COLUMN backfill TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE finding ADD COLUMN backfilled INTEGER NOT NULL DEFAULT 0;";

/* An end is one notice among others that a delivery may carry: what has become of an alert, since
 * when, and until when if that is known ('': it tells news; 0). */
static const char version_12[] =
    "DROP INDEX delivery_end;"
    "ALTER TABLE delivery RENAME COLUMN ended_ms TO notice_ms;"
    "ALTER TABLE delivery ADD COLUMN notice TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE delivery ADD COLUMN until_ms INTEGER NOT NULL DEFAULT 0;"
    "UPDATE delivery SET notice = 'ended' WHERE notice_ms <> 0;"
    "CREATE INDEX delivery_notice ON delivery(notifier)"
    " WHERE notice <> '' AND state IN ('queued', 'held', 'unknown', 'deferred');";

/* How many revisions an alert had when it ended last: what they tell is past, also when it is open
 * again. */
static const char version_13[] = "ALTER TABLE alert ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;"
                                 "UPDATE alert SET ended = revisions WHERE state = 'closed';";

/* What a summary tells once more, as `delivery` has it: such a part of it may be called back. */
static const char version_14[] =
    "ALTER TABLE delivery_revision ADD COLUMN follow_up INTEGER NOT NULL DEFAULT 0;";

/* Which deliveries are open, told without IN: see bind.h. */
static const char version_15[] =
    "DROP INDEX delivery_open;"
    "DROP INDEX delivery_notice;"
    "CREATE INDEX delivery_open ON delivery(notifier, next_ms) WHERE state = 'queued'"
    " OR state = 'held' OR state = 'unknown' OR state = 'deferred';"
    "CREATE INDEX delivery_notice ON delivery(notifier) WHERE notice <> '' AND (state = 'queued'"
    " OR state = 'held' OR state = 'unknown' OR state = 'deferred');";

/* What is to be said of all alerts of a topic, until it is: tidings.h. */
static const char version_16[] = "CREATE TABLE tiding("
                                 " detector TEXT NOT NULL,"
                                 " topic TEXT NOT NULL,"
                                 " is_muted INTEGER NOT NULL,"
                                 " until_ms INTEGER NOT NULL,"
                                 " below INTEGER NOT NULL,"
                                 " PRIMARY KEY(detector, topic)"
                                 ") STRICT, WITHOUT ROWID;";

/* The words of a finding, as finding_words had them, and at a smaller price: nearly all have one
 * quote and no persons. `row` is "new." or "old." in a trigger. */
#define WORDS_OF(row)                                                                              \
    row "id, " row "summary, " row "title,"                                                        \
        " CASE json_array_length(" row "evidence) WHEN 1"                                          \
        "  THEN json_extract(" row "evidence, '$[0].quote')"                                       \
        "  ELSE (SELECT group_concat(json_extract(value, '$.quote'), char(10))"                    \
        "   FROM json_each(" row "evidence)) END, " row "source,"                                  \
        " " row "topic || ' ' || " row "status || ' x' || hex(" row "topic || " row "status),"     \
        " CASE " row "fields WHEN '{}' THEN NULL"                                                  \
        "  ELSE (SELECT group_concat(p.value, char(10)) FROM json_each(" row "fields) f,"          \
        "   json_each(f.value) p WHERE f.key IN ('driver', 'person')) END"
#define WORDS_NEW    WORDS_OF("new.")
#define WORDS_OLD    WORDS_OF("old.")
#define WORDS_STORED WORDS_OF("")

#define ADD_NEW_WORDS                                                                              \
    " INSERT INTO alert_words(rowid, headline, title, quote, source, topic, person)"               \
    " VALUES(" WORDS_NEW ");"
#define TAKE_OLD_WORDS                                                                             \
    " INSERT INTO alert_words(alert_words, rowid, headline, title, quote, source, topic, person)"  \
    " VALUES('delete', " WORDS_OLD ");"

/* The triggers take them from the row at hand, not from where it is stored; and parts of the index
 * are merged eight at a time, not four. */
static const char version_17[] =
    "DROP TRIGGER finding_added;"
    "DROP TRIGGER finding_removed;"
    "DROP TRIGGER finding_changes;"
    "DROP TRIGGER finding_changed;"
    "DROP VIEW finding_words;"
    "CREATE VIEW finding_words(id, headline, title, quote, source, topic, person) AS"
    " SELECT " WORDS_STORED " FROM finding;"
    "CREATE TRIGGER finding_added AFTER INSERT ON finding BEGIN" ADD_NEW_WORDS " END;"
    "CREATE TRIGGER finding_removed BEFORE DELETE ON finding BEGIN" TAKE_OLD_WORDS " END;"
    "CREATE TRIGGER finding_changes BEFORE UPDATE OF summary, title, evidence, source, topic,"
    " status, fields ON finding BEGIN" TAKE_OLD_WORDS " END;"
    "CREATE TRIGGER finding_changed AFTER UPDATE OF summary, title, evidence, source, topic,"
    " status, fields ON finding BEGIN" ADD_NEW_WORDS " END;"
    "INSERT INTO alert_words(alert_words, rank) VALUES('automerge', 8);";

/* The words of new findings come into the index together, when their transaction ends: a trigger
 * writes each row's words to the index by themselves (before each statement that may have to be
 * undone, FTS5 writes what it has). words_until is the last finding whose words are there; it goes
 * back where the last is removed, for its number is given again. */
static const char version_18[] =
    "CREATE TABLE words_until(finding INTEGER NOT NULL) STRICT;"
    "INSERT INTO words_until SELECT coalesce(max(id), 0) FROM finding;"
    "DROP TRIGGER finding_added;"
    "DROP TRIGGER finding_removed;"
    "DROP TRIGGER finding_changes;"
    "DROP TRIGGER finding_changed;"
    "CREATE TRIGGER finding_removed AFTER DELETE ON finding"
    " WHEN old.id <= (SELECT finding FROM words_until) BEGIN" TAKE_OLD_WORDS
    " UPDATE words_until SET finding = coalesce((SELECT max(id) FROM finding WHERE id < old.id), 0)"
    "  WHERE finding = old.id; END;"
    "CREATE TRIGGER finding_changed AFTER UPDATE OF summary, title, evidence, source, topic,"
    " status, fields ON finding"
    " WHEN old.id <= (SELECT finding FROM words_until) BEGIN" TAKE_OLD_WORDS ADD_NEW_WORDS " END;";

const char *const store_migrations[STORE_SCHEMA_VERSION] = {
    version_1,  version_2,  version_3,  version_4,  version_5,  version_6,
    version_7,  version_8,  version_9,  version_10, version_11, version_12,
    version_13, version_14, version_15, version_16, version_17, version_18};
