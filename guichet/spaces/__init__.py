"""Where one acts, for oneself or for a company: private and professional spaces and their members."""
