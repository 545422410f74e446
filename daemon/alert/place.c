/* See place.h. */
#include "alert/place.h"

#include "base/mem.h"

char *place_of(const struct config_at *at)
{
    return at->file ? mem_printf("%s:%d", at->file, at->line) : mem_strdup("");
}

char *place_of_route(const struct config_route *route)
{
    return place_of(&route->at);
}
