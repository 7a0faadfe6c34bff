"""What leaves the program, each with the record of where it comes from."""
