/* Media types by signature and by name, two tables; see media.h. */
#include "host/media.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"

#define SIGNATURE(at, bytes, type)                                                                 \
    {                                                                                              \
        (at), sizeof(bytes) - 1, (bytes), (type)                                                   \
    }

/* Signatures as file(1) and the formats' own documents give them. */
static const struct {
    size_t at, len;
    const char *bytes;
    const char *type;
} signatures[] = {
    SIGNATURE(0, "%PDF-", "application/pdf"),
    SIGNATURE(0, "%!PS", "application/postscript"),
    SIGNATURE(0, "{\\rtf", "application/rtf"),
    SIGNATURE(0, "PK\x03\x04", "application/zip"),
    SIGNATURE(0, "PK\x05\x06", "application/zip"),
    SIGNATURE(0, "\x1F\x8B", "application/gzip"),
    SIGNATURE(0, "BZh", "application/x-bzip2"),
    SIGNATURE(0,
              "\xFD"
              "7zXZ",
              "application/x-xz"),
    SIGNATURE(0, "\x28\xB5\x2F\xFD", "application/zstd"),
    SIGNATURE(0, "7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"),
    SIGNATURE(0, "Rar!\x1A\x07", "application/vnd.rar"),
    SIGNATURE(257, "ustar", "application/x-tar"),
    SIGNATURE(0, "\x89PNG\r\n\x1A\n", "image/png"),
    SIGNATURE(0, "\xFF\xD8\xFF", "image/jpeg"),
    SIGNATURE(0, "GIF87a", "image/gif"),
    SIGNATURE(0, "GIF89a", "image/gif"),
    SIGNATURE(0, "II*\0", "image/tiff"),
    SIGNATURE(0, "MM\0*", "image/tiff"),
    SIGNATURE(8, "WEBP", "image/webp"),
    SIGNATURE(8, "WAVE", "audio/wav"),
    SIGNATURE(8, "AVI ", "video/x-msvideo"),
    SIGNATURE(4, "ftyp", "video/mp4"),
    SIGNATURE(0, "\x1A\x45\xDF\xA3", "video/x-matroska"),
    SIGNATURE(0, "ID3", "audio/mpeg"),
    SIGNATURE(0, "OggS", "application/ogg"),
    SIGNATURE(0, "fLaC", "audio/flac"),
    SIGNATURE(0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/x-ole-storage"),
    SIGNATURE(0, "AT&TFORM", "image/vnd.djvu"),
    SIGNATURE(0, "SQLite format 3\0", "application/vnd.sqlite3"),
    SIGNATURE(0,
              "\x7F"
              "ELF",
              "application/x-elf"),
    SIGNATURE(0, "\0asm", "application/wasm"),
    SIGNATURE(0, "\xCA\xFE\xBA\xBE", "application/java-vm"),
};

const char *media_of_bytes(const char *bytes, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(signatures); i++)
        if (len >= signatures[i].at + signatures[i].len &&
            memcmp(bytes + signatures[i].at, signatures[i].bytes, signatures[i].len) == 0)
            return signatures[i].type;
    return NULL;
}

static const struct {
    const char *ending;
    const char *type;
} endings[] = {
    {".html", "text/html"},        {".htm", "text/html"},          {".xhtml", "text/html"},
    {".md", "text/markdown"},      {".markdown", "text/markdown"}, {".csv", "text/csv"},
    {".json", "application/json"}, {".xml", "application/xml"},    {".rss", "application/xml"},
    {".yaml", "application/yaml"}, {".yml", "application/yaml"},   {".eml", "message/rfc822"},
};

static const struct {
    const char *beginning;
    const char *type;
} beginnings[] = {
    {"<!doctype html", "text/html"},
    {"<html", "text/html"},
    {"<?xml", "application/xml"},
};

static bool ends_in(const char *path, const char *ending)
{
    size_t len = strlen(path), n = strlen(ending);
    return len > n && strcasecmp(path + len - n, ending) == 0;
}

const char *media_of_text(const char *text, size_t len, const char *path)
{
    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        if (ends_in(path, endings[i].ending))
            return endings[i].type;
    size_t at = 0;
    while (at < len && strchr(" \t\r\n", text[at]) && text[at])
        at++;
    for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
        size_t n = strlen(beginnings[i].beginning);
        if (len - at >= n && strncasecmp(text + at, beginnings[i].beginning, n) == 0)
            return beginnings[i].type;
    }
    return "text/plain";
}
