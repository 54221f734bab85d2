/* Reads modules in Python out of the executable.
 *
 * Those that a start needs are there as they are, for the sake of time; all others are compressed, to
 * a third or a quarter, since flash is what routers lack. They stand in the order in which they are
 * imported, so a block is mostly read once, from its begin to its end.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <marshal.h>
#include <zlib.h>

#include "packed_modules.h"

static z_stream stream;
static const struct block *being_read;
static unsigned reached; /* in its content */

void
packed_reading_is_over(void)
{
    if (being_read != NULL)
        inflateEnd(&stream);
    being_read = NULL;
}

static int
begin(const struct block *block)
{
    packed_reading_is_over();
    memset(&stream, 0, sizeof stream);
    stream.next_in = (Bytef *)block->data;
    stream.avail_in = block->size;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return 0;
    being_read = block;
    reached = 0;
    return 1;
}

static int
read_on(unsigned char *content, unsigned size)
{
    stream.next_out = content;
    stream.avail_out = size;
    int result = inflate(&stream, Z_SYNC_FLUSH);
    reached += size;
    return stream.avail_out == 0 && (result == Z_OK || result == Z_STREAM_END);
}

static PyObject *
compressed_code(const struct block *block, const struct place *place)
{
    unsigned char *content = PyMem_RawMalloc(place->size);
    int is_read = content != NULL;

    if (is_read && (block != being_read || reached > place->offset))
        is_read = begin(block);
    while (is_read && reached < place->offset)
        is_read = read_on(content, Py_MIN(place->offset - reached, place->size));
    is_read = is_read && read_on(content, place->size);
    PyObject *code = NULL;
    if (is_read)
        code = PyMarshal_ReadObjectFromString((const char *)content, place->size);
    else {
        packed_reading_is_over();
        PyErr_SetString(PyExc_ImportError, "no memory, or the program's file is damaged");
    }
    PyMem_RawFree(content);
    return code;
}

PyObject *
packed_code(unsigned number)
{
    const struct place *place = &packed_places[number];
    const struct block *block = &packed_blocks[place->block];

    if (block->is_compressed)
        return compressed_code(block, place);
    return PyMarshal_ReadObjectFromString((const char *)block->data + place->offset, place->size);
}
