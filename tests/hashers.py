from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 as the site stores it, with the least work: its strength is not what these tests are about."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
