"""Plots that are not lanes, drawn by pyqtgraph.

Importing pyqtgraph takes a quarter of a second, so modules of this folder are imported when a plot is first
shown.
"""
