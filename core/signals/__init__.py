"""Values over time: axes, tracks, images, and what is drawn or said of them."""
