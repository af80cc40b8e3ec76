"""Where reading, the core and writing meet: one module per job."""
