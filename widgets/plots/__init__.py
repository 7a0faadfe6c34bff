"""Plots that are not lanes, drawn by pyqtgraph.

Its import takes a quarter of a second: modules of this folder are imported where a plot is first shown.
"""
