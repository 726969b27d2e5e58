"""The demo: a council of invented people holds two conferences, in separate processes."""
