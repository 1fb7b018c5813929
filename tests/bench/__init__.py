"""Speed, beside a peer or a limit in the same run: `make bench` runs everything and writes docs/benchmarks.md."""
