/* Reading of LZMA, by the names of its specification (Igor Pavlov, lzma-specification.txt, 2015). */

#include <stdint.h>
#include <stdlib.h>

#include "lzma.h"

enum {
    LITERAL_CONTEXT_BITS = 3,
    STATES = 12,
    MATCH_MIN_LENGTH = 2,
    EVEN_CHANCE = 1 << 10, /* of 1 << 11 */
};

typedef uint16_t Chance; /* that a bit is 0 */

struct lengths {
    Chance choice, choice2, low[8], middle[8], high[256];
};

struct model {
    Chance is_match[STATES], is_rep[STATES], is_rep_g0[STATES], is_rep_g1[STATES], is_rep_g2[STATES];
    Chance is_rep0_long[STATES];
    Chance position_slot[4][64], positions[1 + 128 - 14], align[16];
    struct lengths lengths, rep_lengths;
    Chance literal[1 << LITERAL_CONTEXT_BITS][0x300];
};

struct reader {
    const unsigned char *next, *end;
    uint32_t range, code;
    int is_cut;
};

static void
normalize(struct reader *reader)
{
    if (reader->range >= 1 << 24)
        return;
    reader->range <<= 8;
    reader->code <<= 8;
    if (reader->next < reader->end)
        reader->code |= *reader->next++;
    else
        reader->is_cut = 1;
}

static unsigned
bit(struct reader *reader, Chance *chance)
{
    uint32_t bound = (reader->range >> 11) * *chance;
    unsigned value = reader->code >= bound;

    if (value) {
        reader->range -= bound;
        reader->code -= bound;
        *chance -= *chance >> 5;
    } else {
        reader->range = bound;
        *chance += ((1 << 11) - *chance) >> 5;
    }
    normalize(reader);
    return value;
}

static unsigned
direct_bits(struct reader *reader, unsigned count)
{
    unsigned value = 0;

    while (count-- > 0) {
        reader->range >>= 1;
        unsigned one = reader->code >= reader->range;
        if (one)
            reader->code -= reader->range;
        normalize(reader);
        value = value << 1 | one;
    }
    return value;
}

static unsigned
tree(struct reader *reader, Chance *chances, unsigned count)
{
    unsigned at = 1;

    for (unsigned index = 0; index < count; index++)
        at = at << 1 | bit(reader, &chances[at]);
    return at - (1 << count);
}

static unsigned
reverse_tree(struct reader *reader, Chance *chances, unsigned count)
{
    unsigned at = 1, value = 0;

    for (unsigned index = 0; index < count; index++) {
        unsigned one = bit(reader, &chances[at]);
        at = at << 1 | one;
        value |= one << index;
    }
    return value;
}

static unsigned
length_of(struct reader *reader, struct lengths *lengths)
{
    if (!bit(reader, &lengths->choice))
        return tree(reader, lengths->low, 3);
    if (!bit(reader, &lengths->choice2))
        return 8 + tree(reader, lengths->middle, 3);
    return 16 + tree(reader, lengths->high, 8);
}

static uint32_t
distance_of(struct reader *reader, struct model *model, unsigned length)
{
    unsigned slot = tree(reader, model->position_slot[length < 3 ? length : 3], 6);

    if (slot < 4)
        return slot;
    unsigned bits = (slot >> 1) - 1;
    uint32_t distance = (uint32_t)(2 | (slot & 1)) << bits;
    if (slot < 14)
        return distance + reverse_tree(reader, model->positions + distance - slot, bits);
    distance += direct_bits(reader, bits - 4) << 4;
    return distance + reverse_tree(reader, model->align, 4);
}

static unsigned char
literal(struct reader *reader, Chance *chances, int after_match, unsigned expected)
{
    unsigned symbol = 1;

    while (after_match && symbol < 0x100) {
        unsigned expected_bit = (expected >> 7) & 1;
        expected <<= 1;
        unsigned one = bit(reader, &chances[((1 + expected_bit) << 8) + symbol]);
        symbol = symbol << 1 | one;
        after_match = one == expected_bit;
    }
    while (symbol < 0x100)
        symbol = symbol << 1 | bit(reader, &chances[symbol]);
    return (unsigned char)symbol;
}

static int
read_all(struct reader *reader, struct model *model, unsigned char *content, size_t size)
{
    uint32_t rep0 = 0, rep1 = 0, rep2 = 0, rep3 = 0;
    unsigned state = 0;
    size_t at = 0;

    while (at < size && !reader->is_cut) {
        if (!bit(reader, &model->is_match[state])) {
            unsigned before = at > 0 ? content[at - 1] : 0;
            unsigned expected = state >= 7 ? content[at - rep0 - 1] : 0;
            Chance *chances = model->literal[before >> (8 - LITERAL_CONTEXT_BITS)];
            content[at++] = literal(reader, chances, state >= 7, expected);
            state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
            continue;
        }
        unsigned length;
        if (!bit(reader, &model->is_rep[state])) {
            rep3 = rep2;
            rep2 = rep1;
            rep1 = rep0;
            length = MATCH_MIN_LENGTH + length_of(reader, &model->lengths);
            rep0 = distance_of(reader, model, length - MATCH_MIN_LENGTH);
            state = state < 7 ? 7 : 10;
        } else {
            int is_short = 0;
            if (!bit(reader, &model->is_rep_g0[state])) {
                is_short = !bit(reader, &model->is_rep0_long[state]);
            } else {
                uint32_t distance = rep1;
                if (bit(reader, &model->is_rep_g1[state])) {
                    distance = rep2;
                    if (bit(reader, &model->is_rep_g2[state])) {
                        distance = rep3;
                        rep3 = rep2;
                    }
                    rep2 = rep1;
                }
                rep1 = rep0;
                rep0 = distance;
            }
            length = is_short ? 1 : MATCH_MIN_LENGTH + length_of(reader, &model->rep_lengths);
            state = state < 7 ? (is_short ? 9 : 8) : 11;
        }
        if (rep0 >= at)
            return 0;
        for (; length > 0 && at < size; length--, at++)
            content[at] = content[at - rep0 - 1];
    }
    return at == size && !reader->is_cut;
}

int
lzma_read(const unsigned char *data, size_t data_size, unsigned char *content, size_t size)
{
    struct reader reader = {data, data + data_size, 0xFFFFFFFF, 0, 0};
    struct model *model = malloc(sizeof *model);

    if (model == NULL)
        return 0;
    for (size_t index = 0; index < sizeof *model / sizeof(Chance); index++)
        ((Chance *)model)[index] = EVEN_CHANCE;
    /* The first byte is 0, the next four are the code. */
    int is_read = data_size >= 5 && *reader.next++ == 0;
    for (int index = 0; is_read && index < 4; index++)
        reader.code = reader.code << 8 | *reader.next++;
    is_read = is_read && read_all(&reader, model, content, size);
    free(model);
    return is_read;
}
