"""The bounded Dolev-Yao model of `docs/model`, searched twice: by Maude and by a small program."""
