"""Everything that leaves the house: e-mails and printed letters, recorded, sent after commit, retried."""
