"""Networks as data, and the numpy engine that runs them."""
