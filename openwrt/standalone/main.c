/* The self-contained program: an interpreter that runs ruijie_proxy, which is in it.
 *
 * Isolated (PEP 587): no environment variable of Python's, no site-packages and no file of this
 * machine changes what it does. Modules are in it (packed_modules.c).
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "packed_modules.h"

#define PREPARATION \
    "import sys\n" \
    "sys.frozen = True\n" \
    "import _quick_import\n" \
    "_quick_import.install(sys.executable)\n"

static const char PROGRAM[] = PREPARATION
    "from ruijie_proxy.cli import main\n"
    "main()\n";

/* Giving up privileges: prctl(2), capset(2). A static program has no dlopen(3), by which
 * runtime/processes/privileges.py would reach them. */

static PyObject *
linux_prctl(PyObject *module, PyObject *arguments)
{
    int option;
    unsigned long second, third, fourth, fifth;

    if (!PyArg_ParseTuple(arguments, "ikkkk", &option, &second, &third, &fourth, &fifth))
        return NULL;
    return PyLong_FromLong(prctl(option, second, third, fourth, fifth));
}

static PyObject *
linux_capset(PyObject *module, PyObject *arguments)
{
    const char *header, *data;
    Py_ssize_t header_size, data_size;

    if (!PyArg_ParseTuple(arguments, "y#y#", &header, &header_size, &data, &data_size))
        return NULL;
    if (header_size != 8 || data_size != 24) {
        PyErr_SetString(PyExc_ValueError, "8 bytes of header and 24 of data are wanted");
        return NULL;
    }
    return PyLong_FromLong(syscall(SYS_capset, header, data));
}

static PyObject *
linux_start_is_over(PyObject *module, PyObject *nothing)
{
    if (!packed_start_is_over())
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

static PyMethodDef linux_functions[] = {
    {"prctl", linux_prctl, METH_VARARGS, NULL},
    {"capset", linux_capset, METH_VARARGS, NULL},
    {"start_is_over", linux_start_is_over, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef linux_module = {
    PyModuleDef_HEAD_INIT, "_linux_calls", NULL, 0, linux_functions, NULL, NULL, NULL, NULL,
};

static PyObject *
make_linux_module(void)
{
    return PyModuleDef_Init(&linux_module);
}

static void
require(PyStatus status)
{
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
}

static wchar_t *
decoded(const char *text)
{
    wchar_t *wide = Py_DecodeLocale(text, NULL);

    if (wide == NULL)
        require(PyStatus_NoMemory());
    return wide;
}

/* OpenWrt keeps the time zone in a file, which its own C library reads and musl does not. */
static void
take_time_zone(void)
{
    char zone[256];
    FILE *file = getenv("TZ") ? NULL : fopen("/etc/TZ", "re");

    if (file == NULL)
        return;
    if (fgets(zone, sizeof zone, file) != NULL) {
        zone[strcspn(zone, "\r\n")] = '\0';
        setenv("TZ", zone, 1);
    }
    fclose(file);
}

/* The compiler's library rounds, as floor(3) does, by adding and subtracting what leaves no bits
 * behind the point of a double. Registers of the x87 have eleven bits more: less, then, as on FreeBSD. */
static void
round_as_doubles_do(void)
{
#if defined(__i386__) && !defined(__SSE2_MATH__)
    unsigned short control = 0x027f;

    __asm__ volatile("fldcw %0" : : "m"(control));
#endif
}

int
main(int count, char **arguments)
{
    char executable[PATH_MAX], path[PATH_MAX];
    PyPreConfig before;
    PyConfig config;
    ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);

    round_as_doubles_do();
    if (length <= 0) {
        fputs("ruijie-proxy: /proc is not there; mount it first\n", stderr);
        return 1;
    }
    executable[length] = '\0';
    take_time_zone();
    strcpy(path, executable);
    const char *prefix = dirname(dirname(path)); /* PREFIX/bin/ruijie-proxy */

    PyPreConfig_InitIsolatedConfig(&before);
    before.utf8_mode = 1; /* a router's locale says nothing, and its terminals are UTF-8 */
    require(Py_PreInitialize(&before));

    if (PyImport_AppendInittab("_linux_calls", make_linux_module) != 0
        || PyImport_AppendInittab("_packed", packed_make_module) != 0)
        require(PyStatus_NoMemory());

    PyConfig_InitIsolatedConfig(&config);
    config.install_signal_handlers = 1; /* Ctrl-C */
    config.optimization_level = 2;
    config.parse_argv = 0;
    config.pathconfig_warnings = 0;
    config.site_import = 0;
    config.write_bytecode = 0;
    config._init_main = 0; /* multi-phase initialization, of the same PEP */

    wchar_t *wide_executable = decoded(executable);
    wchar_t *wide_prefix = decoded(prefix);
    struct {
        wchar_t **place;
        const wchar_t *value;
    } paths[] = {
        {&config.executable, wide_executable},
        {&config.base_executable, wide_executable},
        {&config.prefix, wide_prefix},
        {&config.base_prefix, wide_prefix},
        {&config.exec_prefix, wide_prefix},
        {&config.base_exec_prefix, wide_prefix},
    };
    for (size_t index = 0; index < sizeof paths / sizeof *paths; index++)
        require(PyConfig_SetString(&config, paths[index].place, paths[index].value));
    config.module_search_paths_set = 1; /* nowhere */

#ifdef RUNS_CODE
    /* For measurements and tests: the interpreter alone. Its first argument is the program. */
    if (count < 2)
        return 2;
    char code[65536];
    if (snprintf(code, sizeof code, "%s%s", PREPARATION, arguments[1]) >= (int)sizeof code)
        return 2;
    require(PyConfig_SetBytesString(&config, &config.run_command, code));
    arguments++;
    count--;
#else
    require(PyConfig_SetBytesString(&config, &config.run_command, PROGRAM));
#endif
    require(PyConfig_SetBytesArgv(&config, count, arguments));
    require(Py_InitializeFromConfig(&config));
    /* What is being loaded is no garbage. Looking for it begins again in cli/. */
    PyGC_Disable();
    require(_Py_InitializeMain());
    PyConfig_Clear(&config);
    PyMem_RawFree(wide_executable);
    PyMem_RawFree(wide_prefix);
    return Py_RunMain();
}
