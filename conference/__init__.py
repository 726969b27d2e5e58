"""Case rooms, sittings, seats, boards, decisions and actions."""
