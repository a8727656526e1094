"""What the desk asks of the apps above it, which it does not know by name."""

from django.dispatch import Signal

# A counsellor took something away because of a report: `target`, `user`, `now`. The app that owns the target hides it,
# in the same transaction; an exception of a receiver undoes the decision.
hide_asked = Signal()
