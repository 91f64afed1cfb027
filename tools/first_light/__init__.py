"""The first half hour of gpu_sweep on a card: is it right, is it fast, and what limits its speed?"""
