/* How a process ended, in words. */
#ifndef TOCSIN_HOSTS_DEATH_H
#define TOCSIN_HOSTS_DEATH_H

/* "crashed: segmentation fault", "ended by itself with exit status 3", from a status as waitpid(2)
 * gives it. The caller frees it. */
char *death_in_words(int status);

#endif
