"""The directory as open data: Open Referral HSDS 3.0, read by others (`/api/hsds/`) and read in (`manage.py hsds`).

terms.py      ids, the two taxonomies, and what HSDS has no field for
timetable.py  hours as HSDS schedules, and back
export.py     services, organisations and places as plain values: the list of what is told at all
schemas.py    JSON Schemas of these, in our own words
questions.py  what one may ask for in an address
views.py      the doors; openapi.py describes them
reading.py    files of others into plain values; importing.py compares them with what is here, and takes them in
"""
