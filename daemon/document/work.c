/* What passes between this room and detect/; see document.h. */
#include <stdlib.h>

#include "base/mem.h"
#include "document/document.h"

void document_work_free(struct document_work **work)
{
    if (!*work)
        return;
    fd_close(&(*work)->fd);
    free((*work)->source);
    free((*work)->path);
    free(*work);
    *work = NULL;
}

void document_version_free(struct document_version **version)
{
    if (!*version)
        return;
    fd_close(&(*version)->text_fd);
    free((*version)->text);
    free((*version)->title);
    free((*version)->media_type);
    free((*version)->charset);
    free((*version)->note);
    free(*version);
    *version = NULL;
}
