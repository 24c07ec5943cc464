"""Pages of HTML that need no other file: charts, tables, media and the templates they go into."""
