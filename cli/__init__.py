"""The command line program entaku."""
