/* Atomic operations for ARMv5, which has no instructions for them: clang calls these functions.
 *
 * By a helper that Linux maps into every process, at an address of its own (the kernel's
 * Documentation/arch/arm/kernel_user_helpers.rst, kuser_cmpxchg); it is a barrier, too. Here are those
 * of the functions that CPython and the compiler's libraries want.
 */

#include <stdint.h>

/* 0 if *place was old, and is new now. */
#define REPLACE (*(int (*)(uint32_t old, uint32_t new, volatile uint32_t *place))0xffff0fc0)

union word {
    uint32_t whole;
    uint8_t bytes[4];
};

/* Their own names cannot be defined in C, where the compiler knows them. */
uint8_t compare_1(volatile uint8_t *, uint8_t, uint8_t) __asm__("__sync_val_compare_and_swap_1");
uint32_t compare_4(volatile uint32_t *, uint32_t, uint32_t) __asm__("__sync_val_compare_and_swap_4");
uint8_t swap_1(volatile uint8_t *, uint8_t) __asm__("__sync_lock_test_and_set_1");
uint32_t swap_4(volatile uint32_t *, uint32_t) __asm__("__sync_lock_test_and_set_4");

uint8_t
compare_1(volatile uint8_t *place, uint8_t old, uint8_t new)
{
    unsigned offset = (uintptr_t)place % sizeof(union word);
    volatile uint32_t *around = (volatile uint32_t *)(place - offset);
    union word before, after;

    do {
        before.whole = *around;
        after = before;
        after.bytes[offset] = new;
    } while (before.bytes[offset] == old && REPLACE(before.whole, after.whole, around));
    return before.bytes[offset];
}

uint32_t
compare_4(volatile uint32_t *place, uint32_t old, uint32_t new)
{
    uint32_t before;

    do
        before = *place;
    while (before == old && REPLACE(before, new, place));
    return before;
}

uint8_t
swap_1(volatile uint8_t *place, uint8_t value)
{
    uint8_t before;

    do
        before = *place;
    while (compare_1(place, before, value) != before);
    return before;
}

uint32_t
swap_4(volatile uint32_t *place, uint32_t value)
{
    uint32_t before;

    do
        before = *place;
    while (REPLACE(before, value, place));
    return before;
}
