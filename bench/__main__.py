"""Run every measurement, one after the other."""

from bench import delivery, pages

if __name__ == "__main__":
    pages.main()
    delivery.main()
