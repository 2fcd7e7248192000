"""What every PQ service shares and none owns: places with dates, events, HTTP, storage."""
