/* Ids as people give them: the first digits will do; see views.h. */
#include "store/bind.h"

#define DIGITS_MIN 4

/* The lowest and the highest hash that begin with these digits. False: they are no such thing. */
static bool range_of(const char *hex, struct hash *low, struct hash *high)
{
    char from[HASH_HEX_SIZE], to[HASH_HEX_SIZE];
    size_t len = strlen(hex);
    if (len < DIGITS_MIN || len > HASH_BYTES * 2 || strspn(hex, "0123456789abcdef") != len)
        return false;
    memset(from, '0', sizeof(from) - 1);
    memset(to, 'f', sizeof(to) - 1);
    memcpy(from, hex, len);
    memcpy(to, hex, len);
    from[HASH_BYTES * 2] = to[HASH_BYTES * 2] = '\0';
    return hash_from_hex(low, from) && hash_from_hex(high, to);
}

/* `select` gives the ids between its two parameters. */
static int find(struct store_txn *txn, const char *select, const char *noun, const char *hex,
                struct hash *id, struct err *err)
{
    struct hash low, high;
    if (!range_of(hex, &low, &high))
        return err_set(err, "\"%s\" is no id of %s (4 to 64 hex digits)", hex, noun);
    sqlite3_stmt *stmt = store_stmt(txn, select);
    bind_hash(stmt, 1, &low);
    bind_hash(stmt, 2, &high);
    int n = 0, got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        if (n++ == 0)
            *id = column_hash(stmt, 0);
    }
    if (got < 0 || n == 1)
        return got;
    return n == 0 ? err_set(err, "there is no %s %s", strchr(noun, ' ') + 1, hex)
                  : err_set(err, "more than one begins with %s: give more digits", hex);
}

int store_find_alert(struct store_txn *txn, const char *hex, struct hash *id, struct err *err)
{
    return find(txn, "SELECT id FROM alert WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 2",
                "an alert", hex, id, err);
}

int store_find_delivery(struct store_txn *txn, const char *hex, struct hash *id, struct err *err)
{
    return find(txn, "SELECT id FROM delivery WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 2",
                "a delivery", hex, id, err);
}
