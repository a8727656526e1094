"""What the desk asks of the apps above it, which it does not know by name."""

from django.dispatch import Signal

# A counsellor takes something away because of a report: `target`, `user`, `now`, and `seen` as in `reports.decide`. The
# app that owns the target hides it, in the same transaction, and answers whether nobody sees it now; an exception of a
# receiver undoes the decision.
hide_asked = Signal()
