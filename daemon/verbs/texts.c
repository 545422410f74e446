/*
 * The archived texts, a part at a time, for programs that hold topics against them. A part is
 * small, and is asked for after the one before: the loop writes it out in a moment, however large
 * the archive is.
 */
#include "base/memfd.h"
#include "base/str.h"
#include "document/archive.h"
#include "store/views.h"
#include "verbs/verbs.h"

#define PART_BYTES    (256 << 10)
#define PART_VERSIONS 200
#define TEXT_BYTES    (1 << 20) /* of one text; the rest is cut off */

/* The most that is whole characters. */
static size_t whole_len(const char *text, size_t len)
{
    while (len && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
        len--;
    return len && (unsigned char)text[len - 1] >= 0xC0 ? len - 1 : len;
}

/* For those who read JSON in C, a blank stands for a NUL. */
static json_t *text_json(const struct memfd_map *map)
{
    size_t len = map->len > TEXT_BYTES ? whole_len(map->data, TEXT_BYTES) : map->len;
    AUTO_FREE char *text = mem_alloc(len + 1);
    for (size_t i = 0; i < len; i++)
        text[i] = map->data[i] ? map->data[i] : ' ';
    return json_stringn(text, len);
}

/* How much text there is; 0 also when it is not kept any more. */
static int add_text(struct store_txn *txn, json_t *version, size_t *len, struct err *err)
{
    struct hash hash;
    struct memfd_map map;
    AUTO_FD int fd = -1;
    *len = 0;
    if (!hash_from_hex(&hash, json_string_value(json_object_get(version, "text_hash"))))
        return err_set(err, "a version without a text");
    int got = archive_get(txn, &hash, &fd, err);
    json_object_set_new(version, "text", json_null());
    if (got <= 0)
        return got;
    if (memfd_map(fd, ARCHIVE_MAX_BYTES, &map, err) < 0)
        return -1;
    *len = map.len < TEXT_BYTES ? map.len : TEXT_BYTES;
    json_object_set_new(version, "text", text_json(&map));
    json_object_set_new(version, "cut", json_boolean(map.len > TEXT_BYTES));
    memfd_unmap(&map);
    return 0;
}

/* {"versions": as store_view_versions_after says, with "text" (null: not kept any more) and "cut",
 * "of": how many there are from the first on} */
static int ask(struct store_txn *txn, const json_t *args, json_t **result, struct err *err)
{
    int64_t after = json_integer_value(json_object_get(args, "after")), n;
    int64_t since_ms = json_integer_value(json_object_get(args, "since_ms"));
    json_t *list, *version, *part = json_array();
    *result = json_pack("{s:o}", "versions", part);
    if (store_view_versions_after(txn, after, since_ms, PART_VERSIONS, &list, err) < 0)
        return -1;
    size_t i, bytes = 0, len;
    int status = 0;
    json_array_foreach(list, i, version)
    {
        status = add_text(txn, version, &len, err);
        json_array_append(part, version);
        bytes += len;
        if (status < 0 || bytes >= PART_BYTES)
            break;
    }
    json_decref(list);
    if (status == 0 && !after) {
        status = store_count_versions(txn, since_ms, &n, err);
        json_object_set_new(*result, "of", json_integer(n));
    }
    return status < 0 ? -1 : 0;
}

void verb_document_texts(void *arg, struct control_request *request, const json_t *args)
{
    ask_store(arg, request, args, ask);
}
