"""Pages and acts that concern several rooms at once: home and a space's overview."""
