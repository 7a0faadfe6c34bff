"""The session: what is open, shown and selected, and the preferences kept between starts."""
