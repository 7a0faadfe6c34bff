"""The page of sweeps: waterfalls, heat maps, the scrubber, and dose-response."""
