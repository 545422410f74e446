/* The words of ASCII text on any processor, a byte at a time through one table. */
#include "lib/words.h"

/* The folded byte of an ASCII letter or digit, else 0; 0 for all that is not ASCII. */
static const char fold[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd',
    ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',
    ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',
    ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm',
    ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z'};

size_t words_ascii_portable(struct words_maker *maker, size_t at)
{
    const unsigned char *text = (const unsigned char *)maker->text;
    size_t len = maker->len;
    while (at < len && text[at] < 0x80) {
        size_t start = at;
        for (; at < len && fold[text[at]]; at++)
            maker->folded[at] = fold[text[at]];
        if (at < len && text[at] >= 0x80)
            return start;
        if (at == start) {
            at++;
            continue;
        }
        words_reserve(maker);
        words_emit(maker, start, at);
    }
    return at;
}
