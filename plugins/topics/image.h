/*
 * All topics as one piece of memory without pointers: built once (build.h), sealed, mapped by every
 * host, kept on disk.
 *
 * A document's words are looked up in WORDS; words and pairs of neighbours under which topics are
 * filed lead by GROUPS to POSTS, which are places in CODE, or numbers of lists with POST_LIST. What
 * is found so is evaluated by its code, before which its topic's number stands.
 *
 * When a few of very many topics change, the image stays as it is, the base, and what is new stands
 * in a second one beside it, the update, which also says what of the base is still there (index.h).
 */
#ifndef TOCSIN_TOPICS_IMAGE_H
#define TOCSIN_TOPICS_IMAGE_H

#include "base/err.h"
#include "topics/code.h"
#include "topics/hash.h"

/* On the id of a word, beyond ID_MASK: what it may be the key of. */
#define ID_IS_KEY    (1u << 31)
#define ID_IS_FIRST  (1u << 30) /* of a pair */
#define ID_IS_SECOND (1u << 29)
#define ID_HAS_EXACT (1u << 28) /* some query wants it written in one way */

#define POST_LIST (1u << 31)

struct image_word {
    uint64_t key;
    uint32_t id; /* with flags; ID_NONE: the place is empty */
    uint32_t
        string; /* of a long word: in LONG_WORDS, its length and its bytes; 0: of a short one */
};

enum group_kind { GROUP_WORD = 1, GROUP_PAIR, GROUP_CLASS, GROUP_LIST, GROUP_REGEX, GROUP_ALWAYS };
struct image_group {
    uint64_t key;      /* 0: the place is empty */
    uint32_t start, n; /* in POSTS; a single post is `start` itself */
};
static inline uint64_t group_key(enum group_kind kind, uint32_t a, uint32_t b)
{
    return (uint64_t)kind << 60 | (uint64_t)a << 28 | b;
}
/* Two words, one behind the other. */
struct pair {
    uint32_t first, second;
};
/* Of the key of a group; of another than GROUP_PAIR, none. */
static inline struct pair group_pair(uint64_t key)
{
    if (key >> 60 != GROUP_PAIR)
        return (struct pair){ID_NONE, ID_NONE};
    return (struct pair){.first = key >> 28 & ID_MASK, .second = key & ID_MASK};
}

struct image_class {
    enum word_kind kind;
    uint32_t slips;
    uint32_t text, len; /* the pattern, the word, the stem, the exact writing */
    uint32_t word;      /* WORD_EXACT: the id of the folded word */
};
/* Classes by what a word must have to be in them (classes.c). Sorted by key. */
struct image_bucket {
    uint64_t key;
    uint32_t class;
    uint32_t unused;
};

struct image_topic {
    uint32_t code;               /* in CODE, behind its number */
    uint32_t query, description; /* texts; description "": none */
    uint32_t labels;             /* texts, one after the other, "" ends them */
    uint32_t language;           /* text; "": none */
    uint32_t piece;              /* in PIECES */
    uint32_t line, column;       /* from 1; the line from where the piece begins */
    uint32_t severity;
    uint32_t shadow; /* 1: rings nobody */
};

struct image_list {
    uint32_t name;       /* text */
    uint32_t aliases, n; /* in ALIASES */
};
/* One way to write an entry of a list. */
struct image_alias {
    uint32_t code; /* of a term */
    uint32_t name; /* text: the entry */
};

struct image_regex {
    uint32_t source; /* text */
    uint32_t any_case;
};

/* A file of topics, or some lines of one in bulk (pieces.h). */
struct image_piece {
    uint32_t path;          /* text */
    uint32_t topics, n;     /* its topics: numbers from `topics` on */
    uint32_t lines;         /* of the file, before it */
    unsigned char hash[32]; /* of the path and the content */
};

/* What was said of a piece when it was read; its line as that of a topic. Sorted by pieces. */
struct image_warning {
    uint32_t piece, line, column, text;
};

/* In ORDER of an update: the piece is the base's. */
#define ORDER_BASE (1u << 31)
/* In place of the lines before a piece: it is there no more. */
#define LINES_GONE UINT32_MAX

/* S(NAME, member, type of its elements) */
#define IMAGE_SECTIONS(S)                                                                          \
    S(STRINGS, strings, char)                                                                      \
    S(WORDS, words, struct image_word)                                                             \
    S(LONG_WORDS, long_words, char)                                                                \
    S(WORD_FILTER, word_filter, uint64_t)                                                          \
    S(GROUPS, groups, struct image_group)                                                          \
    S(POSTS, posts, uint32_t)                                                                      \
    S(GROUP_FILTER, group_filter, uint64_t)                                                        \
    S(CLASSES, classes, struct image_class)                                                        \
    S(BUCKETS, buckets, struct image_bucket)                                                       \
    S(LANGUAGES, languages, uint32_t)                                                              \
    S(CODE, code, uint32_t)                                                                        \
    S(TOPICS, topics, struct image_topic)                                                          \
    S(TOPIC_NAMES, topic_names, uint32_t)                                                          \
    S(NAMES, names, char)                                                                          \
    S(NAME_SLOTS, name_slots, uint32_t) /* by the names' hash_text: topics' numbers and 1 */       \
    S(LISTS, lists, struct image_list)                                                             \
    S(ALIASES, aliases, struct image_alias)                                                        \
    S(REGEXES, regexes, struct image_regex)                                                        \
    S(REGEX_SET, regex_set, char)                                                                  \
    S(PIECES, pieces, struct image_piece)                                                          \
    S(WARNINGS, warnings, struct image_warning)                                                    \
    S(BASE_LINES, base_lines,                                                                      \
      uint32_t)               /* of an update: the lines before each piece of the base */          \
    S(ORDER, order, uint32_t) /* of an update: all pieces as the files have them */

