"""What the portal vouches for: receipts that anybody can check, documents with its electronic seal."""
