/*
 * Bytes as a document, the first of which picks the ending of its name: charset, header, title,
 * media type. Whatever they are, the text is UTF-8 without a NUL, and so is what people are shown.
 */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/memfd.h"
#include "host/charset.h"
#include "host/version.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {"plain", "page.html", "notes.md", "feed.xml"};

static void check_shown(const char *text)
{
    require(is_utf8(text, strlen(text)));
}

static void check_version(const struct version *version, size_t size)
{
    const char *text = buf_text(&version->text);
    require(version->status == IPC_READ_OK || version->status == IPC_READ_UNSUPPORTED);
    require(version->size_bytes == (int64_t)size);
    require(is_utf8(text, version->text.len) && strlen(text) == version->text.len);
    require(version->status == IPC_READ_OK ? *version->charset : !version->text.len);
    require(*version->media_type && version->date >= 0 && version->date <= 99991231);
    check_shown(version->title);
    check_shown(buf_text(&version->note));
}

/* Read again, it is the version that is known. */
static void check_again(int fd, const struct ipc_read *read, const struct version *before)
{
    struct version version;
    struct ipc_read again = *read;
    again.known = before->hash;
    version_read(fd, &again, &version);
    require(version.status == IPC_READ_UNCHANGED);
    version_deinit(&version);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_open;
    struct err err;
    struct version version;
    if (!is_open)
        charset_open();
    is_open = true;
    if (!size)
        return 0;
    AUTO_FD int fd = memfd_from("document", data + 1, size - 1, &err);
    require(fd >= 0);
    struct ipc_read read = {.path = paths[data[0] % ARRAY_LEN(paths)], .max_bytes = 1 << 20};
    version_read(fd, &read, &version);
    check_version(&version, size - 1);
    check_again(fd, &read, &version);
    version_deinit(&version);
    return 0;
}
