"""The checks of tools/tidy. Each module holds one kind and yields Findings; it never prints."""
