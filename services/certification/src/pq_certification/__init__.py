"""Which enterprise holds which certificate, and until when: as printed, as decided, and as it counts on any day."""
