/* The modules in Python that the program has. packed_table.c, which executable.py writes, says which
 * they are and where; packed_modules.c reads them. */

#include <stddef.h>

struct block {
    enum {
        BUNDLE,     /* the marshalled list of the code of its modules */
        PLAIN,      /* modules one after the other */
        COMPRESSED, /* the same, compressed together (lzma.h) */
    } kind;
    const unsigned char *data;
    unsigned size;
    /* When it is not compressed. */
    unsigned content_size;
};

struct place {
    unsigned block;
    /* In a bundle its index; elsewhere in the block's content, in bytes, with its size. */
    unsigned offset;
    unsigned size;
};

/* The bundles come first. */
extern const struct block packed_blocks[];
extern const struct place packed_places[];

/* Those that have been read, each as its list of code, in which None stands for what was taken. */
extern PyObject *packed_bundles[];
extern const unsigned packed_bundle_count;

/* Return the code of a module; NULL with an exception set. */
PyObject *packed_code(unsigned number);

/* Make the module _packed, by which quick_import.py takes code. */
PyObject *packed_make_module(void);

/* Give back the memory that only the start has needed; from now on, what an import reads is given back at its
 * end. Return 0 with errno set when it cannot be done. */
int packed_start_is_over(void);
