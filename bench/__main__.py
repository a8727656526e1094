"""Run every measurement, one after the other."""

from bench import delivery, enumeration, forum, pages

if __name__ == "__main__":
    pages.main()
    forum.main()
    enumeration.main()
    delivery.main()
