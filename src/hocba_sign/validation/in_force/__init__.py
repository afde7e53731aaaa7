"""in_force"""
