"""What the State already knows: population and business registers behind one small interface."""
