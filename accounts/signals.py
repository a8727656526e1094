"""What accounts tell apps that they do not know."""

from django.dispatch import Signal

# A young person deletes the profile: sent in the same transaction, before the account goes.
# Arguments: user, with_texts (delete what they wrote, or let it stand without them), now.
profile_leaving = Signal()
