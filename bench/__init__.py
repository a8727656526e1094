"""What things cost, as ratios within one run. `make bench` prints; it judges nothing."""
