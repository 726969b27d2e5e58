"""A plugin for the tests of a mutant: a failure is enough, nobody reads its shortest example."""

from hypothesis import Phase, settings


def pytest_configure() -> None:
    """Leave out what hypothesis does after it has found a failing example."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("quick", parent=settings.get_profile("entaku"), phases=phases)
    settings.load_profile("quick")
