"""Running a network and recording its layers."""
