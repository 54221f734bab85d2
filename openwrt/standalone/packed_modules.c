/* Reads modules in Python out of the executable.
 *
 * Those of a start are there as they are, for the sake of time, and most of them are read in bundles: a name
 * that many of them have is read once. All others are compressed, to a quarter, since flash is what routers
 * lack. All stand in the order in which they are imported, so a block is mostly read once, from its begin to
 * its end.
 */

#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE
#include <Python.h>

#include <internal/pycore_import.h>
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
    if (block->kind == PLAIN)
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

static void
drop_bundles(void)
{
    for (unsigned number = 0; number < packed_bundle_count; number++)
        Py_CLEAR(packed_bundles[number]);
}

/* Take the code of a module out of a bundle, and read the bundle if that is not there. */
static PyObject *
take_from_bundle(unsigned number, unsigned index)
{
    const struct block *block = &packed_blocks[number];
    PyObject **bundle = &packed_bundles[number];

    if (*bundle == NULL || PyList_GET_ITEM(*bundle, index) == Py_None) {
        PyObject *read = PyMarshal_ReadObjectFromString((const char *)block->data, block->size);
        if (read == NULL)
            return NULL;
        Py_XSETREF(*bundle, read);
    }
    PyObject *code = PyList_GET_ITEM(*bundle, index);
    PyList_SET_ITEM(*bundle, index, Py_NewRef(Py_None));
    return code;
}

PyObject *
packed_code(unsigned number)
{
    const struct place *place = &packed_places[number];
    const struct block *block = &packed_blocks[place->block];
    PyObject *code = NULL;
    /* What is collected now could import something, and the content that is being read would be dropped. */
    int collects = PyGC_Disable();

    if (block->kind == BUNDLE) {
        code = take_from_bundle(place->block, place->offset);
    } else {
        const unsigned char *content = content_of(block);
        if (content != NULL)
            code = PyMarshal_ReadObjectFromString((const char *)content + place->offset, place->size);
    }
    if (collects)
        PyGC_Enable();
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
    drop_bundles();
    return unmap();
}

/* Return a dictionary: the number of each module by its name, and for a package its complement. importlib
 * goes through the table from its begin to the module for each of two questions about it. */
static PyObject *
packed_numbers(PyObject *module, PyObject *nothing)
{
    PyObject *numbers = PyDict_New();
    const struct _frozen *frozen = _PyImport_FrozenBootstrap;

    for (long number = 0; numbers != NULL && frozen->name != NULL; number++, frozen++) {
        PyObject *value = PyLong_FromLong(frozen->is_package ? ~number : number);
        if (value == NULL || PyDict_SetItemString(numbers, frozen->name, value) < 0)
            Py_CLEAR(numbers);
        Py_XDECREF(value);
    }
    return numbers;
}

static PyObject *
packed_code_of(PyObject *module, PyObject *argument)
{
    long number = PyLong_AsLong(argument);

    if (number == -1 && PyErr_Occurred())
        return NULL;
    return packed_code(number < 0 ? ~number : number);
}

/* What comes after the start, comes rarely: its blocks are kept until all is imported that one module brings
 * along, and no longer. */
static PyObject *
packed_import_is_over(PyObject *module, PyObject *nothing)
{
    if (start_is_over)
        (void)packed_start_is_over(); /* the start has told if it cannot be done */
    Py_RETURN_NONE;
}

static PyMethodDef packed_functions[] = {
    {"numbers", packed_numbers, METH_NOARGS, NULL},
    {"code", packed_code_of, METH_O, NULL},
    {"import_is_over", packed_import_is_over, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef packed_module = {
    PyModuleDef_HEAD_INIT, "_packed", NULL, 0, packed_functions, NULL, NULL, NULL, NULL,
};

PyObject *
packed_make_module(void)
{
    return PyModuleDef_Init(&packed_module);
}
