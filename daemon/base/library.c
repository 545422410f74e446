/* See library.h. Functions are copied as dlsym(3) has it for a void pointer. */
#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

int library_open(const char *file, const char *const *names, size_t n, void *functions,
                 struct err *err)
{
    void *first, *found[LIBRARY_MAX];
    memcpy(&first, functions, sizeof(first));
    if (first)
        return 0;
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return err_set(err, "%s", dlerror());
    for (size_t i = 0; i < n; i++) {
        found[i] = dlsym(handle, names[i]);
        if (!found[i]) {
            dlclose(handle);
            return err_set(err, "%s has no %s", file, names[i]);
        }
    }
    memcpy(functions, found, n * sizeof(*found));
    return 0;
}
