"""What a stored series may be: its measure, its unit, its prices; and how several of them fit together."""
