"""Reading checkpoint files safely and lazily, without running any code in them."""
