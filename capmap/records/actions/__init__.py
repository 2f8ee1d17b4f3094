"""Every change to what is stored: keyword-only, atomic, with ``by=``, on record in the history."""
