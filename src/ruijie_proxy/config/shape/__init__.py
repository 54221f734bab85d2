"""What a configuration may hold, whatever it is written in: keys, values, their types and
problems.
"""
