/* The modules in Python that the program has. packed_table.c, which executable.py writes, says which
 * they are and where; packed_modules.c reads them. */

#include <stddef.h>

struct block {
    /* Modules one after the other, as they are, or compressed together: raw deflate (RFC 1951). */
    const unsigned char *data;
    unsigned size;
    int is_compressed;
};

struct place {
    unsigned block;
    /* In the block's uncompressed content, in bytes. */
    unsigned offset;
    unsigned size;
};

extern const struct block packed_blocks[];
extern const struct place packed_places[];

/* Return the code of a module; NULL with an exception set. */
PyObject *packed_code(unsigned number);

/* Give back what reading has needed. Reading on is possible, and begins at a block's begin. */
void packed_reading_is_over(void);
