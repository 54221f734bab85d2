/* Reads modules in Python out of the executable.
 *
 * Those that a start needs are there as they are, for the sake of time; all others are compressed, to
 * a quarter, since flash is what routers lack. They stand in the order in which they are
 * imported, so a block is mostly read once, from its begin to its end.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <marshal.h>

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lzma.h"
#include "packed_modules.h"

static const struct block *kept;
static unsigned char *kept_content;
static int start_is_over;

static void
drop_kept(void)
{
    PyMem_RawFree(kept_content);
    kept_content = NULL;
    kept = NULL;
}

/* Return the content of a block; NULL with an exception set. */
static const unsigned char *
content_of(const struct block *block)
{
    if (!block->is_compressed)
        return block->data;
    if (block == kept)
        return kept_content;
    drop_kept();
    kept_content = PyMem_RawMalloc(block->content_size);
    if (kept_content == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    if (!lzma_read(block->data, block->size, kept_content, block->content_size)) {
        drop_kept();
        PyErr_SetString(PyExc_ImportError, "the program's file is damaged, or memory is short");
        return NULL;
    }
    kept = block;
    return kept_content;
}

/* Map the executable no longer, from its begin to the end of the code (end(3)), to which nobody can have
 * written: the kernel may use the memory for something else, and reads again what is wanted after all. */
static int
unmap(void)
{
    extern const char __executable_start, etext;
    uintptr_t page = sysconf(_SC_PAGESIZE);
    uintptr_t begin = (uintptr_t)&__executable_start / page * page;
    uintptr_t end = (uintptr_t)&etext / page * page;

    if (madvise((void *)begin, end - begin, MADV_DONTNEED) == 0)
        return 1;
    return errno == ENOMEM; /* there are gaps between the segments */
}

PyObject *
packed_code(unsigned number)
{
    const struct place *place = &packed_places[number];
    const unsigned char *content = content_of(&packed_blocks[place->block]);

    if (content == NULL)
        return NULL;
    PyObject *code = PyMarshal_ReadObjectFromString((const char *)content + place->offset, place->size);
    if (start_is_over)
        (void)packed_start_is_over(); /* what comes late, comes rarely */
    return code;
}

/* A child imports a dozen modules at once, of the same blocks, and ends. */
static void
begin_in_child(void)
{
    start_is_over = 0;
}

int
packed_start_is_over(void)
{
    static int children_are_known;

    if (!children_are_known) {
        int error = pthread_atfork(NULL, NULL, begin_in_child);
        if (error != 0) {
            errno = error;
            return 0;
        }
        children_are_known = 1;
    }
    start_is_over = 1;
    drop_kept();
    return unmap();
}
