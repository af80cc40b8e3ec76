"""The offline bundle: what goes on the USB stick, how it installs, and the tasks it puts on a desk."""
