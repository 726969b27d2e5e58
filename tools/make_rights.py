"""Write docs/rights.md, the page of who may do what, from the table that the tests try."""

from server.errors import STATUS
from tests.edges.rights.matrix import PAGE, load, page


def main() -> None:
    """Write the page."""
    status = {code.value: number for code, number in STATUS.items()}
    PAGE.write_text(page(load(), status), "utf-8")


if __name__ == "__main__":
    main()
