"""`phonoscope bench`: one module per group of figures."""
