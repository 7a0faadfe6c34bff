"""The feature maps of one layer: sorted, grouped, heard, and compared with contours."""
