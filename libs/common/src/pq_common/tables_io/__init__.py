"""Tables that people and systems send us and take from us: CSV, XLSX, JSON lines."""
