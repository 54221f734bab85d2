"""What every room of the machine stands on: the loop, the clock, chance, JSON; it touches
nothing of ours.
"""
