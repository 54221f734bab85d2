"""What the machine's files say and what is heard on its interfaces: nothing is sent, nothing
judged.
"""
