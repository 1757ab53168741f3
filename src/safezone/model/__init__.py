"""The model: encoders, heads, calibration and the bundle that holds them."""
