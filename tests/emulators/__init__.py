"""Strict emulators of the platforms, over real HTTP on loopback, judged by the platforms' official clients."""
