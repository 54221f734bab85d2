"""What other programs were told, minieap, MentoHUST and jmuSupplicant, made into sessions of ours.

What their keys mean was looked up in their own sources. Nothing is lost: what has no counterpart
becomes a remark, which names the key and says what to do.
"""
