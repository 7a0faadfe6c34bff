"""The application: arguments, window and commands; it neither computes nor paints."""
