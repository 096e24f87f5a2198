"""What everybody may read: help, contact, legal notices, news."""
