"""The directory as open data: Open Referral HSDS 3.0, read by others (`/api/hsds/`) and read in (`manage.py hsds`).

terms.py      ids, the two taxonomies, and what HSDS has no field for
timetable.py  hours as HSDS schedules
export.py     services, organisations and places as plain values: the list of what is told at all
schemas.py    JSON Schemas of these, in our own words
questions.py  what one may ask for in an address
views.py      the doors; openapi.py describes them
checking.py   records against schemas; validating.py: against the standard's own, in a folder
files.py      files of others, whatever they are; reading.py and reading_hours.py: what they want a service to be
importing.py  what a file would change, and then all of it or nothing
"""
