"""Who the organisations of the programme are: their codes, status, industry, size class, place and roles.

The registry is the only writer of these facts; it announces every change and keeps every earlier version.
"""
