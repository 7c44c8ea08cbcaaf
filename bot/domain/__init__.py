"""Values and rules: no clock, no network, no disk, no third party."""