#define IMAGE_ENUM(NAME, member, type) IMAGE_##NAME,
enum image_section { IMAGE_SECTIONS(IMAGE_ENUM) IMAGE_N_SECTIONS };

/* What documents have to be looked at for. */
enum image_uses {
    IMAGE_USES_TITLE = 1, /* some key may be in the title */
    IMAGE_USES_REGEX = 2, /* some topic is filed under an expression */
    IMAGE_USES_NEW = 4,   /* some topic asks what an edit has added */
};

#define IMAGE_MAGIC   "tocsin topics\n\0"
#define IMAGE_VERSION 7

struct image_head {
    char magic[16];
    uint32_t version;
    uint32_t uses; /* enum image_uses */
    uint64_t seed;
    uint64_t learnt;              /* frequency_id of what topics are filed by */
    uint64_t base;                /* of an update: the seed of its base, by which it is known */
    uint64_t bytes;               /* of the whole */
    unsigned char lists_hash[32]; /* of the files of lists */
    struct {
        uint64_t at, n;
    } sections[IMAGE_N_SECTIONS];
};

#define IMAGE_MEMBER(NAME, member, type)                                                           \
    const type *member;                                                                            \
    size_t n_##member;
struct image {
    const struct image_head *head;
    uint64_t seed;
    /* Of a base beside an update: the lines before each piece as it is now; else NULL. */
    const uint32_t *lines_now;
    IMAGE_SECTIONS(IMAGE_MEMBER)
};

/* Points into `bytes`, which are aligned for 16 bytes and outlive it. -1: it is none of this
 * version, or cut. */
int image_open(struct image *image, const void *bytes, size_t len, struct err *err);

static inline const char *image_text(const struct image *image, uint32_t at)
{
    return image->strings + at;
}
/* Names stand apart from the rest of topics: they are all that is shown of most matches. */
static inline const char *image_topic_name(const struct image *image, uint32_t topic)
{
    return image->names + image->topic_names[topic];
}
/* The file that a topic is in, and its line there. */
static inline const char *image_topic_path(const struct image *image,
                                           const struct image_topic *topic)
{
    return image_text(image, image->pieces[topic->piece].path);
}
/* How many lines of its file stand before a piece; LINES_GONE: it is there no more. */
static inline uint32_t image_piece_lines(const struct image *image, uint32_t piece)
{
    return image->lines_now ? image->lines_now[piece] : image->pieces[piece].lines;
}
static inline int image_topic_line(const struct image *image, const struct image_topic *topic)
{
    return (int)(image_piece_lines(image, topic->piece) + topic->line);
}
static inline bool image_has_topic(const struct image *image, uint32_t topic)
{
    return !image->lines_now || image->lines_now[image->topics[topic].piece] != LINES_GONE;
}
/* The bytes of a long word, and how many. */
static inline const char *image_long_word(const struct image *image, uint32_t string, size_t *len)
{
    uint32_t its;
    memcpy(&its, image->long_words + string, sizeof(its));
    *len = its;
    return image->long_words + string + sizeof(its);
}
/* With its flags; ID_NONE when no query asks for this word. */
uint32_t image_word(const struct image *image, const char *folded, size_t len);
/* Where a hash has its bit in a filter of n words, a power of two. */
static inline size_t filter_word(uint64_t hash, size_t n)
{
    return hash >> 6 & (n - 1);
}
static inline uint64_t filter_bit(uint64_t hash)
{
    return UINT64_C(1) << (hash & 63);
}
/* False of what is surely not in what the filter was made for. */
static inline bool filter_has(const uint64_t *filter, size_t n, uint64_t hash)
{
    return filter[filter_word(hash, n)] >> (hash & 63) & 1;
}
/* NULL when nothing is filed there. */
const struct image_group *image_group(const struct image *image, uint64_t key);
/* The same, looked for from a place on: where the key's hash belongs. */
static inline const struct image_group *image_group_at(const struct image *image, uint64_t key,
                                                       size_t at)
{
    for (;; at = (at + 1) & (image->n_groups - 1)) {
        const struct image_group *group = &image->groups[at];
        if (group->key == key)
            return group;
        if (!group->key)
            return NULL;
    }
}
static inline const uint32_t *image_posts(const struct image *image,
                                          const struct image_group *group)
{
    return group->n == 1 ? &group->start : image->posts + group->start;
}
/* The number of the topic of a post that is none of a list. */
static inline uint32_t image_post_topic(const struct image *image, uint32_t post)
{
    return image->code[post - 1];
}
/* Where a name is looked for first, in n slots. */
static inline size_t name_slot(uint64_t seed, const char *name, size_t n)
{
    return hash_text(seed, name, strlen(name)) & (n - 1);
}
/* The number of a topic, UINT32_MAX when there is none of that name. */
uint32_t image_find(const struct image *image, const char *name);

#endif
