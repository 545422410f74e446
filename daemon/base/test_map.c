/* The map against a plain array under many random insertions and removals; lists; buffers; hashes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/map.h"

#define N_KEYS 500

static void test_map_against_an_array(void **state)
{
    (void)state;
    struct map *map = map_new();
    static char values[N_KEYS];
    bool present[N_KEYS] = {false};
    unsigned seed = 1;
    size_t n_present = 0;
    for (int step = 0; step < 50000; step++) {
        seed = seed * 1103515245 + 12345;
        size_t key = (seed >> 8) % N_KEYS;
        if (seed & 0x80000000u) {
            void *before = map_set(map, &key, sizeof(key), &values[key]);
            assert_ptr_equal(before, present[key] ? &values[key] : NULL);
            n_present += !present[key];
            present[key] = true;
        } else {
            void *before = map_remove(map, &key, sizeof(key));
            assert_ptr_equal(before, present[key] ? &values[key] : NULL);
            n_present -= present[key];
            present[key] = false;
        }
        assert_int_equal(map_count(map), n_present);
    }
    for (size_t key = 0; key < N_KEYS; key++)
        assert_ptr_equal(map_get(map, &key, sizeof(key)), present[key] ? &values[key] : NULL);
    size_t at = 0, seen = 0, len;
    const void *key;
    void *value;
    while (map_next(map, &at, &key, &len, &value)) {
        size_t number;
        memcpy(&number, key, sizeof(number));
        assert_int_equal(len, sizeof(number));
        assert_true(present[number]);
        assert_ptr_equal(map_remove(map, &number, sizeof(number)), value);
        seen++;
    }
    assert_int_equal(seen, n_present);
    assert_int_equal(map_count(map), 0);
    map_free(&map, NULL);
    assert_null(map);
}

static void test_map_keys_are_bytes(void **state)
{
    (void)state;
    struct map *map = map_new();
    int a, b;
    map_set(map, "x\0y", 3, &a);
    map_set(map, "x", 1, &b);
    assert_ptr_equal(map_get(map, "x\0y", 3), &a);
    assert_ptr_equal(map_get_text(map, "x"), &b);
    assert_null(map_get(map, "", 0));
    map_free(&map, NULL);
}

struct item {
    struct list link;
    int n;
};

static void test_list(void **state)
{
    (void)state;
    struct list head;
    list_init(&head);
    struct item items[4];
    for (int i = 0; i < 4; i++) {
        items[i].n = i;
        list_append(&head, &items[i].link);
    }
    list_each_safe (link, &head) {
        if (LIST_ITEM(link, struct item, link)->n % 2)
            list_remove(link);
    }
    list_remove(&items[1].link); /* in no list: harmless */
    int sum = 0;
    list_each (link, &head)
        sum = sum * 10 + LIST_ITEM(link, struct item, link)->n;
    assert_int_equal(sum, 2);
    assert_ptr_equal(list_pop(&head), &items[0].link);
    assert_ptr_equal(list_pop(&head), &items[2].link);
    assert_null(list_pop(&head));
    assert_true(list_empty(&head));
}

static void test_buf(void **state)
{
    (void)state;
    AUTO_BUF struct buf buf = {0};
    assert_string_equal(buf_text(&buf), "");
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "%d,", i % 10);
    assert_int_equal(buf.len, 2000);
    buf_consume(&buf, 1998);
    assert_string_equal(buf_text(&buf), "9,");
    buf_append(&buf, "\0z", 2);
    assert_int_equal(buf.len, 4);
    AUTO_FREE char *text = buf_take(&buf);
    assert_memory_equal(text, "9,\0z", 5);
    assert_int_equal(buf.len, 0);
}

static void test_hash(void **state)
{
    (void)state;
    /* RFC 7693 names no BLAKE2b-256 vector; this is what coreutils' `printf abc | b2sum -l 256`
     * says. */
    struct hash hash = hash_bytes("abc", 3), again;
    char hex[HASH_HEX_SIZE];
    hash_hex(&hash, HASH_BYTES, hex);
    assert_string_equal(hex, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    assert_true(hash_from_hex(&again, hex) && hash_equal(&hash, &again));
    hex[0] = 'g';
    assert_false(hash_from_hex(&again, hex));
    assert_false(hash_from_hex(&again, "ab"));

    struct hasher one, other;
    hasher_init(&one);
    hasher_text(&one, "ab");
    hasher_text(&one, "c");
    hasher_init(&other);
    hasher_text(&other, "a");
    hasher_text(&other, "bc");
    struct hash x = hasher_final(&one), y = hasher_final(&other);
    assert_false(hash_equal(&x, &y));
    assert_false(hash_is_zero(&x));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_against_an_array),
        cmocka_unit_test(test_map_keys_are_bytes),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_buf),
        cmocka_unit_test(test_hash),
    };
    return cmocka_run_group_tests_name("containers", tests, NULL, NULL);
}
