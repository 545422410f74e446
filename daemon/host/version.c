/* From bytes to a version, one step after the other; see version.h. */
#include "host/version.h"

#include <stdlib.h>
#include <string.h>

#include "host/decode.h"
#include "host/header.h"
#include "host/read.h"
#include "lib/utf8.h"

void version_deinit(struct version *version)
{
    buf_deinit(&version->text);
    buf_deinit(&version->note);
    free(version->title);
    *version = (struct version){0};
}

struct hash version_text_hash(const char *text, size_t len)
{
    AUTO_BUF struct buf normal = {0};
    bool space = false;
    for (size_t at = 0; at < len;) {
        size_t from = at;
        if (utf8_is_space(utf8_next(text, len, &at))) {
            space = true;
            continue;
        }
        if (space && normal.len)
            buf_putc(&normal, ' ');
        space = false;
        buf_append(&normal, text + from, at - from);
    }
    return hash_bytes(buf_text(&normal), normal.len);
}

static void make_text(const struct buf *bytes, const char *path, struct version *version)
{
    struct decoded decoded;
    if (!decode(buf_text(bytes), bytes->len, path, &decoded))
        version->status = IPC_READ_UNSUPPORTED;
    version->media_type = decoded.media_type;
    version->charset = decoded.charset;
    version->text = decoded.text;
    version->note = decoded.note;
    struct header header =
        header_parse(buf_text(&version->text), version->text.len, &version->note);
    buf_consume(&version->text, header.len);
    version->date = header.date;
    const char *text = buf_text(&version->text);
    version->title = header_title(text, version->text.len, version->media_type);
    version->text_hash = version_text_hash(text, version->text.len);
}

void version_read(int fd, const struct ipc_read *read, struct version *version)
{
    *version = (struct version){.media_type = "", .charset = ""};
    AUTO_BUF struct buf bytes = {0};
    version->status = read_file(fd, read->max_bytes, read->growing != 0, &bytes, &version->note);
    if (version->status != IPC_READ_OK)
        return;
    version->size_bytes = (int64_t)bytes.len;
    version->hash = hash_bytes(buf_text(&bytes), bytes.len);
    if (hash_equal(&version->hash, &read->known))
        version->status = IPC_READ_UNCHANGED;
    else
        make_text(&bytes, read->path, version);
}
