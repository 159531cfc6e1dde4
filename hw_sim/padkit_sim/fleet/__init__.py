"""A province of kits and their days: where they are driven, what is done with them, and what some of them are misused for."""
