"""Configurations of other programs, minieap and MentoHUST, made into sessions of this one.

What their keys mean was looked up in their own sources. Nothing is lost: what has no counterpart
becomes a remark, which names the key and says what to do.
"""
