/* Questions to the index of words; see words.h. */
#include "store/words.h"

#include <string.h>

#define GLOB_SIGNS "*?["

/* Has it something that the index holds? What is not ASCII is taken for a letter. */
static bool has_letters(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return true;
    }
    return false;
}

/* As a phrase, in which no sign means anything; its last word may be a beginning. */
static void add_phrase(struct buf *question, const char *text, size_t len, bool is_beginning)
{
    buf_putc(question, '"');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            buf_putc(question, '"');
        buf_putc(question, text[i]);
    }
    buf_puts(question, is_beginning ? "\"*" : "\"");
}

static int add_word(struct buf *question, const char *word, struct err *err)
{
    size_t len = strlen(word);
    bool is_beginning = len && word[len - 1] == '*';
    len -= is_beginning;
    if (!has_letters(word, len))
        return err_set(err, "\"%s\" has no letters and no digits to look for", word);
    add_phrase(question, word, len, is_beginning);
    return 0;
}

static void add_and(struct buf *question)
{
    if (question->len)
        buf_puts(question, " AND ");
}

static int add_words(struct buf *question, const json_t *words, struct err *err)
{
    size_t i;
    json_t *word;
    json_array_foreach(words, i, word)
    {
        add_and(question);
        buf_puts(question, "{headline title quote source} : ");
        const char *text = json_string_value(word);
        if (add_word(question, text ? text : "", err) < 0)
            return -1;
    }
    return 0;
}

static int add_person(struct buf *question, const char *person, struct err *err)
{
    if (!person)
        return 0;
    add_and(question);
    buf_puts(question, "person : ");
    return add_word(question, person, err);
}

static size_t word_len(const char *text)
{
    size_t len = 0;
    while (text[len] && has_letters(text + len, 1))
        len++;
    return len;
}

/* What is plain of a pattern, from one sign to the next. Its first word may have begun before it,
 * and is left out then; its last may go on behind it. */
static void add_plain(struct buf *question, const char *plain, size_t len, bool is_first)
{
    size_t skipped = is_first ? 0 : word_len(plain);
    if (skipped >= len || !has_letters(plain + skipped, len - skipped))
        return;
    add_and(question);
    buf_puts(question, "topic : ");
    add_phrase(question, plain + skipped, len - skipped, plain[len] != '\0');
}

/* As the index has the name whole (finding_words in schema.c). */
void words_name(struct buf *question, const char *name)
{
    add_and(question);
    buf_puts(question, "topic : \"x");
    for (; *name; name++)
        buf_printf(question, "%02X", (unsigned char)*name);
    buf_putc(question, '"');
}

/* The words that every match has; the pattern itself is held against what is found. */
static void add_topic(struct buf *question, const char *pattern)
{
    if (pattern && *pattern && !pattern[strcspn(pattern, GLOB_SIGNS)]) {
        words_name(question, pattern);
        return;
    }
    const char *at = pattern ? pattern : "";
    while (*at) {
        size_t len = strcspn(at, GLOB_SIGNS);
        add_plain(question, at, len, at == pattern);
        at += len;
        const char *end = *at == '[' ? strchr(at + 1, ']') : NULL;
        at = end ? end + 1 : at + (*at != '\0');
    }
}

int words_question(const struct store_alert_filter *filter, struct buf *question, struct err *err)
{
    if (add_words(question, filter->words, err) < 0 ||
        add_person(question, filter->person, err) < 0)
        return -1;
    add_topic(question, filter->topic);
    return 0;
}

#define ADD_ALL                                                                                    \
    "INSERT INTO alert_words(rowid, headline, title, quote, source, topic, person)"                \
    " SELECT * FROM finding_words"

int words_catch_up(struct store_txn *txn, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, ADD_ALL " WHERE id > (SELECT finding FROM words_until)");
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    stmt = store_stmt(txn, "UPDATE words_until SET finding = (SELECT max(id) FROM finding)"
                           " WHERE finding < (SELECT max(id) FROM finding)");
    return store_exec(txn, stmt, err);
}

static int run(sqlite3 *db, const char *sql, struct err *err)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : err_set(err, "the index of words: %s", sqlite3_errmsg(db));
}

int words_settle(sqlite3 *db, struct err *err)
{
    return run(db, "INSERT INTO alert_words(alert_words) VALUES('optimize')", err);
}

int words_renew(sqlite3 *db, struct err *err)
{
    int result = run(db,
                     "BEGIN IMMEDIATE;"
                     "INSERT INTO alert_words(alert_words) VALUES('delete-all');" ADD_ALL ";"
                     "UPDATE words_until SET finding = coalesce((SELECT max(id) FROM finding), 0);"
                     "COMMIT",
                     err);
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}
