"""Agenda items: order, the bases they stand on, their states."""
