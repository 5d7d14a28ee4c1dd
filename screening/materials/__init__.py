"""The materials of a catalogue, and what a user means by a name."""
