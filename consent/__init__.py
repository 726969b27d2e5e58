"""Legal bases, consents and withdrawals: the gate that answers whether somebody may."""
