/*
 * Bytes as a configuration file, without a look at the disk. What is accepted must print as a
 * configuration that is accepted, too, and does not differ.
 */
#include <stdint.h>
#include <stdlib.h>

#include "config/build.h"
#include "config/diff.h"
#include "config/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct config *build(const char *text, size_t len, struct diags *diags)
{
    struct tree *tree = tree_parse_partly("fuzz.yaml", text, len, diags);
    if (!tree)
        return NULL;
    struct config *config = config_build("fuzz.yaml", (const struct tree *const *)&tree, 1, diags);
    tree_free(&tree);
    return config;
}

static void check_print(const struct config *config)
{
    struct diags diags = {0};
    struct buf printed = {0};
    struct config_diff diff;
    config_print(config, &printed);
    struct config *again = build(buf_text(&printed), printed.len, &diags);
    if (!again || diags.n_errors)
        abort();
    config_diff(config, again, &diff);
    if (!config_diff_empty(&diff))
        abort();
    config_diff_deinit(&diff);
    config_unref(&again);
    buf_deinit(&printed);
    diags_deinit(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diags diags = {0};
    struct buf messages = {0};
    struct config *config = build((const char *)data, size, &diags);
    diags_print(&diags, &messages);
    if (!config && !diags.n_errors)
        abort();
    if (config && !diags.n_errors)
        check_print(config);
    config_unref(&config);
    buf_deinit(&messages);
    diags_deinit(&diags);
    return 0;
}
