"""One question to one layer; the tables of answers, and Praat's listings."""
