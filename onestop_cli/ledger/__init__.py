"""The county's books (台账): closed periods, what was posted for each stay, and the two funds' accounts."""
