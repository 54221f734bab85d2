/* The modules in Python that the program has. packed_table.c, which executable.py writes, says which
 * they are and where; packed_modules.c reads them. */

#include <stddef.h>

struct block {
    /* Modules one after the other, as they are, or compressed together (lzma.h). */
    const unsigned char *data;
    unsigned size;
    unsigned content_size;
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

/* Give back the memory that only the start has needed, and from now on that of each module's reading. Return
 * 0 with errno set when it cannot be done. */
int packed_start_is_over(void);
