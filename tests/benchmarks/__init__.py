"""What the promises of speed are measured by: `python -m tests.benchmarks [NAME …]`."""
