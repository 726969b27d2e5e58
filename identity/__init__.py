"""People, agencies, devices and their keys: who somebody is, and until when."""
