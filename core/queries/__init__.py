"""Queries of one layer, the tables of their answers, and Praat's listings."""
