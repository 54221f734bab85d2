/* Reading of LZMA, the raw form, without a header (lc=3, lp=0, pb=0). */

#include <stddef.h>

/* Decompress into `content`, until `size` bytes are there. Return whether all went well: 0 for data that
 * are none, or that end too early, or for want of memory (16 kB). */
int lzma_read(const unsigned char *data, size_t data_size, unsigned char *content, size_t size);
