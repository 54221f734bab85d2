"""Builds the self-contained program: one executable that needs nothing on a router but the kernel.

CPython, cross-built static against musl, with just the modules that the program needs, and the
program itself. The steps, a file each: what is fetched (:mod:`.sources`), the compiler
(:mod:`.toolchain`), the interpreter (:mod:`.interpreter`), which modules (:mod:`.modules`), and the
executable of it all (:mod:`.executable`).
"""
